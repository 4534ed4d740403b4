// SPDX-License-Identifier: MIT
// WebGPU: vertices and 16-bit indices of a frame, written into GPU buffers straight from the stack's memory. The number of
// indices may be odd, and their size is then no multiple of 4 as WebGPU demands: writeBuffer rounds it up.
import { scope } from "secondstack";
import { layout } from "secondstack/layout";
import { writeBuffer } from "secondstack/webgpu";
import { colourOf } from "./bars.mjs";

const MOST_BYTES = 1 << 20;

const vertex = layout({ position: "f32x2", colour: "unorm8x4" });

const adapter = await navigator.gpu?.requestAdapter();
if (!adapter) throw new Error("this browser offers no WebGPU adapter");
export const device = await adapter.requestDevice();
const context = document.getElementById("canvas").getContext("webgpu");
const format = navigator.gpu.getPreferredCanvasFormat();
context.configure({ device, format });

const { COPY_DST, INDEX, VERTEX } = GPUBufferUsage;
const vertices = device.createBuffer({ size: MOST_BYTES, usage: VERTEX | COPY_DST });
const indices = device.createBuffer({ size: MOST_BYTES, usage: INDEX | COPY_DST });

const module = device.createShaderModule({
  code: `
    struct Seen { @builtin(position) at: vec4f, @location(0) colour: vec4f }
    @vertex fn place(@location(0) position: vec2f, @location(1) colour: vec4f) -> Seen {
      return Seen(vec4f(position * 2 - 1, 0, 1), colour);
    }
    @fragment fn paint(seen: Seen) -> @location(0) vec4f { return seen.colour; }`,
});
const pipeline = device.createRenderPipeline({
  layout: "auto",
  vertex: { module, buffers: [vertex.webgpu({ position: 0, colour: 1 })] },
  fragment: { module, targets: [{ format }] },
  primitive: { topology: "triangle-strip", stripIndexFormat: "uint16" },
});

const RESTART = 0xffff; // ends a strip

export function draw(bars) {
  const count = scope((s) => {
    const buffer = vertex.buffer(s);
    const strips = s.buffer(Uint16Array);
    bars.forEach((height, i) => {
      const colour = [...colourOf(i, bars.length), 1];
      if (i > 0) strips.push(RESTART);
      for (const x of [i / bars.length, (i + 1) / bars.length]) {
        for (const y of [0, height]) strips.push(buffer.push(x, y, ...colour) - 1);
      }
    });
    writeBuffer(device.queue, vertices, 0, buffer.close());
    writeBuffer(device.queue, indices, 0, strips.close());
    return strips.length;
  });
  const encoder = device.createCommandEncoder();
  const view = context.getCurrentTexture().createView();
  const target = { view, clearValue: [0, 0, 0, 1], loadOp: "clear", storeOp: "store" };
  const pass = encoder.beginRenderPass({ colorAttachments: [target] });
  pass.setPipeline(pipeline);
  pass.setVertexBuffer(0, vertices);
  pass.setIndexBuffer(indices, "uint16");
  pass.drawIndexed(count);
  pass.end();
  device.queue.submit([encoder.finish()]);
}
