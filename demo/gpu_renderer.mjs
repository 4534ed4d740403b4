// SPDX-License-Identifier: MIT
// The renderer with WebGPU, which renderer_webgpu.c calls. Slices go into GPU buffers by `writeBuffer` of the package, straight
// from the memory of the program wherever the browser's queue takes that memory.
//
// A queue does all writes of a frame before the draws that are submitted after them, so every batch of a frame needs a place
// of its own. The places come from chunks of GPU memory, from the front, and all of them are free again when the next frame
// begins: a second stack on the GPU. (The queue orders the next frame's writes behind this frame's draws.)
import { writeBuffer } from "../web/webgpu.mjs";
import { GPU_SHADERS } from "./gpu_shaders.mjs";

const CHUNK_BYTES = 4 << 20;
const SAMPLES = 4;
const DEPTH_FORMAT = "depth24plus";
// A mat4, then eye and gloss, light and a pad.
const CAMERA_FLOATS = 24;
// As source_stream in scene.h.
const [POSITIONS, NORMALS, COLOURS, INDICES] = [0, 1, 2, 3];
const STREAMS = 4;
// As draw_mode in renderer.h.
const [DISCARD, NONE] = [1, 2];
const RESTORE_AFTER_MS = 1200;

/** What findDevice found, once for each realm. @type {Promise<FoundDevice> | null} */
let found = null;

/**
 * @typedef {object} FoundDevice
 * @property {any} device null if there is none
 * @property {string} name of the adapter
 * @property {string} why there is no device; "" if there is one
 */

/** @returns {Promise<FoundDevice>} */
async function requestDevice() {
  const none = (/** @type {string} */ why) => ({ device: null, name: "", why });
  const { gpu } = /** @type {any} */ (navigator);
  if (!gpu) {
    return none(
      globalThis.isSecureContext
        ? "this browser has no WebGPU"
        : "browsers offer WebGPU on secure addresses only (https, or this machine)",
    );
  }
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return none("this browser offers no WebGPU adapter");
    const { vendor = "", architecture = "", description = "" } = adapter.info ?? {};
    const name = description || `${vendor} ${architecture}`.trim() || "WebGPU";
    return { device: await adapter.requestDevice(), name, why: "" };
  } catch (error) {
    return none(`WebGPU gives no device: ${error.message}`);
  }
}

/** Looks for a device, which the renderer takes afterwards. */
export function findDevice() {
  found ??= requestDevice();
  return found;
}

/** A place in GPU memory. */
class Place {
  /** @type {any} */
  buffer = null;
  offset = 0;
  size = 0;

  /** @param {Place} from */
  copy(from) {
    this.buffer = from.buffer;
    this.offset = from.offset;
    this.size = from.size;
  }
}

class Draw {
  places = Array.from({ length: STREAMS }, () => new Place());
  hasNormals = false;
  vertices = 0;
  indices = 0;
}

export class GpuRenderer {
  /** Errors that the device has reported. */
  errorCount = 0;
  isReady = false;
  /** @type {any} */
  device;
  /** The draws of the last frame: only the first `drawCount`. @type {Draw[]} */
  draws = [];
  drawCount = 0;
  /** Set by who has the stage. */
  onLost = () => {};
  onBack = (/** @type {string} */ _message) => {};
  #canvas;
  /** @type {any} */
  #context;
  /** @type {any} */
  #pipelines;
  /** @type {any} */
  #bindGroup;
  /** @type {any} */
  #cameraBuffer;
  #camera = new Float32Array(CAMERA_FLOATS);
  /** @type {any} */
  #colours = null;
  /** @type {any} */
  #depths = null;
  /** @type {any[]} */
  #chunks = [];
  #chunk = 0;
  #top = 0;
  #now = Array.from({ length: STREAMS }, () => new Place());
  #mode = 0;
  #width = 0;
  #height = 0;
  #isDisposed = false;

  /**
   * @param {HTMLCanvasElement | OffscreenCanvas} canvas without a context
   * @param {string} name of the adapter
   */
  constructor(canvas, name) {
    this.#canvas = canvas;
    this.name = name;
  }

