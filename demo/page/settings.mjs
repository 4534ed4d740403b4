// SPDX-License-Identifier: MIT
// The page's settings and the address that holds all of them:
//   ?scene=&alloc=&tris=&uploads=&workers=&seed=&trim=&paused=&kind=&thread=&api=&bench=
// A value that cannot be used is reported and replaced by the default; all others still apply.
import { APIS, DEFAULTS, LIMITS, SCENES, SOURCES } from "../engine.mjs";

/** @typedef {import("../engine.mjs").Settings} EngineSettings */

/** What a number is called in the address. */
const NUMBER_NAMES = /** @type {const} */ ({
  triangles: "tris",
  uploads: "uploads",
  workers: "workers",
  seed: "seed",
});
const KINDS = ["auto", "file", "single", "threads"];
/** Who draws. */
const THREADS = ["page", "worker"];

/** @param {string} name of a scene */
export function sceneInfo(name) {
  return SCENES.find((scene) => scene.name === name) ?? SCENES[0];
}

/** @param {string} name of a source */
export function sourceInfo(name) {
  return SOURCES.find((source) => source.name === name) ?? SOURCES[0];
}

/**
 * The settings that suit a scene; all other settings do not depend on the scene.
 * @param {string} name
 */
export function sceneSettings(name) {
  const { triangles, uploads } = sceneInfo(name);
  return { scene: name, triangles, uploads };
}

/**
 * @typedef {object} PageSettings
 * @property {Partial<EngineSettings>} engine `workers` only if the address names it
 * @property {"auto" | "file" | "single" | "threads"} kind
 * @property {"page" | "worker"} thread that draws
 * @property {"webgl2" | "webgpu"} api
 * @property {boolean} isPaused
 * @property {boolean} isBench
 * @property {string[]} problems one line each
 */

/**
 * Reads the address.
 * @param {string} search as in location.search
 * @returns {PageSettings}
 */
export function readAddress(search) {
  const parameters = new URLSearchParams(search);
  /** @type {string[]} */
  const problems = [];

  const choice = (/** @type {string} */ key, /** @type {readonly string[]} */ names, fallback) => {
    const text = parameters.get(key);
    if (text === null || text === "") return fallback;
    if (names.includes(text)) return text;
    problems.push(`${key}=${text} is none of ${names.join(", ")}: ${fallback} is used.`);
    return fallback;
  };
  const number = (/** @type {keyof typeof NUMBER_NAMES} */ name, fallback) => {
    const key = NUMBER_NAMES[name];
    const text = parameters.get(key);
    if (text === null || text.trim() === "") return fallback;
    const value = Number(text);
    const [min, max] = LIMITS[name];
    if (!Number.isFinite(value)) {
      problems.push(`${key}=${text} is not a number: ${fallback ?? "the default"} is used.`);
      return fallback;
    }
    const usable = Math.trunc(Math.min(Math.max(value, min), max));
    if (usable !== value) {
      problems.push(`${key}=${text} is no whole number from ${min} to ${max}: ${usable} is used.`);
    }
    return usable;
  };
  // ?paused, ?paused=1 and ?paused=true mean yes.
  const flag = (/** @type {string} */ key, fallback) => {
    const text = parameters.get(key);
    return text === null ? fallback : text !== "0" && text !== "false";
  };

  const names = (/** @type {readonly { name: string }[]} */ list) => list.map(({ name }) => name);
  const scene = choice("scene", names(SCENES), DEFAULTS.scene);
  const suited = sceneSettings(scene);
  const engine = {
    scene,
    source: choice("alloc", names(SOURCES), DEFAULTS.source),
    triangles: number("triangles", suited.triangles),
    uploads: number("uploads", suited.uploads),
    workers: number("workers", undefined),
    seed: number("seed", DEFAULTS.seed),
    trim: flag("trim", DEFAULTS.trim),
  };
  return {
    engine,
    kind: choice("kind", KINDS, "auto"),
    thread: choice("thread", THREADS, "page"),
    api: choice("api", APIS, "webgl2"),
    isPaused: flag("paused", false),
    isBench: flag("bench", false),
    problems,
  };
}

/**
 * Writes the address, so that it can be copied at any time. Parameters that are not settings stay.
 * @param {EngineSettings} settings
 * @param {boolean} isPaused
 */
export function writeAddress(settings, isPaused) {
  const url = new URL(location.href);
  url.searchParams.set("scene", settings.scene);
  url.searchParams.set("alloc", settings.source);
  for (const name of /** @type {(keyof typeof NUMBER_NAMES)[]} */ (Object.keys(NUMBER_NAMES))) {
    url.searchParams.set(NUMBER_NAMES[name], String(settings[name]));
  }
  setOrDelete(url, "trim", settings.trim ? null : "0");
  setOrDelete(url, "paused", isPaused ? "1" : null);
  if (url.href !== location.href) history.replaceState(null, "", url);
}

/**
 * @param {URL} url
 * @param {string} key
 * @param {string | null} value
 */
function setOrDelete(url, key, value) {
  if (value === null) url.searchParams.delete(key);
  else url.searchParams.set(key, value);
}
