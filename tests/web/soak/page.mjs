// SPDX-License-Identifier: MIT
// What a soak does with the demo's page: it looks at the memory, draws a given frame, has spikes and
// takes the graphics context away.
import assert from "node:assert/strict";
import { whenReady } from "../harness.mjs";

// A small canvas: the time is for the memory, not for rendering in software.
const VIEWPORT = { width: 360, height: 640 };
const STEP_LIMIT_MS = 90_000;

/** The scene at rest; a spike in it is a while of the spike scene. */
export const SETTINGS = Object.freeze({
  scene: "workers",
  source: "stack",
  triangles: 20_000,
  uploads: 32,
  workers: 2,
  seed: 7,
});
const SPIKE = Object.freeze({ scene: "spike", triangles: 20_000 });

/**
 * A page of the demo, and all that goes wrong in it.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} server its address
 * @param {object} [options]
 * @param {Partial<typeof SETTINGS>} [options.settings] other ones
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} [options.prepare] before it loads
 */
export async function openPage(browser, server, options = {}) {
  const { scene, source, triangles, uploads, workers, seed } = { ...SETTINGS, ...options.settings };
  const page = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  /** @type {Map<string, number>} what the console said, and how often */
  const said = new Map();
  page.on("console", (message) => {
    const text = `${message.type()}: ${message.text()}`;
    said.set(text, (said.get(text) ?? 0) + 1);
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page error: ${error}`));
  page.on("error", (error) => problems.push(`the page crashed: ${error}`));
  page.on("requestfailed", (failed) => problems.push(`request failed: ${failed.url()}`));
  page.setDefaultTimeout(STEP_LIMIT_MS);
  await page.setViewport(VIEWPORT);
  await options.prepare?.(page);
  const query = `scene=${scene}&alloc=${source}&tris=${triangles}&uploads=${uploads}`;
  await page.goto(`${server}?${query}&workers=${workers}&seed=${seed}`);
  await whenReady(page);
  const session = await page.createCDPSession();
  return { page, session, problems, said };
}

/**
 * The memory after a garbage collection, and what else should stand still.
 * @param {Awaited<ReturnType<typeof openPage>>} opened
 */
export async function readMemory({ page, session }) {
  await session.send("HeapProfiler.collectGarbage");
  const { JSHeapUsedSize: jsBytes, Nodes: nodes } = await page.metrics();
  const seen = await page.evaluate(() => {
    const { memoryBytes, reserved, used, droppedDraws, glErrors } = window.demo.stats();
    const { frameCount, engine } = window.demo;
    const heapBytes = engine.heapBytes();
    return {
      wasmBytes: memoryBytes,
      heapBytes,
      reserved,
      used,
      droppedDraws,
      glErrors,
      frameCount,
    };
  });
  return { jsBytes, nodes, ...seen };
}

/**
 * Draws the scene as it is at a time, which pauses it.
 * @param {import("puppeteer-core").Page} page
 * @param {number} seconds
 * @returns {Promise<{ checksum: number, pixels: number, triangles: number }>} of the bytes uploaded,
 *   of the picture
 */
export function drawAt(page, seconds) {
  return page.evaluate((time) => {
    const canvas = document.getElementById("canvas");
    const gl = canvas.getContext("webgl2");
    // Twice: the first one may still be of a loop without a checksum.
    window.demo.seek(time);
    window.demo.seek(time);
    const bytes = new Uint8Array(canvas.width * canvas.height * 4);
    gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    let pixels = 2166136261;
    for (const byte of bytes) pixels = Math.imul(pixels ^ byte, 16777619);
    const { checksum, triangles } = window.demo.stats();
    return { checksum, pixels: pixels >>> 0, triangles };
  }, seconds);
}

/** Runs or pauses the page as its button does. */
export async function setRunning(page, isRunning) {
  await page.evaluate((wanted) => {
    if (window.demo.isPaused === wanted) document.getElementById("toggle").click();
  }, isRunning);
}

/** Lets one spike come and go, and waits until its memory is given back. */
export async function haveSpike(page) {
  await page.evaluate((spike) => window.demo.configure(spike), SPIKE);
  await page.waitForFunction(() => window.demo.engine.record.level > 1);
  const most = await page.waitForFunction(() => {
    const { level, reserved } = window.demo.engine.record;
    window.mostReserved = Math.max(window.mostReserved ?? 0, reserved);
    return level === 1 && reserved < window.mostReserved ? window.mostReserved : false;
  });
  await page.evaluate(() => delete window.mostReserved);
  await page.evaluate((settings) => window.demo.configure(settings), SETTINGS);
  return most.jsonValue();
}

/** Takes the context away with the page's own button, and waits until it is back. */
export async function loseContext(page) {
  await page.evaluate(() => {
    const canvas = document.getElementById("canvas");
    window.contextEvents = [];
    for (const name of ["webglcontextlost", "webglcontextrestored"]) {
      canvas.addEventListener(name, () => window.contextEvents?.push(name), { once: true });
    }
    const buttons = [...document.querySelectorAll("#controls button")];
    buttons.find((button) => button.textContent.startsWith("Lose the graphics")).click();
  });
  await page.waitForFunction(() => window.contextEvents.length === 2);
  const events = await page.evaluate(() => {
    const { contextEvents } = window;
    delete window.contextEvents;
    return contextEvents;
  });
  assert.deepEqual(events, ["webglcontextlost", "webglcontextrestored"]);
}
