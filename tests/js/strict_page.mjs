// SPDX-License-Identifier: MIT
// A page under a strict Content-Security-Policy, which says in its title what came of it.
import "../../web/compile.mjs";
import { layout } from "../../web/layout.mjs";
import { scope } from "../../web/secondstack.mjs";

function tryEval() {
  try {
    return new Function("return 'eval works'")();
  } catch {
    return "eval is refused";
  }
}

try {
  const sum = scope((s) => s.copySlice(Float32Array, [1, 2]).reduce((a, b) => a + b));
  // Text for a push is refused, and so the layout has none.
  const vertex = layout({ position: "f32x2", colour: "unorm8x4" });
  const bytes = scope((s) => {
    const buffer = vertex.buffer(s);
    buffer.push(0, 0, 0, 0.2, 0.4, 1);
    return buffer.close().slice(8).join();
  });
  document.title = `${sum} ${bytes} ${tryEval()}`;
} catch (error) {
  document.title = String(error);
}
