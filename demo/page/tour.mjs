// SPDX-License-Identifier: MIT
// The tour: five steps that move the controls and say what to see. It can be ended at any time, and puts
// everything back then.

/** @typedef {import("../engine.mjs").Settings} EngineSettings */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} text
 * @property {readonly Partial<EngineSettings>[]} settings applied in turn, the first at once
 * @property {number} [every] frames between them; the last is followed by the first
 * @property {boolean} [losesContext]
 */

/**
 * What the tour moves, which is what the controls move.
 * @typedef {object} TourHooks
 * @property {number} maxWorkers
 * @property {() => object | null} begin returns what `restore` takes; null if the tour cannot begin now
 * @property {(changes: Partial<EngineSettings>) => void} configure
 * @property {() => void} run lets the scene run, where the visitor wants motion
 * @property {() => void} loseContext
 * @property {(found: any) => void} restore
 */

/** Two seconds at 60 Hz. */
const EVERY_FRAMES = 120;

/**
 * @param {number} maxWorkers
 * @returns {readonly Step[]}
 */
export function tourSteps(maxWorkers) {
  const workers = Math.min(8, maxWorkers);
  const crew =
    workers > 1
      ? `${workers} workers make the strands, by turns with malloc and on a second stack of each thread. `
      : "This page has one thread, so one generates, by turns with malloc and on its second stack. ";
  return [
    {
      title: "A spike, and what is left of it",
      text:
        "Every 4 seconds the urchin has ten times as many spines. In “Memory of each thread's second " +
        "stack” the reserved part jumps up with it, and half a second later ss_trim gives it back. " +
        "No frame knew beforehand how much it would need.",
      settings: [{ scene: "spike", source: "stack", trim: true }],
    },
    {
      title: "malloc against the second stack",
      text:
        `${crew}See “Vertices from” change every two seconds, and what it does to “malloc and free calls” ` +
        "and to the time of generating.",
      settings: [
        { scene: "workers", source: "malloc", workers },
        { scene: "workers", source: "stack", workers },
      ],
      every: EVERY_FRAMES,
    },
    {
      title: "JavaScript's garbage",
      text:
        "The vertices are copied into fresh typed arrays now, as bindings do, and left to the garbage " +
        "collector: “Typed arrays made” counts them in each frame. Look at the worst frame in the " +
        "table, not at the median: that is where a collection shows.",
      settings: [{ scene: "metaballs", source: "array" }],
    },
    {
      title: "Memory that grows",
      text:
        "The number of triangles rises every two seconds. The first frames of a new size take memory " +
        "(“Backing calls” in the counters); those after it take none: a warm frame only moves pointers.",
      settings: [20_000, 80_000, 240_000].map((triangles) => ({
        scene: "metaballs",
        source: "stack",
        triangles,
      })),
      every: EVERY_FRAMES,
    },
    {
      title: "A lost graphics context",
      text:
        "The browser has just taken the graphics context away, as it does when a driver restarts. " +
        "Nothing of the geometry was worth keeping: the next frame makes all of it anew.",
      settings: [{ scene: "ribbons", source: "stack" }],
      losesContext: true,
    },
  ];
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLButtonElement} */ (document.getElementById(id));
}

/**
 * @param {TourHooks} hooks
 * @returns {{ toggle: () => void, end: () => void, onFrame: () => void, step: number }}
 */
export function createTour(hooks) {
  const steps = tourSteps(hooks.maxWorkers);
  const panel = element("tour");
  const starter = element("start-tour");
  let step = -1;
  let framesLeft = 0;
  let turn = 0;
  /** @type {object | null} */
  let found = null;

  function apply() {
    const { settings, every } = steps[step];
    // This comes first, because in a page that stands still `configure` draws a frame at once.
    framesLeft = every ?? Infinity;
    hooks.configure(settings[turn % settings.length]);
  }

  function show(/** @type {number} */ index) {
    step = index;
    turn = 0;
    const { title, text, losesContext } = steps[step];
    element("tour-title").textContent = `${step + 1} of ${steps.length}: ${title}`;
    element("tour-text").textContent = text;
    element("tour-back").disabled = step === 0;
    element("tour-next").textContent = step === steps.length - 1 ? "Finish" : "Next";
    apply();
    hooks.run();
    if (losesContext) hooks.loseContext();
  }

  function start() {
    found = hooks.begin();
    if (found === null) return;
    panel.hidden = false;
    starter.setAttribute("aria-pressed", "true");
    show(0);
    element("tour-next").focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }

  function end() {
    if (step < 0) return;
    step = -1;
    panel.hidden = true;
    starter.setAttribute("aria-pressed", "false");
    hooks.restore(found);
    found = null;
    starter.focus({ preventScroll: true });
  }

  starter.setAttribute("aria-pressed", "false");
  starter.addEventListener("click", () => tour.toggle());
  element("tour-end").addEventListener("click", end);
  element("tour-back").addEventListener("click", () => show(step - 1));
  element("tour-next").addEventListener("click", () => {
    if (step === steps.length - 1) end();
    else show(step + 1);
  });

  const tour = {
    toggle: () => (step < 0 ? start() : end()),
    end,
    /** Moves on to the step's next settings when it is time. */
    onFrame() {
      if (step < 0 || --framesLeft > 0) return;
      turn++;
      apply();
    },
    /** The number of the step, counted from 0; -1 if there is no tour. */
    get step() {
      return step;
    },
  };
  return tour;
}
