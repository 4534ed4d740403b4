// SPDX-License-Identifier: MIT
// Isolates the demo's page where the host sends no headers for that: shared memory, and so threads, need
// Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy, which a host of plain files does not send.
//
// The page loads this file as its first script, and the file then registers itself as the service worker of the
// folder that it lies in, the demo's; no other page of the site is touched. The worker passes every request on and
// adds the two headers to the answer. It stores nothing. Since the page itself came without them, it is loaded
// once more. A host that sends them has no need of this, and nothing is registered.
//
// Where there are no service workers (private windows of some browsers, plain http: from another machine) the
// page runs as it does without isolation: on one thread, and says so.

if (typeof document === "undefined") {
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("fetch", (event) => {
    // What only the browser's own cache may answer cannot be asked of a host.
    if (event.request.cache === "only-if-cached" && event.request.mode !== "same-origin") return;
    event.respondWith(answerIsolated(event.request));
  });
} else if (!globalThis.crossOriginIsolated && navigator.serviceWorker) {
  isolatePage(document.currentScript.src);
} else {
  // Whoever reloads past the worker next time gets it back.
  sessionStorage.removeItem("is-reloaded-for-isolation");
}

/** @param {Request} request */
async function answerIsolated(request) {
  const response = await fetch(request);
  // Answers that may not be looked into stay as they are.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  const { status, statusText } = response;
  // A body there must not be, not even an empty one.
  const body = [101, 204, 205, 304].includes(status) ? null : response.body;
  return new Response(body, { status, statusText, headers });
}

/** @param {string} script the address of this file */
async function isolatePage(script) {
  // Once only: a browser that does not isolate the page even so would load it for ever.
  if (sessionStorage.getItem("is-reloaded-for-isolation")) return;
  try {
    await navigator.serviceWorker.register(script);
    await navigator.serviceWorker.ready;
    sessionStorage.setItem("is-reloaded-for-isolation", "yes");
    location.reload();
  } catch (error) {
    console.warn(`The page stays on one thread: ${error.message}`);
  }
}
