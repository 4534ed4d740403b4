// The page: canvas size, animation clock, figures. What is drawn is decided in C.
//
// URL parameters: tris, the triangles that a frame has on average; seed, another arrangement;
// paused, to start so.
import createDemo from "./dist/demo.mjs";

// The same list as `counter` in main.c.
const counterNames = [
  "triangles",
  "uploads",
  "bytesUploaded",
  "generateMs",
  "uploadMs",
  "used",
  "reserved",
  "peak",
  "chunks",
  "growths",
  "bytesCopied",
  "backingCalls",
];

const DEFAULT_TRIANGLES = 90_000;
const MAX_TRIANGLES = 2_000_000;
const STEP_SECONDS = 1 / 60;
// After a pause or a stall the scene goes on where it was.
const MAX_STEP_SECONDS = 0.1;
const FIGURES_EVERY_MS = 250;

const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("canvas"));
const toggle = /** @type {HTMLButtonElement} */ (document.getElementById("toggle"));
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const parameters = new URLSearchParams(location.search);

/**
 * Reads a whole number from the address.
 * @param {string} name
 * @param {number} fallback used when it is missing or not a number
 * @param {number} min
 * @param {number} max
 */
function numberParameter(name, fallback, min, max) {
  const text = parameters.get(name);
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.trunc(Math.min(Math.max(value, min), max)) : fallback;
}

/** @param {string} text */
function showMessage(text) {
  const message = /** @type {HTMLElement} */ (document.getElementById("message"));
  message.textContent = text;
  message.hidden = text === "";
}

/** @param {number} bytes */
function formatBytes(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
}

/**
 * Makes one line of figures.
 * @param {string} name
 * @returns {(text: string) => void} sets its value
 */
function addFigure(name) {
  const list = /** @type {HTMLElement} */ (document.getElementById("figures"));
  const line = list.appendChild(document.createElement("div"));
  const term = line.appendChild(document.createElement("dt"));
  const value = line.appendChild(document.createElement("dd"));
  term.textContent = name;
  return (text) => {
    value.textContent = text;
  };
}

