// SPDX-License-Identifier: MIT
// hammer.c, as it was built for WebAssembly, in headless Chrome. THREADS_SECONDS says for how long.
import { launchChrome } from "../web/launch.mjs";
import { startServer } from "../js/server.mjs";

const seconds = process.env.THREADS_SECONDS ?? "3";
const server = await startServer({ build: "build/wasm-pthread/tests/threads" });
const browser = await launchChrome();
let lines = [];
try {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`page error: ${error}`));
  await page.goto(server.url);
  lines = await page.evaluate(
    async (text, limitMs) => {
      const printed = [];
      if (!crossOriginIsolated) return ["FAILED the page is not isolated"];
      return new Promise((resolve) => {
        const end = (line) => resolve(line ? [...printed, line] : printed);
        setTimeout(() => end("FAILED the time limit"), limitMs);
        const say = (line) => {
          printed.push(line);
          if (/^\d+ passed, \d+ failed/.test(line)) end();
        };
        globalThis.Module = {
          arguments: [text],
          print: say,
          printErr: say,
          onAbort: (why) => end(`FAILED abort: ${why}`),
          locateFile: (name) => `/build/${name}`,
          mainScriptUrlOrBlob: "/build/threads-hammer.js",
        };
        const script = document.createElement("script");
        script.src = "/build/threads-hammer.js";
        script.onerror = () => end("FAILED the program does not load");
        document.head.append(script);
      });
    },
    seconds,
    (Number(seconds) + 120) * 1000,
  );
  lines.push(...problems.map((problem) => `FAILED ${problem}`));
} finally {
  await browser.close();
  server.stop();
}
const sum = lines.find((line) => /^\d+ passed/.test(line)) ?? "0 passed, 0 failed";
const [passed, failed] = sum.match(/\d+/g).map(Number);
const others = lines.filter((line) => line !== sum);
for (const line of others) console.log(line);
const problems = others.filter((line) => line.startsWith("FAILED")).length;
console.log(`${passed} passed, ${Math.max(failed, problems)} failed`);
process.exitCode = passed > 0 && failed + problems === 0 ? 0 : 1;
