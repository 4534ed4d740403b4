// SPDX-License-Identifier: MIT
// The ribbons' loop in JavaScript. The page shows the lines between the marks; a page test runs them.

/**
 * @param {import("../../web/secondstack.mjs").scope} scope
 * @param {WebGL2RenderingContext} gl
 * @param {{ ribbons: Iterable<any>, positions: WebGLBuffer, colours: WebGLBuffer }} scene
 */
export function drawFrame(scope, gl, scene) {
  // [lines] open, push, close, upload
  scope((s) => {
    const positions = s.buffer(Float32Array); // nobody knows how many
    const colours = s.buffer(Uint8Array);
    for (const ribbon of scene.ribbons) {
      scope((scratch) => {
        const spine = scratch.buffer(Float32Array); // beside the two that are open
        for (const along of ribbon.cut()) spine.push(along);
        for (const along of spine.close()) {
          positions.push(...ribbon.placeAt(along));
          colours.push(...ribbon.colourAt(along));
        }
      }); // the spine is released
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, scene.positions);
    gl.bufferData(gl.ARRAY_BUFFER, positions.close(), gl.STREAM_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, scene.colours);
    gl.bufferData(gl.ARRAY_BUFFER, colours.close(), gl.STREAM_DRAW);
    gl.drawArrays(gl.TRIANGLES, 0, positions.length / 3);
  }); // all of it is released
  // [/lines]
}
