// SPDX-License-Identifier: MIT
// The frame graph: each kept frame's phases, stacked up to the interval to the next frame, with a table
// of percentiles and a sentence that says the same.
import uPlot from "uplot";
import { formatMs } from "./format.mjs";
import { KEPT_FRAMES, PHASES } from "./timings.mjs";

/** A frame at 60 Hz. */
const BUDGET_MS = 1000 / 60;
const SHARES = [0.5, 0.95, 0.99, 1];
// Tops of the vertical axis: few, so that the scale does not wander with every frame.
const TOPS_MS = [20, 40, 80, 160, 320, 640, 1280, 2560, 5120];
const ROWS = /** @type {const} */ ([...PHASES, "interval"]);
const LABELS = {
  generate: "Generate",
  upload: "Upload",
  draw: "Draw calls",
  rest: "Rest",
  interval: "Interval",
};

/** @param {string} name of a custom property of the style sheet */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Draws the line that a frame at 60 Hz must stay under. */
function drawBudget(/** @type {uPlot} */ plot) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const y = Math.round(plot.valToPos(BUDGET_MS, "y", true));
  ctx.save();
  ctx.strokeStyle = colour("--ink");
  ctx.fillStyle = colour("--ink");
  ctx.lineWidth = ratio;
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  // The label covers the oldest frames, because viewers look at the newest. It has a background of its own.
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.setLineDash([]);
  ctx.strokeStyle = colour("--card");
  ctx.lineWidth = 4 * ratio;
  for (const draw of /** @type {const} */ (["strokeText", "fillText"])) {
    ctx[draw]("16.7 ms", bbox.left + 4 * ratio, y - 2 * ratio);
  }
  ctx.restore();
}

/** @param {number} wanted */
function topFor(wanted) {
  return TOPS_MS.find((top) => top >= wanted) ?? wanted;
}

/**
 * @param {import("./timings.mjs").Timings} timings
 * @returns {{ show: () => void, describe: () => void, resize: () => void, restyle: () => void }}
 */
export function createFrameGraph(timings) {
  const holder = /** @type {HTMLElement} */ (document.getElementById("frame-graph"));
  const summary = /** @type {HTMLElement} */ (document.getElementById("frame-summary"));
  const cells = fillTable(/** @type {HTMLElement} */ (document.getElementById("frame-table")));

  // The areas are painted over one another, the highest first: each is the sum of its phase and those below.
  const x = Float64Array.from({ length: KEPT_FRAMES }, (_, i) => i - KEPT_FRAMES + 1);
  const sums = PHASES.map(() => new Float64Array(KEPT_FRAMES));
  const data = [x, ...sums.slice().reverse()];
  // The rest of the interval is not work but waiting: it is an outline above the areas.
  const area = (/** @type {string} */ phase) => ({
    ...(phase === "rest"
      ? { stroke: () => colour("--edge"), width: 1 }
      : { stroke: () => colour(`--${phase}`), fill: () => colour(`--${phase}`), width: 0 }),
    points: { show: false },
    paths: /** @type {any} */ (uPlot.paths).stepped({ align: 1 }),
  });
  const axis = {
    stroke: () => colour("--muted"),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  let top = TOPS_MS[0];
  const plot = new uPlot(
    {
      width: 300,
      height: 150,
      padding: [6, 14, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [-KEPT_FRAMES + 1, 0] }, y: { range: () => [0, top] } },
      axes: [
        { ...axis, grid: { show: false }, size: 20, values: (_, ticks) => ticks.map(ageLabel) },
        { ...axis, size: 54, values: (_, ticks) => ticks.map((tick) => `${tick} ms`) },
      ],
      series: [{}, ...PHASES.slice().reverse().map(area)],
      hooks: { draw: [drawBudget] },
    },
    /** @type {any} */ (data),
    holder,
  );

  const found = new Float64Array(SHARES.length);
  const intervals = new Float64Array(SHARES.length);

  function show() {
    const first = KEPT_FRAMES - timings.count;
    for (let i = 0; i < KEPT_FRAMES; i++) {
      const slot = timings.slotOf(KEPT_FRAMES - 1 - i);
      let sum = 0;
      for (let p = 0; p < PHASES.length; p++) {
        if (i >= first) sum += timings.ms[PHASES[p]][slot];
        sums[p][i] = sum;
      }
    }
    timings.percentiles("interval", SHARES, intervals);
    // The slowest frames may be cut off, so that the others stay readable. The table has their times.
    const [p50, p95] = intervals;
    top = topFor(Math.max(1.2 * BUDGET_MS, 1.5 * p50, Math.min(p95, 4 * p50)));
    plot.setData(/** @type {any} */ (data));
  }

  /** Writes the table and the sentence. It is not called for every frame. */
  function describe() {
    for (const row of ROWS) {
      timings.percentiles(row, SHARES, found);
      for (let i = 0; i < SHARES.length; i++) cells.get(row)[i].textContent = formatMs(found[i]);
    }
    summary.textContent = summaryOf(timings, found);
  }

  function resize() {
    plot.setSize({ width: holder.clientWidth, height: holder.clientHeight });
  }

  return { show, describe, resize, restyle: () => plot.redraw(false, true) };
}

/** @param {number} frames before the newest */
function ageLabel(frames) {
  return frames === 0 ? "now" : `${frames}`;
}

/**
 * Makes the table's rows.
 * @param {HTMLElement} table
 * @returns {Map<string, HTMLElement[]>} the cells of each row
 */
function fillTable(table) {
  const cells = new Map();
  const body = table.appendChild(document.createElement("tbody"));
  for (const row of ROWS) {
    const line = body.appendChild(document.createElement("tr"));
    const head = line.appendChild(document.createElement("th"));
    head.scope = "row";
    head.className = `key ${row}`;
    head.textContent = LABELS[row];
    cells.set(
      row,
      SHARES.map(() => line.appendChild(document.createElement("td"))),
    );
  }
  return cells;
}

/**
 * @param {import("./timings.mjs").Timings} timings
 * @param {Float64Array} intervals percentiles in the order of SHARES
 */
function summaryOf(timings, intervals) {
  if (timings.count === 0) return "No frame yet.";
  const late = timings.countLongerThan(1.5 * BUDGET_MS);
  const frames = timings.count === 1 ? "The one frame so far" : `The last ${timings.count} frames`;
  return (
    `${frames}: half took ${formatMs(intervals[0])} or less, ` +
    `the worst ${formatMs(intervals[3])}; ${late} took longer than 25 ms.`
  );
}
