// SPDX-License-Identifier: MIT
// The worker that runs a visitor's scene: each frame its code fills a buffer of the second stack, which is
// uploaded from there and released. It draws on an OffscreenCanvas, so that code that never ends
// blocks only this worker.
import { scope, sharedStack } from "../../web/secondstack.mjs";

/** Position and colour. */
const FLOATS = 6;
const NAME = "own-scene.js";
const PARAMETERS = ["triangles", "time", "scope", "state"];
const REPORT_EVERY_MS = 250;

const VERTEX = `#version 300 es
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 colour;
uniform vec4 view; // cosine and sine of the turn, width / height, height above the ground
out vec3 place;
out vec3 tint;
void main() {
  vec3 p = vec3(view.x * position.x + view.y * position.z, position.y, view.x * position.z - view.y * position.x);
  place = p;
  tint = colour;
  float depth = 4.2 - p.z;
  vec2 scale = 2.6 * (view.z < 1.0 ? vec2(1.0, view.z) : vec2(1.0 / view.z, 1.0));
  gl_Position = vec4(p.xy * scale - vec2(0.0, view.w), depth - 1.0, depth);
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec3 place;
in vec3 tint;
out vec4 pixel;
void main() {
  vec3 normal = normalize(cross(dFdx(place), dFdy(place)));
  pixel = vec4(tint * (0.45 + 0.55 * abs(dot(normal, normalize(vec3(0.4, 0.8, 0.5))))), 1.0);
}`;

/** @type {(type: string, detail?: object) => void} */
const tell = (type, detail) => postMessage({ type, ...detail });

/** Returns the number that an error gives the first line of a function made from text: engines differ. */
function lineOfBody() {
  try {
    new Function(...PARAMETERS, `throw new Error();\n//# sourceURL=${NAME}`)();
  } catch (error) {
    return lineIn(error) ?? 1;
  }
  return 1;
}

/** @param {any} error */
function lineIn(error) {
  const found = /own-scene\.js:(\d+)/.exec(String(error?.stack));
  if (found) return Number(found[1]);
  return undefined;
}

function makeRenderer(/** @type {OffscreenCanvas} */ canvas) {
  const gl = /** @type {WebGL2RenderingContext} */ (canvas.getContext("webgl2"));
  if (!gl) throw new Error("This browser gives a worker no WebGL2.");
  const program = gl.createProgram();
  for (const [kind, text] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ])) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS))
    throw new Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  for (const [at, offset] of [
    [0, 0],
    [1, 12],
  ]) {
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, 3, gl.FLOAT, false, 4 * FLOATS, offset);
  }
  gl.enable(gl.DEPTH_TEST);
  gl.clearColor(0.035, 0.05, 0.08, 1);
  const view = gl.getUniformLocation(program, "view");
  return {
    draw(/** @type {Float32Array} */ vertices, /** @type {number} */ time) {
      const { width, height } = canvas;
      gl.viewport(0, 0, width, height);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.uniform4f(view, Math.cos(0.3 * time), Math.sin(0.3 * time), width / height, 0);
      gl.bufferData(gl.ARRAY_BUFFER, vertices, gl.STREAM_DRAW);
      gl.drawArrays(gl.TRIANGLES, 0, Math.floor(vertices.length / FLOATS / 3) * 3);
    },
  };
}

let firstLine = 1;
/** @type {ReturnType<typeof makeRenderer>} */
let renderer;
/** @type {OffscreenCanvas} */
let canvas;
/** @type {Function | undefined} */
let scene;
let state = {};
let lastReport = 0;
let isStill = false;

/** @param {any} error */
function fail(error) {
  scene = undefined;
  const line = lineIn(error);
  tell("error", {
    text: String(error),
    line: line === undefined ? undefined : line - firstLine + 1,
  });
}

function drawFrame(/** @type {number} */ now) {
  if (!scene) return;
  try {
    const before = performance.now();
    let triangles = 0;
    scope((s) => {
      const buffer = s.buffer(Float32Array);
      scene(buffer, now / 1000, scope, state);
      const vertices = buffer.close();
      triangles = Math.floor(vertices.length / FLOATS / 3);
      renderer.draw(vertices, now / 1000);
    });
    const after = performance.now();
    if (lastReport === 0 || after - lastReport >= REPORT_EVERY_MS) {
      lastReport = after;
      const { used, reserved } = sharedStack().stats();
      tell("frame", { ms: after - before, triangles, used, reserved });
    }
  } catch (error) {
    fail(error);
  }
  if (!isStill) requestAnimationFrame(drawFrame);
}

onmessage = ({ data }) => {
  if (data.type === "ping") tell("pong");
  if (data.type === "size" && canvas) {
    canvas.width = data.width;
    canvas.height = data.height;
    if (isStill) drawFrame(0);
  }
  if (data.type !== "start") return;
  try {
    canvas = data.canvas;
    isStill = data.isStill;
    renderer = makeRenderer(canvas);
    firstLine = lineOfBody();
    state = {};
    scene = new Function(...PARAMETERS, `"use strict"; ${data.code}\n//# sourceURL=${NAME}`);
    requestAnimationFrame(drawFrame);
  } catch (error) {
    fail(error);
  }
};
