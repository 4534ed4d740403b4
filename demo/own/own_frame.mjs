// SPDX-License-Identifier: MIT
// The frame in which a visitor's scene runs: an origin of its own without access to the page, its storage or the
// network, with a canvas and a worker. Code comes by an address that somebody else may have written, so
// it must be able to do nothing but draw. Removing the frame ends it, whatever it is doing.

/** Code that has not answered for so long is taken to be an endless loop. */
const SILENCE_MS = 2000;
const PING_EVERY_MS = 250;
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; " +
  "worker-src blob:; style-src 'unsafe-inline'";

/** What the frame's document runs. It is turned into text, so it must use nothing from outside itself. */
function runFrame(/** @type {string} */ workerText) {
  const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("canvas"));
  const size = () => ({
    type: "size",
    width: Math.max(1, Math.round(innerWidth * Math.min(devicePixelRatio, 2))),
    height: Math.max(1, Math.round(innerHeight * Math.min(devicePixelRatio, 2))),
  });
  const worker = new Worker(URL.createObjectURL(new Blob([workerText])));
  worker.onmessage = ({ data }) => parent.postMessage(data, "*");
  worker.onerror = (event) => {
    parent.postMessage({ type: "error", text: event.message ?? "The worker does not start." }, "*");
  };
  addEventListener("resize", () => worker.postMessage(size()));
  addEventListener("message", ({ data, source }) => {
    if (source !== parent) return;
    if (data.type !== "start") return worker.postMessage(data);
    const offscreen = canvas.transferControlToOffscreen();
    worker.postMessage({ ...data, canvas: offscreen }, [offscreen]);
    worker.postMessage(size());
  });
  parent.postMessage({ type: "ready" }, "*");
}

/**
 * Runs a scene in a frame of its own.
 * @param {HTMLElement} holder
 * @param {string} workerText
 * @param {string} code
 * @param {boolean} isStill draws one frame only
 * @param {(message: any) => void} onMessage of type "frame", "error" or "stopped"
 * @returns {{ end: () => void }}
 */
export function startFrame(holder, workerText, code, isStill, onMessage) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = "Your scene";
  const script = `(${runFrame})(${JSON.stringify(workerText).replaceAll("<", "\\u003c")})`;
  frame.srcdoc =
    `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    "<style>html,body{margin:0;height:100%;overflow:hidden;background:#0a0e14}" +
    `canvas{display:block;width:100%;height:100%}</style><canvas></canvas><script>${script}</script>`;
  let lastHeard = 0;
  let isStarted = false;

  const timer = setInterval(() => {
    if (!isStarted || document.hidden) {
      lastHeard = performance.now();
    } else if (performance.now() - lastHeard > SILENCE_MS) {
      end();
      onMessage({ type: "stopped" });
      return;
    }
    if (isStarted) frame.contentWindow?.postMessage({ type: "ping" }, "*");
  }, PING_EVERY_MS);

  function listen(/** @type {MessageEvent} */ { source, data }) {
    if (source !== frame.contentWindow) return;
    lastHeard = performance.now();
    if (data.type === "ready") {
      frame.contentWindow.postMessage({ type: "start", code, isStill }, "*");
      isStarted = true;
    } else if (data.type === "frame" || data.type === "error") onMessage(data);
  }

  function end() {
    clearInterval(timer);
    removeEventListener("message", listen);
    frame.remove();
  }

  addEventListener("message", listen);
  holder.append(frame);
  return { end };
}
