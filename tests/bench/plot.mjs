// SPDX-License-Identifier: MIT
// Draws micro.svg: a panel for each build, in it a line for each case, and on it a dot with its
// interval for each variant. They are ratios to the limit, on a logarithmic axis.
import { COLOURS, label, nameAxis, place, Plot, sheet, tickAxis } from "./plots/sheet.mjs";
import { casesOf, caseTitle } from "./report.mjs";

const COLUMNS = 3;
const PANEL_WIDTH = 320;
const LABEL_WIDTH = 262;
// The range of the axis. A value outside is drawn at the axis' end, with its number.
const LOWEST = 0.3;
const HIGHEST = 300;
const TICKS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const LINE_HEIGHT = 18;
const TITLE_HEIGHT = 26;
const AXIS_HEIGHT = 44;
const LEGEND_HEIGHT = 62;
const MARGIN = 16;

// Each series has a symbol of its own, too.
const SERIES = [
  { name: "secondstack", matches: /^secondstack/, colour: COLOURS.blue, symbol: "circle" },
  {
    name: "malloc+free",
    matches: /^malloc|^exact size malloc/,
    colour: COLOURS.vermilion,
    symbol: "square",
  },
  { name: "realloc-doubling", matches: /^realloc/, colour: COLOURS.orange, symbol: "triangle" },
  {
    name: "std::vector fresh",
    matches: /^std::vector( fresh)?$/,
    colour: COLOURS.purple,
    symbol: "triangle2",
  },
  {
    name: "std::vector reused",
    matches: /^std::vector reused/,
    colour: COLOURS.green,
    symbol: "diamond",
  },
  { name: "alloca", matches: /^alloca/, colour: COLOURS.sky, symbol: "times" },
  { name: "obstack", matches: /^obstack/, colour: COLOURS.grey, symbol: "plus" },
  { name: "limit again (A/A)", matches: /^limit again/, colour: COLOURS.black, symbol: "asterisk" },
];
// Rows that are not drawn, because another row of the same series is.
const LEFT_OUT = /SS_SCOPE|bare scope|empty buffer|secondstack slice|elsewhere|secondstack reserve/;

const seriesOf = (variant) => SERIES.find(({ matches }) => matches.test(variant));

/** The cases that all panels show, in the order of the run. */
function chosenCases(builds) {
  const titles = [];
  for (const cases of builds.values()) {
    for (const rows of cases) {
      const title = caseTitle(rows[0]);
      // Of the two cases of a first growth one is enough, so the case of 4,194,305 is left out.
      if (!titles.includes(title) && !/4,194,305/.test(title)) titles.push(title);
    }
  }
  return titles;
}

const inside = (ratio) => Math.min(Math.max(ratio, LOWEST), HIGHEST);

/** One build's panel. */
function panel({ cases, titles, isFirst }) {
  const found = cases.flatMap((rows) => {
    const row = titles.indexOf(caseTitle(rows[0]));
    if (row < 0) return [];
    const drawn = rows.slice(1).filter(({ variant }) => !LEFT_OUT.test(variant));
    return drawn
      .map((some) => ({ row, series: seriesOf(some.variant), ...some }))
      .filter(({ series }) => series !== undefined);
  });
  // The second stack is drawn last, so that its dot lies on top.
  found.sort((a, b) => (a.series === SERIES[0]) - (b.series === SERIES[0]));
  const colour = (d) => d.series.colour;
  const isBeyond = ({ ratio }) => ratio > HIGHEST;
  const axis = nameAxis(titles, isFirst);
  const marginLeft = isFirst ? LABEL_WIDTH : 12;
  const height = titles.length * LINE_HEIGHT + 4 + AXIS_HEIGHT;
  return {
    ...{ width: marginLeft + PANEL_WIDTH, height, marginLeft, marginRight: 12 },
    ...{ marginTop: 4, marginBottom: AXIS_HEIGHT },
    x: { type: "log", domain: [LOWEST, HIGHEST], axis: null },
    y: axis.y,
    marks: [
      Plot.rect(
        titles.map((_, i) => i).filter((i) => i % 2 === 0),
        { ...{ x1: LOWEST, x2: HIGHEST, fill: "#f4f4f4" }, y1: (i) => i - 0.5, y2: (i) => i + 0.5 },
      ),
      ...axis.marks,
      ...tickAxis(TICKS, "time / time of the limit"),
      Plot.ruleX([1], { strokeWidth: 1.2 }),
      Plot.ruleY(found, {
        ...{ y: "row", x1: (d) => inside(d.ratio_low), x2: (d) => inside(d.ratio_high) },
        ...{ stroke: colour, strokeWidth: 1.6 },
      }),
      ...found.map((some) =>
        Plot.dot([some], {
          ...{ x: (d) => inside(d.ratio), y: "row", symbol: some.series.symbol, r: 4 },
          ...dotStyle(some.series),
        }),
      ),
      Plot.text(found.filter(isBeyond), {
        ...{ x: () => HIGHEST, y: "row", dx: -8, textAnchor: "end", fill: colour },
        text: (d) => `${Math.round(d.ratio).toLocaleString("en-US")} →`,
      }),
    ],
  };
}

