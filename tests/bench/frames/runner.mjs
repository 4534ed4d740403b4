// SPDX-License-Identifier: MIT
// Runs rounds in headless Chrome: a fresh browser for each replicate, a fresh page for each measurement of each scene.
import { readFileSync } from "node:fs";
import { launchChrome, startServer } from "../../web/launch.mjs";
import { orderOfRound } from "./latin_square.mjs";
import {
  BATCH_FRAMES,
  COUNTERS,
  CYCLE_SECONDS,
  MEASUREMENTS,
  OWN,
  SCENES,
  sourceOf,
  variantsOf,
} from "./plan.mjs";

const SEED = 7;
// The number of empty animation frames before and after a round, whose median shows how busy the
// machine is.
const EMPTY_FRAMES = 9;
/** How many frames of a display are timed. */
const DISPLAY_FRAMES = 60;
/** The time from frame to frame of Chrome without a window. */
const FRAME_MS = 1000 / 60;
const IN_PAGE = readFileSync(new URL("in_page.mjs", import.meta.url), "utf8");

export const CHROME_ARGUMENTS = [
  "--js-flags=--expose-gc",
  "--enable-precise-memory-info",
  "--window-size=1280,800",
  // A window may be covered by another one.
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

/**
 * The engine's settings for a scene, which are the same for each source except for the source's
 * name.
 */
export function settingsFor(scene, variant) {
  const { triangles, uploads, workers } = SCENES[scene];
  return { scene, source: sourceOf(variant), triangles, uploads, workers, seed: SEED };
}

/**
 * The worker that draws for a page, ready to be measured. It cannot read its heap, so it is answered here.
 * @param {import("puppeteer-core").Page} page
 */
async function openWorker(page) {
  const worker = page.workers().find((some) => some.url().endsWith("/stage_worker.js"));
  if (!worker) throw new Error("no worker draws for the demo's page");
  const { client } = worker;
  await client.send("Runtime.addBinding", { name: "askHeap" });
  const answer = async () => {
    const { usedSize } = await client.send("Runtime.getHeapUsage");
    await client.send("Runtime.evaluate", { expression: `frameBench.answerHeap(${usedSize})` });
  };
  // Without an answer, as when the page is closed, the measurement fails and says so.
  client.on("Runtime.bindingCalled", () => void answer().catch(() => {}));
  // A function of its own, so that it can be run in a script.
  await worker.evaluate(`(() => {${IN_PAGE}\n})()`);
  return worker;
}

/**
 * What a Chrome with a window would measure with, found out by opening one. It throws where that cannot be.
 * @returns {Promise<{ renderer: string, frameMs: number }>} the GPU's name, and the display's time from frame to frame
 */
export async function inspectDisplay() {
  const { env, platform } = process;
  if (platform === "linux" && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    throw new Error("there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set");
  }
  const browser = await launchChrome(CHROME_ARGUMENTS, { isHeaded: true }).catch((error) => {
    // Puppeteer's message is followed by all that Chrome has printed.
    const said = /Missing X server[^\n]*|cannot open display[^\n]*/i.exec(error.message);
    throw new Error(`Chrome opens no window: ${said?.[0] ?? error.message.split("\n", 1)[0]}`);
  });
  try {
    const page = await browser.newPage();
    const found = await page.evaluate(async (frames) => {
      const gl = document.createElement("canvas").getContext("webgl2");
      const extension = gl?.getExtension("WEBGL_debug_renderer_info");
      const times = [];
      while (times.length <= frames) times.push(await new Promise(requestAnimationFrame));
      const intervals = times.slice(1).map((time, i) => time - times[i]);
      return {
        renderer: gl?.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER),
        frameMs: intervals.sort((a, b) => a - b)[intervals.length >> 1],
      };
    }, DISPLAY_FRAMES);
    if (!found.renderer) throw new Error("Chrome has a window, but no WebGL2");
    return found;
  } finally {
    await browser.close().catch(() => {});
  }
}

