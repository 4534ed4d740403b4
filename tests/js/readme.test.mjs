// SPDX-License-Identifier: MIT
// The code of docs/javascript.md: run in Chrome, with its own WebGL2, and what is
// about Emscripten in Node.js, with the program of attach.test.mjs. The first example, and that of
// web/README.md, in Node.js as well, in a project that has the package.
//   node tests/js/readme.test.mjs
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { env } from "./attach_build.mjs";
import { openPage } from "./browsers.mjs";
import { equal, ok, report, runCases } from "./harness.mjs";
import { startServer } from "./server.mjs";
import { launchChrome } from "../web/launch.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = path("../../build/js/readme/");
const LIMIT_MS = 60_000;

const chapter = readFileSync(path("../../docs/javascript.md"), "utf8");
const blocks = (language) =>
  [...chapter.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text]) => text,
  );
const scripts = blocks("js");

/** A block as a module that finds the module of this folder. */
const asModule = (text, root) =>
  text
    .replaceAll('from "secondstack"', `from "${root}secondstack.mjs"`)
    .replace(/(from|import) "secondstack\/(\w+)"/g, `$1 "${root}$2.mjs"`);

// What the blocks take for granted.
const CONTEXT = `const gl = document.createElement("canvas").getContext("webgl2");
gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
`;

/** Runs modules one after the other in a page; console.assert counts as an error. */
async function runInChrome(names) {
  const server = await startServer({ web: path("../../web"), readme: out });
  try {
    const { page, problems } = await openPage(await browser, server.url);
    page.on("console", (message) => {
      if (message.type() === "assert") problems.push(`assertion: ${message.text()}`);
    });
    for (const name of names) {
      await page.evaluate((file) => import(file).then(() => {}), `/readme/${name}`);
    }
    equal(problems.join("; "), "", "problems");
    await page.close();
  } finally {
    server.stop();
  }
}

function write(name, text) {
  mkdirSync(out, { recursive: true });
  writeFileSync(`${out}${name}`, text);
}

const cases = new Map();

cases.set("scopes_slices_and_buffers", async () => {
  const some = scripts.filter(
    (text) => !text.includes("attach(") && !/^\/\/ \w+\.mjs\n/.test(text),
  );
  ok(some.length >= 4, "the chapter has fewer examples than it should");
  some.forEach((text, i) => write(`example${i}.mjs`, asModule(CONTEXT + text, "/web/")));
  await runInChrome(some.map((_, i) => `example${i}.mjs`));
});

cases.set("the_first_examples_run_as_pasted", async () => {
  const readme = readFileSync(path("../../web/README.md"), "utf8");
  const [, its] = /^```js\n(.*?)^```/ms.exec(readme);
  mkdirSync(`${out}node_modules`, { recursive: true });
  symlinkSync(path("../../web"), `${out}node_modules/secondstack`);
  for (const [name, text] of [
    ["first.mjs", scripts[0]],
    ["package.mjs", its],
  ]) {
    write(name, text);
    const { stdout } = await promisify(execFile)(process.execPath, [`${out}${name}`]);
    const expected = /^console\.log\(.*?\); +\/\/ (.+)$/m.exec(text)[1];
    equal(stdout.trim(), expected, `what ${name} prints`);
  }
});

cases.set("threads", async () => {
  const files = scripts.map((text) => [/^\/\/ (\w+\.mjs)\n/.exec(text)?.[1], text]);
  const named = files.filter(([name]) => name);
  equal(named.map(([name]) => name).join(), "main.mjs,worker.mjs", "files of the example");
  for (const [name, text] of named) write(name, asModule(text, "/web/"));
  await runInChrome(["main.mjs"]);
});

// As pasted, but for where the library is, which a user has installed.
cases.set("attaching_to_a_program", async () => {
  const [source] = blocks("c").filter((text) => text.includes("secondstack_attach.h"));
  const [command] = blocks("sh").filter((text) => text.startsWith("emcc program.c"));
  const [example] = scripts.filter((text) => text.includes("attach("));
  const folder = `${out}attach/`;
  mkdirSync(`${folder}node_modules`, { recursive: true });
  symlinkSync(path("../../web"), `${folder}node_modules/secondstack`);
  write("attach/program.c", source);
  write("attach/example.mjs", example);
  const [emcc, ...args] = command.trim().split(/\s+/);
  const installed = [`-I${path("../../include")}`, `-L${path("../../build/wasm")}`];
  const options = { cwd: folder, env, timeout: LIMIT_MS };
  await promisify(execFile)(process.env.EMCC ?? emcc, [...installed, ...args], options);
  const node = ["--no-experimental-fetch", "example.mjs"];
  const { stdout } = await promisify(execFile)(process.execPath, node, options);
  equal(stdout, "6\n", "what the example prints");
});

rmSync(out, { recursive: true, force: true });
const timer = setTimeout(() => {
  console.log("FAILED readme: not finished in time");
  process.exit(1);
}, 3 * LIMIT_MS);
// What goes wrong is told by the case that waits for it.
const browser = launchChrome();
browser.catch(() => {});
report([await runCases(cases, undefined, "readme", 2 * LIMIT_MS)]);
await browser.then((some) => some.close()).catch(() => {});
clearTimeout(timer);
