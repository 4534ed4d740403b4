// The package as npm makes it, installed into a fresh project: in Node.js, and bundled by Vite, webpack
// and esbuild for Chrome. Needs npm's registry for the bundlers, whose versions fresh/ pins.
//   node tests/js/package.test.mjs
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { openPage } from "./browsers.mjs";
import { equal, ok, report, runCases } from "./harness.mjs";
import { startServer } from "./server.mjs";
import { launchChrome } from "../web/launch.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const fresh = path("../../build/js/fresh");
const PAGE_RESULT = { total: 6, length: 300_000, used: 0, fromWorker: 60 };
const LIMIT_MS = 240_000;

/** Runs a command to its end; what it says is part of the error. */
function run(cwd, command, ...args) {
  try {
    const options = { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT_MS };
    return execFileSync(command, args, options);
  } catch (error) {
    const said = `${error.stdout ?? ""}${error.stderr ?? ""}`.slice(-2000);
    throw new Error(`${command} ${args.join(" ")}: ${error.message.split("\n")[0]}\n${said}`);
  }
}

const bin = (name, ...args) => run(fresh, join(fresh, "node_modules/.bin", name), ...args);

const cases = new Map();
let browser;

/** Loads a built page in Chrome and returns what it has computed. */
async function resultOf(url) {
  const { page, problems } = await openPage(browser, url);
  try {
    await page.waitForFunction("window.result !== undefined");
    const result = await page.evaluate(() => window.result);
    ok(result.error === undefined, `${result.error}`);
    equal(problems.join("; "), "", "problems");
    return JSON.stringify(result);
  } finally {
    await page.close();
  }
}

async function resultOfFolder(folder, file) {
  const server = await startServer({ out: join(fresh, folder) });
  try {
    return await resultOf(`${server.url}/out/${file}`);
  } finally {
    server.stop();
  }
}

cases.set("npm_pack_holds_what_is_needed_and_no_more", () => {
  const out = run(
    path("../../web"),
    "npm",
    "pack",
    "--json",
    "--pack-destination",
    path("../../build/js"),
  );
  // The build speaks first.
  const [pack] = JSON.parse(out.slice(out.search(/^\[$|^\[\s*\{/m)));
  const names = pack.files.map((file) => file.path);
  for (const name of [
    ...["package.json", "LICENSE", "README.md", "secondstack.mjs", "secondstack.d.ts"],
    ...["secondstack.wasm", "secondstack-threads.wasm", "threads.mjs", "threads.d.ts"],
  ]) {
    ok(names.includes(name), `${name} is missing`);
  }
  for (const name of names) {
    ok(
      /^(package\.json|LICENSE|README\.md|[\w-]+\.(mjs|d\.ts|wasm))$/.test(name),
      `${name} is in it`,
    );
  }
});

cases.set("a_fresh_project_installs_it", () => {
  rmSync(fresh, { recursive: true, force: true });
  cpSync(path("fresh"), fresh, { recursive: true });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
  run(fresh, "npm", "ci", ...quiet);
  const { version } = JSON.parse(readFileSync(path("../../web/package.json"), "utf8"));
  run(fresh, "npm", "install", ...quiet, `../secondstack-${version}.tgz`);
});

cases.set("nodejs_uses_it_with_workers", () => {
  const said = run(fresh, process.execPath, "node_app.mjs").trim();
  equal(said, '{"total":6,"inWorker":5,"fromThread":[7,8]}', "what it says");
});

cases.set("vite_builds_with_it", async () => {
  bin("vite", "build", "--base", "./", "--outDir", "vite-out");
  equal(await resultOfFolder("vite-out", "index.html"), JSON.stringify(PAGE_RESULT), "result");
});

cases.set("vite_serves_it_while_developing", async () => {
  const server = spawn(
    join(fresh, "node_modules/.bin/vite"),
    ["--port", "0", "--host", "127.0.0.1"],
    {
      cwd: fresh,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  try {
    const url = await new Promise((resolve, reject) => {
      let text = "";
      const take = (chunk) => {
        text += chunk;
        const match = /http:\/\/127\.0\.0\.1:\d+\//.exec(text.replace(/\u001b\[\d+m/g, ""));
        if (match) resolve(match[0]);
      };
      server.stdout.on("data", take);
      server.stderr.on("data", take);
      server.on("error", reject);
      server.on("exit", (code) => reject(new Error(`vite ended with ${code}: ${text}`)));
      setTimeout(() => reject(new Error(`vite printed no address: ${text}`)), 30_000).unref();
    });
    equal(await resultOf(url), JSON.stringify(PAGE_RESULT), "result");
  } finally {
    server.kill();
  }
});

cases.set("webpack_builds_with_it", async () => {
  bin("webpack");
  const page = '<!doctype html><link rel="icon" href="data:,"><script src="./app.js"></script>';
  writeFileSync(join(fresh, "webpack-out/index.html"), page);
  equal(await resultOfFolder("webpack-out", "index.html"), JSON.stringify(PAGE_RESULT), "result");
});

cases.set("esbuild_bundles_for_a_browser_with_the_wasm_beside", async () => {
  const flags = ["--bundle", "--format=esm", "--minify", "--out-extension:.js=.mjs"];
  bin("esbuild", "app.mjs", "worker.mjs", ...flags, "--outdir=esbuild-out");
  for (const name of ["secondstack.wasm", "secondstack-threads.wasm"]) {
    copyFileSync(join(fresh, "node_modules/secondstack", name), join(fresh, "esbuild-out", name));
  }
  copyFileSync(join(fresh, "index.html"), join(fresh, "esbuild-out/index.html"));
  equal(await resultOfFolder("esbuild-out", "index.html"), JSON.stringify(PAGE_RESULT), "result");
});

cases.set("esbuild_bundles_for_nodejs_with_the_wasm_inside", () => {
  const flags = ["--bundle", "--format=esm", "--platform=node", "--target=node20"];
  bin("esbuild", "esbuild_app.mjs", ...flags, "--loader:.wasm=binary", "--outfile=bundle.mjs");
  equal(run(fresh, process.execPath, "bundle.mjs").trim(), '{"total":6}', "what it says");
});

cases.set("wasm_and_glue_stay_small", () => {
  const source = 'export { createSecondStack } from "secondstack"';
  writeFileSync(join(fresh, "size.mjs"), source);
  bin("esbuild", "size.mjs", "--bundle", "--format=esm", "--minify", "--outfile=size.out.mjs");
  const sizes = ["size.out.mjs", "node_modules/secondstack/secondstack.wasm"].map(
    (name) => gzipSync(readFileSync(join(fresh, name)), { level: 9 }).length,
  );
  console.log(`gzipped: ${sizes[0]} bytes of JavaScript, minified, and ${sizes[1]} of WebAssembly`);
  ok(sizes[0] + sizes[1] <= 9 * 1024, `${sizes[0] + sizes[1]} bytes, over 9 KiB`);
});

browser = await launchChrome();
try {
  report([await runCases(cases, undefined, "package")]);
} finally {
  await browser.close();
}
