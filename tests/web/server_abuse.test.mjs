// SPDX-License-Identifier: MIT
// Tests the demo's server with hostile clients and with clients that do not speak HTTP, which send
// raw bytes on sockets. Whatever is sent, the server must soon answer with an error or end the
// connection, without revealing anything internal.
//   node tests/web/server_abuse.test.mjs [part of a case's name]
//   Another SEED, such as SEED=7, chooses other random requests.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cases, runCases } from "./harness.mjs";
import { serverScript } from "./launch.mjs";

// Longer than the server waits for a request, with room for a busy machine.
const ENDS_WITHIN_MS = 20_000;
// How long Node.js keeps a connection open for a next request.
const KEPT_ALIVE_MS = 5_000;
const RANDOM_REQUESTS = 1000;
const AT_ONCE = 50;
const SECRET = `secret-${Math.random().toString(36).slice(2)}`;
const demoFolder = fileURLToPath(new URL("../../demo/", import.meta.url));

/**
 * @typedef {{ process: import("node:child_process").ChildProcess, port: number, errorOutput: string }} Server
 * @type {Server} the server of all cases but one
 */
let server;
let outsideFolder = "";

/** @returns {Promise<Server>} */
async function startOwnServer() {
  const child = spawn(process.execPath, [serverScript, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started = { process: child, port: 0, errorOutput: "" };
  child.stderr.on("data", (chunk) => (started.errorOutput += chunk));
  const line = await new Promise((resolve, reject) => {
    child.stdout.once("data", (chunk) => resolve(String(chunk)));
    child.once("exit", (code) => reject(new Error(`serve.mjs ended with code ${code}`)));
  });
  started.port = Number(new URL(line.trim()).port);
  return started;
}

/**
 * Sends bytes, reads until the server ends the connection, and checks that the answer has nothing
 * that no answer may contain.
 * @param {string | Buffer} bytes
 * @param {object} [options]
 * @param {boolean} [options.isHalfClosed] then closes this side, so that no more bytes follow
 * @param {string} [options.drip] sent repeatedly after the bytes
 * @param {string} [options.afterFirst] sent when an answer begins to come
 * @param {Server} [options.to] the server to use instead of the one for all cases
 * @returns {Promise<{ status: number, text: string, ms: number }>} status 0: ended without an answer
 */
function send(bytes, options = {}) {
  const start = performance.now();
  const shown = JSON.stringify(String(bytes).slice(0, 80));
  return new Promise((resolve, reject) => {
    const socket = connect((options.to ?? server).port, "127.0.0.1");
    const chunks = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`${shown} is still open after ${ENDS_WITHIN_MS} ms`));
    }, ENDS_WITHIN_MS);
    const drip = options.drip && setInterval(() => socket.write(options.drip), 200);
    socket.on("data", (chunk) => chunks.push(chunk));
    if (options.afterFirst) socket.once("data", () => socket.write(options.afterFirst));
    // A server that closes while bytes are on their way resets the connection.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      clearInterval(drip);
      const text = Buffer.concat(chunks).toString("latin1");
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
      try {
        assert.ok(text === "" || status > 0, `${shown} is answered with ${text.slice(0, 80)}`);
        assert.ok(!text.includes(SECRET), `${shown} leaks a file`);
        assert.ok(!/^root:/m.test(text), `${shown} leaks the password file`);
        if (status !== 200) {
          assert.doesNotMatch(text, /\n\s+at |node:|Error|serve\.mjs/, `${shown} leaks a trace`);
          assert.ok(!text.includes(demoFolder), `${shown} leaks a path`);
        }
        resolve({ status, text, ms: performance.now() - start });
      } catch (error) {
        reject(error);
      }
    });
    socket.write(bytes);
    if (options.isHalfClosed) socket.end();
  });
}

const get = (path, headers = "Host: localhost\r\nConnection: close\r\n") =>
  `GET ${path} HTTP/1.1\r\n${headers}\r\n`;

/** Checks at the end of every case that the same server still runs and works. */
async function checkAlive(to = server) {
  const { status, ms } = await send(get("/"), { to });
  assert.equal(status, 200);
  assert.ok(ms < 5000, `an answer took ${Math.round(ms)} ms`);
  assert.equal(to.process.exitCode, null, "the server ended");
  assert.equal(to.errorOutput, "");
}

/** @param {string} name @param {() => Promise<void>} run */
function addCase(name, run) {
  cases.set(name, async () => {
    await run();
    await checkAlive();
  });
}

