// SPDX-License-Identifier: MIT
// Runs every source on the present scene, by turns, and shows the ratio of its times to malloc's,
// the range of that ratio, and whether all uploaded the same bytes. This is only a first look:
// `./run bench frames` measures with care.
import { SOURCES } from "../engine.mjs";
import { formatMs } from "./format.mjs";
import { STEP_SECONDS } from "./loop.mjs";

const ROUNDS = 5;
const WARM_FRAMES = 20;
const MEASURED_FRAMES = 20;
const BASELINE = "malloc";

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Lets the browser show what was written, and take clicks. */
function breathe() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * @typedef {object} SourceResult
 * @property {string} source
 * @property {number[]} generateMs the median of each round
 * @property {number} checksum of one frame's uploads
 * @property {number} bytesUploaded in that frame
 * @property {number} droppedDraws in that frame
 */

/**
 * Measures all sources. The caller must draw nothing meanwhile, and must restore its settings afterwards.
 * @param {import("../engine.mjs").Engine} engine
 * @param {number} startSeconds of the scene
 * @param {(done: number, all: number) => void} onProgress
 * @returns {Promise<SourceResult[]>}
 */
export async function compareSources(engine, startSeconds, onProgress) {
  const { width, height } = engine.canvas;
  /** @type {SourceResult[]} */
  const results = SOURCES.map(({ name }) => ({
    source: name,
    generateMs: [],
    checksum: 0,
    bytesUploaded: 0,
    droppedDraws: 0,
  }));
  engine.setDraw("discard");
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (let turn = 0; turn < results.length; turn++) {
        onProgress(round * results.length + turn, ROUNDS * results.length);
        await breathe();
        const result = results[(turn + round) % results.length];
        engine.configure({ source: result.source });
        engine.setChecksum(true);
        engine.frame(startSeconds, width, height);
        result.checksum = engine.record.checksum;
        result.bytesUploaded = engine.record.bytesUploaded;
        result.droppedDraws = engine.record.droppedDraws;
        engine.setChecksum(false);
        const measured = [];
        for (let i = 0; i < WARM_FRAMES + MEASURED_FRAMES; i++) {
          engine.frame(startSeconds + i * STEP_SECONDS, width, height);
          if (i >= WARM_FRAMES) measured.push(engine.record.generateMs);
        }
        // Waits for the GPU, because frames that it still has to draw would delay the next source.
        await engine.finish();
        result.generateMs.push(median(measured));
      }
    }
  } finally {
    engine.setDraw("normal");
  }
  return results;
}

/**
 * Shows the results as a table.
 * @param {HTMLElement} holder
 * @param {readonly SourceResult[]} results
 */
export function showComparison(holder, results) {
  const baseline = results.find(({ source }) => source === BASELINE) ?? results[0];
  const expected = results[0];
  const table = document.createElement("table");
  table.setAttribute("aria-label", "Sources compared on this scene");
  addRow(table.createTHead(), "th", ["", `generate, to ${BASELINE}`, "checksum"]);
  const body = table.createTBody();
  for (const result of results) {
    const ratios = result.generateMs.map((ms, round) => ms / baseline.generateMs[round]);
    const title = SOURCES.find(({ name }) => name === result.source)?.title ?? result.source;
    const isEqual =
      result.checksum === expected.checksum && result.bytesUploaded === expected.bytesUploaded;
    const row = addRow(body, "td", [
      title,
      result === baseline ? `1 (${formatMs(median(result.generateMs))})` : describeRatio(ratios),
      result.droppedDraws > 0 ? `${result.droppedDraws} dropped` : hex(result.checksum),
    ]);
    row.classList.toggle("is-different", !isEqual);
    row.title = `Round by round: ${ratios.map((r) => r.toFixed(2)).join(", ")}`;
  }
  const note = document.createElement("p");
  const complete = results.filter(({ droppedDraws }) => droppedDraws === 0);
  const areEqual = complete.every(({ checksum }) => checksum === expected.checksum);
  note.textContent =
    (areEqual ? "Equal checksums: all uploaded the same bytes. " : "The checksums differ. ") +
    `Medians of ${ROUNDS} rounds of ${MEASURED_FRAMES} frames, by turns, with the least and the largest round. ./run bench frames measures with care.`;
  holder.replaceChildren(table, note);
}

/**
 * The one figure of a source: the median of its rounds' ratios with the least and the largest of them. Where 1
 * is among these, the rounds show no difference.
 * @param {readonly number[]} ratios
 */
function describeRatio(ratios) {
  if (!ratios.every(Number.isFinite)) return "–";
  const least = Math.min(...ratios).toFixed(2);
  const most = Math.max(...ratios).toFixed(2);
  const spread = `${least} to ${most}`;
  if (Number(least) <= 1 && Number(most) >= 1) return `no difference (${spread})`;
  return `${median([...ratios]).toFixed(2)} (${spread})`;
}

/** @param {number} checksum */
function hex(checksum) {
  return (checksum >>> 0).toString(16).padStart(8, "0");
}

/**
 * @param {HTMLTableSectionElement} section
 * @param {"th" | "td"} kind
 * @param {string[]} texts the first is the row's heading
 */
function addRow(section, kind, texts) {
  const row = section.insertRow();
  texts.forEach((text, column) => {
    const cell = row.appendChild(document.createElement(column === 0 ? "th" : kind));
    if (cell instanceof HTMLTableCellElement && cell.tagName === "TH") {
      cell.scope = kind === "th" ? "col" : "row";
    }
    cell.textContent = text;
  });
  return row;
}
