// SPDX-License-Identifier: MIT
// The harness of the browser tests: the list of cases, pages that collect the problems in them, and
// the run with its last line, `N passed, N failed`.
import assert from "node:assert/strict";
import { basename } from "node:path";

const CASE_LIMIT_MS = 180_000;
const PAGE_LIMIT_MS = 90_000;

/** Thrown by a case that cannot run where it is. */
export class Skip extends Error {}

/** @type {Map<string, () => unknown>} */
export const cases = new Map();

/**
 * Tabs whose cases are over, by browser. They are used again because a page loads in two thirds of
 * the time in a tab that has shown a page of the same site. @type {WeakMap<object,
 * import("puppeteer-core").Page[]>}
 */
const idleTabs = new WeakMap();

async function takeTab(browser, isFresh) {
  const idle = isFresh ? undefined : idleTabs.get(browser)?.pop();
  if (idle) {
    // The tab must be in front, because Chrome draws no frames in a tab behind another one.
    await idle.bringToFront();
    return idle;
  }
  return browser.newPage();
}

async function leaveTab(browser, page, isFresh) {
  if (isFresh) {
    await page.close();
    return;
  }
  // The page's loop may be running, which would take processor time from the other pages.
  await page.evaluate(() => {
    if (window.demo?.isPaused === false) document.getElementById("toggle").click();
  });
  if (!idleTabs.has(browser)) idleTabs.set(browser, []);
  idleTabs.get(browser).push(page);
}

/**
 * Opens an address and collects the problems of its page.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} address
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} use
 * @param {object} [options]
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} [options.prepare] runs before the
 *     page loads; the page then has a tab that no other case uses
 * @param {{ width: number, height: number }} [options.viewport]
 * @param {RegExp} [options.allowed] problems that the case expects
 */
export async function withPage(browser, address, use, options = {}) {
  const { prepare, viewport = { width: 1200, height: 800 }, allowed = /^$/ } = options;
  const isFresh = prepare !== undefined;
  const page = await takeTab(browser, isFresh);
  /** @type {string[]} */
  const problems = [];
  const report = (text) => allowed.test(text) || problems.push(text);
  const listeners = Object.entries({
    console: (message) => {
      if (message.type() === "error") report(`console: ${message.text()}`);
    },
    pageerror: (error) => report(`page error: ${error}`),
    requestfailed: (failed) => report(`request failed: ${failed.url()}`),
    response: (response) => {
      if (response.status() >= 400) report(`${response.status()}: ${response.url()}`);
    },
  });
  for (const [event, listener] of listeners) page.on(event, listener);
  page.setDefaultTimeout(PAGE_LIMIT_MS);
  try {
    await page.setViewport(viewport);
    await prepare?.(page);
    await page.goto(address);
    await use(page);
    assert.deepEqual(problems, []);
  } catch (error) {
    await page.close().catch(() => {});
    throw error;
  }
  for (const [event, listener] of listeners) page.off(event, listener);
  await leaveTab(browser, page, isFresh);
}

/** Waits until the page works, or fails with the reason why it does not. */
export async function whenReady(page) {
  await page.waitForFunction("window.demo !== undefined");
  const error = await page.evaluate(() => window.demo.error);
  assert.equal(error, undefined, error);
}

/** Draws one frame and reads its pixels before the browser discards them. */
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

/** The picture of the present moment, whoever draws it, as numbers that two pictures can be compared by. */
export function readPicture(page) {
  return page.evaluate(async () => {
    const image = await createImageBitmap(await window.demo.stage.picture());
    const { width, height } = image;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const words = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    let hash = 2166136261;
    for (const word of words) hash = Math.imul(hash ^ word, 16777619);
    return { width, height, colours: new Set(words).size, hash: hash >>> 0 };
  });
}

/**
 * The picture of the present moment as bytes, four for each pixel.
 * @returns {Promise<Buffer>}
 */
