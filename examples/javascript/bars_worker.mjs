// SPDX-License-Identifier: MIT
// The worker of pool_page.mjs: makes the vertices of its share of the bars.
import { layout } from "./node_modules/secondstack/layout.mjs";
import { barsAt, colourOf } from "./bars.mjs";
import { work } from "./pool_worker.mjs";

const vertex = layout({ position: "f32x2", colour: "unorm8x4" });

work((s, frame, index, count) => {
  const bars = barsAt(frame / 60);
  const [first, end] = [index, index + 1].map((i) => Math.round((i * bars.length) / count));
  const buffer = vertex.buffer(s);
  for (let i = first; i < end; i++) {
    const [left, right] = [i / bars.length, (i + 1) / bars.length];
    const [r, g, b] = colourOf(i, bars.length);
    buffer.push(left, 0, r, g, b, 1);
    buffer.push(right, 0, r, g, b, 1);
    buffer.push(left, bars[i], r, g, b, 1);
    buffer.push(left, bars[i], r, g, b, 1);
    buffer.push(right, 0, r, g, b, 1);
    buffer.push(right, bars[i], r, g, b, 1);
  }
  return buffer.close();
});
