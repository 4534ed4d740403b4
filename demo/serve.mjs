// SPDX-License-Identifier: MIT
// A server for the demo: its own folder or a given one, on this machine only, by Vite. It sends the headers that make
// a page cross-origin isolated, which shared memory and the fine clock need.
//
// Any page in a browser on this machine can send requests here, and if its host name resolves to this
// machine it is of the same origin (DNS rebinding). So only this machine's own names are answered.
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installPackages } from "./packages.mjs";

const HOST = "127.0.0.1";
const DEFAULT_PORT = 8080;
const USAGE = `Usage: node demo/serve.mjs [--port N] [--plain] [--folder DIR] [--watch] [--help]

Serves the demo on ${HOST} and prints its address.
  --port N   the port, 0 for any free one
             default: ${DEFAULT_PORT}, or the next free one
  --plain    without the headers that isolate the page: it then runs on one thread
  --folder   serves another folder, such as the site's, instead of the demo's
  --watch    builds the demo again when its sources or the library's change, and then loads
             the page again; a build that fails is shown in the page
  --help     prints this text`;

const ISOLATION_HEADERS = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** Where the sources are that --watch watches. */
const SOURCES = ["demo", "include", "src", "web"];
const SOURCE_NAMES = /[.](?:c|cjs|css|h|html|mjs|txt)$/;
/** An editor may write several files at once. */
const QUIET_MS = 100;

const demoFolder = fileURLToPath(new URL(".", import.meta.url));
const dist = join(demoFolder, "dist");
const projectFolder = fileURLToPath(new URL("..", import.meta.url));

/** @param {string} message */
function fail(message) {
  console.error(`serve.mjs: ${message}`);
  process.exit(2);
}

function readArguments() {
  const boolean = /** @type {const} */ ({ type: "boolean" });
  const text = /** @type {const} */ ({ type: "string" });
  const options = { port: text, folder: text, plain: boolean, watch: boolean, help: boolean };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${error.message.split("\n", 1)[0]} (--help tells more)`);
  }
}

function isFolder(/** @type {string} */ path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Ends a build with all that it has started. */
function endBuild(/** @type {import("node:child_process").ChildProcess} */ child) {
  // Without a number it has not started, and 0 would be this program's own group.
  if (!child.pid) return;
  try {
    process.kill(-child.pid);
  } catch {
    child.kill();
  }
}

/** Builds the demo. @returns {Promise<string>} what the build said if it failed, otherwise "" */
function build() {
  return new Promise((end) => {
    const child = spawn("cmake", ["--build", "--preset", "wasm", "--target", "demo"], {
      cwd: projectFolder,
      stdio: ["ignore", "pipe", "pipe"],
      // In a process group of its own, so that it can be ended as a whole.
      detached: true,
    });
    const onExit = () => endBuild(child);
    process.on("exit", onExit);
    child.on("close", () => process.off("exit", onExit));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    child.on("error", (error) => end(`cmake does not start: ${error.message}`));
    child.on("close", (code) => end(code === 0 ? "" : said));
  });
}

/** Whether a change of this file asks for a build. What a build writes does not. */
function isSource(/** @type {string} */ file) {
  const path = relative(projectFolder, file);
  const isMade = /(?:^|[/\\])(?:dist|node_modules|build)[/\\]|inline_wasm[.]mjs$/.test(path);
  return SOURCE_NAMES.test(path) && !isMade;
}

function isWhole(/** @type {string} */ address) {
  try {
    decodeURIComponent(address);
    return true;
  } catch {
    return false;
  }
}

/** A plugin of Vite's that refuses what Vite trips over, or answers as if it were a GET. */
function refuser() {
  const refuse = (request, response, next) => {
    const isKnown = request.method === "GET" || request.method === "HEAD";
    if (isKnown && isWhole(request.url)) return next();
    if (!isKnown) response.setHeader("Allow", "GET, HEAD");
    // The request may have a body, which is not read, so the connection cannot be used again.
    response.setHeader("Connection", "close");
    response.statusCode = isKnown ? 400 : 405;
    return response.end();
  };
  return {
    name: "refuser",
    configureServer: ({ middlewares }) => void middlewares.use(refuse),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(refuse),
  };
}

/** A plugin of Vite's that builds the demo when a source changes, and then loads the page again. */
function rebuilder(sirv, /** @type {Record<string, string>} */ headers) {
  return {
    name: "rebuilder",
    configureServer(/** @type {import("vite").ViteDevServer} */ vite) {
      let timer;
      let isBuilding = false;
      let isStale = false;
      async function rebuild() {
        isBuilding = true;
        do {
          isStale = false;
          const start = performance.now();
          const problem = await build();
          const seconds = ((performance.now() - start) / 1000).toFixed(1);
          console.log(problem ? `the build failed:\n${problem}` : `built in ${seconds} s`);
          const err = { message: `The demo does not build.\n\n${problem}`, stack: "" };
          if (problem) vite.ws.send({ type: "error", err });
          else vite.ws.send({ type: "full-reload" });
        } while (isStale);
        isBuilding = false;
      }
      vite.watcher.add(SOURCES.map((name) => join(projectFolder, name)));
      vite.watcher.on("all", (event, file) => {
        if (event === "addDir" || event === "unlinkDir" || !isSource(file)) return;
        isStale = true;
        clearTimeout(timer);
        if (!isBuilding) timer = setTimeout(rebuild, QUIET_MS);
      });
      // What is built is served as it is. Vite would change scripts on their way.
      const setHeaders = (response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      };
      vite.middlewares.use("/dist", sirv(dist, { dev: true, setHeaders }));
    },
    // The build decides when the page is loaded again.
    handleHotUpdate: () => [],
  };
}

const options = readArguments();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
const port = Number(options.port ?? DEFAULT_PORT);
if ((options.port !== undefined && !/^\d{1,5}$/.test(options.port)) || port > 65535) {
  fail(`--port wants a number from 0 to 65535, not "${options.port}"`);
}
if (options.watch && options.folder !== undefined) fail("--watch is for the demo's own folder");
const root = resolve(options.folder ?? demoFolder);
if (!isFolder(root)) fail(`there is no folder "${options.folder}"`);

installPackages();
const { createServer, preview } = await import("vite");
const headers = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  ...(options.plain ? {} : ISOLATION_HEADERS),
};
const shared = {
  host: HOST,
  port,
  // A port that was asked for is not replaced by another one.
  strictPort: options.port !== undefined,
  allowedHosts: [],
  cors: false,
  headers,
};
/** @type {import("vite").InlineConfig} */
const config = {
  root,
  configFile: false,
  appType: "mpa",
  logLevel: "error",
  clearScreen: false,
  plugins: [refuser()],
};
try {
  let server;
  if (options.watch) {
    const { default: sirv } = await import("sirv");
    // Without this no build would be ended by it.
    process.once("SIGINT", () => process.exit(130));
    server = await createServer({
      ...config,
      publicDir: false,
      plugins: [refuser(), rebuilder(sirv, headers)],
      optimizeDeps: { noDiscovery: true },
      server: { ...shared, watch: { ignored: [join(dist, "**")] } },
    });
    await server.listen();
  } else {
    server = await preview({ ...config, build: { outDir: "." }, preview: shared });
  }
  console.log(server.resolvedUrls?.local[0]);
} catch (error) {
  fail(/already in use/.test(error.message) ? `port ${port} is in use` : error.message);
}
