// SPDX-License-Identifier: MIT
// Finding, compiling and starting the module's own WebAssembly.
import { fail, refuse } from "./checks.mjs";

export const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;
// One page is for the static data and for what the library and the heap add to a chunk.
const OWN_PAGES = 1;

/**
 * @param {string} call
 * @param {string} argument
 * @param {number} bytes of stack
 * @param {number} [share] the share of these bytes by which the last growth may exceed them
 * @returns {number} pages of memory
 */
export function pagesFor(call, argument, bytes, share = 0) {
  const pages = OWN_PAGES + Math.ceil((bytes + bytes * share) / PAGE_BYTES);
  if (pages > MAX_PAGES) refuse(call, argument, bytes, "within 4 GiB of memory", RangeError);
  return pages;
}

/** The share by which a chunk grows: an eighth. */
export const GROWTH = 1 / 8;

async function readFile(url) {
  // Imported by a variable, because bundlers for browsers would follow a literal name.
  const name = "node:fs/promises";
  const { readFile } = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
  return readFile(url);
}

/**
 * @param {string} call
 * @param {any} wasm the URL of the file, its bytes, or the compiled module
 * @returns {Promise<WebAssembly.Module>}
 */
export async function load(call, wasm) {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm)) {
    return WebAssembly.compile(/** @type {BufferSource} */ (wasm));
  }
  if (typeof wasm === "string")
    wasm = new URL(wasm, globalThis.document?.baseURI ?? import.meta.url);
  if (!(wasm instanceof URL)) {
    refuse(call, "wasm", wasm, "a URL, bytes or a WebAssembly.Module");
  }
  if (wasm.protocol === "file:" && globalThis.process?.versions?.node) {
    return WebAssembly.compile(await readFile(wasm));
  }
  const response = await fetch(wasm);
  if (!response.ok) fail(call, `${wasm} could not be loaded: ${response.status}`, Error);
  // The file is small, and compiling it while it streams would fail with the many servers that do
  // not know the type of .wasm files.
  return WebAssembly.compile(await response.arrayBuffer());
}

/**
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Memory} memory
 * @returns {Promise<any>} what it exports
 */
export async function instantiate(module, memory) {
  return (await WebAssembly.instantiate(module, { env: { memory } })).exports;
}
