// SPDX-License-Identifier: MIT
// Scopes and buffers that look for misuse: they remember where everything was made, fill what is
// released, and name what is left open or used too late.
//
// A typed array that is read after its scope cannot be caught: what the engine and WebGL take must be
// a typed array and no proxy of one. It holds 0xDD then. What can be named is a view that comes back
// to a call of ours, and bytes that are no longer 0xDD before anything else has taken them.
import { SliceBuffer } from "./buffers.mjs";
import { fail, refuse } from "./checks.mjs";
import { AWAIT, debugging, Scope } from "./scopes.mjs";
import { isBig } from "./sources.mjs";

const RELEASED = 0xdd;
// The place of ss_stats.backing_calls in ss_js_stat.
const BACKING_CALLS = 6;

/** Made in a call that the user has made: the user's line is the third. */
const here = () => new Error("here");

/** @returns {string} the line `depth` calls above the one of here() */
function placeOf(error, what, depth = 0) {
  const lines = error?.stack?.split("\n") ?? [];
  // Some engines repeat the message first.
  const line = lines[(lines[0]?.startsWith("Error") ? 3 : 2) + depth];
  return line ? ` (${what} ${line.trim()})` : "";
}

/**
 * What is known of the views that were given out.
 * @type {WeakMap<ArrayBufferView, { scope: Scope, made: Error, buffer?: any, pointer?: number }>}
 */
const known = new WeakMap();

/** Refuses a view whose memory is not its own any more. */
function checkView(call, view) {
  const { scope, made, buffer, pointer } = known.get(view) ?? {};
  if (!scope) return;
  const place = placeOf(made, "made");
  if (!scope._isOpen) fail(call, `the view is of a scope that has been released${place}`);
  if (buffer && buffer._pointer !== pointer) {
    fail(call, `the view is of a buffer that has grown and moved since${place}`);
  }
}

/** Refuses what would be written as a NaN or a 0, which copying an array does without a word. */
function checkItems(call, Type, source) {
  if (typeof source !== "object" || source === null || ArrayBuffer.isView(source)) return;
  const wanted = isBig(Type) ? "bigint" : "number";
  for (let i = 0; i < source.length; i++) {
    if (typeof source[i] !== wanted) refuse(call, `source[${i}]`, source[i], `a ${wanted}`);
  }
}

/**
 * What a stack has released and nothing has taken since.
 * @type {WeakMap<object, { backingCalls: number, pieces: { pointer: number, size: number, place: string }[] }>}
 */
const released = new WeakMap();

const backingCalls = (owner) => owner._calls.ss_js_stat(owner._stack, BACKING_CALLS);

/** Before a stack hands anything out: says who has written to what was released, and forgets it. */
function checkReleased(owner) {
  const last = released.get(owner);
  if (!last) return;
  released.delete(owner);
  // A thread that has closed its stack, and what has gone back to the heap and may be anybody's.
  if (owner._block === 0 || last.backingCalls !== backingCalls(owner)) return;
  for (const { pointer, size, place } of last.pieces) {
    owner._reach(pointer + size);
    const bytes = owner._bytes.subarray(pointer, pointer + size);
    const first = bytes.findIndex((byte) => byte !== RELEASED);
    if (first < 0) continue;
    const at = `byte ${first} of ${size}`;
    console.error(
      `secondstack: a view was written to after its scope had been released, ${at}${place}`,
    );
  }
}

export class DebugScope extends Scope {
  constructor(owner) {
    checkReleased(owner);
    super(owner);
    this._opened = here();
    /** @type {{ pointer: number, size: number, made: Error, depth?: number }[]} */
    this._pieces = [];
    queueMicrotask(() => {
      checkReleased(owner);
      // A frame's stays open until a later one begins.
      if (this._isOpen && !this._isOfFrame) {
        console.error(`secondstack: scope: still open after its turn${this._place()}; ${AWAIT}`);
      }
    });
  }

  uninitSlice(Type, length, options) {
    checkReleased(this._owner);
    return this._remember(super._slice("uninitSlice", Type, length, options), here());
  }

  zeroedSlice(Type, length, options) {
    checkReleased(this._owner);
    return this._remember(super.zeroedSlice(Type, length, options), here());
  }

  copySlice(Type, source, options) {
    checkReleased(this._owner);
    const isView = ArrayBuffer.isView(Type);
    checkView("copySlice", isView ? Type : source);
    if (!isView) checkItems("copySlice", Type, source);
    return this._remember(super.copySlice(Type, source, options), here());
  }

  handle(view) {
    checkView("handle", view);
    return super.handle(view);
  }

  buffer(Type, options) {
    checkReleased(this._owner);
    this._checkInnermost("buffer");
    return new DebugBuffer(this, Type, options);
  }

  _remember(view, made) {
    this._pieces.push({ pointer: view.byteOffset, size: view.byteLength, made });
    known.set(view, { scope: this, made });
    return view;
  }

  /** An exception leaves it: nothing is said of buffers that it has kept from being closed. */
  _abandon() {
    for (let scope = this._owner._innermost; ; scope = scope._parent) {
      for (let buffer = scope._buffers; buffer; buffer = buffer._older) buffer._drop();
      if (scope === this) break;
    }
    super._abandon();
  }

  _end() {
    const owner = this._owner;
    checkReleased(owner);
    for (let buffer = this._buffers; buffer; buffer = buffer._older) {
      // @ts-ignore: all of this scope's are DebugBuffers
      const { _opened: made, _pointer: pointer, length, _elementBytes, _isOpen, _Type } = buffer;
      this._pieces.push({ pointer, size: length * _elementBytes, made, depth: 1 });
      if (!_isOpen) continue;
      const what = `a buffer of ${_Type.name} with ${length} elements`;
      console.error(
        `secondstack: scope: ${what} was left open${placeOf(made, "opened", 1)}${this._place()}`,
      );
    }
    const pieces = this._pieces.map(({ pointer, size, made, depth }) => {
      owner._reach(pointer + size);
      owner._bytes.fill(RELEASED, pointer, pointer + size);
      return { pointer, size, place: placeOf(made, "made", depth) };
    });
    // Nobody else writes to a memory of our own; a program's own code takes from the same stack.
    if (owner._isOwn) released.set(owner, { backingCalls: backingCalls(owner), pieces });
    super._end();
  }

  _place() {
    // Through SecondStack.scope.
    return placeOf(this._opened, "opened", 1);
  }
}

class DebugBuffer extends SliceBuffer {
  constructor(scope, Type, options) {
    super(scope, Type, options);
    this._opened = here();
  }

  append(source) {
    checkView("append", source);
    checkItems("append", this._Store, source);
    return super.append(source);
  }

  extend(count) {
    return this._remember(super.extend(count), here());
  }

  view() {
    return this._remember(super.view(), here());
  }

  close() {
    const made = here();
    return this._remember(super.close(), made);
  }

  pop() {
    const before = this.length;
    const last = super.pop();
    this._fill(before);
    return last;
  }

  truncate(length) {
    const before = this.length;
    super.truncate(length);
    this._fill(before);
  }

  /** What is behind the end, up to where that was before. */
  _fill(before) {
    const { _owner: owner, _pointer: pointer, _elementBytes: size } = this;
    owner._reach(pointer + before * size);
    owner._bytes.fill(RELEASED, pointer + this.length * size, pointer + before * size);
  }

  _reserve(size) {
    checkReleased(this._owner);
    return super._reserve(size);
  }

  _remember(view, made) {
    known.set(view, { scope: this._scope, made, buffer: this, pointer: this._pointer });
    return view;
  }
}

debugging.ScopeKind = DebugScope;
