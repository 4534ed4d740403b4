// SPDX-License-Identifier: MIT
// The pages of examples/javascript/ in headless Chrome, with three.js, Babylon.js, regl and gl-matrix as npm has them, WebGPU, and a
// pool of workers: what they draw, pixel by pixel. And what is written to WebGPU: by secondstack/webgpu, and in C.
//   node tests/js/libraries.test.mjs [part of a case's name]
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { env } from "./attach_build.mjs";
import { openPage } from "./browsers.mjs";
import { equal, ok, report, runCases, same, Skip } from "./harness.mjs";
import { startServer } from "./server.mjs";
import { launchChrome, WEBGPU_ARGUMENTS } from "../web/launch.mjs";

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const out = folder("../../build/js/webgpu/");
const cases = new Map();
let server;
let browser;

/** Opens a page; nothing may go wrong in it. */
async function withPage(path, use) {
  const { page, problems } = await openPage(browser, `${server.url}/${path}`);
  try {
    const result = await use(page);
    equal(problems.join("; "), "", "problems");
    return result;
  } finally {
    await page.close();
  }
}

/** Skips a case where the browser has nothing that WebGPU could run on. */
async function needAdapter() {
  const isThere = await withPage("", (page) =>
    page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null),
  );
  if (!isThere) throw new Skip("this browser offers no WebGPU adapter here");
}

// As many as fill the canvas, one, many, few again; fully high and nearly nothing among them.
const FRAMES = [
  [1],
  [0.5, 1, 0.25, 0.75],
  Array.from({ length: 64 }, (_, i) => ((i * 37) % 64) / 64 + 1 / 128),
  [0.1, 0.9, 0.4],
];

/** Draws the frames and says where a pixel is not what it should be; the bars' middles, below and above their ends. */
async function wrongPixels(page, script) {
  return page.evaluate(
    async (script, frames) => {
      const { draw } = await import(script);
      const { colourOf } = await import("/javascript/bars.mjs");
      const canvas = document.getElementById("canvas");
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {
        willReadFrequently: true,
      });
      const wrong = [];
      for (const bars of frames) {
        draw(bars);
        // In the task that drew, before the browser takes the picture.
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        const expect = (x, y, wanted) => {
          const at = 4 * ((canvas.height - 1 - y) * canvas.width + x);
          const found = [...data.subarray(at, at + 3)];
          if (found.some((value, i) => Math.abs(value - wanted[i]) > 1)) {
            wrong.push(`${bars.length} bars, ${x},${y}: ${found}, not ${wanted}`);
          }
        };
        bars.forEach((height, i) => {
          const x = Math.floor(((i + 0.5) / bars.length) * canvas.width);
          const end = height * canvas.height;
          const colour = colourOf(i, bars.length).map((part) => Math.round(part * 255));
          if (end >= 2) expect(x, Math.floor(end) - 2, colour);
          if (end + 2 < canvas.height) expect(x, Math.ceil(end) + 1, [0, 0, 0]);
        });
      }
      return wrong;
    },
    script,
    FRAMES,
  );
}

for (const name of ["three", "babylon", "regl", "gl_matrix", "webgpu"]) {
  cases.set(`${name}_draws_what_changes_each_frame`, async () => {
    if (name === "webgpu") await needAdapter();
    await withPage(`javascript/${name}.html`, async (page) => {
      const wrong = await wrongPixels(page, `/javascript/${name}.mjs`);
      equal(wrong.slice(0, 3).join("; "), "", "pixels");
      // By itself, too, and nothing stays on the stack.
      const used = await page.evaluate(async () => {
        const { sharedStack } =
          await import("/javascript/node_modules/secondstack/secondstack.mjs");
        await new Promise(requestAnimationFrame);
        return sharedStack().stats().used;
      });
      equal(used, 0, "used");
    });
  });
}

cases.set("babylon_uploads_the_slice_itself", () =>
  withPage("javascript/babylon.html", async (page) => {
    const uploads = await page.evaluate(async (frames) => {
      const { draw } = await import("/javascript/babylon.mjs");
      const { sharedStack } = await import("/javascript/node_modules/secondstack/secondstack.mjs");
      const uploads = [];
      const { bufferSubData } = WebGL2RenderingContext.prototype;
      WebGL2RenderingContext.prototype.bufferSubData = function (...args) {
        const isOfStack = args[2].buffer === sharedStack().memory.buffer;
        uploads.push(`${args[2].byteLength} bytes ${isOfStack ? "of the stack" : "of a copy"}`);
        return bufferSubData.apply(this, args);
      };
      for (const bars of frames) draw(bars);
      WebGL2RenderingContext.prototype.bufferSubData = bufferSubData;
      return uploads;
    }, FRAMES);
    // A frame in which nothing but the vertices changes has this upload only: 6 vertices of 16 bytes for a bar.
    const wanted = FRAMES.map((bars) => `${bars.length * 96} bytes of the stack`);
    same(uploads, wanted, "uploads");
  }),
);

