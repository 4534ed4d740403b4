// SPDX-License-Identifier: MIT
// What the page runs on: the renderer, the isolation and the clock, which decide what its figures mean.
import { formatMs } from "./format.mjs";

const CLOCK_STEPS = 12;
const CLOCK_LIMIT_MS = 60;

/** @param {WebGL2RenderingContext} gl */
export function rendererName(gl) {
  const name = String(gl.getParameter(gl.RENDERER));
  // Firefox gives the name here; Chrome and Safari give it only through the extension.
  if (name !== "WebKit WebGL" && name !== "Apple GPU") return name;
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  return extension ? String(gl.getParameter(extension.UNMASKED_RENDERER_WEBGL)) : name;
}

/** Returns the smallest step that performance.now() was seen to make, in milliseconds. */
function clockResolutionMs() {
  const start = performance.now();
  let smallest = Infinity;
  let last = start;
  for (let steps = 0; steps < CLOCK_STEPS && last - start < CLOCK_LIMIT_MS;) {
    const now = performance.now();
    if (now === last) continue;
    smallest = Math.min(smallest, now - last);
    last = now;
    steps++;
  }
  return smallest;
}

/** @param {string} name as ANGLE and Mesa put it */
function shortRenderer(name) {
  const inner = /^ANGLE \((.*)\)$/.exec(name)?.[1] ?? name;
  // "Vendor, Device (details) driver, version": the device says enough; the full name is the tooltip.
  const device = inner.split(", ")[1] ?? inner;
  return device.replace(/\s*\(0x[0-9A-Fa-f]+\)/g, "").replace(/\s+Direct3D.*$/, "");
}

/**
 * @typedef {object} Environment
 * @property {string} renderer full name
 * @property {string} rendererShort
 * @property {boolean} isSoftware whether the CPU draws; the times of whole frames say little then
 * @property {boolean} isIsolated
 * @property {number} clockMs smallest step of performance.now()
 * @property {string} clock for people
 * @property {number} cores as the browser reports them
 */

/**
 * @param {string} renderer its full name
 * @returns {Environment}
 */
export function readEnvironment(renderer) {
  const clockMs = clockResolutionMs();
  return {
    renderer,
    rendererShort: shortRenderer(renderer),
    isSoftware: /SwiftShader|llvmpipe|softpipe|swrast|Software|Basic Render/i.test(renderer),
    isIsolated: globalThis.crossOriginIsolated === true,
    clockMs,
    clock: clockMs < 0.1 ? `${Math.round(clockMs * 1000)} µs` : formatMs(clockMs),
    cores: navigator.hardwareConcurrency ?? 1,
  };
}
