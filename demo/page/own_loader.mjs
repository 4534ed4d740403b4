// SPDX-License-Identifier: MIT
// Loads the editor for a scene of the visitor's own when it is asked for: by the button, or by an address that
// holds a scene.

/** @typedef {typeof import("../own/own_scene.mjs")} OwnScene */

/** @type {Promise<OwnScene> | undefined} */
let loading;

export function hasOwnScene() {
  return location.hash.startsWith("#own=");
}

/** @returns {Promise<OwnScene>} */
export function loadOwnScene() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "dist/own.js";
    script.onload = () => resolve(/** @type {any} */ (globalThis).secondstackOwnScene);
    script.onerror = () => {
      loading = undefined;
      reject(new Error("dist/own.js does not load"));
    };
    document.head.append(script);
  });
  return loading;
}
