// SPDX-License-Identifier: MIT
// Tests the demo's server: what it sends, what it refuses, and how it starts.
//   node tests/web/server.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { cases, runCases } from "./harness.mjs";
import { serverScript, startServer } from "./launch.mjs";

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;

/** Runs the server with arguments that make it end by itself. */
function runServer(...args) {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [serverScript, ...args],
      { timeout: 30_000 },
      (_, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

/** Sends one request exactly as written, because fetch would normalise the path. */
function rawRequest(path, options = {}) {
  const { method = "GET", host = "127.0.0.1", port = new URL(server.url).port } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, timeout: 30_000 }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
    sent.on("error", reject);
    sent.end();
  });
}

cases.set("server_isolates_the_page_and_names_types", async () => {
  for (const [path, type] of [
    ["/", "text/html; charset=utf-8"],
    ["/index.html?tris=1", "text/html; charset=utf-8"],
    ["/page.css", "text/css; charset=utf-8"],
    ["/page/main.mjs", "text/javascript; charset=utf-8"],
    ["/dist/page.js", "text/javascript; charset=utf-8"],
    ["/dist/engine-single.wasm", "application/wasm"],
  ]) {
    const { status, headers } = await rawRequest(path);
    assert.equal(status, 200, path);
    assert.equal(headers["content-type"], type, path);
    assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
    assert.equal(headers["cross-origin-embedder-policy"], "require-corp", path);
    assert.equal(headers["cache-control"], "no-store", path);
  }
});

cases.set("plain_server_does_not_isolate", async () => {
  const plain = await startServer(["--port", "0", "--plain"]);
  try {
    const { headers } = await rawRequest("/", { port: new URL(plain.url).port });
    assert.equal(headers["cross-origin-opener-policy"], undefined);
    assert.equal(headers["cross-origin-embedder-policy"], undefined);
    assert.equal(headers["x-content-type-options"], "nosniff");
  } finally {
    plain.stop();
  }
});

cases.set("server_refuses_paths_outside_its_folder", async () => {
  const link = new URL("../../demo/dist/outside.txt", import.meta.url);
  await rm(link, { force: true });
  await symlink(fileURLToPath(new URL("../../CMakeLists.txt", import.meta.url)), link);
  try {
    for (const [path, expected] of [
      ["/../CMakeLists.txt", 403],
      ["/dist/../../CMakeLists.txt", 403],
      ["/%2e%2e/CMakeLists.txt", 403],
      ["/..%2fCMakeLists.txt", 403],
      ["/dist/outside.txt", 403],
      ["/..%5cCMakeLists.txt", 400],
      ["/page/main.mjs%00.css", 400],
      ["/%zz", 400],
      ["/%c0%ae%c0%ae/CMakeLists.txt", 400],
      ["http://127.0.0.1/index.html", 400],
      ["*", 400],
      ["//etc/passwd", 404],
      ["/%2fetc%2fpasswd", 404],
      ["/%252e%252e/CMakeLists.txt", 404],
      ["/dist", 404],
      [`/${"x".repeat(5000)}`, 404],
    ]) {
      const { status, body } = await rawRequest(path);
      assert.equal(status, expected, path.slice(0, 60));
      assert.ok(!body.includes("cmake_minimum_required"), `${path} leaks a file`);
    }
  } finally {
    await rm(link, { force: true });
  }
});

cases.set("server_answers_get_and_head_only", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers } = await rawRequest("/", { method });
    assert.equal(status, 405, method);
    assert.equal(headers.allow, "GET, HEAD", method);
  }
  const get = await rawRequest("/index.html");
  const head = await rawRequest("/index.html", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.body, "");
  assert.equal(head.headers["content-length"], String(Buffer.byteLength(get.body)));
});

cases.set("server_listens_on_one_loopback_address", async () => {
  // A server bound to all addresses would answer here too.
  await assert.rejects(rawRequest("/", { host: "127.0.0.2" }));
});

cases.set("server_deals_with_a_busy_port", async () => {
  const holder = createServer();
  await new Promise((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address();
  const asked = await runServer("--port", String(port));
  holder.close();
  assert.equal(asked.status, 2);
  assert.equal(asked.stderr, `serve.mjs: port ${port} is in use\n`);

  // Another program may use the default port already; the port is busy in either case.
  const defaultHolder = createServer();
  await new Promise((resolve) => {
    defaultHolder.on("error", resolve);
    defaultHolder.listen(8080, "127.0.0.1", resolve);
  });
  const next = await startServer([]);
  next.stop();
  defaultHolder.close();
  const nextPort = Number(new URL(next.url).port);
  assert.ok(nextPort > 8080 && nextPort < 8100, `took port ${nextPort}`);
});

cases.set("server_explains_its_options", async () => {
  const wrongs = [["--port", "x"], ["--port", "70000"], ["--port"], ["--open"], ["here"]];
  const [help, ...refused] = await Promise.all(
    [["--help"], ...wrongs].map((args) => runServer(...args)),
  );
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^Usage: .*--port N/);
  for (const [i, wrong] of wrongs.entries()) {
    const { status, stderr, stdout } = refused[i];
    assert.equal(status, 2, wrong.join(" "));
    assert.match(stderr, /^serve\.mjs: .+\n$/, wrong.join(" "));
    assert.equal(stdout, "", wrong.join(" "));
  }
});

await runCases(
  async () => {
    server = await startServer();
  },
  async () => server?.stop(),
  { atOnce: cases.size },
);
