// SPDX-License-Identifier: MIT
/**
 * What a bundler makes of the import of a wasm file: an address, its bytes, or a module.
 * createSecondStack({ wasm }) takes each of them.
 */
declare const wasm: URL | string | BufferSource | WebAssembly.Module;
export default wasm;
