// SPDX-License-Identifier: MIT
// The metaballs' loop in JavaScript. The page shows the lines between the marks; a page test runs them.

/**
 * @param {import("../../web/secondstack.mjs").scope} scope
 * @param {WebGL2RenderingContext} gl
 * @param {{ cells: Iterable<any>, buffers: WebGLBuffer[], indices: WebGLBuffer }} scene
 */
export function drawFrame(scope, gl, scene) {
  // [lines] four buffers at once, upload
  scope((s) => {
    const vertices = [s.buffer(Float32Array), s.buffer(Float32Array), s.buffer(Uint8Array)];
    const indices = s.buffer(Uint32Array);
    const [positions, normals, colours] = vertices;
    for (const cell of scene.cells) {
      for (const vertex of cell.crossings()) {
        positions.push(...vertex.place);
        normals.push(...vertex.normal);
        colours.push(...vertex.colour);
      }
      indices.append(cell.triangles()); // as many as this case of the cube has
    }
    vertices.forEach((attribute, i) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, scene.buffers[i]);
      gl.bufferData(gl.ARRAY_BUFFER, attribute.close(), gl.STREAM_DRAW);
    });
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, scene.indices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices.close(), gl.STREAM_DRAW);
    gl.drawElements(gl.TRIANGLES, indices.length, gl.UNSIGNED_INT, 0);
  }); // all of it is released
  // [/lines]
}
