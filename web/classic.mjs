// SPDX-License-Identifier: MIT
// What the global `secondstack` of secondstack.classic.js has, for pages with classic scripts. Such
// a page cannot import anything later, so the code that { debug: true } needs is part of the file.
import "./debug_scope.mjs";

export * from "./secondstack.mjs";
export { layout } from "./layout.mjs";
