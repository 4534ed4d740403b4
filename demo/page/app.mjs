// SPDX-License-Identifier: MIT
// The page at work: ties the loop, the controls and the views to the stage.
import { showComparison } from "./compare.mjs";
import { createControls } from "./controls.mjs";
import { createCounters } from "./counters.mjs";
import { copyText, describeRun, savePicture } from "./export.mjs";
import { createFrameGraph } from "./frame_graph.mjs";
import { listenToKeys } from "./keys.mjs";
import { createMemoryView } from "./memory_view.mjs";
import { showMessage, showNote } from "./notes.mjs";
import { hasOwnScene, loadOwnScene } from "./own_loader.mjs";
import { createSceneButtons } from "./scene_buttons.mjs";
import { sceneInfo, sceneSettings, sourceInfo, writeAddress } from "./settings.mjs";
import { createSourcePanel } from "./source_panel.mjs";
import { createTour } from "./tour.mjs";
import { describeWays, showWays } from "./ways.mjs";

const GRAPH_EVERY_MS = 100;
const FIGURES_EVERY_MS = 250;
const ADDRESS_AFTER_MS = 300;
const MAX_PIXEL_RATIO = 2;

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Acts on what a method of the stage returns: at once, or, where a worker draws, when it has answered.
 * @template T
 * @param {T | Promise<T>} result
 * @param {(value: T) => void} act
 */