/** Symbols made of strokes have no inside. */
function dotStyle({ symbol, colour }) {
  const isStroked = ["times", "plus", "asterisk"].includes(symbol);
  return isStroked ? { stroke: colour, strokeWidth: 1.6 } : { fill: colour };
}

/** The names of the series, side by side. */
function legend(width) {
  const left = (i) => (i * (width - 2 * MARGIN)) / SERIES.length + 6;
  return {
    ...{ width: width - 2 * MARGIN, height: 24, margin: 0 },
    x: { type: "identity", axis: null },
    y: { type: "identity", axis: null },
    marks: SERIES.flatMap((series, i) => [
      Plot.dot([series], {
        ...{ x: left(i), y: 12, symbol: series.symbol, r: 4 },
        ...dotStyle(series),
      }),
      Plot.text([series], {
        x: left(i) + 10,
        y: 12,
        text: "name",
        textAnchor: "start",
        fontSize: 12,
      }),
    ]),
  };
}

/** @param {object} result the contents of micro.json */
export function drawPlot({ rows, environment }) {
  const builds = new Map();
  for (const build of [...new Set(rows.map((row) => row.build))]) {
    // The builds with another allocator are in micro.md.
    if (/emmalloc|mimalloc/.test(build)) continue;
    builds.set(build, casesOf(rows.filter((row) => row.build === build)));
  }
  if (builds.size === 0) {
    for (const build of [...new Set(rows.map((row) => row.build))]) {
      builds.set(build, casesOf(rows.filter((row) => row.build === build)));
    }
  }
  const titles = chosenCases(builds);
  const panelHeight = TITLE_HEIGHT + titles.length * LINE_HEIGHT + AXIS_HEIGHT + 8;
  const columns = Math.min(COLUMNS, builds.size);
  const width = Math.max(2 * MARGIN + LABEL_WIDTH + columns * PANEL_WIDTH, 1020);
  const lines = Math.ceil(builds.size / COLUMNS);
  const height = 2 * MARGIN + LEGEND_HEIGHT + lines * panelHeight;
  const title =
    "Time of one operation as a ratio to the limit: median of the rounds and its 95% interval";
  const bold = 'font-weight="bold" font-size="13"';
  const parts = [
    label(MARGIN, MARGIN + 12, title, bold),
    place(MARGIN, MARGIN + 22, legend(width)),
  ];
  [...builds].forEach(([name, cases], i) => {
    const isFirst = i % COLUMNS === 0;
    const left = MARGIN + LABEL_WIDTH + (i % COLUMNS) * PANEL_WIDTH;
    const top = MARGIN + LEGEND_HEIGHT + Math.floor(i / COLUMNS) * panelHeight;
    const options = panel({ cases, titles, isFirst });
    parts.push(
      label(left + 12, top + 16, name, bold),
      place(left - (isFirst ? LABEL_WIDTH : 0), top + TITLE_HEIGHT, options),
    );
  });
  const { versions, cpu, commit } = environment;
  const note = `${cpu}; Emscripten ${versions.emscripten}; ${versions.node ?? ""}; ${versions.chrome ?? ""}; ${commit.slice(0, 12)}`;
  parts.push(label(MARGIN, height - 6, note, 'font-size="10"'));
  return sheet(width, height, parts);
}
