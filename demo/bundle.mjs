// SPDX-License-Identifier: MIT
// Bundles the page: page/main.mjs, engine.mjs, lil-gui and uPlot become dist/page.js and dist/page.css,
// so that nothing is fetched from elsewhere at run time. It is a classic script, because browsers load no
// modules from file:. The lines that the page shows are cut out of the sources here, and the files that it
// links to are copied to dist/source/. The worker that can draw in the page's stead is dist/stage_worker.js. The editor for a scene of one's own is dist/own.js, which the page
// loads when it is asked for. Installs what it needs from package-lock.json, once.
//   node demo/bundle.mjs
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { lineFiles, readLines } from "./lines.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const installedLock = new URL("node_modules/.installed-lock.json", import.meta.url);

/** @param {string} message */
function fail(message) {
  console.error(`bundle.mjs: ${message}`);
  process.exit(1);
}

function readText(url) {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return "";
  }
}

function installPackages() {
  const lock = readText(new URL("package-lock.json", import.meta.url));
  if (readText(installedLock) === lock) return;
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (npm.error) fail(`npm does not start: ${npm.error.message}`);
  if (npm.status !== 0) fail(`npm ci failed in ${folder}\n${npm.stderr}`);
  writeFileSync(installedLock, lock);
}

// All of them have the MIT licence, which demands its notice in every copy.
function notices(/** @type {readonly string[]} */ files) {
  const texts = files.map((path) => {
    const licence = readText(new URL(`node_modules/${path}`, import.meta.url)).trim();
    if (!licence) fail(`there is no node_modules/${path}`);
    return `${path.slice(0, path.lastIndexOf("/"))}\n\n${licence}`;
  });
  return `/*!\n${texts.join("\n\n")}\n*/`;
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

installPackages();
copySources();
const { build } = await import("esbuild");
const shared = /** @type {const} */ ({
  absWorkingDir: folder,
  outdir: "dist",
  bundle: true,
  format: "iife",
  target: ["chrome100", "firefox100", "safari15.4"],
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
try {
  const banner = notices(["lil-gui/LICENSE.md", "uplot/LICENSE"]);
  await build({
    ...shared,
    entryPoints: { page: "page/main.mjs" },
    define: { SCENE_LINES: JSON.stringify(readLines()) },
    banner: { js: banner, css: banner },
    sourcemap: "linked",
  });
  await build({ ...shared, entryPoints: { stage_worker: "page/stage_worker.mjs" } });
  const worker = await build({
    ...shared,
    entryPoints: { own_worker: "own/own_worker.mjs" },
    // The module has its wasm inside, and looks for no file.
    define: { "import.meta.url": '""' },
    write: false,
  });
  await build({
    ...shared,
    entryPoints: { own: "own/own_scene.mjs" },
    globalName: "secondstackOwnScene",
    define: { OWN_WORKER: JSON.stringify(worker.outputFiles[0].text) },
    banner: { js: notices(editorLicences()) },
  });
} catch {
  // esbuild has printed the error.
  process.exit(1);
}
