// SPDX-License-Identifier: MIT
// Draws micro.svg: a panel for each build, in it a line for each case, and on it a dot with its
// interval for each variant. They are ratios to the limit, on a logarithmic axis.
import { casesOf, caseTitle } from "./report.mjs";

const COLUMNS = 3;
const PANEL_WIDTH = 300;
const LABEL_WIDTH = 235;
// The range of the axis. A value outside is drawn at the axis' end, with its number.
const LOWEST = 0.3;
const HIGHEST = 300;
const TICKS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const LINE_HEIGHT = 18;
const PANEL_GAP = 24;
const TITLE_HEIGHT = 24;
const AXIS_HEIGHT = 42;
const LEGEND_HEIGHT = 62;
const MARGIN = 16;

// Okabe and Ito's colours, which colour-blind people can distinguish. Each series has a shape of
// its own, too.
const SERIES = [
  { name: "secondstack", matches: /^secondstack/, colour: "#0072B2", shape: "circle" },
  {
    name: "malloc+free",
    matches: /^malloc|^exact size malloc/,
    colour: "#D55E00",
    shape: "square",
  },
  { name: "realloc-doubling", matches: /^realloc/, colour: "#E69F00", shape: "triangle" },
  {
    name: "std::vector fresh",
    matches: /^std::vector( fresh)?$/,
    colour: "#CC79A7",
    shape: "diamond",
  },
  {
    name: "std::vector reused",
    matches: /^std::vector reused/,
    colour: "#009E73",
    shape: "diamond",
  },
  { name: "alloca", matches: /^alloca/, colour: "#56B4E9", shape: "cross" },
  { name: "obstack", matches: /^obstack/, colour: "#555555", shape: "plus" },
  { name: "limit again (A/A)", matches: /^limit again/, colour: "#000000", shape: "ring" },
];
// Rows that are not drawn, because another row of the same series is.
const LEFT_OUT = /SS_SCOPE|bare scope|empty buffer|secondstack slice|elsewhere|secondstack reserve/;

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const text = (x, y, content, attributes = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;

function scale(ratio) {
  const inside = Math.min(Math.max(ratio, LOWEST), HIGHEST);
  return (Math.log10(inside / LOWEST) / Math.log10(HIGHEST / LOWEST)) * PANEL_WIDTH;
}

function marker(shape, x, y, colour) {
  const r = 4;
  const fill = `fill="${colour}"`;
  const stroke = `fill="none" stroke="${colour}" stroke-width="1.6"`;
  const at = (dx, dy) => `${(x + dx).toFixed(1)},${(y + dy).toFixed(1)}`;
  switch (shape) {
    case "circle":
      return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4.4" ${fill}/>`;
    case "ring":
      return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" ${stroke}/>`;
    case "square":
      return `<rect x="${(x - 3.6).toFixed(1)}" y="${(y - 3.6).toFixed(1)}" width="7.2" height="7.2" ${fill}/>`;
    case "triangle":
      return `<path d="M${at(0, -r)}L${at(r, r)}L${at(-r, r)}Z" ${fill}/>`;
    case "diamond":
      return `<path d="M${at(0, -r - 1)}L${at(r + 1, 0)}L${at(0, r + 1)}L${at(-r - 1, 0)}Z" ${fill}/>`;
    case "cross":
      return `<path d="M${at(-r, -r)}L${at(r, r)}M${at(-r, r)}L${at(r, -r)}" ${stroke}/>`;
    default:
      return `<path d="M${at(-r, 0)}L${at(r, 0)}M${at(0, -r)}L${at(0, r)}" ${stroke}/>`;
  }
}

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

function drawPanel({ name, cases, titles, left, top, hasLabels }) {
  const parts = [];
  const bottom = top + titles.length * LINE_HEIGHT;
  parts.push(text(left, top - 8, name, 'class="panel"'));
  for (const [i] of titles.entries()) {
    const y = top + (i + 0.5) * LINE_HEIGHT;
    if (i % 2 === 0) {
      parts.push(
        `<rect x="${left}" y="${top + i * LINE_HEIGHT}" width="${PANEL_WIDTH}" height="${LINE_HEIGHT}" fill="#f4f4f4"/>`,
      );
    }
    if (hasLabels) parts.push(text(left - 8, y + 4, titles[i], 'text-anchor="end"'));
  }
  for (const tick of TICKS) {
    const x = (left + scale(tick)).toFixed(1);
    const stroke = tick === 1 ? 'stroke="#000" stroke-width="1.2"' : 'stroke="#ccc"';
    parts.push(`<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" ${stroke}/>`);
    parts.push(text(left + scale(tick), bottom + 15, String(tick), 'text-anchor="middle"'));
  }
  parts.push(
    text(left + PANEL_WIDTH / 2, bottom + 32, "time / time of the limit", 'text-anchor="middle"'),
  );
  for (const rows of cases) {
    const line = titles.indexOf(caseTitle(rows[0]));
    if (line < 0) continue;
    const y = top + (line + 0.5) * LINE_HEIGHT;
    // The second stack is drawn last, so that its dot lies on top.
    const drawn = rows
      .slice(1)
      .filter((row) => !LEFT_OUT.test(row.variant) && seriesOf(row.variant));
    drawn.sort((a, b) => /^second/.test(a.variant) - /^second/.test(b.variant));
    for (const row of drawn) {
      const { colour, shape } = seriesOf(row.variant);
      const [x, low, high] = [row.ratio, row.ratio_low, row.ratio_high].map((r) => left + scale(r));
      parts.push(
        `<line x1="${low.toFixed(1)}" x2="${high.toFixed(1)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="1.6"/>`,
      );
      parts.push(marker(shape, x, y, colour));
      if (row.ratio > HIGHEST) {
        const beyond = Math.round(row.ratio).toLocaleString("en-US");
        parts.push(text(x - 8, y + 4, `${beyond} →`, `text-anchor="end" fill="${colour}"`));
      }
    }
  }
  return parts.join("\n");
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
  const panelHeight = TITLE_HEIGHT + titles.length * LINE_HEIGHT + AXIS_HEIGHT;
  const columns = Math.min(COLUMNS, builds.size);
  const width = 2 * MARGIN + LABEL_WIDTH + columns * PANEL_WIDTH + (columns - 1) * PANEL_GAP;
  const lines = Math.ceil(builds.size / COLUMNS);
  const height = 2 * MARGIN + LEGEND_HEIGHT + lines * panelHeight;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="11.5">`,
    "<style>.panel{font-weight:bold;font-size:13px}</style>",
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(
      MARGIN,
      MARGIN + 12,
      "Time of one operation as a ratio to the limit: median of the rounds and its 95% interval",
      'class="panel"',
    ),
  ];
  SERIES.forEach(({ name, colour, shape }, i) => {
    const x = MARGIN + 6 + (i % 8) * ((width - 2 * MARGIN) / 8);
    parts.push(marker(shape, x, MARGIN + 32, colour), text(x + 9, MARGIN + 36, name));
  });
  [...builds].forEach(([name, cases], i) => {
    const left = MARGIN + LABEL_WIDTH + (i % COLUMNS) * (PANEL_WIDTH + PANEL_GAP);
    const top = MARGIN + LEGEND_HEIGHT + Math.floor(i / COLUMNS) * panelHeight + TITLE_HEIGHT;
    const hasLabels = i % COLUMNS === 0;
    parts.push(drawPanel({ name, cases, titles, left, top, hasLabels }));
  });
  const { versions, cpu, commit } = environment;
  const note = `${cpu}; Emscripten ${versions.emscripten}; ${versions.node ?? ""}; ${versions.chrome ?? ""}; ${commit.slice(0, 12)}`;
  parts.push(text(MARGIN, height - 6, note, 'fill="#555" font-size="10"'), "</svg>");
  return `${parts.join("\n")}\n`;
}
