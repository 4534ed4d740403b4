// SPDX-License-Identifier: MIT
// The soak itself: the page runs for minutes, with a spike and a lost context in every round. It keeps a
// list of all it saw, and of all that was wrong.
import { launchChrome, startServer } from "../launch.mjs";
import { drawAt, haveSpike, loseContext, openPage, readMemory, setRunning } from "./page.mjs";
import { slopeOf } from "./slope.mjs";

// The rounds before this share of the time warm up: code is compiled, pools fill.
const WARM_SHARE = 0.2;
// What may grow, in bytes a minute and altogether. Surely more than both is a leak: a frame that leaks
// 16 bytes leaks 56 KiB a minute. JavaScript's heap grows for minutes while code is compiled.
const LIMITS = Object.freeze({
  wasmBytes: { perMinute: 10_000, altogether: 0 },
  heapBytes: { perMinute: 10_000, altogether: 0 },
  jsBytes: { perMinute: 50_000, altogether: 500_000 },
});
/** What is watched, and what it is called. */
export const FIGURES = Object.freeze({
  wasmBytes: "WebAssembly memory",
  heapBytes: "blocks of malloc in use",
  jsBytes: "JavaScript heap after a collection",
  reserved: "held by the second stacks",
});

/**
 * @typedef {object} Round
 * @property {number} minutes when its memory was read
 * @property {number} lostMinutes when the context was lost
 * @property {number} frameSeconds the scene's time of the frame that was compared
 * @property {number} spikeReserved bytes that the second stacks held in the spike
 * @property {number} wasmBytes @property {number} heapBytes @property {number} jsBytes
 * @property {number} reserved
 * @property {number} used @property {number} nodes @property {number} frameCount
 * @property {number} droppedDraws @property {number} glErrors
 * @property {{ checksum: number, pixels: number, triangles: number }} drawn after the restore
 */

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The frame that a round compares: another one each time. */
const frameOf = (round) => 60 * (1 + round) + ((round * 37) % 60);

/**
 * What the frames should be: drawn beforehand by a page of its own, with vertices from malloc.
 */
async function drawReferences(browser, server, count) {
  const opened = await openPage(browser, server, { settings: { source: "malloc" } });
  const references = [];
  for (let round = 0; round < count; round++) {
    references.push(await drawAt(opened.page, frameOf(round) / 60));
  }
  await opened.page.close();
  return { references, problems: opened.problems };
}

/**
 * @param {object} options
 * @param {number} options.minutes
 * @param {number} options.everySeconds a context is lost
 * @param {(round: Round, index: number) => void} options.onRound
 * @param {Parameters<typeof openPage>[2]["prepare"]} [options.prepare] the page before it loads
 */
export async function soak({ minutes, everySeconds, onRound, prepare }) {
  const count = Math.max(2, Math.round((minutes * 60) / everySeconds));
  /** @type {Round[]} */
  const rounds = [];
  const problems = [];
  /** @type {Awaited<ReturnType<typeof openPage>> | undefined} */
  let opened;
  let version = "";
  const server = await startServer();
  const browser = await launchChrome();
  try {
    version = await browser.version();
    const drawn = await drawReferences(browser, server.url, count);
    problems.push(...drawn.problems.map((problem) => `reference: ${problem}`));
    opened = await openPage(browser, server.url, { prepare });
    const start = performance.now();
    const since = () => (performance.now() - start) / 60_000;
    for (let index = 0; index < count; index++) {
      const round = await runRound(opened, index, everySeconds, start, since);
      // Also what went wrong since the page began to load, and before the last round's end.
      const wrong = opened.problems.splice(0);
      wrong.push(...faultsOf(round, rounds.at(-1), drawn.references[index]));
      problems.push(...wrong.map((problem) => `round ${index + 1}: ${problem}`));
      rounds.push(round);
      onRound(round, index);
      if (wrong.length > 0) console.log(wrong.map((problem) => `  ${problem}`).join("\n"));
    }
  } catch (error) {
    const seen = [...(opened?.problems ?? []), error.message];
    problems.push(...seen.map((problem) => `round ${rounds.length + 1}: ${problem}`));
  } finally {
    await browser.close().catch(() => {});
    server.stop();
  }
  const slopes = slopesOf(rounds);
  problems.push(...leaksOf(slopes));
  return {
    version,
    minutes,
    everySeconds,
    rounds,
    slopes,
    said: Object.fromEntries(opened?.said ?? []),
    problems,
  };
}

async function runRound(opened, index, everySeconds, start, since) {
  const { page } = opened;
  await setRunning(page, true);
  await sleep(everySeconds * 300);
  const spikeReserved = await haveSpike(page);
  // The rest of the round, whatever the spike took.
  const end = start + (index + 1) * everySeconds * 1000;
  await sleep(Math.max(everySeconds * 300, end - performance.now()));
  const memory = await readMemory(opened);
  const readAt = since();
  await loseContext(page);
  const lostMinutes = since();
  const frameSeconds = frameOf(index) / 60;
  const drawn = await drawAt(page, frameSeconds);
  return { minutes: readAt, lostMinutes, frameSeconds, spikeReserved, ...memory, drawn };
}

/** What is wrong with a round by itself. */
function faultsOf(round, before, reference) {
  const faults = [];
  for (const name of ["checksum", "pixels", "triangles"]) {
    if (round.drawn[name] !== reference[name]) {
      faults.push(`${name} after the restore: ${round.drawn[name]}, not ${reference[name]}`);
    }
  }
  if (round.drawn.checksum === 0) faults.push("nothing was uploaded after the restore");
  if (round.glErrors !== 0) faults.push(`${round.glErrors} GL errors`);
  if (round.used !== 0) faults.push(`${round.used} bytes live after a frame`);
  if (round.droppedDraws !== 0) faults.push(`${round.droppedDraws} draws dropped`);
  const frames = round.frameCount - (before?.frameCount ?? 0);
  // Software rendering on a busy machine is slow, but it goes on.
  if (frames < 10) faults.push(`only ${frames} frames`);
  return faults;
}

function slopesOf(rounds) {
  const warm = rounds.slice(Math.min(Math.round(rounds.length * WARM_SHARE), rounds.length - 2));
  if (warm.length < 2) return {};
  const minutes = warm.at(-1).minutes - warm[0].minutes;
  const of = (name) => {
    const slope = slopeOf(warm.map((round) => ({ minutes: round.minutes, value: round[name] })));
    return [name, { ...slope, minutes }];
  };
  return Object.fromEntries(Object.keys(FIGURES).map(of));
}

function leaksOf(slopes) {
  return Object.entries(LIMITS)
    .filter(([name]) => slopes[name] !== undefined)
    .filter(([name, { perMinute, altogether }]) => {
      const { low, minutes } = slopes[name];
      return low > perMinute && low * minutes > altogether;
    })
    .map(
      ([name]) => `${FIGURES[name]}: surely ${Math.round(slopes[name].low)} bytes a minute more`,
    );
}
