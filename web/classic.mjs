// SPDX-License-Identifier: MIT
// What secondstack.classic.js has in its global, for pages with classic scripts. Those import nothing
// later, so what { debug: true } needs is in it.
import "./debug_scope.mjs";

export * from "./secondstack.mjs";
export { layout } from "./layout.mjs";
