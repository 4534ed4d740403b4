// SPDX-License-Identifier: MIT
// three.js: a frame's vertices and indices are slices, and three.js uploads them from there. The geometry and its
// attributes are made once; what changes from frame to frame is the array that they read, a view of the same memory.
import {
  BufferAttribute,
  BufferGeometry,
  DynamicDrawUsage,
  InterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  MeshBasicMaterial,
  OrthographicCamera,
  Scene,
  WebGLRenderer,
} from "three";
import { scope } from "secondstack";
import { colourOf } from "./bars.mjs";

// three.js gives a buffer its size at the first upload, and refuses an array of another size from then on.
const MOST_BARS = 1000;
const FLOATS = 6; // of a vertex: position and colour
const VERTEX_FLOATS = MOST_BARS * 4 * FLOATS;
const INDEX_COUNT = MOST_BARS * 6;

const canvas = document.getElementById("canvas");
const renderer = new WebGLRenderer({ canvas, antialias: false });
renderer.outputColorSpace = "srgb-linear"; // the colours as they are

const vertices = new InterleavedBuffer(new Float32Array(VERTEX_FLOATS), FLOATS);
const indices = new BufferAttribute(new Uint16Array(INDEX_COUNT), 1);
const geometry = new BufferGeometry();
geometry.setAttribute("position", new InterleavedBufferAttribute(vertices, 3, 0));
geometry.setAttribute("color", new InterleavedBufferAttribute(vertices, 3, 3));
geometry.setIndex(indices);
for (const buffer of [vertices, indices]) buffer.setUsage(DynamicDrawUsage);

const mesh = new Mesh(geometry, new MeshBasicMaterial({ vertexColors: true }));
mesh.frustumCulled = false; // culling would read all vertices, also those that are not written
const scene = new Scene().add(mesh);
const camera = new OrthographicCamera(0, 1, 1, 0, -1, 1);

/** Has three.js read `array` at the next render, and upload the first `count` of its elements. */
function show(buffer, array, count) {
  buffer.array = array;
  buffer.clearUpdateRanges();
  buffer.addUpdateRange(0, count);
  buffer.needsUpdate = true;
}

export function draw(bars) {
  scope((s) => {
    const floats = s.uninitSlice(Float32Array, VERTEX_FLOATS);
    const triangles = s.uninitSlice(Uint16Array, INDEX_COUNT);
    let f = 0;
    let t = 0;
    const put = (x, y, [r, g, b]) => {
      floats[f++] = x;
      floats[f++] = y;
      floats[f++] = 0;
      floats[f++] = r;
      floats[f++] = g;
      floats[f++] = b;
    };
    bars.forEach((height, i) => {
      const first = f / FLOATS;
      const colour = colourOf(i, bars.length);
      for (const x of [i / bars.length, (i + 1) / bars.length]) {
        put(x, 0, colour);
        put(x, height, colour);
      }
      for (const corner of [0, 2, 1, 1, 2, 3]) triangles[t++] = first + corner;
    });
    show(vertices, floats, f);
    show(indices, triangles, t);
    geometry.setDrawRange(0, t);
    renderer.render(scene, camera); // uploads: what is in the scope is not needed afterwards
  });
}
