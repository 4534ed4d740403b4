// SPDX-License-Identifier: MIT
// Reads from a stack what the panel shows, without making garbage. Only reading the call sites makes some.
import { MAX_CHUNKS } from "./panel_strip.mjs";
import { textOf } from "./program_text.mjs";
import { watchScopes } from "./watch.mjs";

// The indices of the fields of ss_stats for ss_js_stat, and of a chunk's figures for ss_js_chunk.
const [USED, RESERVED, PEAK, , GROWTHS, BYTES_COPIED, BACKING_CALLS] = [0, 1, 2, 3, 4, 5, 6];
const [LANE, CHUNK_USED, CHUNK_ROOM, CHUNK_PEAK] = [0, 1, 2, 3];
const NO_CHUNK = 2 ** 32 - 1;

/** What a stack holds at one moment. The object is filled anew for each frame. */
export class StackReading {
  constructor() {
    this.used = 0;
    this.reserved = 0;
    this.peak = 0;
    this.growths = 0;
    this.bytesCopied = 0;
    this.backingCalls = 0;
    /** How many entries of the arrays below are filled: lane by lane, a lane's newest chunk first. */
    this.chunkCount = 0;
    this.lane = new Uint8Array(MAX_CHUNKS);
    this.usedBytes = new Float64Array(MAX_CHUNKS);
    this.roomBytes = new Float64Array(MAX_CHUNKS);
    this.peakBytes = new Float64Array(MAX_CHUNKS);
  }
}

/** Reads a SecondStack whenever a scope of it ends, and keeps what it held where it was fullest in the frame. */
export class WatchedStack {
  #owner;
  #stop = () => {};
  #fullest = -1;
  scopeCount = 0;
  reading = new StackReading();

  /** @param {any} owner a SecondStack */
  constructor(owner) {
    this.#owner = owner;
  }

  start() {
    this.stop();
    this.#stop = watchScopes(this.#owner, {
      end: () => {
        this.scopeCount++;
        this.look();
      },
    });
  }

  stop() {
    this.#stop();
    this.#stop = () => {};
  }

  /** Keeps what the stack holds now, if that is more than before in this frame. */
  look() {
    const used = this.#owner._calls.ss_js_stat(this.#owner._stack, USED) >>> 0;
    if (used <= this.#fullest) return;
    this.#fullest = used;
    this.reading.used = used;
    this.#readChunks();
  }

  /** Ends a frame. Until `begin` is called, `reading` describes that frame. */
  read() {
    this.look();
    const { reading } = this;
    const { _calls, _stack } = this.#owner;
    reading.reserved = _calls.ss_js_stat(_stack, RESERVED) >>> 0;
    reading.peak = _calls.ss_js_stat(_stack, PEAK) >>> 0;
    reading.growths = _calls.ss_js_stat(_stack, GROWTHS) >>> 0;
    reading.bytesCopied = _calls.ss_js_stat(_stack, BYTES_COPIED) >>> 0;
    reading.backingCalls = _calls.ss_js_stat(_stack, BACKING_CALLS) >>> 0;
  }

  begin() {
    this.#fullest = -1;
    this.scopeCount = 0;
  }

  #readChunks() {
    const { reading } = this;
    const { _calls, _stack } = this.#owner;
    let count = 0;
    // A program that was linked with an older library has no ss_js_chunk: its whole stack is shown as one chunk.
    if (!_calls.ss_js_chunk) {
      reading.lane[0] = 0;
      reading.usedBytes[0] = reading.used;
      reading.roomBytes[0] = _calls.ss_js_stat(_stack, RESERVED) >>> 0;
      reading.peakBytes[0] = _calls.ss_js_stat(_stack, PEAK) >>> 0;
      count = 1;
    }
    while (_calls.ss_js_chunk && count < MAX_CHUNKS) {
      const lane = _calls.ss_js_chunk(_stack, count, LANE) >>> 0;
      if (lane === NO_CHUNK) break;
      reading.lane[count] = Math.min(lane, 255);
      reading.usedBytes[count] = _calls.ss_js_chunk(_stack, count, CHUNK_USED) >>> 0;
      reading.roomBytes[count] = _calls.ss_js_chunk(_stack, count, CHUNK_ROOM) >>> 0;
      reading.peakBytes[count] = _calls.ss_js_chunk(_stack, count, CHUNK_PEAK) >>> 0;
      count++;
    }
    reading.chunkCount = count;
  }

  /**
   * The call sites that use the stack, those with the most bytes at its peak first.
   * @returns {{ place: string, calls: number, bytes: number, largest: number, atPeak: number }[] | undefined}
   *   undefined if nothing counts the call sites
   */
  sites() {
    const text = textOf(this.#owner, "ss_js_report");
    const sites = text ? placesOf(text) : this.#owner._sites && [...this.#owner._sites.values()];
    return sites?.sort((a, b) => b.atPeak - a.atPeak || b.largest - a.largest || b.calls - a.calls);
  }
}

/** @param {string} text of ss_report_json */
function placesOf(text) {
  const { places } = JSON.parse(text);
  return places
    .filter((place) => !place.is_scope)
    .map(({ call, file, line, calls, bytes, largest, at_peak: atPeak }) => ({
      place: `${call} at ${file}:${line}`,
      ...{ calls, bytes, largest, atPeak },
    }));
}
