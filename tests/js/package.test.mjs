// SPDX-License-Identifier: MIT
// The package as npm makes it, installed into a fresh project: in Node.js, and bundled by Vite, webpack
// and esbuild for Chrome. Needs npm's registry for the bundlers, whose versions fresh/ pins.
//   node tests/js/package.test.mjs
import { execFile, spawn } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { openPage } from "./browsers.mjs";
import { equal, ok, report, runCases } from "./harness.mjs";
import { startServer } from "./server.mjs";
import { launchChrome } from "../web/launch.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const fresh = path("../../build/js/fresh");
const PAGE_RESULT = { atOnce: 5, total: 6, length: 300_000, used: 0, fromWorker: 60 };
const LIMIT_MS = 240_000;

/** Runs a command to its end; what it says is part of the error. */
async function run(cwd, command, ...args) {
  try {
    const running = promisify(execFile)(command, args, { cwd, timeout: LIMIT_MS });
    running.child.stdin.end();
    return (await running).stdout;
  } catch (error) {
    const said = `${error.stdout ?? ""}${error.stderr ?? ""}`.slice(-2000);
    throw new Error(`${command} ${args.join(" ")}: ${error.message.split("\n")[0]}\n${said}`);
  }
}

const bin = (name, ...args) => run(fresh, join(fresh, "node_modules/.bin", name), ...args);

/** One after the other, then the cases that only need what is installed. */
const first = new Map();
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

first.set("npm_pack_holds_what_is_needed_and_no_more", async () => {
  const out = await run(
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
    ...["secondstack.classic.js", "file.mjs", "file.d.ts", "inline_wasm.mjs"],
  ]) {
    ok(names.includes(name), `${name} is missing`);
  }
  for (const name of names) {
    ok(
      /^(package\.json|LICENSE|README\.md|secondstack\.classic\.js(\.map)?|[\w-]+\.(mjs|d\.ts|wasm))$/.test(
        name,
      ),
      `${name} is in it`,
    );
  }
  // A debugger shows the package's own files for the minified one.
  const map = JSON.parse(readFileSync(path("../../web/secondstack.classic.js.map"), "utf8"));
  const sources = map.sources.filter((name) => !names.includes(name));
  equal(sources.join(), "", "sources that are not in the package");
  ok(map.sources.includes("scopes.mjs"), `the sources are ${map.sources}`);
});

first.set("a_fresh_project_installs_it", async () => {
  // The bundlers are kept from one run to the next, unless others are pinned.
  const modules = join(fresh, "node_modules");
  const kept = `${fresh}-node_modules`;
  const lock = readFileSync(path("fresh/package-lock.json"), "utf8");
  const stamp = join(modules, ".bundlers-lock.json");
  const areThere = existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  rmSync(kept, { recursive: true, force: true });
  if (areThere) renameSync(modules, kept);
  rmSync(fresh, { recursive: true, force: true });
  cpSync(path("fresh"), fresh, { recursive: true });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund"];
  if (areThere) {
    renameSync(kept, modules);
    rmSync(join(modules, "secondstack"), { recursive: true, force: true });
  } else {
    await run(fresh, "npm", "ci", ...quiet);
    writeFileSync(stamp, lock);
  }
  const { version } = JSON.parse(readFileSync(path("../../web/package.json"), "utf8"));
  await run(fresh, "npm", "install", ...quiet, `../secondstack-${version}.tgz`);
});

cases.set("nodejs_uses_it_with_workers", async () => {
  const said = await run(fresh, process.execPath, "node_app.mjs");
  equal(said.trim(), '{"total":6,"atOnce":4,"inWorker":5,"fromThread":[7,8]}', "what it says");
});

cases.set("vite_builds_with_it", async () => {
  await bin("vite", "build", "--base", "./", "--outDir", "vite-out");
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
      setTimeout(() => reject(new Error(`vite printed no address: ${text}`)), 60_000).unref();
    });
    equal(await resultOf(url), JSON.stringify(PAGE_RESULT), "result");
  } finally {
    server.kill();
  }
});

cases.set("webpack_builds_with_it", async () => {
  await bin("webpack");
  const page = '<!doctype html><link rel="icon" href="data:,"><script src="./app.js"></script>';
  writeFileSync(join(fresh, "webpack-out/index.html"), page);
  equal(await resultOfFolder("webpack-out", "index.html"), JSON.stringify(PAGE_RESULT), "result");
});

cases.set("esbuild_bundles_for_a_browser_with_the_wasm_beside", async () => {
  const flags = ["--bundle", "--format=esm", "--minify", "--out-extension:.js=.mjs"];
  await bin("esbuild", "app.mjs", "worker.mjs", ...flags, "--outdir=esbuild-out");
  for (const name of ["secondstack.wasm", "secondstack-threads.wasm"]) {
    copyFileSync(join(fresh, "node_modules/secondstack", name), join(fresh, "esbuild-out", name));
  }
  copyFileSync(join(fresh, "index.html"), join(fresh, "esbuild-out/index.html"));
  equal(await resultOfFolder("esbuild-out", "index.html"), JSON.stringify(PAGE_RESULT), "result");
});

