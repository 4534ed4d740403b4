// SPDX-License-Identifier: MIT
// The gates, which decide whether a run passes. Exact gates come from counters and checksums, and
// tests check them, too. Ratio gates are checked by the benchmark only. No gate is a 99th
// percentile, a number of frames per second or of milliseconds, because these vary too much from
// run to run.
import { median } from "../statistics.mjs";
import { phaseMs, ratios, roundsOf, scenesIn } from "./analysis.mjs";
import { OWN, SCENES, SOURCE_TITLES, TWIN } from "./plan.mjs";

/**
 * A ratio above its limit whose interval contains the limit is "open": it neither holds nor fails.
 * @typedef {{ name: string, verdict: "holds" | "fails" | "open", text: string }} Gate
 */

export const MAX_HEAP_BYTES_PER_FRAME = 100;
export const MAX_RATIO_KNOWN_SIZE = 1.1;

/** @returns {Gate} */
const gate = (name, holds, text) => ({ name, verdict: holds ? "holds" : "fails", text });

/** @param {(value: number) => boolean} isWithin @returns {Gate["verdict"]} */
function verdictOf({ ratio, low }, isWithin) {
  if (isWithin(ratio)) return "holds";
  return isWithin(low) ? "open" : "fails";
}

/** Says in which frames a source differs from the second stack; "" if in none. */
function differences(found, field) {
  const own = found[OWN].frames.map((frame) => frame[field]);
  return Object.entries(found)
    .filter(([, { frames }]) => frames.some((frame, i) => frame[field] !== own[i]))
    .map(([source]) => SOURCE_TITLES[source])
    .join(", ");
}

/**
 * @param {string} scene
 * @param {object} found the results of countScenes for the scene
 * @returns {Gate[]}
 */
export function exactGates(scene, found) {
  const gates = [];
  const add = (name, holds, text) => gates.push(gate(`${scene}: ${name}`, holds, text));
  for (const [field, title] of [
    ["checksum", "equal checksums"],
    ["bytesUploaded", "equal bytes"],
    ["uploads", "equal uploads"],
  ]) {
    const differing = differences(found, field);
    add(title, differing === "", differing === "" ? "all sources" : `not equal: ${differing}`);
  }
  const own = found[OWN].frames;
  const isEmpty = own.some(({ bytesUploaded, checksum }) => bytesUploaded === 0 || checksum === 0);
  const isStill = new Set(own.map(({ checksum }) => checksum)).size < own.length;
  add("frames have triangles and differ from each other", !isEmpty && !isStill, "by checksum");

  const { counters } = found[OWN];
  const perFrames = `in ${counters.frames} warm frames`;
  const none = (title, value) => add(title, value === 0, `${value} ${perFrames}`);
  none("no malloc", counters.mallocs);
  none("no memory.grow", counters.memoryGrows);
  none("no backing call", counters.backingCalls);
  add("stack empty at frame end", counters.used === 0, `${counters.used} bytes at most`);
  const heap = counters.heapBytesPerFrame;
  add(
    `JavaScript heap grows by under ${MAX_HEAP_BYTES_PER_FRAME} bytes per frame`,
    heap < MAX_HEAP_BYTES_PER_FRAME,
    `${heap.toFixed(1)} over ${counters.heapFrames} frames`,
  );
  const sum = (field) =>
    Object.values(found).reduce((total, { counters: some }) => total + some[field], 0);
  add("no GL error", sum("glErrors") === 0, `${sum("glErrors")} over all sources`);
  add("no dropped draw", sum("droppedDraws") === 0, `${sum("droppedDraws")} over all sources`);
  return gates;
}

/**
 * All blocks of a round must have the same geometry, and the second stack's blocks must allocate
 * nothing.
 */
