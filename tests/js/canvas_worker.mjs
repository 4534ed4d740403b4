// SPDX-License-Identifier: MIT
// Draws a triangle that covers an OffscreenCanvas, from vertices on the stack; answers with a pixel, or what went wrong.
import { layout } from "../../web/layout.mjs";
import { scope } from "../../web/secondstack.mjs";

function draw(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false });
  if (!gl) return "no WebGL2 in a worker";
  const program = gl.createProgram();
  for (const [type, text] of [
    [
      gl.VERTEX_SHADER,
      `layout(location = 0) in vec2 position; layout(location = 1) in vec4 colour; out vec4 seen;
      void main() { gl_Position = vec4(position, 0, 1); seen = colour; }`,
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
  const vertex = layout({ position: "f32x2", colour: "unorm8x4" });
  scope((s) => {
    const buffer = vertex.buffer(s);
    for (const [x, y] of [
      [-1, -1],
      [3, -1],
      [-1, 3],
    ]) {
      buffer.push(x, y, 1, 0.4, 0.2, 1);
    }
    gl.bufferData(gl.ARRAY_BUFFER, buffer.close(), gl.STREAM_DRAW);
  });
  vertex.point(gl, { position: 0, colour: 1 });
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  const pixel = new Uint8Array(4);
  gl.readPixels(1, 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  return gl.getError() === 0 ? [...pixel] : "a GL error";
}

onmessage = ({ data }) => postMessage(draw(data));
