// SPDX-License-Identifier: MIT
// Is this file an SBOM that names all that the lock files pin?  node sbom.mjs FILE
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const bom = JSON.parse(readFileSync(process.argv[2], "utf8"));

assert.equal(bom.bomFormat, "CycloneDX");
assert.equal(bom.specVersion, "1.5");
assert.match(
  bom.serialNumber,
  /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
);
assert.equal(bom.metadata.component.name, "secondstack");
assert.equal(bom.metadata.component.version, JSON.parse(read("web/package.json")).version);
assert.ok(Date.parse(bom.metadata.timestamp) > Date.parse("2020-01-01"), bom.metadata.timestamp);
assert.deepEqual(bom.dependencies, [{ ref: bom.metadata.component["bom-ref"], dependsOn: [] }]);

const references = bom.components.map((component) => component["bom-ref"]);
assert.equal(new Set(references).size, references.length, "each has a reference of its own");
const inPage = bom.components
  .filter(({ scope }) => scope === "optional")
  .map(({ name }) => name)
  .sort();
// What the page's folder wants, but what bundles and serves it; beside it come what these want themselves.
const TOOLS = ["sirv", "vite"];
const { devDependencies } = JSON.parse(read("demo/package.json"));
const wanted = Object.keys(devDependencies).filter((name) => !TOOLS.includes(name));
for (const name of ["cglm", ...wanted]) assert.ok(inPage.includes(name), `${name} is in the page`);
for (const name of TOOLS) assert.ok(!inPage.includes(name), `${name} is not in the page`);
const names = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
const locks = spawnSync("git", ["ls-files", "*package-lock.json"], {
  cwd: fileURLToPath(root),
  encoding: "utf8",
});
const folders = locks.stdout
  .trim()
  .split("\n")
  .map((path) => path.replace("/package-lock.json", ""));
assert.ok(folders.length >= 6);
for (const folder of folders) {
  const { packages } = JSON.parse(read(`${folder}/package-lock.json`));
  for (const [path, { version, link }] of Object.entries(packages)) {
    // The folder's own package, and this project's.
    if (path === "" || path.startsWith("..") || link) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    assert.ok(names.has(`${name}@${version}`), `${name}@${version} of ${folder} is missing`);
  }
}
for (const { name, licenses, hashes } of bom.components) {
  assert.match(licenses[0].license.id, /^[\w.-]+$/, name);
  if (hashes) assert.match(hashes[0].content, /^([0-9a-f]{128}|[0-9a-f]{40})$/, name);
}