function roundGates(result) {
  const counts = { unequal: 0, mallocs: 0, memoryGrows: 0, used: 0, glErrors: 0, droppedDraws: 0 };
  for (const round of result.rounds) {
    const own = round.blocks.find(({ variant }) => variant === OWN).sums;
    for (const { variant, sums } of round.blocks) {
      const isEqual = ["triangles", "uploads", "bytesUploaded"].every(
        (field) => sums[field] === own[field],
      );
      counts.unequal += isEqual ? 0 : 1;
      counts.glErrors += sums.glErrors;
      counts.droppedDraws += sums.droppedDraws;
      if (variant !== OWN && variant !== TWIN) continue;
      // The spike scene exists to grow again after a trim, so it does allocate.
      if (round.scene === "spike") continue;
      counts.mallocs += sums.mallocs;
      counts.memoryGrows += sums.memoryGrows;
      counts.used = Math.max(counts.used, sums.used);
    }
  }
  const titles = {
    unequal: "blocks with other triangles, bytes or uploads than the second stack's",
    mallocs: "mallocs of the second stack",
    memoryGrows: "memory.grow of the second stack",
    used: "bytes on the second stack at a frame's end",
    glErrors: "GL errors",
    droppedDraws: "dropped draws",
  };
  return Object.entries(titles).map(([field, title]) =>
    gate(`measured frames: ${title}`, counts[field] === 0, String(counts[field])),
  );
}

/**
 * The twin's interval is widened so that the intervals of all scenes contain 1 together in 95 of
 * 100 runs.
 * @param {object} result what frames.json holds
 * @returns {Gate[]}
 */
export function ratioGates(result) {
  const gates = [];
  const scenes = scenesIn(result);
  for (const scene of scenes) {
    const rounds = roundsOf(result, "A", scene);
    if (rounds.length === 0) {
      gates.push(gate(`${scene}: ratios of A`, false, "no valid round"));
      continue;
    }
    const twin = ratios(rounds, "A", "generate", TWIN, 1 - 0.05 / scenes.length);
    gates.push(
      gate(
        `${scene}: the A/A interval holds 1`,
        twin.low <= 1 && twin.high >= 1,
        `${twin.low.toFixed(3)} to ${twin.high.toFixed(3)}`,
      ),
    );
    const measured = ratios(rounds, "A", "generate", "malloc");
    const [limit, isWithin] = SCENES[scene].isSizeKnown
      ? [`at most ${MAX_RATIO_KNOWN_SIZE}`, (value) => value <= MAX_RATIO_KNOWN_SIZE]
      : ["under 1", (value) => value < 1];
    const [ratio, low, high] = [measured.ratio, measured.low, measured.high].map((value) =>
      value.toFixed(3),
    );
    gates.push({
      name: `${scene}: generate to malloc+free, ${limit}`,
      verdict: verdictOf(measured, isWithin),
      text: `${ratio}, ${low} to ${high} in A`,
    });
  }
  return gates;
}

/**
 * The exact gates, from counters and checksums.
 * @param {object} result the contents of frames.json
 * @returns {Gate[]}
 */
export function countedGates(result) {
  const exact = Object.entries(result.exact).flatMap(([scene, found]) => exactGates(scene, found));
  return [...exact, ...roundGates(result)];
}

/** @param {object} result the contents of frames.json @returns {Gate[]} */
export const allGates = (result) => [...countedGates(result), ...ratioGates(result)];

/**
 * The aims, which are reported but are no gates: a title, the largest ratio allowed, and the
 * result.
 */
export function targetRows(result) {
  const rows = [];
  const add = (title, limit, ratio) =>
    rows.push({ title, limit, ratio, holds: ratio === null ? null : ratio <= limit });
  const generate = (scene, variant) =>
    ratios(roundsOf(result, "A", scene), "A", "generate", variant)?.ratio ?? null;
  for (const scene of scenesIn(result)) {
    const limits = { storm: 1.0, metaballs: 0.85, ribbons: 0.85, workers: 0.5 };
    if (limits[scene] !== undefined) {
      add(`${scene}: generate to malloc+free`, limits[scene], generate(scene, "malloc"));
    }
    add(`${scene}: generate to fresh JavaScript arrays`, 0.5, generate(scene, "array"));
  }
  if (scenesIn(result).includes("spike")) {
    const worst = (round, variant) =>
      Math.max(
        ...phaseMs(
          round.blocks.find((block) => block.variant === variant),
          "A",
          "generate",
        ),
      );
    const values = roundsOf(result, "A", "spike").map(
      (round) => worst(round, OWN) / worst(round, "doubling"),
    );
    add("spike: worst frame to realloc-doubling", 1, values.length ? median(values) : null);
  }
  return rows;
}