/**
 * Opens the demo in a page of its own, ready to be measured, and collects the errors that it logs.
 * @param {import("puppeteer-core").Browser} browser
 * @param {string} url
 * @param {string} scene
 * @param {string} [parameters] more of the address, such as `&thread=worker`
 * @returns what is measured, `drawer`, is the page or its worker
 */
export async function openPage(browser, url, scene, parameters = "") {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  // The limit is long because the machine may be busy.
  page.setDefaultTimeout(90_000);
  await page.goto(`${url}?bench=1&scene=${scene}${parameters}`);
  try {
    await page.waitForFunction("window.demo !== undefined");
  } catch (error) {
    throw new Error(`the demo's page did not start: ${errors[0] ?? error.message}`);
  }
  const why = await page.evaluate(() => window.demo.error);
  if (why) throw new Error(`the demo's page did not start: ${why}`);
  if (await page.evaluate(() => window.demo.isInWorker)) {
    return { page, drawer: await openWorker(page), errors };
  }
  await page.addScriptTag({ content: IN_PAGE, type: "module" });
  await page.waitForFunction("window.frameBench !== undefined");
  return { page, drawer: page, errors };
}

/** Starts the demo's server and a Chrome for countScenes and heapControl. */
export async function startCounting() {
  const server = await startServer();
  try {
    const browser = await launchChrome(CHROME_ARGUMENTS);
    const stop = async () => {
      await browser.close().catch(() => {});
      server.stop();
    };
    return { browser, url: server.url, stop };
  } catch (error) {
    server.stop();
    throw error;
  }
}

/**
 * The exact counters of scenes, each in a page of its own, two at once: by scene and source, some frames
 * with their checksums, and the counters of warm frames.
 * @param {string[]} scenes
 * @param {string[]} sources
 * @param {(scene: string) => void} onScene
 * @param {Awaited<ReturnType<typeof startCounting>>} [chrome] one that is started already
 * @param {string} [parameters] of the address
 */
export async function countScenes(scenes, sources, onScene, chrome, parameters) {
  const exact = Object.fromEntries(scenes.map((scene) => [scene, {}]));
  const { browser, url, stop } = chrome ?? (await startCounting());
  const left = [...scenes];
  const countNext = async () => {
    for (let scene = left.shift(); scene !== undefined; scene = left.shift()) {
      onScene(scene);
      const { page, drawer, errors } = await openPage(browser, url, scene, parameters);
      for (const source of sources) {
        exact[scene][source] = await countExactly(drawer, scene, source);
      }
      if (errors.length > 0) throw new Error(`${scene}: the page says: ${errors[0]}`);
      await page.close();
    }
  };
  try {
    await Promise.all([countNext(), countNext()]);
  } finally {
    if (!chrome) await stop();
  }
  return exact;
}

function countExactly(drawer, scene, source) {
  const { triangles, uploads, secondsPerFrame, width, height, checksumTimes } = COUNTERS;
  // A stack is not warm after a trim, so the spike scene trims in its measurements only, not here.
  const settings = { ...settingsFor(scene, source), triangles, uploads, trim: false };
  const length = source === OWN ? COUNTERS.own : COUNTERS.others;
  return drawer.evaluate(
    async ({ checksums, counters }) => ({
      frames: globalThis.frameBench.checksums(checksums),
      counters: await globalThis.frameBench.exactCounters(counters),
    }),
    {
      checksums: { settings, times: checksumTimes, width, height },
      counters: {
        settings,
        heapSettings: { ...settings, triangles: COUNTERS.heapTriangles },
        length: {
          ...length,
          ...{ heapWarmFrames: COUNTERS.heapWarmFrames, batchFrames: BATCH_FRAMES },
          ...{ secondsPerFrame, width, height },
        },
      },
    },
  );
}

/**
 * Measures known garbage with the heap's measure: the given number of bytes in each frame.
 * @param {number} bytes
 * @param {Awaited<ReturnType<typeof startCounting>>} chrome
 * @param {string} [parameters] of the address
 */
export async function heapControl(bytes, { browser, url }, parameters) {
  const { page, drawer } = await openPage(browser, url, "storm", parameters);
  const request = { frames: COUNTERS.own.heapFrames, bytes };
  const seen = await drawer.evaluate((some) => globalThis.frameBench.heapControl(some), request);
  await page.close();
  return seen;
}

