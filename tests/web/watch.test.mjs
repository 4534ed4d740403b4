// SPDX-License-Identifier: MIT
// Tests the demo's server with --watch in a copy of the project: a change of JavaScript, of CSS and of C each builds the
// demo and loads the page again, and a build that fails is shown in the page.
//   node tests/web/watch.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cases, runCases, whenReady } from "./harness.mjs";
import { launchChrome } from "./launch.mjs";

const project = fileURLToPath(new URL("../..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "secondstack-watch-"));
const BUILD_LIMIT_MS = 120_000;

/** @type {import("puppeteer-core").Browser} */
let browser;
/** @type {import("puppeteer-core").Page} */
let page;
/** @type {import("node:child_process").ChildProcess} */
let server;
let said = "";

function copyProject() {
  const isCopied = (/** @type {string} */ path) => !/[/]([.]git|build)$/.test(path);
  for (const name of ["CMakeLists.txt", "CMakePresets.json", "demo", "include", "src", "web"]) {
    cpSync(join(project, name), join(copy, name), { recursive: true, filter: isCopied });
  }
}

function build(...words) {
  execFileSync("cmake", words, { cwd: copy, stdio: ["ignore", "ignore", "inherit"] });
}

function startWatching() {
  said = "";
  server = spawn(process.execPath, [join(copy, "demo/serve.mjs"), "--port", "0", "--watch"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.on("exit", () => server.kill());
  return new Promise((resolve, reject) => {
    const take = (chunk) => {
      said += chunk;
      const address = /http:\S+/.exec(said);
      if (address) resolve(address[0]);
    };
    server.stdout.on("data", take);
    server.stderr.on("data", take);
    server.on("exit", (code) => reject(new Error(`serve.mjs ended with code ${code}: ${said}`)));
  });
}

function edit(/** @type {string} */ file, /** @type {(text: string) => string} */ change) {
  const path = join(copy, file);
  const text = change(readFileSync(path, "utf8"));
  assert.notEqual(text, readFileSync(path, "utf8"), `${file} is changed`);
  writeFileSync(path, text);
}

/** Changes a file, and waits until the page is loaded again. */
async function editAndLoad(file, change) {
  await page.evaluate(() => (window.isOld = true));
  edit(file, change);
  await page.waitForFunction(() => window.isOld === undefined && window.demo !== undefined);
  await whenReady(page);
}

cases.set("javascript", async () => {
  await editAndLoad("demo/page/main.mjs", (text) => `${text}\nwindow.isEdited = "main.mjs";\n`);
  assert.equal(await page.evaluate(() => window.isEdited), "main.mjs");
});

cases.set("css", async () => {
  await editAndLoad("demo/page.css", (text) => `${text}\nh1 { letter-spacing: 7px !important; }\n`);
  assert.equal(await page.$eval("h1", (h1) => getComputedStyle(h1).letterSpacing), "7px");
});

cases.set("c_and_a_build_that_fails", async () => {
  const countErrors = () => page.$$eval("vite-error-overlay", ({ length }) => length);
  edit("demo/engine.c", (text) => `#error on purpose\n${text}`);
  await page.waitForSelector("vite-error-overlay");
  const text = await page.$eval("vite-error-overlay", (some) => some.shadowRoot.textContent);
  assert.match(text, /does not build/);
  assert.match(text, /on purpose/);
  assert.match(said, /the build failed:\n[^]*on purpose/);
  // Without the mistake, and with another number.
  await editAndLoad("demo/engine.c", (some) =>
    some
      .replace("#error on purpose\n", "")
      .replace("return engine.renderer->errors();", "return engine.renderer->errors() + 4711;"),
  );
  assert.equal(await countErrors(), 0);
  const glErrors = await page.evaluate(async () => (await window.demo.stats()).glErrors);
  assert.equal(glErrors, 4711);
});

await runCases(
  async () => {
    copyProject();
    build("--preset", "wasm", "-DSECONDSTACK_BUILD_TESTS=OFF", "--no-warn-unused-cli");
    build("--build", "--preset", "wasm", "--target", "demo");
    const address = await startWatching();
    browser = await launchChrome();
    page = await browser.newPage();
    page.setDefaultTimeout(BUILD_LIMIT_MS);
    await page.goto(`${address}?paused`);
    await whenReady(page);
  },
  async () => {
    await browser?.close().catch(() => {});
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server.once("close", resolve));
      server.kill();
      await ended;
    }
    // The rest of a build may still be writing.
    rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
  },
  { beginLimitMs: 600_000 },
);