addCase("paths_that_lead_outside_are_refused", async () => {
  const secret = join(outsideFolder, "secret.txt");
  const links = ["abuse-file.txt", "abuse-folder", "abuse-chain.txt", "abuse-root"];
  const [file, folder, chain, root] = links.map((name) => join(demoFolder, "dist", name));
  await symlink(secret, file);
  await symlink(outsideFolder, folder);
  await symlink(file, chain);
  await symlink("/", root);
  try {
    const up = "../".repeat(12).slice(0, -1);
    const outside = secret.slice(1);
    const paths = [
      `/${up}/${outside}`,
      `/${up.replaceAll("..", "%2e%2e")}/${outside}`,
      `/${up.replaceAll("..", "%2E.")}/${outside}`,
      `/${up.replaceAll("/", "%2f")}%2f${outside.replaceAll("/", "%2f")}`,
      `/${up.replaceAll("..", "%252e%252e")}/${outside}`,
      `/${up.replaceAll("/", "%252f")}%252f${outside}`,
      `/${up.replaceAll("..", "%c0%ae%c0%ae")}/${outside}`,
      `/${up.replaceAll("..", "%e0%80%ae%e0%80%ae")}/${outside}`,
      `/${up.replaceAll("..", "%uff0e%uff0e")}/${outside}`,
      `/${up.replaceAll("/", "%c0%af")}/${outside}`,
      `/${up.replaceAll("/", "\\")}\\${outside}`,
      `/${up.replaceAll("/", "%5c")}%5c${outside}`,
      `/${up.replaceAll("..", "..;")}/${outside}`,
      `/${up.replaceAll("..", "..%3b")}/${outside}`,
      `/${up.replaceAll("..", "....")}/${outside}`,
      `/${up.replaceAll("..", "..%00")}/${outside}`,
      `/${up}/${outside}%00.html`,
      `/page/..${"/..".repeat(12)}/${outside}`,
      `/./${up}/${outside}`,
      `//${secret}`,
      `/${secret}`,
      `/%2f${outside}`,
      `/file://${secret}`,
      `file://${secret}`,
      `http://localhost${secret}`,
      `http://localhost/${up}/${outside}`,
      secret.slice(1),
      up + secret,
      `/C:${secret}`,
      `/?/${up}/${outside}`,
      `/${up}/${outside}?index.html`,
      `/${up}/${outside}#index.html`,
      "/dist/abuse-file.txt",
      "/dist/abuse-folder/secret.txt",
      "/dist/abuse-chain.txt",
      `/dist/abuse-root${secret}`,
      "/dist/abuse-root/etc/passwd",
      "/dist/abuse-root/proc/self/environ",
      "/%",
      "/%2",
      "/%zz",
      "/%ff",
      "/\u00e9",
      `/${"a/".repeat(3000)}`,
      `/${"%61".repeat(4000)}`,
    ];
    for (const path of paths) {
      const { status } = await send(get(path));
      // A question mark ends the path, so this request is for the page itself.
      if (path.startsWith("/?")) assert.equal(status, 200, path);
      else assert.ok([400, 403, 404].includes(status), `${path.slice(0, 80)}: ${status}`);
    }
  } finally {
    await Promise.all(links.map((name) => rm(join(demoFolder, "dist", name), { force: true })));
  }
});

addCase("only_names_of_this_machine_are_answered", async () => {
  const statusFor = async (host) =>
    (await send(get("/", `Host: ${host}\r\nConnection: close\r\n`))).status;
  const { port } = server;
  for (const host of ["localhost", "127.0.0.1", `localhost:${port}`, `127.0.0.1:9`, "LocalHost"]) {
    assert.equal(await statusFor(host), 200, host);
  }
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "localhost.evil.example",
    "evil.example/localhost",
    "localhost@evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.2",
    "0.0.0.0",
    "[::1]",
    "::1",
    "localhost:80:80",
    "localhost, evil.example",
  ]) {
    assert.equal(await statusFor(host), 421, host);
  }
  assert.equal(await statusFor(""), 400);
  assert.equal((await send(get("/", "Connection: close\r\n"))).status, 400);
  assert.equal((await send("GET / HTTP/1.0\r\n\r\n")).status, 400);
  const twice = "Host: evil.example\r\nHost: localhost\r\nConnection: close\r\n";
  assert.notEqual((await send(get("/", twice))).status, 200);
});

