// SPDX-License-Identifier: MIT
// Draws soak.svg: the memory over time, a panel for each figure; lines where the context was lost.
import { COLOURS, label, place, Plot, sheet } from "../../bench/plots/sheet.mjs";

const WIDTH = 760;
const HEAD_HEIGHT = 40;
const PANEL_HEIGHT = 180;
const MIB = 2 ** 20;

/**
 * @param {{ title: string, samples: { minutes: number, value: number }[], note: string }[]} panels
 * @param {readonly number[]} losses minutes
 * @param {string} title
 */
export function drawFigure(panels, losses, title) {
  const last = Math.max(...panels.flatMap(({ samples }) => samples.map((s) => s.minutes)), 0.1);
  const parts = panels.flatMap(({ title: name, samples, note }, index) => {
    const y = HEAD_HEIGHT + index * PANEL_HEIGHT;
    // From zero: a change that looks large is large.
    const highest = (Math.max(...samples.map(({ value }) => value), 1) * 1.1) / MIB;
    const points = samples.map(({ minutes, value }) => ({ minutes, mib: value / MIB }));
    return [
      label(20, y + 16, `${name}: ${note}`),
      place(0, y + 20, {
        width: WIDTH,
        height: PANEL_HEIGHT - 24,
        marginLeft: 70,
        x: { domain: [0, last], label: "minutes" },
        y: { domain: [0, highest], label: "MiB", grid: true, ticks: 4 },
        marks: [
          Plot.ruleX(losses, { stroke: COLOURS.vermilion, strokeDasharray: "3 3" }),
          Plot.line(points, { x: "minutes", y: "mib", stroke: COLOURS.blue }),
          Plot.dot(points, { x: "minutes", y: "mib", fill: COLOURS.blue, r: 2 }),
        ],
      }),
    ];
  });
  const height = HEAD_HEIGHT + panels.length * PANEL_HEIGHT + 10;
  return sheet(WIDTH, height, [label(20, 24, title, 'font-size="15"'), ...parts]);
}
