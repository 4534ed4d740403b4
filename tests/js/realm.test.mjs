// SPDX-License-Identifier: MIT
// The front door in Node.js: two copies of the package, two versions, and realms in which nothing has
// been used yet.
//   node tests/js/realm.test.mjs
import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { equal, ok, report, runCases } from "./harness.mjs";
import { cases as realm } from "./realm_cases.mjs";
import * as front from "../../web/secondstack.mjs";

const web = new URL("../../web/", import.meta.url);
const out = new URL("../../build/js/copies/", import.meta.url);
const entry = new URL("secondstack.mjs", web).href;

/** @returns {string} the entry of a copy of the package */
function makeCopy(name, change = (text) => text) {
  const folder = new URL(`${name}/`, out);
  const filter = (path) => !path.includes("node_modules");
  cpSync(fileURLToPath(web), fileURLToPath(folder), { recursive: true, filter });
  const file = new URL("secondstack.mjs", folder);
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return file.href;
}

/** What a program prints that is a process of its own, and so a realm. */
async function runAlone(text, ...flags) {
  const program = text.replaceAll("ENTRY", JSON.stringify(entry));
  const args = [...flags, "--input-type=module", "--eval", program];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}

const cases = new Map();

cases.set("importing_does_nothing_where_there_is_no_webassembly", async () => {
  const said = await runAlone(`
    const keys = () => Reflect.ownKeys(globalThis).length;
    delete globalThis.WebAssembly;
    const before = keys();
    const front = await import(ENTRY);
    // As a server does that renders a page.
    for (const name of ["compile", "file", "layout", "threads", "webgpu"]) {
      await import(new URL(name + ".mjs", ENTRY).href);
    }
    console.log(keys() - before);
    for (const use of [front.scope, front.sharedStack]) {
      try { use(); } catch (error) { console.log(error.message); }
    }
    console.log(keys() - before);`);
  const problem = "this engine has no WebAssembly";
  equal(
    said,
    `0\nsecondstack: scope: ${problem}\nsecondstack: sharedStack: ${problem}\n0`,
    "what it says",
  );
});

cases.set("importing_takes_no_memory_before_the_first_use", async () => {
  const said = await runAlone(`
    let made = 0;
    for (const name of ["Memory", "Module", "Instance"]) {
      const Kind = WebAssembly[name];
      WebAssembly[name] = function (...values) { made++; return new Kind(...values); };
      WebAssembly[name].prototype = Kind.prototype;
    }
    const { scope } = await import(ENTRY);
    console.log(made);
    scope((s) => s.uninitSlice(Uint8Array, 5));
    scope((s) => s.uninitSlice(Uint8Array, 5));
    console.log(made);`);
  equal(said, "0\n3", "what was made");
});

cases.set("layouts_work_where_code_must_not_be_made_from_text", async () => {
  const program = `
    await import(new URL("compile.mjs", ENTRY).href);
    const { layout } = await import(new URL("layout.mjs", ENTRY).href);
    const { scope } = await import(ENTRY);
    for (let i = 0; i < 2; i++) {
      scope((s) => {
        const buffer = layout({ a: "f32x2", b: "u8x4" }).buffer(s);
        buffer.push(0, 0, 1, 2, 3, 4);
        console.log(buffer.push.length, buffer.close().slice(8).join());
      });
    }`;
  equal(await runAlone(program), "6 1,2,3,4\n6 1,2,3,4", "with code from text");
  const refused = await runAlone(program, "--disallow-code-generation-from-strings");
  equal(refused, "9 1,2,3,4\n9 1,2,3,4", "without");
});

cases.set("the_first_use_may_be_to_configure", async () => {
  const said = await runAlone(`
    import { configure, scope, sharedStack } from ENTRY;
    configure({ initialBytes: 1e5, maxBytes: 1e6 });
    console.log(sharedStack().memory.buffer.byteLength < 1e6);
    try {
      scope((s) => s.uninitSlice(Uint8Array, 1e7));
    } catch (error) { console.log(error.message.includes("maxBytes is 1000000")); }`);
  equal(said, "true\ntrue", "what it says");
});

cases.set("debug_is_there_when_it_has_been_imported", async () => {
  const misuse = `
    const leave = () => scope((s) => { s.buffer(Uint8Array).push(1); });
    const said = [];
    console.error = (text) => said.push(text);`;
  const without = await runAlone(`
    import { configure, createSecondStack, scope } from ENTRY;
    ${misuse}
    for (const call of [configure, createSecondStack]) {
      try { await call({ debug: true }); } catch (error) { console.log(error.message); }
    }
    leave();
    console.log(said.length);`);
  const lines = without.split("\n");
  const missing = 'debug needs import "secondstack/debug" before this is called';
  equal(lines[0], `secondstack: configure: ${missing}`);
  equal(lines[1], `secondstack: createSecondStack: ${missing}`);
  equal(lines[2], "0", "messages without");
  const withIt = await runAlone(`
    await import(new URL("debug.mjs", ENTRY).href);
    const { createSecondStack, scope } = await import(ENTRY);
    ${misuse}
    leave();
    const quiet = await createSecondStack({ debug: false });
    quiet.scope((s) => { s.buffer(Uint8Array).push(1); });
    console.log(said.length, /a buffer of Uint8Array with 1 elements was left open/.test(said[0]));`);
  equal(withIt, "1 true", "with it");
  // The user's line, not that of a file of the module's.
  const place = await runAlone(`
    await import(new URL("debug.mjs", ENTRY).href);
    const { scope } = await import(ENTRY);
    ${misuse}
    scope();
    await null;
    console.log(said.join());`);
  ok(/^secondstack: scope: still open after its turn \(opened .*\[eval1\]/.test(place), place);
});

cases.set("another_line_of_versions_has_a_stack_of_its_own", async () => {
  const text = 'const LINE = "0.1";';
  const newer = await import(
    makeCopy("newer", (source) => {
      ok(source.includes(text), `secondstack.mjs has no ${text}`);
      return source.replace(text, 'const LINE = "0.2";');
    })
  );
  ok(newer.sharedStack() !== front.sharedStack(), "they share what may have other calls");
  front.scope((outer) => {
    newer.scope((inner) => inner.uninitSlice(Uint8Array, 1));
    outer.uninitSlice(Uint8Array, 1);
  });
});

cases.set("the_line_is_that_of_the_package", () => {
  const { version } = JSON.parse(readFileSync(new URL("package.json", web), "utf8"));
  const line = version.split(".").slice(0, 2).join(".");
  const keys = Object.getOwnPropertySymbols(globalThis).map((key) => Symbol.keyFor(key));
  front.scope(() => 0);
  ok(keys.includes(`secondstack ${line}`), `no stack of ${line}: ${keys.filter(Boolean)}`);
});

rmSync(out, { recursive: true, force: true });
const copy = makeCopy("same");
report([
  await runCases(realm, { copy }, "realm, Node.js"),
  await runCases(cases, undefined, "realm, Node.js"),
]);
