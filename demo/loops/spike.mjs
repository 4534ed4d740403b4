// SPDX-License-Identifier: MIT
// The spike's loop in JavaScript. The page shows the lines between the marks; a page test runs them.

/**
 * @param {import("../../web/secondstack.mjs").SecondStack} stack
 * @param {WebGL2RenderingContext} gl
 * @param {{ spines: Iterable<any>, positions: WebGLBuffer, calmBytes: number, isCalmAgain: boolean }} scene
 */
export function drawFrame(stack, gl, scene) {
  // [lines] open, push, close, upload, trim
  stack.scope((s) => {
    const positions = s.buffer(Float32Array); // ten times as much every 4 seconds
    for (const spine of scene.spines) {
      stack.scope((scratch) => {
        const rings = scratch.buffer(Float32Array); // a longer spine has more of them
        for (const along of spine.cut()) rings.push(along);
        for (const along of rings.close()) positions.push(...spine.ringAt(along));
      });
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, scene.positions);
    gl.bufferData(gl.ARRAY_BUFFER, positions.close(), gl.STREAM_DRAW);
    gl.drawArrays(gl.TRIANGLES, 0, positions.length / 3);
  }); // all of it is released, and stays reserved for the next frame
  if (scene.isCalmAgain) stack.trim(scene.calmBytes); // what only the spike needed goes back
  // [/lines]
}
