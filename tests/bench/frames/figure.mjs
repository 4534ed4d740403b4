// SPDX-License-Identifier: MIT
// Draws plot.svg: a column for each scene, with boxes of times, a dot for each round's ratio, and
// the distribution of the intervals between animation frames. renderPng makes plot.png from it.
import { writeFileSync } from "node:fs";
import { launchChrome } from "../../web/launch.mjs";
import {
  MAIN_PHASE,
  percentiles,
  phaseMs,
  ratios,
  roundsOf,
  scenesIn,
  variantsIn,
} from "./analysis.mjs";
import { OWN, SCENES, SOURCE_TITLES, TWIN } from "./plan.mjs";

const PANEL_WIDTH = 200;
// The width of the panel if there is a single scene: as wide as the titles.
const ONLY_PANEL_WIDTH = 780;
const PANEL_GAP = 32;
const LABEL_WIDTH = 190;
const MARGIN = 20;
const LINE_HEIGHT = 21;
const TITLE_HEIGHT = 46;
const AXIS_HEIGHT = 46;
const HEAD_HEIGHT = 58;
const FOOT_HEIGHT = 24;
const STEPS_HEIGHT = 120;
// Ratios outside of these are drawn at the axis' end.
const RATIO_TICKS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5];
const FEW_RATIO_TICKS = [0.1, 0.2, 0.5, 1, 2, 5];
const LONGEST_INTERVAL_MS = 50;

// Okabe and Ito's colours, which colour-blind people can distinguish. The lines have names, too.
const COLOURS = {
  stack: "#0072B2",
  malloc: "#D55E00",
  doubling: "#E69F00",
  array: "#CC79A7",
  ring: "#009E73",
  [TWIN]: "#555555",
};

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const number = (value) => String(Number(value.toFixed(2)));
const text = (x, y, content, attributes = "") =>
  `<text x="${number(x)}" y="${number(y)}" ${attributes}>${escape(content)}</text>`;
const line = (x1, y1, x2, y2, attributes) =>
  `<line x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" y2="${number(y2)}" ${attributes}/>`;

/** Steps of 1, 2 or 5 times a power of ten, about four up to `highest`. */
function roundTicks(highest) {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const ticks = [];
  for (let i = 0; i * step <= highest * 1.0001; i++) ticks.push(i * step);
  return ticks;
}

/** Where a value lies in a panel, in pixels from its left edge. */
const linear = (highest, width) => (value) => (Math.min(value, highest) / highest) * width;
const logarithmic = (lowest, highest, width) => (value) =>
  (Math.log(Math.min(Math.max(value, lowest), highest) / lowest) / Math.log(highest / lowest)) *
  width;

function drawAxis({ left, top, width, height, ticks, scale, title }) {
  const bottom = top + height;
  const parts = ticks.map((tick) => {
    const x = left + scale(tick);
    return (
      line(x, top, x, bottom, 'stroke="#dddddd"') +
      text(x, bottom + 14, number(tick), 'class="tick" text-anchor="middle"')
    );
  });
  parts.push(
    line(left, bottom, left + width, bottom, 'stroke="#888888"'),
    text(left + width / 2, bottom + 30, title, 'class="tick" text-anchor="middle"'),
  );
  return parts.join("\n");
}

/** A box from the lower to the upper quartile, its whiskers from 5% to 95%, a stroke at the median. */
function drawBox(left, y, scale, found, colour, highest) {
  const [p5, p25, p50, p75, p95] = ["p5", "p25", "p50", "p75", "p95"].map(
    (name) => left + scale(found[name]),
  );
  const half = LINE_HEIGHT * 0.32;
  const width = Math.max(p75 - p25, 0.8);
  return [
    line(p5, y, p95, y, `stroke="${colour}"`),
    line(p5, y - half / 2, p5, y + half / 2, `stroke="${colour}"`),
    // A whisker that leaves the panel ends in an arrow.
    found.p95 <= highest
      ? line(p95, y - half / 2, p95, y + half / 2, `stroke="${colour}"`)
      : `<path class="arrow" d="M${number(p95 - 5)},${number(y - 3.5)}L${number(p95)},${number(y)}L${number(p95 - 5)},${number(y + 3.5)}" fill="none" stroke="${colour}"/>`,
    `<rect x="${number(p25)}" y="${number(y - half)}" width="${number(width)}" height="${number(2 * half)}" fill="${colour}" fill-opacity="0.35" stroke="${colour}"/>`,
    line(p50, y - half, p50, y + half, `stroke="${colour}" stroke-width="2.4"`),
  ].join("\n");
}

