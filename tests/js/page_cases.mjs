// SPDX-License-Identifier: MIT
// What only a page can show: uploading, and the words of newer engines.
import { equal, ok, same, Skip } from "./harness.mjs";

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

cases.set("the_page_is_isolated", () =>
  ok(crossOriginIsolated, "no shared memory without isolation"),
);
