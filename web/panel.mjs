// SPDX-License-Identifier: MIT
// <secondstack-panel> shows in any page what second stacks hold, frame by frame.
//
// The panel makes no garbage in a frame: what was read and drawn lies in arrays that are allocated once, and texts are made
// only four times a second, of figures that have changed. The table of call sites does make garbage, once a second while it
// is unfolded.
import { StackReading, WatchedStack } from "./panel_source.mjs";
import { LANE_COLOUR_COUNT, MemoryStrip } from "./panel_strip.mjs";
import { sheet } from "./panel_style.mjs";
import { formatBytes, formatCount } from "./panel_text.mjs";

const TEXTS_EVERY_MS = 250;
const SITES_EVERY_MS = 1000;
const SITE_COUNT = 10;
// After so many columns the scale is computed anew, because the highest column may have scrolled away.
const SCALE_EVERY_COLUMNS = 60;
const MIN_SCALE_BYTES = 64 * 1024;

/** @param {number} bytes */
function scaleFor(bytes) {
  let scale = MIN_SCALE_BYTES;
  while (scale < bytes) scale *= 2;
  return scale;
}

/**
 * Adds an element to another one.
 * @param {Node} parent
 * @param {string} tag
 * @param {string} [part] for style sheets
 * @param {string} [text]
 */
function add(parent, tag, part, text) {
  const element = parent.appendChild(document.createElement(tag));
  if (part) element.setAttribute("part", part);
  if (text) element.textContent = text;
  return element;
}

/** A source that is read by a function of the page's own. */
class ReadSource {
  #source;
  scopeCount = 0;
  reading = new StackReading();

  constructor(source) {
    this.#source = source;
  }

  start() {}
  stop() {}
  look() {}
  begin() {}

  read() {
    this.#source.read(this.reading);
  }

  sites() {
    return undefined;
  }
}

/** The figures of the last frames: the name of each, and the function that formats its value. */
const FIGURES = [
  ["Fullest in the frame", formatBytes],
  ["Reserved", formatBytes],
  ["Most so far", formatBytes],
  ["Scopes in the frame", formatCount],
  ["Growths in a frame", formatCount],
  ["Growths so far", formatCount],
  ["Bytes copied by growth", formatBytes],
  ["Backing calls", formatCount],
];
const [FULLEST, RESERVED, PEAK, SCOPES, NEW_GROWTHS, GROWTHS, COPIED, BACKING] = FIGURES.keys();

// A server has no HTMLElement, and must be able to import this module.
const Element = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

