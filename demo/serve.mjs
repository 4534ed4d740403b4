// SPDX-License-Identifier: MIT
// A server for the demo: its own folder or a given one, on this machine only, without dependencies.
// It sends the headers that make a page cross-origin isolated, which shared memory and the fine
// clock need.
//
// Any page in a browser on this machine can send requests here, and if its host name resolves to this
// machine it is of the same origin (DNS rebinding). So only this machine's own names are answered.
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, STATUS_CODES } from "node:http";
import { dirname, extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HOST = "127.0.0.1";
const DEFAULT_PORT = 8080;
const PORTS_TRIED = 20;
const OWN_NAMES = new Set([HOST, "localhost"]);
// Requests are a few hundred bytes from the same machine. One that takes this long will never end.
const HEADERS_LIMIT_MS = 5_000;
const IDLE_LIMIT_MS = 60_000;
// A browser opens six connections to a server.
const CONNECTIONS_LIMIT = 200;
const USAGE = `Usage: node demo/serve.mjs [--port N] [--plain] [--folder DIR] [--help]

Serves the demo on ${HOST} and prints its address.
  --port N   the port, 0 for any free one
             default: ${DEFAULT_PORT}, or the next free one of ${PORTS_TRIED}
  --plain    without the headers that isolate the page: it then runs on one thread
  --folder   serves another folder, such as the site's, instead of the demo's
  --help     prints this text`;

const TYPES = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".map", "application/json; charset=utf-8"],
  [".mjs", "text/javascript; charset=utf-8"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".wasm", "application/wasm"],
]);

const ISOLATION_HEADERS = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/**
 * Finds the file that a request names.
 * @param {string} url as it stands in the request
 * @returns {Promise<{ status: number, file?: string, size?: number }>}
 */
async function find(url) {
  // A path that does not begin with a slash is a URL or an asterisk, which only a proxy is asked
  // for.
  if (!url.startsWith("/")) return { status: 400 };
  let path;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return { status: 400 };
  }
  if (path.includes("\0") || path.includes("\\")) return { status: 400 };
  if (path.split("/").includes("..")) return { status: 403 };

  let file;
  try {
    // realpath follows symbolic links, so a link that leads out of the folder is noticed.
    file = await realpath(join(root, path.endsWith("/") ? `${path}index.html` : path));
    if (!file.startsWith(root + sep)) return { status: 403 };
    const info = await stat(file);
    // Folders are not listed, and pipes and devices are not read.
    return info.isFile() ? { status: 200, file, size: info.size } : { status: 404 };
  } catch (error) {
    // Other errors, such as ENAMETOOLONG, mean that there is no such file, too.
    return { status: error.code === "EACCES" ? 403 : 404 };
  }
}

function sendStatus(request, response, status, headers = {}) {
  const body = `${status} ${STATUS_CODES[status]}\n`;
  response.writeHead(status, {
    ...HEADERS,
    ...headers,
    // The request may have a body, which is not read, so the connection cannot be used again.
    Connection: "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * Returns whether a Host header names this machine; the port may be that of a tunnel.
 * @param {string | undefined} host
 */
function isOwnName(host = "") {
  return OWN_NAMES.has(host.replace(/:\d{0,5}$/, "").toLowerCase());
}

async function answer(request, response) {
  if (!isOwnName(request.headers.host)) {
    sendStatus(request, response, request.headers.host ? 421 : 400);
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    sendStatus(request, response, 405, { Allow: "GET, HEAD" });
    return;
  }
  const { status, file, size } = await find(request.url);
  if (status !== 200) {
    sendStatus(request, response, status);
    return;
  }
  response.writeHead(200, {
    ...HEADERS,
    "Accept-Ranges": "none",
    "Content-Type": TYPES.get(extname(file).toLowerCase()) ?? "application/octet-stream",
    "Content-Length": size,
  });
  if (request.method === "HEAD" || size === 0) {
    response.end();
    return;
  }
  // The file may grow while it is sent, as in a rebuild. Not more than the announced length is
  // sent.
  const body = createReadStream(file, { end: size - 1 });
  body.on("error", () => response.destroy());
  response.on("close", () => body.destroy());
  // If the file shrinks, the connection is closed, because the browser would wait for the rest.
  body.on("end", () => (body.bytesRead < size ? response.destroy() : response.end()));
  body.pipe(response, { end: false });
}

/**
 * Answers a request that is not HTTP, too large or too late, unless a part of a page was already
 * sent.
 */
function refuse(error, socket) {
  const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
  // A connection without a request gets no answer: browsers open some before they need them.
  if (!socket.writable || socket.bytesWritten > 0 || (isLate && socket.bytesRead === 0)) {
    socket.destroy();
    return;
  }
  const status = isLate ? 408 : error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  // Without this, old versions of Node.js warn when more of the request comes.
  socket.pause();
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
  socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** @param {string} message */
function fail(message) {
  console.error(`serve.mjs: ${message}`);
  process.exit(2);
}

function readArguments() {
  const boolean = /** @type {const} */ ({ type: "boolean" });
  try {
    const text = /** @type {const} */ ({ type: "string" });
    const options = { port: text, folder: text, plain: boolean, help: boolean };
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${error.message.split("\n", 1)[0]} (--help tells more)`);
  }
}

const options = readArguments();
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
if (options.port !== undefined && !/^\d{1,5}$/.test(options.port)) {
  fail(`--port wants a number from 0 to 65535, not "${options.port}"`);
}
const root = await realpath(options.folder ?? dirname(fileURLToPath(import.meta.url))).catch(() =>
  fail(`there is no folder "${options.folder}"`),
);
const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  ...(options.plain ? {} : ISOLATION_HEADERS),
};
const firstPort = Number(options.port ?? DEFAULT_PORT);
if (firstPort > 65535) fail(`--port wants a number from 0 to 65535, not "${options.port}"`);
// A port that was asked for is not replaced by another one.
const lastPort = options.port === undefined ? firstPort + PORTS_TRIED - 1 : firstPort;

const limits = {
  headersTimeout: HEADERS_LIMIT_MS,
  requestTimeout: HEADERS_LIMIT_MS,
  connectionsCheckingInterval: 1000,
};
const server = createServer(limits, (request, response) => {
  request.on("error", () => response.destroy());
  response.on("error", () => response.destroy());
  answer(request, response).catch(() => response.destroy());
});
server.maxConnections = CONNECTIONS_LIMIT;
server.setTimeout(IDLE_LIMIT_MS, (socket) => socket.destroy());
server.on("clientError", refuse);

let port = firstPort;
server.on("error", (error) => {
  if (error.code === "EADDRINUSE" && port < lastPort) {
    port++;
    server.listen(port, HOST);
    return;
  }
  // An error of the running server, such as no descriptor for another connection, does not end it.
  if (server.listening) return;
  fail(error.code === "EADDRINUSE" ? `port ${port} is in use` : error.message);
});
server.on("listening", () => {
  console.log(`http://${HOST}:${server.address().port}/`);
});
server.listen(port, HOST);