function drawBoxes({ result, measurement, scene, left, top, width, variants, axisTitle }) {
  const rounds = roundsOf(result, measurement, scene);
  const phase = MAIN_PHASE[measurement];
  const found = variants.map((variant) => percentiles(rounds, measurement, phase, variant));
  // The scale follows the boxes, so that they stay visible even if the slowest frames are much
  // slower.
  const over = (name) => Math.max(...found.map((some) => some?.[name] ?? 0), 0.001);
  const highest = Math.min(1.06 * over("p95"), 1.8 * over("p75"));
  const scale = linear(highest, width);
  const height = variants.length * LINE_HEIGHT;
  const parts = [
    drawAxis({ left, top, width, height, ticks: roundTicks(highest), scale, title: axisTitle }),
  ];
  found.forEach((some, i) => {
    const y = top + (i + 0.5) * LINE_HEIGHT;
    if (some !== null) parts.push(drawBox(left, y, scale, some, COLOURS[variants[i]], highest));
  });
  return parts.join("\n");
}

function drawRatios({ result, scene, left, top, width, variants, ticks }) {
  const rounds = roundsOf(result, "A", scene);
  const lowest = ticks[0];
  const highest = ticks.at(-1);
  const scale = logarithmic(lowest, highest, width);
  const height = variants.length * LINE_HEIGHT;
  const title = "ratio, logarithmic";
  const parts = [drawAxis({ left, top, width, height, ticks, scale, title })];
  const one = left + scale(1);
  parts.push(line(one, top, one, top + height, 'stroke="#000000" stroke-width="1.2"'));
  variants.forEach((variant, i) => {
    const found = ratios(rounds, "A", MAIN_PHASE.A, variant);
    if (found === null) return;
    const y = top + (i + 0.5) * LINE_HEIGHT;
    const colour = COLOURS[variant];
    found.values.forEach((value, index) => {
      // The dots of the rounds are spread from top to bottom, in the same order in every line.
      const offset = ((index + 0.5) / found.values.length - 0.5) * LINE_HEIGHT * 0.6;
      const x = left + scale(value);
      parts.push(
        `<circle cx="${number(x)}" cy="${number(y + offset)}" r="1.9" fill="${colour}" fill-opacity="0.45"/>`,
      );
    });
    const [low, middle, high] = [found.low, found.ratio, found.high].map((v) => left + scale(v));
    parts.push(
      line(low, y, high, y, `stroke="${colour}" stroke-width="2.2"`),
      `<circle cx="${number(middle)}" cy="${number(y)}" r="4" fill="#ffffff" stroke="${colour}" stroke-width="2"/>`,
    );
  });
  return parts.join("\n");
}

/**
 * Draws the cumulative distribution: for each time on the axis, the share of intervals that are at
 * most that long.
 */
function drawIntervals({ result, scene, left, top, width, variants }) {
  const rounds = roundsOf(result, "C", scene);
  const scale = linear(LONGEST_INTERVAL_MS, width);
  const title = "interval, ms";
  const ticks = [0, 16.7, 33.3, 50];
  const parts = [drawAxis({ left, top, width, height: STEPS_HEIGHT, ticks, scale, title })];
  for (const share of [0, 0.5, 1]) {
    const y = top + STEPS_HEIGHT * (1 - share);
    parts.push(line(left, y, left + width, y, 'stroke="#dddddd"'));
    if (share > 0) parts.push(text(left + 4, y + 13, `${share * 100}%`, 'class="tick"'));
  }
  for (const variant of variants) {
    const all = rounds.flatMap((round) =>
      phaseMs(
        round.blocks.find((block) => block.variant === variant),
        "C",
        "interval",
      ),
    );
    if (all.length === 0) continue;
    all.sort((a, b) => a - b);
    let path = `M${number(left)},${number(top + STEPS_HEIGHT)}`;
    const seen = all.filter((interval) => interval <= LONGEST_INTERVAL_MS);
    seen.forEach((interval, i) => {
      path += `H${number(left + scale(interval))}V${number(top + STEPS_HEIGHT * (1 - (i + 1) / all.length))}`;
    });
    path += `H${number(left + width)}`;
    parts.push(
      `<path d="${path}" fill="none" stroke="${COLOURS[variant]}" stroke-width="1.6" stroke-opacity="0.85"/>`,
    );
  }
  return parts.join("\n");
}

/** The ticks that enclose all ratios of a figure, within the range of RATIO_TICKS. */
function ratioTicks(result, variants) {
  const values = scenesIn(result).flatMap((scene) =>
    variants.flatMap(
      (variant) => ratios(roundsOf(result, "A", scene), "A", MAIN_PHASE.A, variant)?.values ?? [],
    ),
  );
  const lowest = Math.min(0.7, ...values);
  const highest = Math.max(1.4, ...values);
  const all = highest / lowest > 5 ? FEW_RATIO_TICKS : RATIO_TICKS;
  const from = all.findLastIndex((tick) => tick <= lowest);
  const to = all.findIndex((tick) => tick >= highest);
  return all.slice(Math.max(from, 0), to < 0 ? all.length : to + 1);
}

function drawLabels(variants, top, titleOf) {
  return variants
    .map((variant, i) => {
      const y = top + (i + 0.5) * LINE_HEIGHT + 4;
      const style = variant === OWN ? ' font-weight="bold"' : "";
      return text(MARGIN + LABEL_WIDTH - 12, y, titleOf(variant), `text-anchor="end"${style}`);
    })
    .join("\n");
}

