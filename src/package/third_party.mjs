#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// What the project takes from others, read from the lock files and the demo's imports.
//
//   node src/package/third_party.mjs            prints THIRD-PARTY.md
//   node src/package/third_party.mjs --write    writes it
//   node src/package/third_party.mjs --sbom     prints a CycloneDX 1.5 SBOM of the release as JSON
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const read = (path) => readFileSync(join(root, path), "utf8");

const locks = {
  demo: "what the demo's page is bundled from and with, and served by",
  "tests/web": "the demo's tests in a browser, and prettier",
  "tests/js": "the JavaScript module's tests in a browser",
  "tests/js/fresh": "bundlers, with which the npm package is tried",
  "tests/js/runtimes": "Deno and Bun, in which the module is tried",
  "examples/javascript": "libraries that the examples in JavaScript draw with",
  "tests/bench": "benchmarks",
  "tests/bench/plots": "what the benchmarks' figures are drawn with",
  "tests/bench/programs": "a triangulation, with which that of a benchmark is compared",
  "tests/release": "a linter for the workflows",
  "docs/site": "the site of the documents",
  web: "what the npm package's file for classic scripts is bundled with",
};

/** { name, version, license, integrity, folder } of all that a lock file pins. */
function packagesOf(folder) {
  const { packages } = JSON.parse(read(`${folder}/package-lock.json`));
  return (
    Object.entries(packages)
      // Not the folder's own package, nor ours.
      .filter(([path, { link }]) => path !== "" && !path.startsWith("..") && !link)
      .map(([path, { version, license, integrity }]) => {
        const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
        if (!license) throw new Error(`${folder}/package-lock.json: ${name} has no licence`);
        return { name, version, license, integrity, folder };
      })
  );
}

/** Names of packages that the demo's page imports, and of what those import. */
function bundledNames() {
  const { packages } = JSON.parse(read("demo/package-lock.json"));
  const names = new Set();
  for (const folder of ["demo/page", "demo/own"]) {
    for (const file of readdirSync(join(root, folder)).filter((name) => name.endsWith(".mjs"))) {
      for (const [, name] of read(`${folder}/${file}`).matchAll(/from "([a-z@][^"]*)"/g))
        names.add(name);
    }
  }
  for (const name of names) {
    const { dependencies = {} } = packages[`node_modules/${name}`] ?? {};
    for (const needed of Object.keys(dependencies)) names.add(needed);
  }
  return names;
}

const bundled = bundledNames();
const all = Object.keys(locks).flatMap(packagesOf);
const inPage = all.filter(({ name, folder }) => folder === "demo" && bundled.has(name));
const tools = all.filter((entry) => !inPage.includes(entry));
// A header-only library of the system's; the demo's vectors and matrices are compiled from it.
const cglm = {
  name: "cglm",
  license: "MIT",
  source: "https://github.com/recp/cglm",
};

const number = Number(/^#define SS_VERSION (\d+)$/m.exec(read("include/secondstack.h"))[1]);
const version = [Math.floor(number / 10000), Math.floor(number / 100) % 100, number % 100].join(
  ".",
);

function document() {
  const byLicence = new Map();
  for (const { name, version: its, license } of tools) {
    if (!byLicence.has(license)) byLicence.set(license, new Set());
    byLicence.get(license).add(`${name} ${its}`);
  }
  return `# What comes from others

Made by \`node src/package/third_party.mjs --write\`; \`./run test release\` fails when it is out of date.

## In the library, its archives and its npm package

Nothing. They need a C library, and under Emscripten what \`emcc\` links by itself.

## In the demo's page

Each bundled file carries at its top the licences of the packages in it.

| what | version | licence |
| --- | --- | --- |
${inPage.map(({ name, version: its, license }) => `| ${name} | ${its} | ${license} |`).join("\n")}
| [cglm](${cglm.source}), compiled in | the system's: Debian's libcglm-dev | ${cglm.license} |

## Tools of development

None of them is in what is released. Lock files pin each with its checksum:

| lock file | packages | for |
| --- | --- | --- |
${Object.entries(locks)
  .map(([folder, use]) => `| ${folder}/package-lock.json | ${packagesOf(folder).length} | ${use} |`)
  .join("\n")}

${[...byLicence]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([licence, names]) => `**${licence}**: ${[...names].sort().join(", ")}`)
  .join("\n\n")}
`;
}

function component({ name, version: its, license, integrity }, scope) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${its}`;
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version: its,
    scope,
    licenses: [{ license: { id: license } }],
    ...(integrity && {
      hashes: [
        {
          alg: integrity.startsWith("sha512-") ? "SHA-512" : "SHA-1",
          content: Buffer.from(integrity.slice(integrity.indexOf("-") + 1), "base64").toString(
            "hex",
          ),
        },
      ],
    }),
    purl,
  };
}

/**
 * The time is that of the commit, and the serial number follows from the contents, so that the same
 * commit gives the same bytes.
 */
function sbom() {
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
  const purl = `pkg:generic/secondstack@${version}`;
  const unique = new Map(tools.map((entry) => [`${entry.name}@${entry.version}`, entry]));
  const components = [
    ...inPage.map((entry) => component(entry, "optional")),
    {
      type: "library",
      "bom-ref": "pkg:generic/cglm",
      name: cglm.name,
      scope: "optional",
      licenses: [{ license: { id: cglm.license } }],
      purl: "pkg:generic/cglm",
      externalReferences: [{ type: "vcs", url: cglm.source }],
    },
    ...[...unique.values()].map((entry) => component(entry, "excluded")),
  ];
  const hex = createHash("sha256")
    .update(JSON.stringify([purl, components]))
    .digest("hex");
  const serial = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${serial.join("-")}`,
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: {
        type: "library",
        "bom-ref": purl,
        name: "secondstack",
        version,
        licenses: [{ license: { id: "MIT" } }],
        purl,
      },
    },
    components,
    dependencies: [{ ref: purl, dependsOn: [] }],
  };
}

switch (process.argv[2]) {
  case undefined:
    process.stdout.write(document());
    break;
  case "--write":
    writeFileSync(join(root, "THIRD-PARTY.md"), document());
    break;
  case "--sbom":
    process.stdout.write(`${JSON.stringify(sbom(), undefined, 2)}\n`);
    break;
  default:
    console.error("usage: third_party.mjs [--write | --sbom]");
    process.exit(2);
}