/** Runs the page on a module that has made its context. */
function run(module) {
  const setGenerate = addFigure("Generate");
  const setUpload = addFigure("Upload, draw");
  const setInterval = addFigure("Interval");
  const setTriangles = addFigure("Triangles");
  const setUploaded = addFigure("Uploaded");
  const setUsed = addFigure("Stack used");
  const setPeak = addFigure("Stack peak");
  const setReserved = addFigure("Reserved");

  let seconds = 0;
  let frameCount = 0;
  let isPaused = parameters.has("paused") || reducedMotion.matches;
  let isContextLost = false;
  let request = 0;
  let lastTime = 0;
  // Sums since the figures were last shown.
  let frames = 0;
  let generateMs = 0;
  let uploadMs = 0;
  let intervals = 0;
  let intervalMs = 0;
  let lastShown = 0;

  const counter = (name) => module._demo_counter(counterNames.indexOf(name));

  function draw() {
    module._demo_frame(seconds, canvas.width, canvas.height);
    frameCount++;
    generateMs += counter("generateMs");
    uploadMs += counter("uploadMs");
    frames++;
  }

  function showFigures() {
    if (frames > 0) {
      setGenerate(`${(generateMs / frames).toFixed(1)} ms`);
      setUpload(`${(uploadMs / frames).toFixed(1)} ms`);
    }
    setInterval(intervals > 0 ? `${(intervalMs / intervals).toFixed(1)} ms` : "–");
    setTriangles(counter("triangles").toLocaleString("en"));
    setUploaded(`${(counter("bytesUploaded") / 1e6).toFixed(2)} MB`);
    setUsed(formatBytes(counter("used")));
    setReserved(formatBytes(counter("reserved")));
    setPeak(formatBytes(counter("peak")));
    frames = generateMs = uploadMs = intervals = intervalMs = 0;
  }

  function drawOnce() {
    if (isContextLost) return;
    draw();
    showFigures();
  }

  function onFrame(now) {
    request = requestAnimationFrame(onFrame);
    if (lastTime !== 0) {
      intervals++;
      intervalMs += now - lastTime;
      seconds += Math.min((now - lastTime) / 1000, MAX_STEP_SECONDS);
    }
    lastTime = now;
    draw();
    if (now - lastShown >= FIGURES_EVERY_MS) {
      lastShown = now;
      showFigures();
    }
  }

  // Runs the loop, or stops it, as the page's state asks for.
  function update() {
    cancelAnimationFrame(request);
    toggle.textContent = isPaused ? "Run" : "Pause";
    lastTime = 0;
    if (!isPaused && !isContextLost && !document.hidden) {
      request = requestAnimationFrame(onFrame);
    }
  }

  function setPaused(value) {
    isPaused = value;
    update();
  }

  // Returns whether the size is another one. Setting it clears the canvas.
  function fitCanvas() {
    const ratio = Math.min(devicePixelRatio, 2);
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    if (width === canvas.width && height === canvas.height) return false;
    canvas.width = width;
    canvas.height = height;
    return true;
  }

  toggle.addEventListener("click", () => setPaused(!isPaused));
  document.addEventListener("keydown", (event) => {
    // A focused button takes Space as a click by itself.
    if (event.code !== "Space" || event.repeat || event.target === toggle) return;
    event.preventDefault();
    setPaused(!isPaused);
  });
  document.addEventListener("visibilitychange", update);
  reducedMotion.addEventListener("change", () => reducedMotion.matches && setPaused(true));
  canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault();
    isContextLost = true;
    showMessage("The browser took the graphics context away. Waiting to get it back.");
    update();
  });
  canvas.addEventListener("webglcontextrestored", () => {
    isContextLost = module._demo_restore_context() === 0;
    showMessage(
      isContextLost ? "The graphics context came back, but its shaders do not build." : "",
    );
    drawOnce();
    update();
  });

  fitCanvas();
  drawOnce();
  new ResizeObserver(() => fitCanvas() && drawOnce()).observe(canvas);
  update();
  /** @type {HTMLElement} */ (document.getElementById("panel")).hidden = false;

  // For tests and for the console: demo.stats(), demo.step(10).
  window.demo = {
    /** Everything that is counted. Waits for the GPU, for the sake of the GL errors. */
    stats() {
      const stats = {
        glErrors: module._demo_gl_errors(),
        memoryBytes: module._demo_memory_bytes(),
      };
      for (const name of counterNames) stats[name] = counter(name);
      return stats;
    },
    /** Stops the loop and draws `count` frames, 1/60 s apart. */
    step(count = 1) {
      if (!isPaused) setPaused(true);
      for (let i = 0; i < count; i++) {
        seconds += STEP_SECONDS;
        draw();
      }
      showFigures();
    },
    /** Stops the loop and draws the scene as it is at a time in seconds. */
    seek(time) {
      setPaused(true);
      seconds = time;
      drawOnce();
    },
    /** Frames drawn since the page was loaded. */
    get frameCount() {
      return frameCount;
    },
    get isPaused() {
      return isPaused;
    },
  };
}

let module;
try {
  module = await createDemo();
} catch (error) {
  showMessage(`The demo's WebAssembly did not load: ${error.message}`);
  throw error;
}
const budget = numberParameter("tris", DEFAULT_TRIANGLES, 500, MAX_TRIANGLES);
if (module._demo_counter_count() !== counterNames.length) {
  throw new Error("page.mjs and main.c disagree about the counters");
}
if (module._demo_init(numberParameter("seed", 7, 0, 0xffffffff), budget)) {
  run(module);
} else {
  showMessage(
    "This demo needs WebGL2, and this browser gives none. Check that hardware acceleration is on, " +
      "or that the browser is of 2022 or later.",
  );
}