export class SecondStackPanel extends Element {
  #sources = [];
  /** @type {(WatchedStack | ReadSource)[]} */
  #views = [];
  /** @type {MemoryStrip[]} */
  #strips = [];
  #scaleBytes = MIN_SCALE_BYTES;
  #shownScaleBytes = 0;
  #newColumns = 0;
  #columnsUntilScale = SCALE_EVERY_COLUMNS;
  #mustRedraw = true;
  #isPaused = false;
  #isRunning = false;
  #request = 0;
  #lastTexts = 0;
  #lastSites = 0;
  #figures = new Float64Array(FIGURES.length);
  #shown = new Float64Array(FIGURES.length).fill(-1);
  #elements;
  #observer;
  #scheme;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    sheet(root);
    const bar = add(root, "div", "bar");
    const pause = add(bar, "button", "pause", "Pause");
    pause.setAttribute("type", "button");
    pause.addEventListener("click", () => (this.paused = !this.#isPaused));
    const strips = add(root, "div", "strips");
    const key = add(root, "ul", "key");
    key.setAttribute("aria-label", "Key");
    fillKey(key);
    const summary = add(root, "p", "summary", "No stack yet.");
    const list = add(root, "dl", "figures");
    const values = FIGURES.map(([name]) => {
      const line = add(list, "div");
      add(line, "dt", "", /** @type {string} */ (name));
      return add(line, "dd").appendChild(document.createTextNode(""));
    });
    const details = /** @type {HTMLDetailsElement} */ (add(root, "details", "sites"));
    add(details, "summary", "", "Call sites");
    const table = add(details, "div");
    details.addEventListener("toggle", () => details.open && this.#showSites());
    this.#elements = { pause, strips, summary, values, details, table };
    this.#observer = new ResizeObserver(() => {
      this.#fit();
      if (!this.#isRunning) this.show();
    });
    this.#scheme = matchMedia("(prefers-color-scheme: dark)");
  }

  connectedCallback() {
    if (!this.hasAttribute("role")) this.setAttribute("role", "group");
    if (!this.hasAttribute("aria-label") && !this.hasAttribute("aria-labelledby")) {
      this.setAttribute("aria-label", "Memory of second stacks");
    }
    for (const view of this.#views) view.start();
    this.#observer.observe(this.#elements.strips);
    this.#scheme.addEventListener("change", this.#restyle);
    this.#run();
  }

  disconnectedCallback() {
    for (const view of this.#views) view.stop();
    this.#observer.disconnect();
    this.#scheme.removeEventListener("change", this.#restyle);
    this.#run();
  }

  static get observedAttributes() {
    return ["frames"];
  }

  attributeChangedCallback() {
    this.#run();
  }

  get sources() {
    return this.#sources;
  }

  set sources(sources) {
    for (const view of this.#views) view.stop();
    this.#sources = [...sources];
    const { strips } = this.#elements;
    strips.replaceChildren();
    const isOne = this.#sources.length === 1;
    this.#strips = this.#sources.map(
      (source, i) => new MemoryStrip(strips, source.name ?? (isOne ? "Stack" : `Stack ${i + 1}`)),
    );
    this.#views = this.#sources.map((source) => {
      // The stack may be of a second copy of the package, where `instanceof` would not recognise it.
      const stack = source.stack ?? (source._calls ? source : undefined);
      if (stack) return new WatchedStack(stack);
      if (typeof source.read !== "function") {
        throw new TypeError("secondstack: sources: each is a SecondStack, or has stack or read");
      }
      return new ReadSource(source);
    });
    if (this.isConnected) for (const view of this.#views) view.start();
    this.#fit();
    this.clear();
  }

  get paused() {
    return this.#isPaused;
  }

  set paused(isPaused) {
    this.#isPaused = Boolean(isPaused);
    this.#elements.pause.textContent = this.#isPaused ? "Run" : "Pause";
    this.#run();
  }

  look() {
    for (let i = 0; i < this.#views.length; i++) this.#views[i].look();
  }

  record() {
    let fullest = 0;
    let reserved = 0;
    let peak = 0;
    let scopes = 0;
    let growths = 0;
    let copied = 0;
    let backing = 0;
    for (let i = 0; i < this.#views.length; i++) {
      const view = this.#views[i];
      const { reading } = view;
      view.read();
      this.#addColumn(this.#strips[i], reading);
      fullest += reading.used;
      reserved += reading.reserved;
      peak += reading.peak;
      scopes += view.scopeCount;
      growths += reading.growths;
      copied += reading.bytesCopied;
      backing += reading.backingCalls;
      view.begin();
    }
    const figures = this.#figures;
    // This is the largest value since the texts were made, so that a single frame that grows is not missed.
    const newGrowths = growths - figures[GROWTHS];
    if (newGrowths > figures[NEW_GROWTHS]) figures[NEW_GROWTHS] = newGrowths;
    figures[FULLEST] = fullest;
    figures[RESERVED] = reserved;
    figures[PEAK] = peak;
    figures[SCOPES] = scopes;
    figures[GROWTHS] = growths;
    figures[COPIED] = copied;
    figures[BACKING] = backing;
    this.#newColumns++;
    if (--this.#columnsUntilScale <= 0) this.#rescale();
  }

  show() {
    for (let i = 0; i < this.#strips.length; i++) {
      if (this.#mustRedraw) this.#strips[i].redraw(this.#scaleBytes);
      else if (this.#newColumns > 0) this.#strips[i].scroll(this.#newColumns, this.#scaleBytes);
    }
    this.#mustRedraw = false;
    this.#newColumns = 0;
  }

  describe() {
    const figures = this.#figures;
    const shown = this.#shown;
    let isNew = this.#shownScaleBytes !== this.#scaleBytes;
    this.#shownScaleBytes = this.#scaleBytes;
    for (let i = 0; i < figures.length; i++) {
      if (figures[i] === shown[i]) continue;
      isNew = true;
      shown[i] = figures[i];
      const toText = /** @type {(value: number) => string} */ (FIGURES[i][1]);
      this.#elements.values[i].data = toText(figures[i]);
    }
    figures[NEW_GROWTHS] = 0;
    if (isNew) this.#summarize();
  }

  clear() {
    for (const strip of this.#strips) strip.clear();
    for (const view of this.#views) {
      view.read();
      view.begin();
    }
    this.#figures[NEW_GROWTHS] = 0;
    this.#figures[GROWTHS] = this.#views.reduce((sum, { reading }) => sum + reading.growths, 0);
    this.#scaleBytes = MIN_SCALE_BYTES;
    this.#mustRedraw = true;
  }

  /** @param {MemoryStrip} strip @param {StackReading} reading */
  #addColumn(strip, reading) {
    strip.beginColumn();
    for (let i = 0; i < reading.chunkCount; i++) {
      const { lane, usedBytes, peakBytes, roomBytes } = reading;
      // The high-water mark is the lane's. It is drawn in the lane's newest chunk, which is the one that fills.
      const isNewest = i === 0 || lane[i - 1] !== lane[i];
      const peak = isNewest ? Math.min(peakBytes[i], roomBytes[i]) : 0;
      strip.addChunk(lane[i], usedBytes[i], peak, roomBytes[i]);
    }
    if (reading.reserved > this.#scaleBytes) {
      this.#scaleBytes = scaleFor(reading.reserved);
      this.#mustRedraw = true;
    }
  }

  #rescale() {
    this.#columnsUntilScale = SCALE_EVERY_COLUMNS;
    let most = 0;
    for (let i = 0; i < this.#strips.length; i++) {
      most = Math.max(most, this.#strips[i].mostReserved());
    }
    const scale = scaleFor(most);
    if (scale === this.#scaleBytes) return;
    this.#scaleBytes = scale;
    this.#mustRedraw = true;
  }

  #summarize() {
    let used = 0;
    let reserved = 0;
    let chunks = 0;
    for (let i = 0; i < this.#views.length; i++) {
      const { reading } = this.#views[i];
      used += reading.used;
      reserved += reading.reserved;
      chunks += reading.chunkCount;
      this.#strips[i].setLabel(reading.used);
    }
    const count = this.#views.length;
    this.#elements.summary.textContent =
      reserved === 0
        ? "Nothing is on a second stack."
        : `${count === 1 ? "One stack" : `${count} stacks`}: ${formatBytes(used)} live where the ` +
          `last frame was fullest, ${formatBytes(reserved)} reserved in ${chunks} ` +
          `${chunks === 1 ? "chunk" : "chunks"}. Full height: ${formatBytes(this.#scaleBytes)}.`;
  }

  #showSites() {
    const { table: holder } = this.#elements;
    const known = this.#views.map((view) => view.sites()).filter(Boolean);
    holder.replaceChildren();
    if (known.length === 0) {
      add(holder, "p", "", "Nobody counts them: compile with SS_PROFILE=1, or ").append(
        Object.assign(document.createElement("code"), {
          textContent: 'import "secondstack/debug"',
        }),
        ".",
      );
      return;
    }
    const table = add(holder, "table");
    table.setAttribute("aria-label", "Call sites, those with the most at the peak first");
    const head = add(add(table, "thead"), "tr");
    for (const name of ["Place", "At the peak", "Largest", "Calls"]) {
      add(head, "th", "", name).setAttribute("scope", "col");
    }
    const body = add(table, "tbody");
    const sites = known.flat().sort((a, b) => b.atPeak - a.atPeak);
    for (const { place, atPeak, largest, calls } of sites.slice(0, SITE_COUNT)) {
      const row = add(body, "tr");
      add(row, "th", "", place).setAttribute("scope", "row");
      for (const text of [formatBytes(atPeak), formatBytes(largest), formatCount(calls)]) {
        add(row, "td", "", text);
      }
    }
  }

  #fit() {
    const style = getComputedStyle(this);
    for (const strip of this.#strips) strip.fit(style);
    this.#mustRedraw = true;
  }

  #restyle = () => {
    this.#fit();
    if (!this.#isRunning) this.show();
  };

  /** Starts or stops the panel's own loop of frames, as its state demands. */
  #run() {
    const isDue = this.isConnected && !this.#isPaused && this.getAttribute("frames") !== "manual";
    if (isDue === this.#isRunning) return;
    this.#isRunning = isDue;
    if (isDue) this.#request = requestAnimationFrame(this.#tick);
    else cancelAnimationFrame(this.#request);
  }

  #tick = (/** @type {number} */ now) => {
    this.#request = requestAnimationFrame(this.#tick);
    if (this.#views.length === 0) return;
    this.record();
    this.show();
    if (now - this.#lastTexts >= TEXTS_EVERY_MS) {
      this.#lastTexts = now;
      this.describe();
    }
    if (this.#elements.details.open && now - this.#lastSites >= SITES_EVERY_MS) {
      this.#lastSites = now;
      this.#showSites();
    }
  };
}

/** @param {Node} list */
function fillKey(list) {
  const addItem = (/** @type {string} */ text, /** @type {string} */ colour) => {
    add(list, "li", "", text).style.setProperty("--swatch", `var(--_${colour})`);
  };
  for (let lane = 0; lane < LANE_COLOUR_COUNT; lane++) {
    addItem(
      lane === LANE_COLOUR_COUNT - 1 ? `lane ${lane} and up` : `lane ${lane}`,
      `lane-${lane}`,
    );
  }
  addItem("reserved", "reserved");
  addItem("chunk edge", "edge");
  addItem("high-water mark", "high");
}

// A second copy of the package finds the element defined already.
if (globalThis.customElements && !customElements.get("secondstack-panel")) {
  customElements.define("secondstack-panel", SecondStackPanel);
}
