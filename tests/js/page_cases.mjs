// SPDX-License-Identifier: MIT
// What only a page can show: uploading, and the words of newer engines.
import { equal, ok, same, Skip } from "./harness.mjs";
import { layout } from "../../web/layout.mjs";

export const cases = new Map();
// Of the front door.
export const frontCases = new Map();

cases.set("webgl_takes_the_views", async ({ create }) => {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) throw new Skip("this browser gives no WebGL2 here");
  const ss = await create();
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  ss.scope((scope) => {
    const tri = scope.buffer(Float32Array);
    for (let i = 0; i < 1000; i++) tri.push(i, i + 0.5, -i);
    gl.bufferData(gl.ARRAY_BUFFER, tri.close(), gl.STREAM_DRAW);
  });
  const back = new Float32Array(3000);
  gl.getBufferSubData(gl.ARRAY_BUFFER, 0, back);
  equal(gl.getError(), 0, "GL error");
  same(back.subarray(-3), [999, 999.5, -999]);
});

cases.set("webgl_draws_vertices_of_a_layout", async ({ create }) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 4;
  const gl = canvas.getContext("webgl2", { antialias: false });
  if (!gl) throw new Skip("this browser gives no WebGL2 here");
  const program = gl.createProgram();
  for (const [type, text] of [
    [
      gl.VERTEX_SHADER,
      `in vec2 position; in vec4 colour; in uvec4 weights; out vec4 seen;
      void main() { gl_Position = vec4(position, 0, 1); seen = vec4(colour.rg, float(weights.z) / 255.0, 1); }`,
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
  ok(gl.getProgramParameter(program, gl.LINK_STATUS), `${gl.getProgramInfoLog(program)}`);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  const vertex = layout({ weights: "u8x4", position: "f32x2", colour: "unorm8x4" });
  const ss = await create();
  ss.scope((scope) => {
    const buffer = vertex.buffer(scope);
    for (const [x, y] of [
      [-1, -1],
      [3, -1],
      [-1, 3],
    ]) {
      buffer.push(1, 2, 51, 4, x, y, 1, 0.4, 0, 0);
    }
    gl.bufferData(gl.ARRAY_BUFFER, buffer.close(), gl.STREAM_DRAW);
  });
  const names = ["position", "colour", "weights"];
  const locations = names.map((name) => [name, gl.getAttribLocation(program, name)]);
  vertex.point(gl, Object.fromEntries(locations));
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  const pixel = new Uint8Array(4);
  gl.readPixels(1, 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  equal(gl.getError(), 0, "GL error");
  same(pixel, [255, 102, 51, 255]);
});

cases.set("using_declares_a_scope", async ({ create }) => {
  const ss = await create();
  let run;
  try {
    run = new Function(
      "ss",
      "using scope = ss.scope(); return scope.uninitSlice(Int8Array, 3).length;",
    );
  } catch {
    throw new Skip("this engine does not know `using`");
  }
  equal(run(ss), 3);
  equal(ss.stats().used, 0, "used");
});

frontCases.set("an_audio_worklet_uses_it", async () => {
  const context = new OfflineAudioContext(1, 128 * 20, 44100);
  await context.audioWorklet.addModule(new URL("./audio_worklet.mjs", import.meta.url));
  const node = new AudioWorkletNode(context, "from-the-stack");
  const problem = new Promise((resolve) => (node.port.onmessage = ({ data }) => resolve(data)));
  node.connect(context.destination);
  const rendered = await context.startRendering();
  const samples = rendered.getChannelData(0);
  if (!samples.every((x, i) => x === (i % 128) / 128)) {
    throw new Error(`wrong samples: ${await Promise.race([problem, samples.slice(0, 5)])}`);
  }
});

frontCases.set("a_service_worker_uses_it", async () => {
  let registration;
  try {
    const script = new URL("./service_worker.mjs", import.meta.url);
    registration = await navigator.serviceWorker.register(script, { type: "module" });
  } catch (error) {
    throw new Skip(`this browser takes no module as a service worker: ${error.message}`);
  }
  const frame = document.createElement("iframe");
  try {
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    while (worker.state !== "activated") {
      await new Promise((changed) => (worker.onstatechange = changed));
    }
    frame.src = new URL("made-on-the-stack", registration.scope);
    document.body.append(frame);
    await new Promise((loaded) => (frame.onload = loaded));
    const { textContent } = frame.contentDocument.body;
    equal(textContent, "abcdefghijklmnopqrstuvwxyz", "what it answered");
  } finally {
    frame.remove();
    await registration.unregister();
  }
});

frontCases.set("a_worker_draws_on_an_offscreen_canvas", async () => {
  const canvas = document.createElement("canvas").transferControlToOffscreen();
  canvas.width = canvas.height = 4;
  const worker = new Worker(new URL("./canvas_worker.mjs", import.meta.url), { type: "module" });
  try {
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(canvas, [canvas]);
    });
    if (answer === "no WebGL2 in a worker") throw new Skip(`this browser gives ${answer} here`);
    same(answer, [255, 102, 51, 255], "pixel");
  } finally {
    worker.terminate();
  }
});

cases.set("the_page_is_isolated", () =>
  ok(crossOriginIsolated, "no shared memory without isolation"),
);
