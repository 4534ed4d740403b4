// What the browser tests share: the list of cases, pages that collect what goes wrong, and the run
// with its last line, `N passed, N failed`.
import assert from "node:assert/strict";
import { basename } from "node:path";

const CASE_LIMIT_MS = 180_000;
const PAGE_LIMIT_MS = 90_000;

/** @type {Map<string, () => unknown>} */
export const cases = new Map();

/**
 * Opens an address in a fresh page and collects what goes wrong in it.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} address
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} use
 * @param {object} [options]
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} [options.prepare] before it loads
 * @param {{ width: number, height: number }} [options.viewport]
 * @param {RegExp} [options.allowed] problems that the case expects
 */
export async function withPage(browser, address, use, options = {}) {
  const { prepare, viewport = { width: 1200, height: 800 }, allowed = /^$/ } = options;
  const page = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  const report = (text) => allowed.test(text) || problems.push(text);
  page.on("console", (message) => {
    if (message.type() === "error") report(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => report(`page error: ${error}`));
  page.on("requestfailed", (failed) => report(`request failed: ${failed.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) report(`${response.status()}: ${response.url()}`);
  });
  page.setDefaultTimeout(PAGE_LIMIT_MS);
  try {
    await page.setViewport(viewport);
    await prepare?.(page);
    await page.goto(address);
    await use(page);
    assert.deepEqual(problems, []);
  } finally {
    await page.close();
  }
}

/** Waits until the page works, or says why it does not. */
export async function whenReady(page) {
  await page.waitForFunction("window.demo !== undefined");
  const error = await page.evaluate(() => window.demo.error);
  assert.equal(error, undefined, error);
}

/** Draws one frame and reads its pixels before the browser takes them. */
export function readFrame(page) {
  return page.evaluate(() => {
    const gl = document.getElementById("canvas").getContext("webgl2");
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    window.demo.step(1);
    const pixels = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const colours = new Set(new Uint32Array(pixels.buffer));
    let bright = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      if (Math.max(pixels[i], pixels[i + 1], pixels[i + 2]) > 100) bright++;
    }
    let hash = 2166136261;
    for (const byte of pixels) hash = Math.imul(hash ^ byte, 16777619);
    return { colours: colours.size, brightShare: bright / (width * height), hash };
  });
}

/** Ends a case that hangs. */
function within(limitMs, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitMs} ms`)), limitMs);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/**
 * Runs the cases whose name contains the script's argument, and sets the exit code.
 * @param {() => Promise<void>} begin
 * @param {() => Promise<void>} end
 */
export async function runCases(begin, end) {
  const script = basename(process.argv[1]);
  const wanted = process.argv[2] ?? "";
  let passed = 0;
  let failed = 0;
  try {
    await begin();
    for (const [name, run] of cases) {
      if (!name.includes(wanted)) continue;
      const start = performance.now();
      try {
        await within(CASE_LIMIT_MS, Promise.resolve(run()));
        passed++;
        console.log(`pass ${name} (${Math.round(performance.now() - start)} ms)`);
      } catch (error) {
        failed++;
        console.log(`FAIL ${name}\n  ${error.message.replaceAll("\n", "\n  ")}`);
        console.log(`  again: node tests/web/${script} ${name}`);
      }
    }
    if (passed + failed === 0) throw new Error(`no case has "${wanted}" in its name`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${error.message}`);
  } finally {
    await end();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