  /**
   * Makes what drawing needs of a device; `isReady` says whether it has taken the shaders.
   * @param {any} device
   */
  async open(device) {
    this.isReady = false;
    this.device = device;
    device.addEventListener("uncapturederror", (/** @type {any} */ { error }) => {
      this.errorCount++;
      console.error(`WebGPU: ${error.message}`);
    });
    device.lost.then(() => this.#comeBack());
    device.pushErrorScope("validation");
    const format = /** @type {any} */ (navigator).gpu.getPreferredCanvasFormat();
    this.#context ??= this.#canvas.getContext("webgpu");
    this.#context.configure({ device, format, alphaMode: "opaque" });
    this.#makePipelines(format);
    this.#colours = null;
    this.#chunks.length = 0;
    const error = await device.popErrorScope();
    if (error) console.error(`demo: WebGPU refuses the shaders: ${error.message}`);
    this.isReady = error === null;
  }

  #makePipelines(/** @type {string} */ format) {
    const { device } = this;
    const { COPY_DST, UNIFORM } = /** @type {any} */ (globalThis).GPUBufferUsage;
    const { VERTEX, FRAGMENT } = /** @type {any} */ (globalThis).GPUShaderStage;
    const module = device.createShaderModule({ code: GPU_SHADERS });
    this.#cameraBuffer = device.createBuffer({
      size: CAMERA_FLOATS * 4,
      usage: UNIFORM | COPY_DST,
    });
    const layout = device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: VERTEX | FRAGMENT, buffer: {} }],
    });
    this.#bindGroup = device.createBindGroup({
      layout,
      entries: [{ binding: 0, resource: { buffer: this.#cameraBuffer } }],
    });
    const attribute = (shaderLocation, attributeFormat, arrayStride) => ({
      arrayStride,
      attributes: [{ shaderLocation, offset: 0, format: attributeFormat }],
    });
    const positions = attribute(POSITIONS, "float32x3", 12);
    const normals = attribute(NORMALS, "float32x3", 12);
    const colours = attribute(COLOURS, "unorm8x4", 4);
    const make = (name, buffers, depthCompare) =>
      device.createRenderPipeline({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        vertex: { module, entryPoint: `place_${name}`, buffers },
        fragment: { module, entryPoint: `paint_${name}`, targets: [{ format }] },
        depthStencil: {
          format: DEPTH_FORMAT,
          depthCompare,
          depthWriteEnabled: depthCompare === "less",
        },
        multisample: { count: SAMPLES },
      });
    this.#pipelines = {
      backdrop: make("backdrop", [], "always"),
      tinted: make("tinted", [positions, null, colours], "less"),
      lit: make("lit", [positions, normals, colours], "less"),
      format,
    };
  }

  /** After the device was lost, another one is asked for. */
  async #comeBack() {
    this.isReady = false;
    if (this.#isDisposed) return;
    this.onLost();
    await new Promise((resolve) => setTimeout(resolve, RESTORE_AFTER_MS));
    found = null;
    const { device, why } = await findDevice();
    if (!device) {
      this.onBack(`The graphics device does not come back: ${why}.`);
      return;
    }
    await this.open(device);
    this.onBack("");
  }

  /** Gives the device up; another one is asked for then. */
  lose() {
    this.device.destroy();
  }

  dispose() {
    this.#isDisposed = true;
    this.device.destroy();
  }

  /** Waits until all is drawn. @returns {Promise<void>} */
  finish() {
    return this.device.queue.onSubmittedWorkDone();
  }

  /**
   * @param {Float32Array} heap in which the others are indices
   * @param {number} viewProjection
   * @param {number} eye
   * @param {number} light
   * @param {number} gloss
   */
  setCamera(heap, viewProjection, eye, light, gloss) {
    const camera = this.#camera;
    for (let i = 0; i < 16; i++) camera[i] = heap[viewProjection + i];
    for (let i = 0; i < 3; i++) {
      camera[16 + i] = heap[eye + i];
      camera[20 + i] = heap[light + i];
    }
    camera[19] = gloss;
    this.device.queue.writeBuffer(this.#cameraBuffer, 0, camera.buffer, 0, camera.byteLength);
  }

  begin(/** @type {number} */ width, /** @type {number} */ height, /** @type {number} */ mode) {
    this.#width = width;
    this.#height = height;
    this.#mode = mode;
    this.#chunk = 0;
    this.#top = 0;
    this.drawCount = 0;
  }

  /** Takes a place for `size` bytes, a multiple of 4. */
  #take(/** @type {Place} */ place, /** @type {number} */ size) {
    while (this.#chunk < this.#chunks.length && this.#chunks[this.#chunk].size - this.#top < size) {
      this.#chunk++;
      this.#top = 0;
    }
    if (this.#chunk === this.#chunks.length) {
      const { COPY_DST, COPY_SRC, INDEX, VERTEX } = /** @type {any} */ (globalThis).GPUBufferUsage;
      this.#chunks.push(
        this.device.createBuffer({
          size: Math.max(CHUNK_BYTES, size),
          // What was written can be copied back, which the tests do.
          usage: VERTEX | INDEX | COPY_DST | COPY_SRC,
        }),
      );
    }
    place.buffer = this.#chunks[this.#chunk];
    place.offset = this.#top;
    place.size = size;
    this.#top += size;
  }

  upload(/** @type {number} */ stream, /** @type {ArrayBufferView} */ view) {
    const place = this.#now[stream];
    this.#take(place, view.byteLength);
    writeBuffer(this.device.queue, place.buffer, place.offset, view);
  }

  /** Draws what was uploaded last; 0 indices: every three vertices are a triangle. */
  draw(
    /** @type {number} */ hasNormals,
    /** @type {number} */ vertices,
    /** @type {number} */ indices,
  ) {
    if (this.#mode === NONE) return;
    if (this.drawCount === this.draws.length) this.draws.push(new Draw());
    const draw = this.draws[this.drawCount++];
    for (let stream = 0; stream < STREAMS; stream++) draw.places[stream].copy(this.#now[stream]);
    draw.hasNormals = hasNormals !== 0;
    draw.vertices = vertices;
    draw.indices = indices;
  }

  #fitTextures(/** @type {any} */ target) {
    const { width, height } = target;
    if (this.#colours?.width === width && this.#colours.height === height) return;
    this.#colours?.destroy();
    this.#depths?.destroy();
    const { RENDER_ATTACHMENT } = /** @type {any} */ (globalThis).GPUTextureUsage;
    const make = (/** @type {string} */ format) =>
      this.device.createTexture({
        ...{ size: [width, height], format, sampleCount: SAMPLES, usage: RENDER_ATTACHMENT },
      });
    this.#colours = make(this.#pipelines.format);
    this.#depths = make(DEPTH_FORMAT);
  }

  #put(/** @type {any} */ pass, /** @type {number} */ stream, /** @type {Place} */ place) {
    if (stream === INDICES) pass.setIndexBuffer(place.buffer, "uint32", place.offset, place.size);
    else pass.setVertexBuffer(stream, place.buffer, place.offset, place.size);
  }

  end() {
    if (this.#mode === NONE || !this.isReady) return;
    const target = this.#context.getCurrentTexture();
    this.#fitTextures(target);
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [
        {
          view: this.#colours.createView(),
          resolveTarget: target.createView(),
          loadOp: "clear",
          storeOp: "discard",
        },
      ],
      depthStencilAttachment: {
        view: this.#depths.createView(),
        depthClearValue: 1,
        depthLoadOp: "clear",
        depthStoreOp: "discard",
      },
    });
    const width = Math.min(this.#width, target.width);
    const height = Math.min(this.#height, target.height);
    pass.setViewport(0, 0, width, height, 0, 1);
    if (this.#mode === DISCARD) pass.setScissorRect(0, 0, 0, 0);
    pass.setBindGroup(0, this.#bindGroup);
    pass.setPipeline(this.#pipelines.backdrop);
    pass.draw(3);
    for (let i = 0; i < this.drawCount; i++) this.#encode(pass, this.draws[i]);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  #encode(/** @type {any} */ pass, /** @type {Draw} */ draw) {
    const { hasNormals, indices, places, vertices } = draw;
    pass.setPipeline(hasNormals ? this.#pipelines.lit : this.#pipelines.tinted);
    this.#put(pass, POSITIONS, places[POSITIONS]);
    if (hasNormals) this.#put(pass, NORMALS, places[NORMALS]);
    this.#put(pass, COLOURS, places[COLOURS]);
    if (indices > 0) {
      this.#put(pass, INDICES, places[INDICES]);
      pass.drawIndexed(indices);
    } else pass.draw(vertices);
  }
}
