// SPDX-License-Identifier: MIT
// A ring of stacks, one for each frame that is still in use. It is for data that a GPU, a worker or the next frame reads
// after the turn in which it was made. Each frame has a memory of its own, so growth in one detaches no other frame's views.
import { checkOptions, fail, refuse } from "./checks.mjs";
import { compileText } from "./inline.mjs";
import { wasmText } from "./inline_wasm.mjs";
import { ownOptions, prepareOwn } from "./own.mjs";

const MOST_FRAMES = 64;

class Frames {
  constructor(stacks) {
    this._stacks = stacks;
    /** @type {any[]} the scope of each frame that has begun */
    this._scopes = stacks.map(() => null);
    this._current = -1;
    this._isReleased = false;
  }

  begin() {
    if (this._isReleased) fail("begin", "the frames have been released");
    const next = (this._current + 1) % this._stacks.length;
    const oldest = this._scopes[next];
    // _leave ends the oldest frame even if a scope in it is still open, and throws an error then.
    this._current = next;
    this._scopes[next] = null;
    try {
      if (oldest !== null && oldest._isOpen) oldest._leave("begin");
    } finally {
      this._scopes[next] = this._stacks[next].scope();
      this._scopes[next]._isOfFrame = true;
    }
    return this._scopes[next];
  }

  frame(ago = 0) {
    const count = this._stacks.length;
    if (!Number.isInteger(ago) || ago < 0) refuse("frame", "ago", ago, "a count of frames");
    if (this._isReleased || ago >= count || this._current < 0) return null;
    return this._scopes[(this._current + count - ago) % count];
  }

  stats() {
    return this._stacks.map((stack) => stack.stats());
  }

  release() {
    if (this._isReleased) return;
    this._isReleased = true;
    for (const scope of this._scopes) if (scope?._isOpen) scope._endAll();
    for (const stack of this._stacks) stack.trim(0);
    this._scopes.fill(null);
  }
}

Frames.prototype[Symbol.dispose ?? Symbol.for("Symbol.dispose")] = Frames.prototype.release;

export function createFrames(count, options) {
  const call = "createFrames";
  if (!Number.isInteger(count) || count < 1 || count > MOST_FRAMES) {
    refuse(call, "count", count, `from 1 to ${MOST_FRAMES}`, RangeError);
  }
  if (typeof WebAssembly === "undefined") fail(call, "this engine has no WebAssembly", Error);
  checkOptions(call, options, ownOptions);
  const module = compileText(wasmText);
  const stacks = Array.from({ length: count }, () => {
    const { memory, start } = prepareOwn(call, options, ownOptions);
    return start(new WebAssembly.Instance(module, { env: { memory } }).exports);
  });
  return new Frames(stacks);
}
