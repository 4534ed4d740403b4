// SPDX-License-Identifier: MIT
// A page under a strict Content-Security-Policy, which says in its title what came of it.
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
  document.title = `${sum} ${tryEval()}`;
} catch (error) {
  document.title = String(error);
}
