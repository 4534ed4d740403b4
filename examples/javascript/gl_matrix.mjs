// SPDX-License-Identifier: MIT
// gl-matrix: the `out` of its functions may be any Float32Array. Here matrices and vectors are slices, so that a frame
// needs no temporaries of the module's own, and the matrices of all bars become one buffer of instances.
import { mat4, vec3 } from "gl-matrix";
import { scope } from "secondstack";

const canvas = document.getElementById("canvas");
const gl = canvas.getContext("webgl2", { antialias: false });

const program = gl.createProgram();
for (const [type, text] of [
  [
    gl.VERTEX_SHADER,
    `uniform float last;
    layout(location = 0) in mat4 transform;
    out vec4 colour;
    void main() {
      float blue = last > 0.0 ? float(gl_InstanceID) / last : 0.0;
      colour = vec4(1.0 - blue, 0.25, blue, 1);
      gl_Position = transform * vec4(gl_VertexID & 1, gl_VertexID >> 1, 0, 1);
    }`,
  ],
  [
    gl.FRAGMENT_SHADER,
    "precision highp float; in vec4 colour; out vec4 pixel; void main() { pixel = colour; }",
  ],
]) {
  const shader = gl.createShader(type);
  gl.shaderSource(shader, `#version 300 es\n${text}`);
  gl.compileShader(shader);
  gl.attachShader(program, shader);
}
gl.linkProgram(program);
gl.useProgram(program);
const last = gl.getUniformLocation(program, "last");

gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
// A mat4 is four attributes, one for each column.
for (let column = 0; column < 4; column++) {
  gl.enableVertexAttribArray(column);
  gl.vertexAttribPointer(column, 4, gl.FLOAT, false, 64, 16 * column);
  gl.vertexAttribDivisor(column, 1);
}

export function draw(bars) {
  scope((s) => {
    const camera = mat4.ortho(s.uninitSlice(Float32Array, 16), 0, bars.length, 0, 1, -1, 1);
    const transform = s.uninitSlice(Float32Array, 16);
    const place = s.uninitSlice(Float32Array, 3);
    const size = s.uninitSlice(Float32Array, 3);
    const matrices = s.buffer(Float32Array, { capacity: 16 * bars.length });
    bars.forEach((height, i) => {
      mat4.translate(transform, camera, vec3.set(place, i, 0, 0));
      mat4.scale(transform, transform, vec3.set(size, 1, height, 1));
      matrices.append(transform);
    });
    gl.bufferData(gl.ARRAY_BUFFER, matrices.close(), gl.STREAM_DRAW);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform1f(last, bars.length - 1);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, bars.length);
  });
}
