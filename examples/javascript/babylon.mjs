// SPDX-License-Identifier: MIT
// Babylon.js: one buffer of interleaved vertices, made once; in each frame Babylon.js uploads a slice into it. The layout says
// what a vertex is, and the attributes of Babylon.js take its stride and offsets. No array is made, and none is copied.
import { Buffer, VertexBuffer } from "@babylonjs/core/Buffers/buffer.js";
import { FreeCamera } from "@babylonjs/core/Cameras/freeCamera.js";
import { Engine } from "@babylonjs/core/Engines/engine.js";
import { ShaderMaterial } from "@babylonjs/core/Materials/shaderMaterial.js";
import { Color4 } from "@babylonjs/core/Maths/math.color.js";
import { Vector3 } from "@babylonjs/core/Maths/math.vector.js";
import { Mesh } from "@babylonjs/core/Meshes/mesh.js";
import { Scene } from "@babylonjs/core/scene.js";
import { scope } from "secondstack";
import { layout } from "secondstack/layout";
import { colourOf } from "./bars.mjs";

// The buffer of the GPU keeps its size, so that it is made for the most that a frame may have.
const MOST_BARS = 1000;
const BAR_VERTICES = 6;

// The names are those by which Babylon.js knows attributes.
const vertex = layout({ position: "f32x3", color: "unorm8x4" });

const engine = new Engine(document.getElementById("canvas"), false);
const scene = new Scene(engine);
scene.clearColor = new Color4(0, 0, 0, 1);
scene.activeCamera = new FreeCamera("camera", Vector3.Zero(), scene);

// The buffer has no data that Babylon.js would keep: a buffer of the GPU is handed to it, and the stride in bytes.
const room = engine.createDynamicVertexBuffer(MOST_BARS * BAR_VERTICES * vertex.stride);
const vertices = new Buffer(engine, room, true, vertex.stride, false, false, true);

const bars = new Mesh("bars", scene);
bars.isUnIndexed = true;
bars.alwaysSelectAsActiveMesh = true; // culling would have to read the vertices
for (const { name, offset, size, type, normalized } of vertex.attributes) {
  const { stride } = vertex;
  const options = { offset, size, type, normalized, stride, useBytes: true };
  const attribute = new VertexBuffer(engine, vertices, name, options);
  bars.setVerticesBuffer(attribute, true, MOST_BARS * BAR_VERTICES);
}

const vertexSource = `
  precision highp float;
  attribute vec3 position;
  attribute vec4 color;
  varying vec4 seen;
  void main() {
    seen = color;
    gl_Position = vec4(position.xy * 2.0 - 1.0, position.z, 1.0);
  }`;
const fragmentSource =
  "precision highp float; varying vec4 seen; void main() { gl_FragColor = seen; }";
bars.material = new ShaderMaterial(
  "bars",
  scene,
  { vertexSource, fragmentSource },
  { attributes: ["position", "color"], uniforms: [] },
);
bars.material.backFaceCulling = false;
await bars.material.forceCompilationAsync(bars); // Babylon.js skips what is not compiled yet

export function draw(heights) {
  scope((s) => {
    const buffer = vertex.buffer(s);
    heights.forEach((height, i) => {
      const [left, right] = [i / heights.length, (i + 1) / heights.length];
      const [r, g, b] = colourOf(i, heights.length);
      buffer.push(left, 0, 0, r, g, b, 1);
      buffer.push(right, 0, 0, r, g, b, 1);
      buffer.push(left, height, 0, r, g, b, 1);
      buffer.push(left, height, 0, r, g, b, 1);
      buffer.push(right, 0, 0, r, g, b, 1);
      buffer.push(right, height, 0, r, g, b, 1);
    });
    // With the number of vertices Babylon.js uploads the slice itself, and does not keep it.
    vertices.updateDirectly(buffer.close(), 0, buffer.length);
    bars.subMeshes[0].verticesCount = buffer.length;
    scene.render();
  });
}
