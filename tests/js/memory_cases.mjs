// SPDX-License-Identifier: MIT
// Every kind of memory that a program may have, in a page: what the module promises in all of them, and what the engine's
// own calls take. The stack is attached to, as that of a program, since only programs choose their memory.
import { equal, ok, same, Skip, throws } from "./harness.mjs";
import { attach } from "../../web/secondstack.mjs";
import { createSecondStack as createShared } from "../../web/threads.mjs";

const PAGE = 65536;
const wasm = await (
  await fetch(new URL("../../web/secondstack.wasm", import.meta.url))
).arrayBuffer();

/** The stack of the smallest program there is: the library, in a memory of these limits. */
async function attached(limits, isResizable = false) {
  const memory = new WebAssembly.Memory(limits);
  if (isResizable) toResizable(memory);
  const { instance } = await WebAssembly.instantiate(wasm, { env: { memory } });
  const exported = Object.entries(instance.exports).map(([name, call]) => [`_${name}`, call]);
  const attach_ = { _ss_js_attach() {}, ss_js_memory: memory, ss_js_abi: 1 };
  return attach({ ...Object.fromEntries(exported), ...attach_ });
}

function toResizable(memory) {
  if (!memory.toResizableBuffer) throw new Skip("this engine has no toResizableBuffer");
  const buffer = memory.toResizableBuffer();
  ok(buffer.resizable ?? buffer.growable, "it is not resizable");
}

async function sharedStack(isResizable) {
  const ss = await createShared({ initialBytes: 4 * PAGE, maxBytes: 64 * PAGE });
  if (isResizable) toResizable(ss.memory);
  return ss;
}

/** By name: what makes a stack, and what comes of an older view when the memory grows. */
const modes = {
  fixed: [() => attached({ initial: 16, maximum: 16 }), "no growth"],
  growable: [() => attached({ initial: 4, maximum: 64 }), "detached"],
  shared: [() => sharedStack(false), "kept"],
  resizable: [() => attached({ initial: 4, maximum: 64 }, true), "kept"],
  "shared and resizable": [() => sharedStack(true), "kept"],
};

export const cases = new Map();

for (const [name, [make, afterGrowth]] of Object.entries(modes)) {
  cases.set(`${name}: scopes_slices_and_buffers_are_right`, async () => {
    const ss = await make();
    ss.scope((s) => {
      const early = s.copySlice(Uint8Array, [1, 2, 3]);
      const handle = s.handle(early);
      const before = ss.memory.buffer.byteLength;
      const buffer = s.buffer(Float32Array);
      for (let i = 0; i < 100_000; i++) buffer.push(i); // 400 KB
      for (const i of [0, 1, 99_998, 99_999]) equal(buffer.at(i), i, `element ${i}`);
      same(s.copySlice(buffer.close().subarray(-2)), [99_998, 99_999]);
      same(handle.view(), [1, 2, 3], "through the handle");
      const hasGrown = ss.memory.buffer.byteLength > before;
      equal(hasGrown, afterGrowth !== "no growth", "growth");
      const kind = early.length === 0 ? "detached" : "kept";
      if (hasGrown) equal(kind, afterGrowth, "the older view");
      if (kind === "kept") same(early, [1, 2, 3], "the older view");
    });
    equal(ss.stats().used, 0, "used");
  });

  cases.set(`${name}: the_end_of_the_memory_changes_nothing`, async () => {
    const ss = await make();
    ss.scope((s) => {
      const kept = s.handle(s.copySlice(Uint16Array, [7, 8]));
      const buffer = s.buffer(Uint8Array);
      buffer.push(9);
      throws(() => s.uninitSlice(Uint8Array, 65 * PAGE), RangeError, /cannot grow|maxBytes/);
      throws(() => buffer.extend(65 * PAGE), RangeError, /cannot grow|maxBytes/);
      buffer.push(10);
      same(buffer.close(), [9, 10], "buffer");
      same(kept.view(), [7, 8], "slice");
    });
  });
}

/** What the engine's own calls do with a slice: "takes" or "refuses"; what is neither throws. */
export const uses = {
  bufferData(view, gl) {
    gl.bufferData(gl.ARRAY_BUFFER, view, gl.STREAM_DRAW);
    const back = new Uint8Array(view.length);
    gl.getBufferSubData(gl.ARRAY_BUFFER, 0, back);
    return back;
  },
  bufferSubData(view, gl) {
    gl.bufferData(gl.ARRAY_BUFFER, view.length, gl.STREAM_DRAW);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, view);
    const back = new Uint8Array(view.length);
    gl.getBufferSubData(gl.ARRAY_BUFFER, 0, back);
    return back;
  },
  texImage2D(view, gl) {
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, view);
    const texture = gl.getParameter(gl.TEXTURE_BINDING_2D);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const back = new Uint8Array(4);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, back);
    return back;
  },
  TextDecoder: (view) => [...new TextDecoder().decode(view)].map((c) => c.codePointAt(0)),
  "TextEncoder.encodeInto"(view) {
    new TextEncoder().encodeInto("ABCD", view);
    return view;
  },
  "crypto.getRandomValues"(view) {
    crypto.getRandomValues(view);
    return view.fill(65).map((x, i) => x + i);
  },
  "copied first": (view, gl) => uses.bufferData(view.slice(), gl),
};

/** @returns {Promise<Record<string, Record<string, string>>>} by mode and call */
export async function engineTable() {
  const gl = document.createElement("canvas").getContext("webgl2");
  ok(gl, "no WebGL2");
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  const table = {};
  for (const [name, [make]] of Object.entries(modes)) {
    let ss;
    try {
      ss = await make();
    } catch (error) {
      if (!(error instanceof Skip)) throw error;
      continue;
    }
    table[name] = {};
    for (const [call, use] of Object.entries(uses)) {
      ss.scope((s) => {
        const view = s.copySlice(Uint8Array, [65, 66, 67, 68]);
        let back;
        try {
          back = use(view, gl);
        } catch (error) {
          ok(error instanceof TypeError, `${name}, ${call}: ${error}`);
          table[name][call] = "refuses";
          return;
        }
        same(back, [65, 66, 67, 68], `${name}, ${call}`);
        table[name][call] = "takes";
      });
      equal(gl.getError(), 0, `${name}, ${call}: GL error`);
    }
  }
  return table;
}
