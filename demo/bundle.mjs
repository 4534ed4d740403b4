// SPDX-License-Identifier: MIT
// Bundles the page by Vite: page/main.mjs, engine.mjs, lil-gui and uPlot become dist/page.js and dist/page.css, so that
// nothing is fetched from elsewhere at run time. Each bundle is a classic script, because browsers load no modules
// from file:. The lines that the page shows are cut out of the sources here, and the files that it links to are
// copied to dist/source/. The worker that can draw in the page's stead is dist/stage_worker.js. The editor for a scene
// of one's own is dist/own.js, which the page loads when it is asked for. Installs what it needs from
// package-lock.json, once.
//   node demo/bundle.mjs
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { lineFiles, readLines } from "./lines.mjs";
import { installPackages } from "./packages.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));

function readText(url) {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return "";
  }
}

/** @param {string} message */
function fail(message) {
  console.error(`bundle.mjs: ${message}`);
  process.exit(1);
}

// All of them have the MIT licence, which demands its notice in every copy.
function notices(/** @type {readonly string[]} */ files) {
  const texts = files.map((path) => {
    const licence = readText(new URL(`node_modules/${path}`, import.meta.url)).trim();
    if (!licence) fail(`there is no node_modules/${path}`);
    return `${path.slice(0, path.lastIndexOf("/"))}\n\n${licence}`;
  });
  return `\n/*!\n${texts.join("\n\n")}\n*/\n`;
}

/** The packages of the editor; those that CodeMirror depends on carry the same notice as it does. */
function editorLicences() {
  const lock = JSON.parse(readText(new URL("package-lock.json", import.meta.url)));
  return Object.keys(lock.packages)
    .filter((path) => /\/(?:@codemirror|@lezer|@marijn|crelt|style-mod|w3c-keyname)\b/.test(path))
    .map((path) => `${path.slice("node_modules/".length)}/LICENSE`);
}

// The copies are named .txt, because every browser shows a text file and may save others.
function copySources() {
  for (const file of lineFiles()) {
    const to = fileURLToPath(new URL(`dist/source/${file}.txt`, import.meta.url));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, readFileSync(new URL(file, import.meta.url)));
  }
}

/** Puts a text behind each script and style sheet, once they are shortened; in front it would move the source map's lines. */
function ending(/** @type {string} */ text) {
  return {
    name: "ending",
    generateBundle(_, /** @type {Record<string, any>} */ files) {
      for (const file of Object.values(files)) {
        if (file.type === "chunk") file.code += text;
        else if (file.fileName.endsWith(".css")) file.source += text;
      }
    },
  };
}

/**
 * How Vite makes a bundle: a classic script of one entry and all that it imports.
 * @param {string} name of the files in dist/
 * @param {string} entry
 * @param {object} [options]
 * @param {string} [options.licences] what the script and its style sheet end with
 * @param {Record<string, string>} [options.define] names that are replaced by text
 * @param {object} [options.build] more of Vite's options
 * @returns {import("vite").InlineConfig}
 */
function bundle(name, entry, { licences = "", define = {}, build = {} } = {}) {
  return {
    root: folder,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    clearScreen: false,
    define,
    plugins: [ending(licences)],
    build: {
      outDir: "dist",
      emptyOutDir: false,
      target: ["chrome100", "firefox100", "safari15.4"],
      lib: {
        entry,
        formats: ["iife"],
        name: "secondstackOwnScene",
        fileName: () => `${name}.js`,
        cssFileName: name,
      },
      ...build,
    },
  };
}

/** The text of the worker in which a visitor's scene runs. */
async function buildOwnWorker() {
  const made = await build(
    bundle("own_worker", "own/own_worker.mjs", {
      // The module has its wasm inside, and looks for no file.
      define: { "import.meta.url": '""' },
      build: { write: false },
    }),
  );
  return [made].flat()[0].output[0].code;
}

installPackages();
copySources();
const { build } = await import("vite");
try {
  await build(
    bundle("page", "page/main.mjs", {
      define: { SCENE_LINES: JSON.stringify(readLines()) },
      licences: notices(["lil-gui/LICENSE.md", "uplot/LICENSE"]),
      build: { sourcemap: true },
    }),
  );
  await build(bundle("stage_worker", "page/stage_worker.mjs"));
  await build(
    bundle("own", "own/own_scene.mjs", {
      define: { OWN_WORKER: JSON.stringify(await buildOwnWorker()) },
      licences: notices(editorLicences()),
    }),
  );
} catch (error) {
  fail(error.message);
}
