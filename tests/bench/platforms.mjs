// SPDX-License-Identifier: MIT
// The platforms on which the programs run: native processes, Node.js and headless Chrome.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Platform
 * @property {string} version
 * @property {(file: string, args: string[], onLine: (line: string) => void) => Promise<void>} run
 *   runs a program until it ends; rejects if the program fails
 * @property {() => Promise<void>} stop
 */

function runProcess(command, args, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop();
      lines.forEach(onLine);
    });
    child.on("error", reject);
    child.on("close", (status, signal) => {
      if (status === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")} ended with ${signal ?? status}`));
    });
  });
}

/** @returns {Platform} */
export function nativePlatform() {
  const { stdout } = spawnSync("cc", ["--version"], { encoding: "utf8" });
  return {
    version: stdout.split("\n", 1)[0],
    run: (file, args, onLine) => runProcess(file, args, onLine),
    stop: async () => {},
  };
}

/**
 * @param {{ isFetchConfused: boolean }} toolchain
 * @param {string} [node] the program of Node.js; default: the one that runs this script
 * @returns {Platform}
 */
export function nodePlatform({ isFetchConfused }, node = process.execPath) {
  const flags = isFetchConfused
    ? ["--require", fileURLToPath(new URL("no_fetch.cjs", import.meta.url))]
    : [];
  const say = "`Node.js ${process.version}, V8 ${process.versions.v8}`";
  const { stdout } = spawnSync(node, ["--print", say], { encoding: "utf8" });
  return {
    version: stdout.trim(),
    run: (file, args, onLine) => runProcess(node, [...flags, file, ...args], onLine),
    stop: async () => {},
  };
}

/**
 * The other versions of Node.js that package.json names, as a map from platform to program. It is
 * empty where npm has no such packages for this machine.
 */
export function otherNodes() {
  return Object.fromEntries(
    ["node-24", "node-26"]
      .map((name) => [
        name,
        fileURLToPath(new URL(`node_modules/${name}/bin/node`, import.meta.url)),
      ])
      .filter(([, file]) => existsSync(file)),
  );
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

// Shared memory and the precise clock need a page that is isolated from other origins.
const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Starts a server for one folder at a time, reachable from this machine only. */
function startServer() {
  let folder = "";
  const server = createServer(async (request, response) => {
    const name = basename(new URL(request.url, "http://localhost").pathname);
    try {
      const body = name
        ? await readFile(`${folder}/${name}`)
        : "<!doctype html><title>bench</title>";
      const type = TYPES[extname(name || "index.html")] ?? "application/octet-stream";
      response.writeHead(200, { ...HEADERS, "Content-Type": type }).end(body);
    } catch {
      response.writeHead(404, HEADERS).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({
        url: `http://127.0.0.1:${server.address().port}/`,
        serve: (newFolder) => (folder = newFolder),
        stop: () => server.closeAllConnections() ?? server.close(),
      });
    });
  });
}

/**
 * Each program runs in a worker, because a worker may block to wait for its threads and a page's
 * main thread may not.
 */
export async function chromePlatform() {
  const { launchChrome } = await import("../web/launch.mjs");
  const server = await startServer();
  const browser = await launchChrome();
  const page = await browser.newPage();
  let onMessage = (_message) => {};
  await page.exposeFunction("report", (message) => onMessage(message));
  await page.goto(server.url);

  const run = (file, args, onLine) =>
    new Promise((resolve, reject) => {
      server.serve(dirname(file));
      onMessage = ({ line, error, status }) => {
        if (line !== undefined) onLine(line);
        if (error !== undefined) console.error(error);
        if (status === undefined) return;
        if (status === 0) resolve();
        else
          reject(new Error(`${basename(file)} ${args.join(" ")} ended with ${status} in Chrome`));
      };
      page
        .evaluate(
          (script, name) => {
            const worker = new Worker(script, { name });
            worker.onmessage = ({ data }) => {
              if (data.status !== undefined) worker.terminate();
              window.report(data);
            };
            worker.onerror = (event) => window.report({ error: event.message, status: 1 });
          },
          basename(file),
          `bench ${JSON.stringify(args)}`,
        )
        .catch(reject);
    });
  return {
    version: await browser.version(),
    run,
    stop: async () => {
      await browser.close();
      server.stop();
    },
  };
}
