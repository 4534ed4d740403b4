// SPDX-License-Identifier: MIT
// The workers' loop in JavaScript: a worker makes a strand on its own stack and the GL thread uploads it
// before the scope ends. The page shows the lines between the marks; a page test runs them.

/**
 * @param {import("../../web/secondstack.mjs").scope} scope
 * @param {{ leaves: any[] }} strand
 * @param {(positions: Float32Array, colours: Uint8Array) => void} upload
 */
export function makeStrand(scope, strand, upload) {
  const VERTICES = 3;
  // [lines] each worker, on its own stack
  scope((s) => {
    const positions = s.uninitSlice(Float32Array, strand.leaves.length * VERTICES * 3);
    const colours = s.uninitSlice(Uint8Array, strand.leaves.length * VERTICES * 4);
    strand.leaves.forEach((leaf, i) => {
      scope((scratch) => {
        const outline = scratch.uninitSlice(Float32Array, VERTICES * 3);
        leaf.writeOutline(outline);
        positions.set(outline, i * VERTICES * 3);
        for (let v = 0; v < VERTICES; v++) colours.set(leaf.colour, (i * VERTICES + v) * 4);
      });
    });
    upload(positions, colours); // the memory is shared: it is read where it lies
  }); // only now does the worker take it back
  // [/lines]
}
