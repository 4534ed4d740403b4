// SPDX-License-Identifier: MIT
// Draws soak.svg: the memory over time, a panel for each figure; lines where the context was lost.

const WIDTH = 760;
const PANEL_HEIGHT = 120;
const GAP = 44;
const LEFT = 84;
const MARGIN = 24;
const COLOUR = "#0072B2";

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const text = (x, y, content, attributes = "") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/**
 * @param {{ title: string, samples: { minutes: number, value: number }[], note: string }[]} panels
 * @param {readonly number[]} losses minutes
 * @param {string} title
 */
export function drawFigure(panels, losses, title) {
  const last = Math.max(...panels.flatMap(({ samples }) => samples.map((s) => s.minutes)), 0.1);
  const inner = WIDTH - LEFT - MARGIN;
  const height = MARGIN + 20 + panels.length * (PANEL_HEIGHT + GAP);
  const x = (minutes) => LEFT + (minutes / last) * inner;
  const parts = [text(LEFT, MARGIN, title, 'font-size="15"')];
  panels.forEach(({ title: name, samples, note }, index) => {
    const top = MARGIN + 40 + index * (PANEL_HEIGHT + GAP);
    const bottom = top + PANEL_HEIGHT;
    // From zero: a change that looks large is large.
    const most = Math.max(...samples.map(({ value }) => value), 1) * 1.1;
    const y = (value) => bottom - (value / most) * PANEL_HEIGHT;
    parts.push(text(LEFT, top - 6, `${name}: ${note}`));
    parts.push(`<rect x="${LEFT}" y="${top}" width="${inner}" height="${PANEL_HEIGHT}"
      fill="none" stroke="#999"/>`);
    for (const minutes of losses) {
      parts.push(`<path d="M${x(minutes).toFixed(1)} ${top}V${bottom}" stroke="#D55E00"
        stroke-width="0.6" stroke-dasharray="3 3"/>`);
    }
    for (const share of [0, 0.5, 1]) {
      const value = share * most;
      parts.push(text(LEFT - 6, y(value) + 4, mib(value), 'text-anchor="end" font-size="11"'));
    }
    const points = samples.map((s) => `${x(s.minutes).toFixed(1)},${y(s.value).toFixed(1)}`);
    parts.push(`<polyline points="${points.join(" ")}" fill="none" stroke="${COLOUR}"/>`);
    for (const point of points) {
      const [px, py] = point.split(",");
      parts.push(`<circle cx="${px}" cy="${py}" r="2" fill="${COLOUR}"/>`);
    }
    parts.push(text(LEFT, bottom + 14, "0 min", 'font-size="11"'));
    const end = `${last.toFixed(1)} min`;
    parts.push(text(WIDTH - MARGIN, bottom + 14, end, 'text-anchor="end" font-size="11"'));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}"
  font-family="sans-serif" font-size="13" fill="#222"><rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}
