// SPDX-License-Identifier: MIT
// Draws plot.svg: a column for each scene, with boxes of times, a dot for each round's ratio, and
// the distribution of the intervals between animation frames. renderPng makes plot.png from it.
import { writeFileSync } from "node:fs";
import { launchChrome } from "../../web/launch.mjs";
import { COLOURS, label, nameAxis, place, Plot, sheet, tickAxis } from "../plots/sheet.mjs";
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

const PANEL_WIDTH = 232;
// The width of the panel if there is a single scene: as wide as the titles.
const ONLY_PANEL_WIDTH = 800;
const LABEL_WIDTH = 200;
const MARGIN = 20;
const LINE_HEIGHT = 21;
const HEAD_HEIGHT = 58;
const TITLE_HEIGHT = 26;
const AXIS_HEIGHT = 44;
const FOOT_HEIGHT = 30;
const STEPS_HEIGHT = 120;
const LONGEST_INTERVAL_MS = 50;
// The axis of ratios ends at two of these, and what lies outside of them all is drawn at its end.
const RATIO_ENDS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5];
const FEW_RATIO_TICKS = [0.1, 0.2, 0.5, 1, 2, 5];

const COLOUR_OF = {
  stack: COLOURS.blue,
  malloc: COLOURS.vermilion,
  doubling: COLOURS.orange,
  array: COLOURS.purple,
  ring: COLOURS.green,
  [TWIN]: COLOURS.grey,
};

/** What the plots of a band have in common; the first column's has the names. */
function frameOf(column, width, height) {
  const margins = { marginTop: 4, marginBottom: AXIS_HEIGHT, marginRight: 16 };
  const marginLeft = column === 0 ? LABEL_WIDTH : 16;
  return { ...margins, marginLeft, width: marginLeft + width, height: height + 4 + AXIS_HEIGHT };
}