addCase("odd_methods_are_refused", async () => {
  const rest = "HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const method of [
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
    "PURGE",
  ]) {
    const { status, text } = await send(`${method} / ${rest}`);
    assert.equal(status, 405, method);
    assert.match(text, /\r\nAllow: GET, HEAD\r\n/, method);
  }
  for (const line of [
    "BREW /",
    "get /",
    "CONNECT evil.example:80",
    "OPTIONS *",
    "GE\0T /",
    "GET\t/",
  ]) {
    const { status } = await send(`${line} ${rest}`, { isHalfClosed: true });
    assert.ok([0, 400, 405, 421].includes(status), `${line}: ${status}`);
  }
  // The body that follows is not read by the server.
  const body = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n`;
  assert.equal((await send(body, { drip: "x".repeat(1000) })).status, 405);
});

addCase("what_is_not_http_is_ended", async () => {
  const host = "Host: localhost\r\n";
  for (const bytes of [
    "GET /\r\n",
    "GET / HTTP/0.9\r\n\r\n",
    `GET / HTTP/9.9\r\n${host}\r\n`,
    "GET / HTTP/1.1 extra\r\n\r\n",
    "\0\0\0\0",
    "\r\n\r\nx",
    `GET / HTTP/1.1\r\n${host}no colon\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Content-Length: 1e9\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Content-Length: ${"9".repeat(40)}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    Buffer.from("160301020001000001fc0303", "hex"),
    Buffer.from("4a4649460001".repeat(500), "hex"),
  ]) {
    const { status } = await send(bytes);
    assert.ok([0, 400, 408, 505].includes(status), `${JSON.stringify(String(bytes))}: ${status}`);
  }
  // Requests that are correct until the body begins, or that older parsers accept, are answered,
  // and then the connection is ended.
  const chunks = "Transfer-Encoding: chunked\r\n\r\nzz\r\n";
  for (const rest of [chunks, "X Y: 1\r\n\r\n", ": 1\r\n\r\n"]) {
    const { status } = await send(`GET / HTTP/1.1\r\n${host}${rest}`);
    assert.ok([0, 200, 400].includes(status), `${JSON.stringify(rest)}: ${status}`);
  }
});

addCase("huge_requests_are_refused", async () => {
  for (const bytes of [
    get("/", `Host: localhost\r\nX: ${"x".repeat(1 << 20)}\r\n`),
    get("/", `Host: localhost\r\n${"X: y\r\n".repeat(100_000)}`),
    get(`/${"x".repeat(1 << 20)}`),
    `${"G".repeat(1 << 20)} / HTTP/1.1\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${"localhost".repeat(10_000)}\r\n\r\n`,
  ]) {
    const { status } = await send(bytes);
    assert.ok([0, 400, 431].includes(status), `${bytes.slice(0, 40)}: ${status}`);
  }
  const { status } = await send("GET / HTTP/1.1\r\n", { drip: `X: ${"y".repeat(8000)}\r\n` });
  assert.ok([0, 431].includes(status), `headers without an end: ${status}`);
});

addCase("slow_and_half_requests_are_ended", async () => {
  const whole = get("/", "Host: localhost\r\n");
  const all = [
    send(""),
    send("G"),
    send("GET / HTTP/1.1\r\nHost: localho"),
    send("GET / HTTP/1.1\r\nHost: localhost\r\n"),
    send("", { drip: "\r\n" }),
    send("GET / HTTP/1.1\r\n", { drip: "X: y\r\n" }),
    send("GET /", { drip: "x" }),
    // These have a body that never comes or never ends. They are answered, and then the connection
    // is ended.
    send(get("/", "Host: localhost\r\nContent-Length: 10\r\n")),
    send(get("/", "Host: localhost\r\nTransfer-Encoding: chunked\r\n"), { drip: "1\r\nx\r\n" }),
    // This connection is kept for a next request that does not come.
    send(whole),
    send(whole.slice(0, -1), { isHalfClosed: true }),
    send("", { isHalfClosed: true }),
  ];
  await checkAlive();
  const results = await Promise.all(all);
  const statuses = results.map(({ status }) => status);
  assert.ok(
    statuses.slice(0, 7).every((status) => [0, 400, 408].includes(status)),
    String(statuses),
  );
  assert.equal(statuses[9], 200);
});

addCase("garbage_behind_a_request_does_not_mix_with_the_answer", async () => {
  const path = "/dist/engine-threads.wasm";
  const whole = await readFile(join(demoFolder, path), "latin1");
  const request = get(path, "Host: localhost\r\n");
  // The garbage is sent at once, and in the middle of the answer.
  for (const options of [{}, { afterFirst: "GARBAGE\r\n\r\n" }]) {
    const { status, text } = await send(
      options.afterFirst ? request : `${request}GARBAGE\r\n\r\n`,
      options,
    );
    assert.ok([0, 200, 400].includes(status), String(status));
    const body = text.slice(text.indexOf("\r\n\r\n") + 4);
    if (status === 200) assert.ok(whole.startsWith(body), "something else is in the answer");
    else assert.equal(body, "");
  }
});

