// SPDX-License-Identifier: MIT
// Writes scopes as entries into the browser's own timeline (performance.measure). DevTools shows them on a track.
//
// While scopes run, their times and sizes go into arrays that are allocated once; a timer makes the entries of them later.
// A page keeps its entries until they are cleared, so at most `limit` entries of this module are left there.
import { checkCount, checkOptions, fail } from "./checks.mjs";
import { textOf } from "./program_text.mjs";
import { watchScopes } from "./watch.mjs";

const FLUSH_EVERY_MS = 250;
const TRACK_GROUP = "secondstack";
// The index of ss_stats.used for ss_js_stat.
const USED = 0;

/** The scopes of JavaScript that have ended since the last flush, the newest `limit` of them. */
class Ring {
  count = 0;

  constructor(limit) {
    this.limit = limit;
    this.begins = new Float64Array(limit);
    this.ends = new Float64Array(limit);
    this.bytes = new Float64Array(limit);
    this.places = new Array(limit).fill("");
  }

  add(begin, end, bytes, place) {
    const at = this.count++ % this.limit;
    this.begins[at] = begin;
    this.ends[at] = end;
    this.bytes[at] = bytes;
    this.places[at] = place;
  }
}

class Measuring {
  #owner;
  #track;
  #ring;
  #unwatch;
  #timer;
  /** How many events of the program's trace have been seen. */
  #seen = 0;
  #made = 0;
  #names = new Set();

  constructor(owner, limit, track) {
    this.#owner = owner;
    this.#track = track;
    this.#ring = new Ring(limit);
    const used = () => owner._calls.ss_js_stat(owner._stack, USED) >>> 0;
    this.#unwatch = watchScopes(owner, {
      begin(scope) {
        scope._usedBefore = used();
        scope._begin = performance.now();
      },
      end: (scope) => {
        // A scope that was open when the measurement began has no time of its beginning.
        if (scope._begin === undefined) return;
        const bytes = used() - scope._usedBefore;
        this.#ring.add(scope._begin, performance.now(), bytes, scope._place());
      },
    });
    owner._calls.ss_js_trace_begin?.(owner._stack, limit);
    this.#timer = setInterval(() => this.flush(), FLUSH_EVERY_MS);
    // The timer must not keep Node.js from exiting.
    /** @type {any} */ (this.#timer).unref?.();
  }

  flush() {
    const ring = this.#ring;
    for (let i = Math.max(0, ring.count - ring.limit); i < ring.count; i++) {
      const at = i % ring.limit;
      const properties = [["bytes", ring.bytes[at]]];
      this.#add(`scope${ring.places[at]}`, ring.begins[at], ring.ends[at], "primary", properties);
    }
    ring.count = 0;
    // The time is taken before the text is made, because that takes milliseconds.
    const now = performance.now();
    const text = textOf(this.#owner, "ss_js_trace");
    if (text) this.#addTrace(JSON.parse(text), now);
  }

  stop() {
    clearInterval(this.#timer);
    this.#unwatch();
    this.flush();
    this.#owner._calls.ss_js_trace_begin?.(this.#owner._stack, 0);
  }

  /** Adds the events of the program's trace that are new. Their times are microseconds from the trace's beginning. */
  #addTrace({ otherData, traceEvents }, now) {
    const begin = now - otherData.now / 1000;
    let index = otherData.left_out;
    for (const { ph, name, ts, dur = 0, args } of traceEvents) {
      if (ph !== "X" && ph !== "i") continue;
      if (index++ < this.#seen) continue;
      const title = ph === "i" ? `growth by ${args.place}` : name;
      const start = begin + ts / 1000;
      const colour = ph === "i" ? "error" : "secondary";
      this.#add(title, start, start + dur / 1000, colour, Object.entries(args));
    }
    this.#seen = Math.max(this.#seen, index);
  }

  #add(name, start, end, color, properties) {
    if (this.#made++ === this.#ring.limit) this.#clear();
    this.#names.add(name);
    const track = this.#track;
    const texts = properties.map(([key, value]) => [key, String(value)]);
    performance.measure(name, {
      start: Math.max(0, start),
      end: Math.max(0, end),
      detail: {
        devtools: {
          dataType: "track-entry",
          ...{ track, trackGroup: TRACK_GROUP, color, properties: texts },
        },
      },
    });
  }

  #clear() {
    for (const name of this.#names) performance.clearMeasures(name);
    this.#names.clear();
    this.#made = 1;
  }
}

export function measure(stack, options = {}) {
  checkOptions("measure", options, ["limit", "track"]);
  if (!stack?._calls) fail("measure", "stack is no SecondStack");
  const { limit = 10_000, track = "Scopes" } = options;
  if (checkCount("measure", "limit", limit) === 0) fail("measure", "limit is 0", RangeError);
  return new Measuring(stack, limit, String(track));
}