cases.set("esbuild_bundles_for_nodejs_with_the_wasm_inside", async () => {
  const flags = ["--bundle", "--format=esm", "--platform=node", "--target=node20"];
  await bin(
    "esbuild",
    "esbuild_app.mjs",
    ...flags,
    "--loader:.wasm=binary",
    "--outfile=bundle.mjs",
  );
  const said = await run(fresh, process.execPath, "bundle.mjs");
  equal(said.trim(), '{"total":6}', "what it says");
});

cases.set("a_classic_script_sets_a_global", async () => {
  const out = join(fresh, "classic-out");
  mkdirSync(out, { recursive: true });
  const name = "secondstack.classic.js";
  copyFileSync(join(fresh, "node_modules/secondstack", name), join(out, name));
  copyFileSync(path("classic_page.js"), join(out, "page.js"));
  const head = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
  const scripts = `<script src="${name}"></script><script src="page.js"></script>`;
  writeFileSync(join(out, "index.html"), head + scripts);
  const policy = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";
  const server = await startServer({ out }, { "Content-Security-Policy": policy });
  try {
    const result = await resultOf(`${server.url}/out/index.html`);
    equal(result, '{"atOnce":3,"own":6,"bytes":32,"said":1}', "result");
  } finally {
    server.stop();
  }
});

/** The gzipped bytes of a bundle that exports this, and the minified bytes of its parts. */
async function sizesOf(name, source) {
  const out = `${name}.out.mjs`;
  writeFileSync(join(fresh, `${name}.mjs`), source);
  const flags = ["--bundle", "--format=esm", "--minify", `--outfile=${out}`];
  await bin("esbuild", `${name}.mjs`, ...flags, `--metafile=${name}.json`);
  const { outputs } = JSON.parse(readFileSync(join(fresh, `${name}.json`), "utf8"));
  const items = Object.entries(outputs[out].inputs)
    .map(([file, { bytesInOutput }]) => [file.split("/").at(-1), bytesInOutput])
    .filter(([, bytes]) => bytes > 0);
  ok(items.length > 0, "the bundle is of nothing");
  return { bytes: gzip(readFileSync(join(fresh, out))), items };
}

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

cases.set("what_a_page_loads_stays_small", async () => {
  const [wasm, threads] = ["secondstack.wasm", "secondstack-threads.wasm"].map((name) =>
    gzip(readFileSync(join(fresh, "node_modules/secondstack", name))),
  );
  // Limits in bytes, a few hundred above what there is.
  for (const [name, source, beside, limit] of [
    ["front", 'export { scope } from "secondstack"', 0, 9600],
    ["file", 'export { createSecondStack } from "secondstack/file"', wasm, 9400],
    ["threads", 'export { createSecondStack } from "secondstack/threads"', threads, 10200],
    ["attach", 'export { attach } from "secondstack"', 0, 5000],
    ["everything", 'export * from "secondstack"', 0, 10600],
    ["frames", 'export { createFrames } from "secondstack/frames"', 0, 9900],
    ["layout", 'export { layout } from "secondstack/layout"', 0, 5000],
    [
      "compile",
      'import "secondstack/compile"; export { layout } from "secondstack/layout"',
      0,
      5600,
    ],
    ["panel", 'import "secondstack/panel"', 0, 8192],
  ]) {
    const { bytes, items } = await sizesOf(`size-${name}`, source);
    const list = items.map(([file, size]) => `${file} ${size}`).join(", ");
    const whole = beside ? `${bytes} and ${beside} of WebAssembly` : `${bytes}`;
    console.log(`${name}, gzipped: ${whole} bytes. Minified: ${list}`);
    ok(bytes + beside <= limit, `${name} has ${bytes + beside} bytes, over ${limit}`);
    const isFree = items.every(([file]) => !file.startsWith("debug"));
    ok(isFree, `${name} carries what looks for misuse: ${list}`);
  }
});

const packed = () => {
  const { version } = JSON.parse(readFileSync(path("../../web/package.json"), "utf8"));
  return path(`../../build/js/secondstack-${version}.tgz`);
};

cases.set("npm_would_publish_it_as_it_is", async () => {
  const { name, version } = JSON.parse(readFileSync(path("../../web/package.json"), "utf8"));
  const args = ["publish", "--dry-run", "--json", packed()];
  const { stdout, stderr } = await promisify(execFile)("npm", args, { timeout: LIMIT_MS });
  ok(stdout.includes(`"${name}@${version}"`), stdout.slice(0, 500));
  // What npm would set right without being asked.
  ok(!/auto-corrected/i.test(stderr), stderr);
});

cases.set("publint_has_nothing_to_say", async () => {
  const said = await bin("publint", packed(), "--strict");
  ok(/All good!/.test(said), said);
});

cases.set("every_way_of_resolving_finds_the_types", async () => {
  // What is only for require, and for TypeScript before exports, is not promised.
  await bin("attw", packed(), "--profile", "esm-only", "--no-color", "--no-emoji");
});

mkdirSync(path("../../build/js"), { recursive: true });
browser = await launchChrome();
try {
  const counts = [await runCases(first, undefined, "package", LIMIT_MS)];
  // Two at once.
  const left = [...cases];
  const runNext = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      counts.push(await runCases(new Map([next]), undefined, "package", LIMIT_MS));
    }
  };
  await Promise.all([runNext(), runNext()]);
  report(counts);
} finally {
  await browser.close();
}