function after(result, act) {
  return result instanceof Promise ? result.then(act) : act(result);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./stage.mjs").Stage | import("./stage_remote.mjs").RemoteStage} stage
 * @param {import("./settings.mjs").PageSettings} pageSettings
 * @param {import("./ways.mjs").Ways} ways
 * @returns what tests and the console call `demo`; where a worker draws, what draws or asks for `stats` returns a promise
 */
export function createApp(canvas, stage, pageSettings, ways) {
  const { engine, environment, timings } = stage;
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const toggle = element("toggle");
  const panels = ["head", "charts", "side"].map(element);
  panels.forEach((panel) => (panel.hidden = false));

  const counters = createCounters();
  const frameGraph = createFrameGraph(timings);
  const memory = createMemoryView(engine);
  const sourcePanel = createSourcePanel();
  let isBare = false;
  let hasLines = true;
  /** The visitor's own scene, while it is open. @type {{ close: () => void } | null} */
  let ownScene = null;
  let isOpeningOwn = false;
  let isComparing = false;
  let isContextLost = false;
  let lastGraph = 0;
  let lastFigures = 0;

  function onFrame() {
    memory.record();
    if (!isBare) showFrame();
    tour.onFrame();
  }

  function showFrame() {
    memory.show();
    const now = performance.now();
    if (now - lastGraph >= GRAPH_EVERY_MS) {
      lastGraph = now;
      frameGraph.show();
    }
    if (now - lastFigures >= FIGURES_EVERY_MS) showFigures();
  }

  function showFigures() {
    lastFigures = performance.now();
    counters.show(engine.record, loop.frameCount);
    frameGraph.describe();
    memory.describe();
    const { droppedDraws } = engine.record;
    if (droppedDraws > 0) {
      showNote(`The ring is full: ${droppedDraws} batches of this frame are not drawn.`);
    }
  }

  /** Brings all figures up to the present frame, for a page that stands still. */
  function showAll() {
    memory.show();
    frameGraph.show();
    showFigures();
  }

  stage.begin(pageSettings.isPaused || reducedMotion.matches, {
    onFrame,
    onStateChange() {
      toggle.textContent = loop.isPaused ? "Run" : "Pause";
      saveAddress();
    },
    onContextLost() {
      isContextLost = true;
      updateBlocked();
      element("stage").classList.add("is-lost");
      showMessage("The browser took the graphics context away. Waiting to get it back.");
    },
    onContextBack(message) {
      if (message) {
        showMessage(message);
        return;
      }
      isContextLost = false;
      element("stage").classList.remove("is-lost");
      showMessage("");
      showNote("The graphics context was lost and is back; the geometry was made anew.");
      updateBlocked();
      drawOnce();
    },
  });
  const { loop } = stage;

  let addressTimer = 0;
  function saveAddress() {
    clearTimeout(addressTimer);
    // Browsers limit how often an address may change.
    addressTimer = window.setTimeout(
      () => writeAddress(engine.settings, loop.isPaused),
      ADDRESS_AFTER_MS,
    );
  }

  function drawOnce() {
    return after(loop.draw(), () => {
      if (!isContextLost) showAll();
    });
  }

  function showSettings() {
    const { settings } = engine;
    const scene = sceneInfo(settings.scene);
    element("scene-about").textContent = `${scene.title}. ${scene.text}`;
    element("source-about").textContent = sourceInfo(settings.source).text;
    canvas.setAttribute("aria-label", `${scene.title}: ${scene.text}`);
    sceneButtons.show(settings.scene);
    sourcePanel.show(settings.scene);
    controls.show(settings);
    saveAddress();
  }

  /** Starts the scene anew with these settings, from the same time on. */
  function configure(/** @type {Partial<import("../engine.mjs").Settings>} */ changes) {
    if (isComparing) return;
    // A visitor who chooses a scene wants to see it, so the editor closes.
    closeOwn();
    const isOtherScene = changes.scene !== undefined && changes.scene !== engine.settings.scene;
    const isDone = stage.configure(
      isOtherScene ? { ...sceneSettings(changes.scene), ...changes } : changes,
    );
    memory.clear();
    showSettings();
    return loop.isPaused ? drawOnce() : isDone;
  }

  function reset() {
    if (isComparing) return;
    loop.seconds = 0;
    configure({});
  }

  function step() {
    if (isComparing) return;
    after(loop.step(1), showAll);
  }

  function setBare(/** @type {boolean} */ value) {
    isBare = value;
    document.body.classList.toggle("is-bare", isBare);
    panels.forEach((panel) => (panel.hidden = isBare));
    showLines();
    element("show-panels").hidden = !isBare;
    if (!isBare) {
      fitCharts();
      showAll();
    }
  }

  function showLines() {
    element("own").hidden = isBare || ownScene === null;
    element("lines").hidden = isBare || !hasLines || ownScene !== null;
  }

  function toggleLines() {
    hasLines = !hasLines;
    showLines();
  }

  /** Blocks drawing while the context is lost, a comparison runs or the visitor's own scene is open. */
  function updateBlocked() {
    loop.isBlocked = isContextLost || isComparing || ownScene !== null;
  }

  async function openOwn() {
    if (isComparing || isOpeningOwn || ownScene !== null) return;
    tour.end();
    isOpeningOwn = true;
    try {
      const own = await loadOwnScene();
      element("own").hidden = false;
      ownScene = await own.openOwnScene(reducedMotion.matches);
      if (isBare) setBare(false);
      showLines();
      updateBlocked();
      sceneButtons.show("");
      element("open-own").setAttribute("aria-pressed", "true");
    } catch (error) {
      showLines();
      showNote(`The editor does not open: ${error.message}`);
    } finally {
      isOpeningOwn = false;
    }
  }

  function closeOwn() {
    if (ownScene === null) return;
    ownScene.close();
    ownScene = null;
    showLines();
    updateBlocked();
    sceneButtons.show(engine.settings.scene);
    element("open-own").setAttribute("aria-pressed", "false");
    element("open-own").focus();
    drawOnce();
  }

  function fileName(/** @type {string} */ ending) {
    const { scene, source } = engine.settings;
    return `secondstack-${scene}-${source}-${loop.seconds.toFixed(2)}s.${ending}`;
  }

  async function screenshot() {
    if (isComparing || isContextLost) return showNote("There is no picture to save just now.");
    const isSaved = savePicture(await stage.picture(), fileName("png"));
    showNote(isSaved ? `Saved as ${fileName("png")}.` : "The browser made no picture.");
  }

  async function copyJson() {
    const text = JSON.stringify(describeRun(engine, environment, timings), null, 2);
    const how = await copyText(text, fileName("json"));
    showNote(how === "copied" ? "Copied as JSON." : `Saved as ${fileName("json")}.`);
  }

  async function loseContext() {
    if (isContextLost || !(await stage.loseContext())) {
      showNote("This browser cannot lose it on demand.");
    }
  }

  function trimNow() {
    const before = engine.record.reserved;
    stage.trim();
    showNote(
      `Trimmed: ${(before / 1024).toFixed(0)} KiB went back; the next frame takes what it needs.`,
    );
  }

  async function compare() {
    if (isComparing || isContextLost) return;
    tour.end();
    closeOwn();
    isComparing = true;
    updateBlocked();
    const button = /** @type {HTMLButtonElement} */ (element("compare"));
    button.disabled = true;
    try {
      const results = await stage.compare((done, all) => {
        button.textContent = `Comparing: ${done} of ${all}`;
        showNote(`Comparing the sources, ${done} of ${all}. Nothing is drawn meanwhile.`);
      });
      showComparison(element("comparison"), results);
      element("comparison").scrollIntoView({ block: "nearest" });
    } finally {
      button.textContent = "Compare the sources";
      button.disabled = false;
      showNote("");
      isComparing = false;
      memory.clear();
      updateBlocked();
      // Changes made during the comparison were not taken over, so the controls show the old
      // settings.
      showSettings();
      drawOnce();
    }
  }

  const actions = [
    { name: "Step one frame", key: ".", run: step },
    { name: "Reset", key: "R", run: reset },
    { name: "Save a picture", key: "S", run: screenshot },
    { name: "Hide the panels", key: "H", run: () => setBare(!isBare) },
    { name: "Show or hide the source", key: "L", run: toggleLines },
    { name: "Copy the figures as JSON", run: copyJson },
    { name: "Trim the stacks now", run: trimNow },
    { name: "Lose the graphics context", run: loseContext },
  ];
  const controls = createControls(engine, configure, actions);
  showWays(ways);
  const sceneButtons = createSceneButtons((scene) => configure({ scene }));
  const tour = createTour({
    maxWorkers: engine.maxWorkers,
    begin() {
      if (isComparing || isContextLost || isOpeningOwn) return null;
      closeOwn();
      const found = {
        settings: engine.settings,
        seconds: loop.seconds,
        isPaused: loop.isPaused,
        isBare,
      };
      if (isBare) setBare(false);
      return found;
    },
    configure,
    run() {
      if (!reducedMotion.matches) loop.isPaused = false;
    },
    loseContext,
    restore({ settings, seconds, isPaused, isBare: wasBare }) {
      loop.isPaused = isPaused;
      loop.seconds = seconds;
      configure(settings);
      if (wasBare) setBare(true);
    },
  });
  const togglePaused = () => {
    loop.isPaused = !loop.isPaused;
  };
  listenToKeys(
    new Map([
      [" ", togglePaused],
      ["t", tour.toggle],
      ["escape", tour.end],
      ...actions.flatMap(({ key, run }) => (key ? [[key.toLowerCase(), run]] : [])),
    ]),
  );
  toggle.addEventListener("click", togglePaused);
  element("show-panels").addEventListener("click", () => setBare(false));
  element("compare").addEventListener("click", compare);
  element("open-own").addEventListener("click", () => (ownScene ? closeOwn() : openOwn()));
  element("own-close").addEventListener("click", closeOwn);
  reducedMotion.addEventListener("change", () => {
    if (reducedMotion.matches) loop.isPaused = true;
  });

  // Returns whether the size has changed. Setting it clears the canvas.
  function fitCanvas() {
    const ratio = Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    return stage.setSize(width, height);
  }

  function fitCharts() {
    frameGraph.resize();
  }

  document.addEventListener("visibilitychange", () => {
    loop.isHidden = document.hidden;
  });
  showEnvironment(engine, environment, ways);
  showSettings();
  showLines();
  fitCanvas();
  fitCharts();
  loop.isHidden = document.hidden;
  const isDrawn = after(loop.start(), showAll);
  if (hasOwnScene()) openOwn();
  if (pageSettings.problems.length > 0) showNote(pageSettings.problems.join(" "));

  new ResizeObserver(() => fitCanvas() && drawOnce()).observe(canvas);
  new ResizeObserver(() => {
    if (isBare) return;
    fitCharts();
    showAll();
  }).observe(element("charts"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    frameGraph.restyle();
    fitCharts();
    showAll();
  });

  return {
    engine,
    stage,
    /** Once the first frame is drawn. */
    isDrawn,
    environment,
    timings,
    /** The last frame's record and the number of GL errors so far; it waits for the GPU process. */
    stats: () => stage.stats(),
    /** Pauses and draws `count` frames, 1/60 s apart. */
    step: (count = 1) => after(loop.step(count), showAll),
    /** Pauses and draws the scene as it is at a time in seconds. */
    seek: (/** @type {number} */ seconds) => after(loop.seek(seconds), showAll),
    /** Changes settings, as the controls do. */
    configure,
    get settings() {
      return engine.settings;
    },
    /** The tour's step, counted from 0; -1: there is none. */
    get tourStep() {
      return tour.step;
    },
    get seconds() {
      return loop.seconds;
    },
    get frameCount() {
      return loop.frameCount;
    },
    get isPaused() {
      return loop.isPaused;
    },
  };
}

/**
 * @param {{ kind: string, reason: string }} engine
 * @param {import("./environment.mjs").Environment} environment
 * @param {import("./ways.mjs").Ways} ways
 */
function showEnvironment(engine, environment, ways) {
  const list = element("environment");
  const add = (/** @type {string} */ text, /** @type {string} */ title) => {
    const item = list.appendChild(document.createElement("li"));
    item.textContent = text;
    item.title = title;
    return item;
  };
  add(engine.reason, `Build: ${engine.kind}`);
  for (const text of describeWays(ways)) add(text, "Chosen below the controls");
  if (environment.isSoftware) {
    add(
      `Drawn by software, without a GPU: times of whole frames say little (${environment.rendererShort})`,
      environment.renderer,
    );
  } else add(environment.rendererShort, environment.renderer);
  add(`Clock steps ${environment.clock}`, "The smallest step of performance.now() that was seen");
}
