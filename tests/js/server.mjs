// SPDX-License-Identifier: MIT
// Serves folders to a browser on this machine, isolated from other origins, so that shared memory is
// there.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
};

const BLANK =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>tests</title>';

/**
 * @param {Record<string, string>} folders by the first part of the path
 * @param {Record<string, string>} [more] headers of all answers
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export function startServer(folders, more = {}) {
  const headers = { ...HEADERS, ...more };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/") {
      response.writeHead(200, { ...headers, "Content-Type": TYPES[".html"] }).end(BLANK);
      return;
    }
    const [, first, ...rest] = decodeURIComponent(pathname).split("/");
    const path = normalize(rest.join("/"));
    try {
      if (!Object.hasOwn(folders, first) || path.startsWith(`..${sep}`)) throw new Error("outside");
      const body = await readFile(join(folders[first], path));
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "Content-Type": type }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${server.address().port}`,
        stop: () => {
          server.closeAllConnections();
          server.close();
        },
      }),
    );
  });
}
