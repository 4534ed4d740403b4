// SPDX-License-Identifier: MIT
// Bundles the page: page/main.mjs, engine.mjs, lil-gui and uPlot become dist/page.js and dist/page.css,
// so that nothing is fetched from elsewhere at run time. One classic script, since browsers load no
// modules from file:. The lines that the page shows are cut out of the sources here, and the files that it
// links to are copied to dist/source/. Installs what it needs from package-lock.json, once.
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

// Both are MIT, which wants its notice to go with every copy.
function notices() {
  const texts = ["lil-gui/LICENSE.md", "uplot/LICENSE"].map((path) => {
    const licence = readText(new URL(`node_modules/${path}`, import.meta.url)).trim();
    if (!licence) fail(`there is no node_modules/${path}`);
    return `${path.split("/")[0]}\n\n${licence}`;
  });
  return `/*!\n${texts.join("\n\n")}\n*/`;
}

// As text, which every server and every browser shows rather than saves.
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
try {
  await build({
    absWorkingDir: folder,
    entryPoints: { page: "page/main.mjs" },
    outdir: "dist",
    bundle: true,
    format: "iife",
    target: ["chrome100", "firefox100", "safari15.4"],
    minify: true,
    define: { SCENE_LINES: JSON.stringify(readLines()) },
    banner: { js: notices(), css: notices() },
    legalComments: "none",
    sourcemap: "linked",
    logLevel: "warning",
  });
} catch {
  // esbuild has said what is wrong.
  process.exit(1);
}
