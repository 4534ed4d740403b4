// SPDX-License-Identifier: MIT
// Do the recipes of a release name its archive, with the right checksums?  node recipes.mjs FOLDER
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
const read = (path) => readFileSync(join(folder, "recipes", path), "utf8");
const { version } = JSON.parse(readFileSync(new URL("../../web/package.json", import.meta.url)));
const archive = readFileSync(join(folder, `secondstack-${version}.tar.gz`));
const sum = (kind) => createHash(kind).update(archive).digest("hex");
const address = `file://${join(folder, `secondstack-${version}.tar.gz`)}`;

for (const [path, kind] of [
  ["secondstack.wrap", "sha256"],
  ["conan/conandata.yml", "sha256"],
  ["xmake/xmake.lua", "sha256"],
  ["vcpkg/secondstack/portfile.cmake", "sha512"],
  ["emscripten/secondstack.py", "sha512"],
]) {
  const text = read(path);
  assert.ok(text.includes(sum(kind)), `${path} has the ${kind} of the archive`);
  assert.ok(text.includes(address), `${path} says where the archive is: ${address}`);
  assert.doesNotMatch(text, /@[A-Z0-9]+@/, path);
}

const manifest = JSON.parse(read("vcpkg/secondstack/vcpkg.json"));
assert.equal(manifest["version-semver"], version);
const options = readFileSync(new URL("../../CMakeLists.txt", import.meta.url), "utf8");
for (const path of ["vcpkg/secondstack/portfile.cmake", "conan/conanfile.py", "xmake/xmake.lua"]) {
  for (const [option] of read(path).matchAll(/\bSECONDSTACK_\w+/g)) {
    assert.ok(
      options.includes(`option(${option} `),
      `${path}: ${option} is an option of CMakeLists.txt`,
    );
  }
}

// What upstream asks of a port, and the sources that it would compile.
const port = `
import ast, importlib.util, os, sys
for path in sys.argv[3:]:
  ast.parse(open(path).read(), path)
spec = importlib.util.spec_from_file_location('port', sys.argv[1])
port = importlib.util.module_from_spec(spec)
spec.loader.exec_module(port)
for name in ('TAG', 'HASH', 'URL', 'DESCRIPTION', 'LICENSE', 'OPTIONS'):
  assert getattr(port, name), name
assert sorted(port.OPTIONS) == sorted(port.opts), 'options'
names = [port.get_lib_name(None)]
port.handle_options({'debug': 'true', 'optimizationLevel': 'z'}, sys.exit)
names.append(port.get_lib_name(None))
assert names[0] != names[1], names
refused = []
port.handle_options({'debug': 'maybe'}, refused.append)
assert len(refused) == 1, 'a value that is none is refused'
spec = importlib.util.spec_from_file_location('beside', sys.argv[2])
beside = importlib.util.module_from_spec(spec)
spec.loader.exec_module(beside)
for name in ('DESCRIPTION', 'LICENSE', 'OPTIONS', 'VALID_OPTION_VALUES'):
  assert getattr(port, name) == getattr(beside, name), name + ' is that of web/secondstack.py'
`;
const result = spawnSync(
  "python3",
  [
    "-B",
    "-c",
    port,
    join(folder, "recipes/emscripten/secondstack.py"),
    fileURLToPath(new URL("../../web/secondstack.py", import.meta.url)),
    join(folder, "recipes/conan/conanfile.py"),
    join(folder, "recipes/conan/test_package/conanfile.py"),
  ],
  { encoding: "utf8" },
);
if (result.error) console.log(`not checked: the recipes in Python: ${result.error.message}`);
else assert.equal(result.status, 0, result.stderr);
assert.ok(existsSync(join(folder, "NOTES.md")));
