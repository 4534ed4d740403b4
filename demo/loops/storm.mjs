// SPDX-License-Identifier: MIT
// The storm's loop in JavaScript. The page shows the lines between the marks; a page test runs them.

/**
 * @param {import("../../web/secondstack.mjs").scope} scope
 * @param {WebGL2RenderingContext} gl
 * @param {{ leaves: any[], positions: WebGLBuffer, colours: WebGLBuffer }} scene
 */
export function drawFrame(scope, gl, scene) {
  const VERTICES = 3;
  // [lines] two slices of a known size, scratch for each leaf, upload
  scope((s) => {
    const positions = s.uninitSlice(Float32Array, scene.leaves.length * VERTICES * 3);
    const colours = s.uninitSlice(Uint8Array, scene.leaves.length * VERTICES * 4);
    scene.leaves.forEach((leaf, i) => {
      scope((scratch) => {
        const outline = scratch.uninitSlice(Float32Array, VERTICES * 3);
        leaf.writeOutline(outline);
        positions.set(outline, i * VERTICES * 3);
        for (let v = 0; v < VERTICES; v++) colours.set(leaf.colour, (i * VERTICES + v) * 4);
      }); // the outline is released
    });
    gl.bindBuffer(gl.ARRAY_BUFFER, scene.positions);
    gl.bufferData(gl.ARRAY_BUFFER, positions, gl.STREAM_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, scene.colours);
    gl.bufferData(gl.ARRAY_BUFFER, colours, gl.STREAM_DRAW);
    gl.drawArrays(gl.TRIANGLES, 0, positions.length / 3);
  }); // all of it is released
  // [/lines]
}
