// SPDX-License-Identifier: MIT
// Installs what the page is bundled from, and served with, from package-lock.json, once.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const lockFile = new URL("package-lock.json", import.meta.url);
const installedLock = new URL("node_modules/.installed-lock.json", import.meta.url);

/** @param {string} message */
function fail(message) {
  console.error(`${basename(process.argv[1])}: ${message}`);
  process.exit(1);
}

function isInstalled(/** @type {string} */ lock) {
  try {
    return readFileSync(installedLock, "utf8") === lock;
  } catch {
    return false;
  }
}

export function installPackages() {
  const lock = readFileSync(lockFile, "utf8");
  if (isInstalled(lock)) return;
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (npm.error) fail(`npm does not start: ${npm.error.message}`);
  if (npm.status !== 0) fail(`npm ci failed in ${folder}\n${npm.stderr}`);
  writeFileSync(installedLock, lock);
}
