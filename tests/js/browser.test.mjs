// SPDX-License-Identifier: MIT
// The module in headless Chrome and Firefox: in a page, in a module worker, and in threads.
//   node tests/js/browser.test.mjs [chrome | firefox]
import { fileURLToPath } from "node:url";
import { browsers, openPage } from "./browsers.mjs";
import { report } from "./harness.mjs";
import { startServer } from "./server.mjs";

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const folders = { web: folder("../../web"), copy: folder("../../web"), tests: folder("..") };
const server = await startServer(folders);
// As strict as WebAssembly can have it: no eval, nothing inline, nothing from elsewhere.
const strict = await startServer(folders, {
  "Content-Security-Policy":
    "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'",
});
const [only] = process.argv.slice(2);
const counts = [];

/** Under the strict policy: the front door works, and eval does not, so that the policy is one. */
async function runStrictly(place, browser) {
  const { page, problems } = await openPage(browser, `${strict.url}/tests/js/strict.html`);
  await page.waitForFunction(() => document.title !== "");
  const title = await page.title();
  // Firefox says that eval was refused.
  const others = problems.filter((problem) => !problem.includes("blocked a JavaScript eval"));
  const isRight = title === "3 0,51,102,255 eval is refused" && others.length === 0;
  const lines = isRight ? [] : [`FAILED ${place}, strict policy: ${title}; ${others.join("; ")}`];
  return { passed: +isRight, failed: +!isRight, skipped: 0, lines };
}

/** One more case: that nothing was said on the console and no error was left. */
function quiet(place, problems) {
  const lines = problems.map((problem) => `FAILED ${place}: ${problem}`);
  return { passed: +(lines.length === 0), failed: lines.length, skipped: 0, lines };
}

async function runIn(name, browser) {
  const place = `${name} ${(await browser.version()).replace(/^[^\d]*/, "")}`;
  const { page, problems } = await openPage(browser, `${server.url}/`);
  const found = [];
  found.push(
    ...(await page.evaluate(async (title) => {
      const { runAll } = await import("/tests/js/in_browser.mjs");
      return runAll(title);
    }, `${place}, page`)),
  );
  found.push(
    ...(await page.evaluate(async (title) => {
      const { startThread } = await import("/tests/js/in_browser.mjs");
      const worker = new Worker("/tests/js/in_browser.mjs", { type: "module" });
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) =>
          data instanceof MessagePort ? startThread(data) : resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(title);
      });
    }, `${place}, module worker`)),
  );
  counts.push(...found, quiet(place, problems), await runStrictly(place, browser));
}

// Cases do not throw: what is thrown is the browser's failure. Firefox at times never answers, or loses
// its connection, whatever the page does: a second one is asked then, and that is said.
async function run(name, launch, isSecond = false) {
  let browser;
  try {
    browser = await launch();
  } catch (error) {
    // Chrome must be there.
    const isNeeded = name === "Chrome";
    const line = `${isNeeded ? "FAILED" : "skipped"} ${name}: it does not start: ${error.message.split("\n")[0]}`;
    counts.push({ passed: 0, failed: +isNeeded, skipped: +!isNeeded, lines: [line] });
    return;
  }
  let failure;
  try {
    await runIn(name, browser);
  } catch (error) {
    if (!isSecond && name === "Firefox") failure = error;
    else
      counts.push({ passed: 0, failed: 1, skipped: 0, lines: [`FAILED ${name}: ${error.stack}`] });
  } finally {
    if (failure) browser.process()?.kill("SIGKILL");
    else await browser.close();
  }
  if (!failure) return;
  console.log(`once more, in a second ${name}: ${failure.message}`);
  await run(name, launch, true);
}

await Promise.all(
  browsers
    .filter(([name]) => !only || only === name.toLowerCase())
    .map(([name, launch]) => run(name, launch)),
);
server.stop();
strict.stop();
report(counts);