export async function readPixels(page) {
  const text = await page.evaluate(async () => {
    const image = await createImageBitmap(await window.demo.stage.picture());
    const { width, height } = image;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    let characters = "";
    for (const byte of context.getImageData(0, 0, width, height).data) {
      characters += String.fromCharCode(byte);
    }
    return btoa(characters);
  });
  return Buffer.from(text, "base64");
}

/** Thrown where something is not done in time. */
class LimitError extends Error {}

/** Whether a case failed because it waited in vain: here, or in one of puppeteer's calls. */
function isHang(error) {
  const isPuppeteers = error.name === "TimeoutError" || /protocolTimeout/.test(error.message);
  return error instanceof LimitError || isPuppeteers;
}

/** Ends a wait for what hangs. */
function within(limitMs, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new LimitError(`not done after ${limitMs} ms`)), limitMs);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/**
 * Runs the cases whose name contains the script's argument, and sets the exit code.
 *
 * A browser whose process for the GPU hangs would let each of the cases that follow hang, too. So after a case that waited in
 * vain all is ended and begun anew; the case is run once more, which is said, and fails if it hangs again.
 * @param {() => Promise<void>} begin
 * @param {() => Promise<void>} end
 * @param {object} [options]
 * @param {number} [options.atOnce] how many cases run at once, for cases that mostly wait.
 *     Otherwise two pages of Chrome at once take a third more processor time, and no less time in
 *     all on two cores.
 * @param {string[]} [options.alone] the cases that run one by one, before the others
 * @param {number} [options.beginLimitMs]
 */
export async function runCases(begin, end, options = {}) {
  const { atOnce = 1, alone = [], beginLimitMs = CASE_LIMIT_MS } = options;
  const script = `node tests/web/${basename(process.argv[1])}`;
  const wanted = process.argv[2] ?? "";
  const chosen = [...cases].filter(([name]) => name.includes(wanted));
  const byThemselves = chosen.filter(([name]) => alone.includes(name));
  const sideBySide = chosen.filter(([name]) => !alone.includes(name));
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const fail = (what, error, again) => {
    failed++;
    const text = String(error.message).replaceAll("\n", "\n  ");
    console.log(`FAILED ${what}\n  ${text}\n  again: ${again}`);
  };
  const beginAnew = async () => {
    await within(CASE_LIMIT_MS, end());
    await within(beginLimitMs, begin());
  };
  /** @returns whether all must be begun anew before the next case */
  const runCase = async (name, run, isLastTry) => {
    const start = performance.now();
    try {
      await within(CASE_LIMIT_MS, Promise.resolve().then(run));
      passed++;
      console.log(`pass ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      if (error instanceof Skip) {
        skipped++;
        console.log(`skipped ${name}: ${error.message}`);
      } else if (isHang(error) && !isLastTry) {
        console.log(`once more ${name}: ${error.message}`);
        await beginAnew();
        return runCase(name, run, true);
      } else {
        fail(name, error, `${script} ${name}`);
        return isHang(error) && atOnce === 1;
      }
    }
    return false;
  };
  const runAll = async (left) => {
    let isStale = false;
    try {
      for (let next = left[0]; next; next = left[0]) {
        if (isStale) await beginAnew();
        left.shift();
        isStale = await runCase(...next, atOnce > 1);
      }
    } catch (error) {
      // What the cases need could not be begun anew.
      for (const [name] of left.splice(0)) fail(name, error, `${script} ${name}`);
      throw error;
    }
  };
  try {
    if (chosen.length === 0) throw new Error(`no case has "${wanted}" in its name`);
    await within(beginLimitMs, begin());
    await runAll(byThemselves);
    await Promise.all(Array.from({ length: atOnce }, () => runAll(sideBySide)));
  } catch (error) {
    fail(basename(process.argv[1]), error, script);
  } finally {
    await within(CASE_LIMIT_MS, end()).catch((error) => fail("the end", error, script));
  }
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 ? 1 : 0;
  // A case that hung may have left something open, which must not keep this script alive.
  setTimeout(() => process.exit(), 2000).unref();
}