function drawLegend(variants, top) {
  return variants
    .map((variant, i) => {
      const y = top + 10 + i * 18;
      const x = MARGIN + LABEL_WIDTH - 12;
      return (
        text(x - 26, y + 4, SOURCE_TITLES[variant], 'text-anchor="end"') +
        line(x - 20, y, x, y, `stroke="${COLOURS[variant]}" stroke-width="2.4"`)
      );
    })
    .join("\n");
}

/** @param {object} result the contents of frames.json */
export function drawFigure(result) {
  const scenes = scenesIn(result);
  const variants = variantsIn(result);
  const others = variants.filter((variant) => variant !== OWN);
  const boxHeight = variants.length * LINE_HEIGHT;
  const ratioHeight = others.length * LINE_HEIGHT;
  const ticks = ratioTicks(result, others);
  const panelWidth = scenes.length === 1 ? ONLY_PANEL_WIDTH : PANEL_WIDTH;
  const bands = [
    {
      title:
        "A  Generating one frame's vertices: time of the calls (median, quartiles, 5% and 95%)",
      height: boxHeight,
      labels: (top) => drawLabels(variants, top, (variant) => SOURCE_TITLES[variant]),
      draw: (place) =>
        drawBoxes({ result, measurement: "A", variants, axisTitle: "ms per frame", ...place }),
    },
    {
      title:
        "A  Second stack's time / the other's: a dot for each round, their median with its 95% interval; left of 1 the second stack is faster",
      height: ratioHeight,
      labels: (top) =>
        drawLabels(others, top, (variant) =>
          variant === TWIN ? "/ itself (A/A)" : `/ ${SOURCE_TITLES[variant]}`,
        ),
      draw: (place) => drawRatios({ result, variants: others, ticks, ...place }),
    },
    {
      title: "B  Whole frames until the GPU process has drawn them, in batches of 8",
      height: boxHeight,
      labels: (top) => drawLabels(variants, top, (variant) => SOURCE_TITLES[variant]),
      draw: (place) =>
        drawBoxes({ result, measurement: "B", variants, axisTitle: "ms per frame", ...place }),
    },
    {
      title: "C  Intervals of animation frames: the share that is at most so long",
      height: STEPS_HEIGHT,
      labels: (top) => drawLegend(variants, top),
      draw: (place) => drawIntervals({ result, variants, ...place }),
    },
  ];
  const width =
    2 * MARGIN + LABEL_WIDTH + scenes.length * panelWidth + (scenes.length - 1) * PANEL_GAP;
  const heights = bands.map(({ height }) => TITLE_HEIGHT + height + AXIS_HEIGHT);
  const height = MARGIN + HEAD_HEIGHT + heights.reduce((a, b) => a + b) + FOOT_HEIGHT;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" font-size="12">`,
    "<style>.title{font-weight:bold;font-size:13px}.tick{font-size:11px;fill:#444444}</style>",
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
  ];
  const leftOf = (column) => MARGIN + LABEL_WIDTH + column * (panelWidth + PANEL_GAP);
  scenes.forEach((scene, column) => {
    const { triangles, isSizeKnown } = result.scenes?.[scene] ?? SCENES[scene];
    const sizes = `${triangles.toLocaleString("en-US")} triangles, sizes ${isSizeKnown ? "known" : "unknown"}`;
    parts.push(
      text(leftOf(column), MARGIN + 18, scene, 'font-weight="bold" font-size="17"'),
      text(leftOf(column), MARGIN + 36, sizes, 'class="tick"'),
    );
  });
  let top = MARGIN + HEAD_HEIGHT;
  bands.forEach(({ title, draw, labels }, i) => {
    parts.push(
      line(MARGIN, top, width - MARGIN, top, 'stroke="#bbbbbb"'),
      text(MARGIN, top + 20, title, 'class="title"'),
      labels(top + TITLE_HEIGHT - 10),
    );
    scenes.forEach((scene, column) =>
      parts.push(
        draw({ scene, left: leftOf(column), top: top + TITLE_HEIGHT - 10, width: panelWidth }),
      ),
    );
    top += heights[i];
  });
  const { versions, cpu, cores, commit, isQuick } = result.environment;
  const note = `${cpu}, ${cores} cores; ${versions.chrome}; ${versions.renderer}; Emscripten ${versions.emscripten}; ${commit.slice(0, 12)}${isQuick ? "; a quick run" : ""}`;
  parts.push(text(MARGIN, height - 12, note, 'class="tick"'), "</svg>");
  return `${parts.join("\n")}\n`;
}

/** Renders an SVG in the browser, at twice its size. */
export async function renderPng(svg, file) {
  const [, width, height] = svg.match(/<svg[^>]* width="(\d+)" height="(\d+)"/);
  const browser = await launchChrome();
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: +width, height: +height, deviceScaleFactor: 2 });
    await page.setContent(`<!doctype html><style>body{margin:0}svg{display:block}</style>${svg}`);
    writeFileSync(file, await page.screenshot());
  } finally {
    await browser.close().catch(() => {});
  }
}
