// SPDX-License-Identifier: MIT
// What an editor shows when the pointer rests on a public name: clangd is asked, as an editor asks it. For a
// function or a type that is the comment above it. Of a macro clangd shows the definition, whose parameters
// say what it takes; it knows no comments of macros (https://github.com/clangd/clangd/issues/140).
//   node tests/reference/hover.mjs
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { declaredIn } from "./declarations.mjs";

const include = fileURLToPath(new URL("../../include", import.meta.url));
const header = readFileSync(join(include, "secondstack.h"), "utf8").split("\n");

/** @type {Map<string, string>} */
const kinds = new Map();
for (const line of header) {
  const name = declaredIn(line);
  if (!name || name === "SECONDSTACK_H") continue;
  const kind = line.startsWith("#define")
    ? "macro"
    : line.startsWith("typedef")
      ? "type"
      : "function";
  kinds.set(name, kind);
}

// One name a line.
const lines = ['#include "secondstack.h"'];
/** @type {Map<string, { line: number, character: number }>} */
const places = new Map();
const write = (before, name, after) => {
  places.set(name, { line: lines.length, character: before.length + 1 });
  lines.push(before + name + after);
};
for (const [name, kind] of kinds) {
  if (kind === "macro") {
    write("#ifdef ", name, "");
    lines.push("#endif");
  } else if (kind === "type") {
    write("extern ", name, ` *pointer_to_${name};`);
  }
}
lines.push("void use(void)", "{");
for (const [name, kind] of kinds) if (kind === "function") write("  (void)", name, ";");
lines.push("}", "");

const folder = mkdtempSync(join(tmpdir(), "secondstack-hover-"));
const server = spawn("clangd", ["--log=error", "--background-index=0"], {
  stdio: ["pipe", "pipe", "ignore"],
  cwd: folder,
});
server.on("error", (error) => {
  console.error(`clangd does not start: ${error.message}`);
  process.exit(2);
});

let received = Buffer.alloc(0);
let latest = 0;
const waiting = new Map();
server.stdout.on("data", (data) => {
  received = Buffer.concat([received, data]);
  for (;;) {
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const size = Number(/Content-Length: (\d+)/.exec(received.toString("utf8", 0, end))[1]);
    if (received.length < end + 4 + size) return;
    const message = JSON.parse(received.toString("utf8", end + 4, end + 4 + size));
    received = received.subarray(end + 4 + size);
    waiting.get(message.id)?.(message.result);
  }
});
const send = (message) => {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};
const ask = (method, params) =>
  new Promise((resolve) => {
    latest += 1;
    waiting.set(latest, resolve);
    send({ id: latest, method, params });
  });

const uri = pathToFileURL(join(folder, "use.c")).href;
await ask("initialize", {
  processId: null,
  rootUri: null,
  capabilities: { textDocument: { hover: { contentFormat: ["plaintext"] } } },
  initializationOptions: { fallbackFlags: ["-std=c11", `-I${include}`] },
});
send({ method: "initialized", params: {} });
send({
  method: "textDocument/didOpen",
  params: { textDocument: { uri, languageId: "c", version: 1, text: lines.join("\n") } },
});

let passed = 0;
let failed = 0;
for (const [name, position] of places) {
  const answer = await ask("textDocument/hover", { textDocument: { uri }, position });
  const shown = answer?.contents?.value ?? "";
  const kind = kinds.get(name);
  // The comment stands between what it is, which is lines of known kinds, and its declaration, the last paragraph.
  const comment = shown
    .slice(0, shown.lastIndexOf("\n\n"))
    .split("\n")
    .filter(
      (line) =>
        !/^(function |type-alias |class |struct |enum |Type: |→ |Parameters:|- |$)/.test(line),
    )
    .join(" ");
  const isRight =
    kind === "macro" ? shown.includes(`#define ${name}`) : /[a-z] [a-z]/.test(comment);
  if (isRight) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED ${name}, a ${kind}: an editor shows no more than ${JSON.stringify(shown)}`);
  }
}
server.kill();
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