// What the GPU has afterwards.
cases.set("write_buffer_rounds_and_copies_only_where_it_must", async () => {
  await needAdapter();
  await withPage("", async (page) => {
    const lines = await page.evaluate(async () => {
      const { writeBuffer } = await import("/web/webgpu.mjs");
      const { createSecondStack } = await import("/web/secondstack.mjs");
      const { createSecondStack: createShared } = await import("/web/threads.mjs");
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const [failures, problems] = [[], []];
      device.addEventListener("uncapturederror", ({ error }) => problems.push(error.message));
      const { COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
      const target = device.createBuffer({ size: 1024, usage: COPY_DST | COPY_SRC });
      const readable = device.createBuffer({ size: 1024, usage: COPY_DST | MAP_READ });

      // Sees what the queue is handed.
      const handed = [];
      const queue = {
        writeBuffer(...args) {
          handed.push(args[2]);
          device.queue.writeBuffer(...args);
        },
      };
      async function check(what, view, isCopied) {
        handed.length = 0;
        device.queue.writeBuffer(target, 0, new Uint8Array(1024).fill(0xee));
        const written = writeBuffer(queue, target, 8, view);
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(target, 0, readable, 0, 1024);
        device.queue.submit([encoder.finish()]);
        await readable.mapAsync(GPUMapMode.READ);
        const bytes = new Uint8Array(readable.getMappedRange()).slice();
        readable.unmap();
        const wanted = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        const size = 4 * Math.ceil(view.byteLength / 4);
        const isRight =
          written === size &&
          wanted.every((byte, i) => byte === bytes[8 + i]) &&
          bytes.subarray(0, 8).every((byte) => byte === 0xee) &&
          bytes.subarray(8 + size).every((byte) => byte === 0xee);
        if (!isRight) failures.push(`${what}: ${written} bytes: ${bytes.subarray(0, 24)}`);
        if ((handed.at(-1) !== view.buffer) !== isCopied) {
          failures.push(`${what}: ${isCopied ? "not copied" : "copied"}`);
        }
      }

      const own = await createSecondStack();
      const s = own.scope();
      for (const length of [1, 2, 3, 4, 5, 101]) {
        const view = s.uninitSlice(Uint8Array, length).map((_, i) => 200 - i);
        await check(`a slice of ${length}`, s.copySlice(view), false);
      }
      await check("an array of 3 bytes alone", new Uint8Array([1, 2, 3]), true);
      await check("the last 2 of 6 bytes", new Uint8Array([1, 2, 3, 4, 5, 6]).subarray(4), true);
      const shared = await createShared();
      const takesShared = (() => {
        try {
          device.queue.writeBuffer(target, 0, shared.memory.buffer, 0, 4);
          return true;
        } catch {
          return false;
        }
      })();
      const inShared = shared.scope().copySlice(Uint16Array, [1, 2, 3]);
      for (const time of ["first", "second"]) {
        await check(`shared, the ${time} time`, inShared, !takesShared);
      }
      const resizable = new Uint8Array(new ArrayBuffer(16, { maxByteLength: 64 }), 4, 6).fill(7);
      await check("resizable", resizable, true);
      if (writeBuffer(queue, target, 0, new Uint8Array(0)) !== 0) failures.push("of nothing");

      const refused = (call) => {
        try {
          call();
          return "nothing thrown";
        } catch (error) {
          return `${error.name}: ${error.message}`;
        }
      };
      const detached = new Uint8Array(4);
      structuredClone(detached, { transfer: [detached.buffer] });
      for (const [call, wanted] of [
        [() => writeBuffer({}, target, 0, inShared), /^TypeError: .*queue is/],
        [() => writeBuffer(queue, target, 2, inShared), /^RangeError: .*offset is 2/],
        [() => writeBuffer(queue, target, 0, [1]), /^TypeError: .*view is/],
        [() => writeBuffer(queue, target, 0, detached), /^TypeError: .*view is detached/],
        [() => writeBuffer(queue, {}, 0, s.uninitSlice(Uint8Array, 4)), /^TypeError: .*GPUBuffer/],
      ]) {
        const said = refused(call);
        if (!wanted.test(said)) failures.push(`${said}, not ${wanted}`);
      }
      return [...failures, ...problems];
    });
    equal(lines.join("; "), "", "failures");
  });
});

/** Builds webgpu_program.c with the emcc on PATH (EMCC names another); its script's name. */
async function buildProgram() {
  mkdirSync(out, { recursive: true });
  const flags = [
    `-I${folder("../../include")}`,
    `-L${folder("../../build/wasm")}`,
    "-lsecondstack",
  ];
  const settings = [
    "-sUSE_WEBGPU=1",
    "-sMODULARIZE=1",
    "-sENVIRONMENT=web",
    "-sALLOW_MEMORY_GROWTH=1",
  ];
  const args = [folder("webgpu_program.c"), ...flags, ...settings, "-o", `${out}webgpu_program.js`];
  try {
    await promisify(execFile)(process.env.EMCC ?? "emcc", args, { env });
  } catch (error) {
    if (!/USE_WEBGPU/.test(error.stderr)) throw error;
    throw new Skip("this Emscripten has no -sUSE_WEBGPU; its port emdawnwebgpu is downloaded");
  }
}

cases.set("the_header_for_c_writes_what_a_slice_holds", async () => {
  await needAdapter();
  await buildProgram();
  await withPage("", async (page) => {
    await page.addScriptTag({ url: "/out/webgpu_program.js" });
    const bytes = await page.evaluate(async () => {
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const problem = new Promise((_, reject) =>
        device.addEventListener("uncapturederror", ({ error }) => reject(error)),
      );
      const { COPY_DST, MAP_READ } = GPUBufferUsage;
      const readable = device.createBuffer({ size: 160, usage: COPY_DST | MAP_READ });
      const written = await new Promise((resolve, reject) =>
        window.Module({ preinitializedWebGPUDevice: device, written: resolve }).catch(reject),
      );
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(written, 0, readable, 0, 160);
      device.queue.submit([encoder.finish()]);
      await Promise.race([readable.mapAsync(GPUMapMode.READ), problem]);
      return [...new Uint8Array(readable.getMappedRange())];
    });
    const wanted = bytes.map((_, i) => (i % 16 < Math.floor(i / 16) ? i : 0));
    same(bytes, wanted, "bytes in the GPU buffer");
  });
});

cases.set("a_pool_of_workers_feeds_the_thread_that_draws", () =>
  withPage("javascript/pool.html", async (page) => {
    const { wrong, backingCalls, ahead, closed } = await page.evaluate(async () => {
      const { start } = await import("/javascript/pool_page.mjs");
      const { FRAME, READY, STATE } = await import("/javascript/pool.mjs");
      const { barsAt, colourOf } = await import("/javascript/bars.mjs");
      const gl = document.getElementById("canvas").getContext("webgl2");
      const { pool, drawNext } = await start();
      const wrong = [];
      const pixel = new Uint8Array(4);
      for (let wanted = 0; wanted < 60; wanted++) {
        const frame = await drawNext();
        if (frame !== wanted) wrong.push(`frame ${frame}, not ${wanted}`);
        const bars = barsAt(frame / 60);
        bars.forEach((height, i) => {
          const x = Math.floor(((i + 0.5) / bars.length) * gl.drawingBufferWidth);
          const end = height * gl.drawingBufferHeight;
          for (const [y, colour] of [
            [Math.floor(end) - 2, colourOf(i, bars.length)],
            [Math.ceil(end) + 1, [0, 0, 0]],
          ]) {
            gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
            if (colour.some((part, c) => Math.abs(part * 255 - pixel[c]) > 1.5)) {
              wrong.push(`frame ${frame}: ${x},${y}: ${pixel}, not ${colour}`);
            }
          }
        });
      }
      if (gl.getError() !== 0) wrong.push("a GL error");
      // Nobody takes: each makes the frame that was asked for, and then stands still.
      const states = async () => {
        for (const row of pool.rows) {
          for (let state; (state = Atomics.load(row, STATE)) !== READY;) {
            await Atomics.waitAsync(row, STATE, state).value;
          }
        }
        return pool.rows.map((row) => `${row[FRAME]} ${row[STATE]}`).join();
      };
      const ahead = [await states(), `60 ${READY},60 ${READY},60 ${READY}`];
      const { backingCalls } = pool.stack.stats();
      await pool.close();
      let closed = "";
      try {
        pool.stack.scope();
      } catch (error) {
        closed = error.message;
      }
      return { wrong, backingCalls, ahead, closed };
    });
    equal(wrong.slice(0, 3).join("; "), "", "pixels");
    equal(ahead[0], ahead[1], "frames and states of the workers");
    equal(backingCalls, 1, "calls of the heap by the thread that draws");
    ok(/the stack is closed/.test(closed), closed);
    // As a visitor does it, and once more.
    for (const label of ["stop", "start", "stop", "start"]) {
      await page.click("#button");
      await page.waitForFunction(
        (label) => document.getElementById("button").textContent === label,
        {},
        label,
      );
    }
    // An ended worker is there for a moment yet.
    while (page.workers().length > 0)
      await new Promise((gone) => page.once("workerdestroyed", gone));
  }),
);

server = await startServer({
  javascript: folder("../../examples/javascript"),
  web: folder("../../web"),
  out,
});
browser = await launchChrome(WEBGPU_ARGUMENTS);
try {
  const wanted = process.argv[2] ?? "";
  const chosen = new Map([...cases].filter(([name]) => name.includes(wanted)));
  ok(chosen.size > 0, `no case has "${wanted}" in its name`);
  report([await runCases(chosen, undefined, "libraries")]);
} finally {
  await browser.close();
  server.stop();
}
