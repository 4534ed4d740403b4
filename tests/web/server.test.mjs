// SPDX-License-Identifier: MIT
// Tests what the demo's server adds to Vite's: its headers, that it stays on this machine and in its folder, how it
// starts, and what it says.
//   node tests/web/server.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { request } from "node:http";
import { createServer } from "node:net";
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
  const {
    method = "GET",
    host = "127.0.0.1",
    port = new URL(server.url).port,
    headers = {},
  } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, headers, timeout: 30_000 }, (response) => {
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
    ["/", "text/html"],
    ["/index.html?tris=1", "text/html"],
    ["/page.css", "text/css"],
    ["/page/main.mjs", "text/javascript"],
    ["/dist/page.js", "text/javascript"],
    ["/dist/engine-single.wasm", "application/wasm"],
  ]) {
    const { status, headers } = await rawRequest(path);
    assert.equal(status, 200, path);
    assert.equal(headers["content-type"].split(";")[0], type, path);
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
  for (const path of [
    "/../CMakeLists.txt",
    "/dist/../../CMakeLists.txt",
    "/%2e%2e/CMakeLists.txt",
    "/..%2fCMakeLists.txt",
    "/..%5cCMakeLists.txt",
    "/page/main.mjs%00.css",
    "/%zz",
    "/%c0%ae%c0%ae/CMakeLists.txt",
    "*",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/%252e%252e/CMakeLists.txt",
    "/dist",
    `/${"x".repeat(5000)}`,
  ]) {
    const { status, body } = await rawRequest(path);
    assert.ok([400, 403, 404].includes(status), `${path.slice(0, 60)}: ${status}`);
    assert.ok(!/cmake_minimum_required|root:/.test(body), `${path} leaks a file`);
  }
});

cases.set("server_answers_names_of_this_machine_only", async () => {
  const statusFor = async (host) => (await rawRequest("/", { headers: { host } })).status;
  const { port } = new URL(server.url);
  for (const host of ["localhost", `localhost:${port}`, `127.0.0.1:${port}`, "127.0.0.1:9"]) {
    assert.equal(await statusFor(host), 200, host);
  }
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "localhost.evil.example",
    "127.0.0.1.evil.example",
  ]) {
    assert.equal(await statusFor(host), 403, host);
  }
});

cases.set("server_answers_get_and_head_only", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PROPFIND"]) {
    const { status, body, headers } = await rawRequest("/dist/page.js", { method });
    assert.equal(status, 405, method);
    assert.equal(headers.allow, "GET, HEAD", method);
    assert.equal(body, "", method);
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
  const wrongs = [
    ["--port", "x"],
    ["--port", "70000"],
    ["--port"],
    ["--open"],
    ["here"],
    ["--folder", "nowhere"],
    ["--folder", "demo", "--watch"],
  ];
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