/** Boxes from the lower to the upper quartile, with whiskers from 5% to 95% and a stroke at the median. */
function boxes({ result, measurement, scene, variants, names, frame, isFirst }) {
  const rounds = roundsOf(result, measurement, scene);
  const phase = MAIN_PHASE[measurement];
  const found = variants
    .map((variant, row) => {
      const some = percentiles(rounds, measurement, phase, variant);
      return some && { row, colour: COLOUR_OF[variant], ...some };
    })
    .filter((some) => some !== null);
  // The scale follows the boxes, so that they stay visible even if the slowest frames are much
  // slower.
  const most = (name) => Math.max(...found.map((some) => some[name]), 0.001);
  const highest = Math.min(1.06 * most("p95"), 1.8 * most("p75"));
  const axis = nameAxis(names, isFirst);
  return {
    ...frame,
    x: {
      domain: [0, highest],
      label: "ms per frame",
      ticks: 4,
      grid: true,
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: axis.y,
    marks: [
      ...axis.marks,
      Plot.ruleY(found, {
        y: "row",
        x1: "p5",
        x2: (d) => Math.min(d.p95, highest),
        stroke: "colour",
      }),
      Plot.rect(found, {
        ...{ x1: "p25", x2: "p75", y1: (d) => d.row - 0.32, y2: (d) => d.row + 0.32 },
        ...{ fill: "colour", fillOpacity: 0.35, stroke: "colour" },
      }),
      Plot.ruleX(found, {
        ...{ x: "p50", y1: (d) => d.row - 0.32, y2: (d) => d.row + 0.32 },
        ...{ stroke: "colour", strokeWidth: 2.4 },
      }),
      // A whisker that leaves the panel ends in an arrow.
      Plot.text(
        found.filter((d) => d.p95 > highest),
        { x: () => highest, y: "row", text: () => "▸", fill: "colour", fontSize: 14 },
      ),
    ],
  };
}

/** A dot for each round's ratio, and their median with its interval. */
function ratioDots({ result, scene, variants, names, frame, isFirst, ends }) {
  const rounds = roundsOf(result, "A", scene);
  const inside = (value) => Math.min(Math.max(value, ends[0]), ends[1]);
  const found = variants
    .map((variant, row) => {
      const some = ratios(rounds, "A", MAIN_PHASE.A, variant);
      return some && { row, colour: COLOUR_OF[variant], ...some };
    })
    .filter((some) => some !== null);
  // The dots of the rounds are spread from top to bottom, in the same order in every line.
  const dots = found.flatMap(({ row, colour, values }) =>
    values.map((value, i) => ({
      ...{ colour, value: inside(value) },
      row: row + ((i + 0.5) / values.length - 0.5) * 0.6,
    })),
  );
  const axis = nameAxis(names, isFirst);
  const ticks = ends[1] / ends[0] > 5 ? FEW_RATIO_TICKS : RATIO_ENDS;
  const shown = ticks.filter((tick) => tick >= ends[0] && tick <= ends[1]);
  return {
    ...frame,
    x: { type: "log", domain: ends, axis: null },
    y: axis.y,
    marks: [
      ...axis.marks,
      ...tickAxis(shown, "ratio, logarithmic"),
      Plot.ruleX([1], { strokeWidth: 1.2 }),
      Plot.dot(dots, { x: "value", y: "row", r: 1.9, fill: "colour", fillOpacity: 0.45 }),
      Plot.ruleY(found, {
        ...{ y: "row", x1: (d) => inside(d.low), x2: (d) => inside(d.high) },
        ...{ stroke: "colour", strokeWidth: 2.2 },
      }),
      Plot.dot(found, {
        ...{ x: (d) => inside(d.ratio), y: "row", r: 4 },
        ...{ fill: "#ffffff", stroke: "colour", strokeWidth: 2 },
      }),
    ],
  };
}

/** The cumulative distribution: for each time on the axis, the share of intervals that are at most that long. */
function intervals({ result, scene, variants, frame }) {
  const rounds = roundsOf(result, "C", scene);
  const steps = variants.flatMap((variant) => {
    const all = rounds
      .flatMap((round) => {
        const block = round.blocks.find((some) => some.variant === variant);
        return phaseMs(block, "C", "interval");
      })
      .sort((a, b) => a - b);
    const seen = all.filter((interval) => interval <= LONGEST_INTERVAL_MS);
    const points = seen.map((ms, i) => ({ variant, ms, share: ((i + 1) / all.length) * 100 }));
    const last = { variant, ms: LONGEST_INTERVAL_MS, share: (seen.length / all.length) * 100 };
    return all.length === 0 ? [] : [{ variant, ms: 0, share: 0 }, ...points, last];
  });
  return {
    ...frame,
    x: { domain: [0, LONGEST_INTERVAL_MS], axis: null },
    y: { domain: [0, 100], axis: null },
    marks: [
      ...tickAxis([0, 16.7, 33.3, 50], "interval, ms"),
      Plot.gridY([0, 50, 100]),
      Plot.text([50, 100], { x: 1, y: (d) => d, text: (d) => `${d}%`, textAnchor: "start", dy: 8 }),
      Plot.line(steps, {
        ...{ x: "ms", y: "share", z: "variant", curve: "step-after" },
        ...{ stroke: (d) => COLOUR_OF[d.variant], strokeWidth: 1.6, strokeOpacity: 0.85 },
      }),
    ],
  };
}

/** Where the axis of ratios begins and ends, so that all ratios of a figure lie on it if they can. */
function ratioEnds(result, variants) {
  const values = scenesIn(result).flatMap((scene) =>
    variants.flatMap(
      (variant) => ratios(roundsOf(result, "A", scene), "A", MAIN_PHASE.A, variant)?.values ?? [],
    ),
  );
  const lowest = Math.min(0.7, ...values);
  const highest = Math.max(1.4, ...values);
  return [
    RATIO_ENDS.findLast((end) => end <= lowest) ?? RATIO_ENDS[0],
    RATIO_ENDS.find((end) => end >= highest) ?? RATIO_ENDS.at(-1),
  ];
}

/** The names of lines, at the left of the last band. */
function legend(variants, top) {
  return variants.map((variant, i) => {
    const y = top + 14 + i * 18;
    const right = MARGIN + LABEL_WIDTH - 12;
    const line = `<path d="M${right - 20},${y}h20" stroke="${COLOUR_OF[variant]}" stroke-width="2.4"/>`;
    return line + label(right - 26, y + 4, SOURCE_TITLES[variant], 'text-anchor="end"');
  });
}

/** @param {object} result the contents of frames.json */
export function drawFigure(result) {
  const scenes = scenesIn(result);
  const variants = variantsIn(result);
  const others = variants.filter((variant) => variant !== OWN);
  const titles = variants.map((variant) => SOURCE_TITLES[variant]);
  const otherTitles = others.map((variant) =>
    variant === TWIN ? "/ itself (A/A)" : `/ ${SOURCE_TITLES[variant]}`,
  );
  const ends = ratioEnds(result, others);
  const panelWidth = scenes.length === 1 ? ONLY_PANEL_WIDTH : PANEL_WIDTH - 32;
  const bands = [
    {
      title:
        "A  Generating one frame's vertices: time of the calls (median, quartiles, 5% and 95%)",
      height: variants.length * LINE_HEIGHT,
      plot: (at) => boxes({ result, measurement: "A", variants, names: titles, ...at }),
    },
    {
      title:
        "A  Second stack's time / the other's: a dot for each round, their median with its 95% interval; left of 1 the second stack is faster",
      height: others.length * LINE_HEIGHT,
      plot: (at) => ratioDots({ result, variants: others, names: otherTitles, ends, ...at }),
    },
    {
      title: "B  Whole frames until the GPU process has drawn them, in batches of 8",
      height: variants.length * LINE_HEIGHT,
      plot: (at) => boxes({ result, measurement: "B", variants, names: titles, ...at }),
    },
    {
      title: "C  Intervals of animation frames: the share that is at most so long",
      height: STEPS_HEIGHT,
      plot: (at) => intervals({ result, variants, ...at }),
      legend: (top) => legend(variants, top),
    },
  ];
  const width = 2 * MARGIN + LABEL_WIDTH + scenes.length * (panelWidth + 32);
  const leftOf = (column) => MARGIN + LABEL_WIDTH + column * (panelWidth + 32);
  const parts = scenes.flatMap((scene, column) => {
    const { triangles, isSizeKnown } = result.scenes?.[scene] ?? SCENES[scene];
    const sizes = `${triangles.toLocaleString("en-US")} triangles, sizes ${isSizeKnown ? "known" : "unknown"}`;
    return [
      label(leftOf(column), MARGIN + 18, scene, 'font-weight="bold" font-size="17"'),
      label(leftOf(column), MARGIN + 36, sizes, 'font-size="11"'),
    ];
  });
  let top = MARGIN + HEAD_HEIGHT;
  for (const { title, height, plot, legend: names } of bands) {
    parts.push(label(MARGIN, top + 14, title, 'font-weight="bold" font-size="13"'));
    if (names) parts.push(...names(top + TITLE_HEIGHT));
    scenes.forEach((scene, column) => {
      const frame = frameOf(column, panelWidth, height);
      const left = leftOf(column) - frame.marginLeft;
      const at = { scene, frame, isFirst: column === 0 };
      parts.push(place(left, top + TITLE_HEIGHT, plot(at)));
    });
    top += TITLE_HEIGHT + height + AXIS_HEIGHT + 12;
  }
  const { versions, cpu, cores, commit, isQuick } = result.environment;
  const note = `${cpu}, ${cores} cores; ${versions.chrome}; ${versions.renderer}; Emscripten ${versions.emscripten}; ${commit.slice(0, 12)}${isQuick ? "; a quick run" : ""}`;
  const height = top + FOOT_HEIGHT;
  parts.push(label(MARGIN, height - 14, note, 'font-size="11"'));
  return sheet(width, height, parts);
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
