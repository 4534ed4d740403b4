// SPDX-License-Identifier: MIT
// Frames with scratch memory, of which one in some hundred takes far more than the others. The panel shows which frame
// that is and, because of secondstack/debug, which function is the cause. A released page imports neither.
import "secondstack/debug";
import { scope, sharedStack } from "secondstack";
import "secondstack/panel";

const PARTICLES = 128;
const ODD_EVERY = 400;
let frameCount = 0;
let isOdd = false;

// Collects the pairs that touch: nearly none, except in a frame in which all particles are at one place.
function collide(s) {
  const pairs = s.buffer(Uint32Array);
  for (let i = 0; i < PARTICLES; i++) {
    for (let j = 0; j < (isOdd ? PARTICLES : 1); j++) pairs.push(i, j);
  }
  return pairs.close().length;
}

function frame() {
  isOdd ||= ++frameCount % ODD_EVERY === 0;
  scope((s) => {
    s.zeroedSlice(Float32Array, 4 * PARTICLES);
    collide(s);
  });
  isOdd = false;
  requestAnimationFrame(frame);
}

document.querySelector("secondstack-panel").sources = [sharedStack()];
document.getElementById("odd").addEventListener("click", () => (isOdd = true));
frame();