/**
 * Why a round is invalid, or null if it is valid.
 * @param {{ before: object, after: object }} states
 * @param {string} renderer
 * @param {number} [frameMs] how often empty frames come where nothing disturbs
 */
export function whyInvalid({ before, after }, renderer, frameMs = FRAME_MS) {
  for (const state of [before, after]) {
    if (state.isHidden || state.hiddenCount > before.hiddenCount) return "the page was hidden";
    if (state.isContextLost || state.lossCount > before.lossCount) return "the context was lost";
    if (state.renderer !== renderer) return `the renderer is now ${state.renderer}`;
    const raf = state.rafMedianMs;
    if (raf === null || Math.abs(raf / frameMs - 1) > 0.1) {
      return `empty frames come every ${raf === null ? "never" : `${raf.toFixed(1)} ms`}`;
    }
  }
  const drift = after.spinMs / before.spinMs - 1;
  if (Math.abs(drift) > 0.05) return `a fixed spin drifted by ${(drift * 100).toFixed(1)}%`;
  return null;
}

async function runRound(page, round) {
  const { measurement, scene, order, length } = round;
  const before = await page.evaluate((count) => window.frameBench.conditions(count), EMPTY_FRAMES);
  const blocks = [];
  for (const variant of order) {
    const settings = settingsFor(scene, variant);
    settings.triangles *= MEASUREMENTS[measurement].share;
    const block = await page.evaluate((request) => window.frameBench.block(request), {
      measurement,
      settings,
      length,
    });
    blocks.push({ variant, ...block });
  }
  const after = await page.evaluate((count) => window.frameBench.conditions(count), EMPTY_FRAMES);
  return { before, after, blocks };
}

/**
 * Runs all rounds of a plan.
 * @param {object} options
 * @param {import("./plan.mjs").Plan} options.plan
 * @param {string[]} options.scenes
 * @param {string[]} options.sources
 * @param {Awaited<ReturnType<typeof inspectDisplay>>} [options.display] to be measured in a window
 * @param {(done: number, total: number, round: object) => void} options.onRound
 * @returns {Promise<{ rounds: object[], version: string, renderer: string, kind: string }>}
 */
export async function runRounds({ plan, scenes, sources, display, onRound }) {
  const variants = variantsOf(sources);
  const measurements = Object.keys(MEASUREMENTS);
  const total =
    plan.replicates *
    scenes.length *
    measurements.reduce((sum, measurement) => sum + plan[measurement].rounds, 0);
  const rounds = [];
  let version = "";
  let kind = "";
  let renderer = "";
  const server = await startServer();
  try {
    for (let replicate = 0; replicate < plan.replicates; replicate++) {
      const browser = await launchChrome(CHROME_ARGUMENTS, { isHeaded: display !== undefined });
      try {
        version = await browser.version();
        for (const measurement of measurements) {
          for (const scene of scenes) {
            const { page, errors } = await openPage(browser, server.url, scene);
            kind = await page.evaluate(() => window.demo.engine.kind);
            const { rounds: count, warmFrames, frames } = plan[measurement];
            const { width, height } = MEASUREMENTS[measurement];
            const secondsPerFrame = CYCLE_SECONDS / frames;
            const length = {
              ...{ warmFrames, frames, batchFrames: BATCH_FRAMES },
              ...{ secondsPerFrame, width, height },
            };
            for (let i = 0; i < count; i++) {
              const order = orderOfRound(variants, replicate * count + i);
              const round = { measurement, scene, replicate, round: i, order, length };
              const measured = await runRound(page, round);
              renderer ||= measured.before.renderer;
              const invalid = errors[0] ?? whyInvalid(measured, renderer, display?.frameMs);
              rounds.push({ ...round, ...measured, invalid });
              onRound(rounds.length, total, rounds.at(-1));
            }
            await page.close();
          }
        }
      } finally {
        await browser.close().catch(() => {});
      }
    }
  } finally {
    server.stop();
  }
  return { rounds, version, renderer, kind };
}
