// SPDX-License-Identifier: MIT
// What these pages draw: bars, whose number and heights are new in each frame.

/** @returns {number[]} heights from 0 to 1 */
export function barsAt(seconds) {
  const count = 8 + Math.floor(24 * (1 + Math.sin(seconds)));
  return Array.from({ length: count }, (_, i) => 0.5 + 0.45 * Math.sin(i / 3 + 2 * seconds));
}

/** The colour of a bar, from red for the first to blue for the last. */
export function colourOf(i, count) {
  const blue = count > 1 ? i / (count - 1) : 0;
  return [1 - blue, 0.25, blue];
}

/** @param {(bars: number[]) => void} draw is called for each frame */
export function animate(draw) {
  requestAnimationFrame(function frame(ms) {
    draw(barsAt(ms / 1000));
    requestAnimationFrame(frame);
  });
}
