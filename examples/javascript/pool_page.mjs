// SPDX-License-Identifier: MIT
// Draws what a pool of workers makes. While this thread draws one frame, the workers make the next.
import { layout } from "./node_modules/secondstack/layout.mjs";
import { Pool } from "./pool.mjs";

const WORKERS = 3;
const MOST_BYTES = 1 << 20;

const vertex = layout({ position: "f32x2", colour: "unorm8x4" });
const canvas = document.getElementById("canvas");
const gl = canvas.getContext("webgl2", { antialias: false });

const program = gl.createProgram();
for (const [type, text] of [
  [
    gl.VERTEX_SHADER,
    `layout(location = 0) in vec2 position;
    layout(location = 1) in vec4 colour;
    out vec4 seen;
    void main() {
      seen = colour;
      gl_Position = vec4(position * 2.0 - 1.0, 0, 1);
    }`,
  ],
  [
    gl.FRAGMENT_SHADER,
    "precision highp float; in vec4 seen; out vec4 pixel; void main() { pixel = seen; }",
  ],
]) {
  const shader = gl.createShader(type);
  gl.shaderSource(shader, `#version 300 es\n${text}`);
  gl.compileShader(shader);
  gl.attachShader(program, shader);
}
gl.linkProgram(program);
gl.useProgram(program);
gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
gl.bufferData(gl.ARRAY_BUFFER, MOST_BYTES, gl.STREAM_DRAW);
vertex.point(gl, { position: 0, colour: 1 });

/** Starts the workers. The first frame is asked for at once. */
export async function start() {
  const pool = await Pool.start(new URL("./bars_worker.mjs", import.meta.url), WORKERS);
  let frame = 0;
  pool.ask(frame);

  /** Draws the frame that is being made, and has the next one made. @returns the number of the frame drawn */
  async function drawNext() {
    let bytes = 0;
    await pool.take((part) => {
      gl.bufferSubData(gl.ARRAY_BUFFER, bytes, part); // from the worker's stack
      bytes += part.byteLength;
    });
    pool.ask(++frame);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.drawArrays(gl.TRIANGLES, 0, bytes / vertex.stride);
    return frame - 1;
  }

  return { pool, drawNext };
}
