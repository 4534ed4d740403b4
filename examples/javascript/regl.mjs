// SPDX-License-Identifier: MIT
// regl: one buffer of packed vertices, filled anew each frame from the second stack. The layout says what a vertex is,
// and regl's attributes take its stride and offsets. The page loads regl as a script, which sets the global createREGL.
import { scope } from "secondstack";
import { layout } from "secondstack/layout";
import { colourOf } from "./bars.mjs";

const vertex = layout({ position: "f32x2", colour: "unorm8x4" });
const regl = window.createREGL({
  canvas: "#canvas",
  attributes: { antialias: false },
});
const vertices = regl.buffer({ usage: "stream", type: "uint8", length: 0 });

const { FLOAT, UNSIGNED_BYTE } = WebGLRenderingContext;
const typeNames = { [FLOAT]: "float", [UNSIGNED_BYTE]: "uint8" };
const attributes = Object.fromEntries(
  vertex.attributes.map(({ name, offset, size, type, normalized }) => [
    name,
    { buffer: vertices, offset, stride: vertex.stride, size, normalized, type: typeNames[type] },
  ]),
);

const drawTriangles = regl({
  vert: `
    precision highp float;
    attribute vec2 position;
    attribute vec4 colour;
    varying vec4 seen;
    void main() {
      seen = colour;
      gl_Position = vec4(position * 2.0 - 1.0, 0, 1);
    }`,
  frag: "precision highp float; varying vec4 seen; void main() { gl_FragColor = seen; }",
  attributes,
  count: regl.prop("count"),
  depth: { enable: false },
});

const black = { color: [0, 0, 0, 1] };
const upload = { usage: "stream", data: null };

export function draw(bars) {
  scope((s) => {
    const buffer = vertex.buffer(s);
    bars.forEach((height, i) => {
      const [left, right] = [i / bars.length, (i + 1) / bars.length];
      const [r, g, b] = colourOf(i, bars.length);
      buffer.push(left, 0, r, g, b, 1);
      buffer.push(right, 0, r, g, b, 1);
      buffer.push(left, height, r, g, b, 1);
      buffer.push(left, height, r, g, b, 1);
      buffer.push(right, 0, r, g, b, 1);
      buffer.push(right, height, r, g, b, 1);
    });
    upload.data = buffer.close();
    vertices(upload);
    upload.data = null;
    regl.clear(black);
    drawTriangles({ count: buffer.length });
  });
}