addCase("ranges_are_ignored", async () => {
  const { text: whole } = await send(get("/"));
  const length = /Content-Length: \d+/.exec(whole)[0];
  for (const range of [
    "bytes=0-0",
    "bytes=9-1",
    "bytes=-0",
    "bytes=x",
    "lines=1-2",
    "bytes=1e9-",
  ]) {
    const headers = `Host: localhost\r\nConnection: close\r\nRange: ${range}\r\n`;
    const { status, text } = await send(get("/", headers));
    assert.equal(status, 200, range);
    assert.ok(text.includes(length), range);
  }
});

addCase("clients_that_go_away_leave_nothing_behind", async () => {
  for (let i = 0; i < 40; i++) {
    await new Promise((resolve) => {
      const socket = connect(server.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("close", resolve);
      socket.write(get("/dist/engine-threads.wasm"));
      socket.once("data", () => (i % 2 ? socket.resetAndDestroy() : socket.destroy()));
    });
  }
});

addCase("a_file_that_shrinks_while_it_is_sent_ends_the_answer", async () => {
  const file = join(demoFolder, "dist", "abuse-shrinks.txt");
  const size = 16 << 20;
  await writeFile(file, "");
  await truncate(file, size);
  try {
    const received = await new Promise((resolve, reject) => {
      let count = 0;
      const socket = connect(server.port, "127.0.0.1");
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error("still open, or open until the server was tired of it"));
      }, KEPT_ALIVE_MS - 1000);
      socket.on("error", () => {});
      socket.once("data", async () => {
        socket.pause();
        await truncate(file, 1000);
        socket.resume();
      });
      socket.on("data", (chunk) => (count += chunk.length));
      socket.on("close", () => {
        clearTimeout(timer);
        resolve(count);
      });
      // The connection is kept alive, so only its end shows that the rest of the file will not
      // come.
      socket.write(get("/dist/abuse-shrinks.txt", "Host: localhost\r\n"));
    });
    assert.ok(received < size, `${received} bytes came`);
  } finally {
    await rm(file, { force: true });
  }
});

// This case has a server of its own, because it takes all connections and the other cases would be
// refused.
cases.set("more_connections_than_it_takes_do_not_stop_it", async () => {
  const own = await startOwnServer();
  try {
    const sockets = Array.from({ length: 400 }, () => connect(own.port, "127.0.0.1"));
    const ends = sockets.map(
      (socket) =>
        new Promise((resolve) => {
          socket.on("error", () => {});
          socket.on("close", resolve);
          socket.resume();
        }),
    );
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), ENDS_WITHIN_MS);
    const start = performance.now();
    await Promise.all(ends);
    clearTimeout(timer);
    assert.ok(performance.now() - start < ENDS_WITHIN_MS - 500, "some were never ended");
    await checkAlive(own);
  } finally {
    own.process.kill();
  }
});

/** A small generator of random numbers, so that the seed alone determines the requests. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

addCase("random_requests_do_it_no_harm", async () => {
  const seed = Number(process.env.SEED ?? 1);
  const random = randomFrom(seed);
  const pieces = [
    "../",
    "%2e%2e%2f",
    "..\\",
    "%00",
    "%c0%af",
    "//",
    "\r\n",
    "\n",
    "\0",
    " ",
    "\t",
    ":",
  ];
  pieces.push(
    "HTTP/1.1",
    "Host: localhost\r\n",
    "Content-Length: 5\r\n",
    "\xff\xfe",
    "%",
    "*",
    ";",
  );
  pieces.push(
    "Transfer-Encoding: chunked\r\n",
    "etc/passwd",
    `${outsideFolder}/secret.txt`,
    "HEAD ",
  );
  const bytesOf = () => {
    let text = get(["/", "/index.html", "/dist/", "/page/main.mjs"][random(4)]);
    for (let edits = 1 + random(6); edits > 0; edits--) {
      const at = random(text.length + 1);
      const cut = random(2) ? random(6) : 0;
      text = text.slice(0, at) + pieces[random(pieces.length)] + text.slice(at + cut);
    }
    return Buffer.from(text, "latin1");
  };
  for (let done = 0; done < RANDOM_REQUESTS; done += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, () => send(bytesOf(), { isHalfClosed: true }));
    try {
      await Promise.all(batch);
    } catch (error) {
      throw new Error(`${error.message} (SEED=${seed})`);
    }
  }
});

await runCases(
  async () => {
    outsideFolder = await mkdtemp(join(tmpdir(), "secondstack-outside-"));
    await writeFile(join(outsideFolder, "secret.txt"), SECRET);
    server = await startOwnServer();
  },
  async () => {
    server?.process.kill();
    await rm(outsideFolder, { recursive: true, force: true });
  },
  // Most of the time goes by until the server ends slow connections, so the cases can wait at once.
  {
    atOnce: cases.size,
    // This case must be over before the server's time limit, so it runs alone.
    alone: ["a_file_that_shrinks_while_it_is_sent_ends_the_answer"],
  },
);
