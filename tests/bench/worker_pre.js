// SPDX-License-Identifier: MIT
// Linked before each WebAssembly program. In a browser the program runs in a worker that platforms.mjs
// starts with the arguments as its name, and that sends back what is printed. In Node.js, and in the
// program's own threads, this does nothing.
if (typeof importScripts === "function" && String(self.name).startsWith("bench ")) {
  Module.arguments = JSON.parse(self.name.slice("bench ".length));
  Module.print = (line) => postMessage({ line });
  Module.printErr = (line) => postMessage({ error: line });
  Module.onExit = (status) => postMessage({ status });
  Module.onAbort = (reason) => postMessage({ error: String(reason), status: 1 });
}
