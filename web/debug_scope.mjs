// SPDX-License-Identifier: MIT
// Scopes and buffers that look for misuse: they remember where everything was made, fill what is
// released, and name what is left open or used too late.
//
// That a typed array is read after its scope cannot be caught, because engines and WebGL want a
// typed array itself, and no proxy of one. The reader finds bytes of 0xDD. What can be named is a
// view that is passed to a call of this module after its scope, and a released byte that is no
// longer 0xDD when nothing else has taken it since.
import { SliceBuffer } from "./buffers.mjs";
import { fail, refuse } from "./checks.mjs";
import { AWAIT, debugging, Scope } from "./scopes.mjs";
import { isBig } from "./sources.mjs";

const RELEASED = 0xdd;
// The index of ss_stats.backing_calls for ss_js_stat.
const BACKING_CALLS = 6;

/**
 * An error for its stack trace. Call this in a method that the user calls: then the line above that method's is the user's.
 */
const here = () => new Error("here");

/** @returns {string[]} the calls, innermost first; some engines repeat the message before them */
function linesOf(error) {
  const lines = error?.stack?.split("\n") ?? [];
  return lines[0]?.startsWith("Error") ? lines.slice(1) : lines;
}

// The lines of here() and of its caller. JavaScriptCore leaves a function out of the trace while the function's last
// call runs, and so leaves out here(): the traces of two errors made on one line then begin with different places.
const OWN_LINES = linesOf(here())[0] === linesOf(here())[0] ? 2 : 1;

// The module's folder, as a trace writes it. In a bundle no line of the trace begins with it.
const folder = import.meta.url?.replace(/^file:\/\/|[^/]*$/g, "");
const ownFiles = ["scopes", "secondstack", "buffers"].map((name) => `${folder}${name}.mjs:`);

/** @returns {string | undefined} the line `depth` calls above that of here(), or the first above it outside the module */
function lineOf(error, depth) {
  const above = linesOf(error).slice(OWN_LINES + depth);
  const line = above.find((some) => !ownFiles.some((file) => some.includes(file))) ?? above[0];
  return line?.trim();
}

function placeOf(error, what, depth = 0) {
  const line = lineOf(error, depth);
  return line ? ` (${what} ${line})` : "";
}

// The most places that are told apart.
const MAX_SITES = 1000;

/**
 * Counts what an ending scope has made, by place. The panel shows the counts.
 * @param {any} owner the stack, which keeps the counts as `_sites`
 * @param {DebugScope} scope the innermost open scope
 */
function countSites(owner, scope) {
  /** @type {Map<string, { place: string, calls: number, bytes: number, largest: number, atPeak: number }>} */
  const sites = (owner._sites ??= new Map());
  const siteOf = ({ made, depth }) => {
    const line = lineOf(made, depth ?? 0) ?? "?";
    let site = sites.get(line);
    if (!site && sites.size < MAX_SITES) {
      const place = line.replace(/^at /, "");
      sites.set(line, (site = { place, calls: 0, bytes: 0, largest: 0, atPeak: 0 }));
    }
    return site;
  };
  for (const piece of scope._pieces) {
    const site = siteOf(piece);
    if (!site) continue;
    site.calls++;
    site.bytes += piece.size;
    site.largest = Math.max(site.largest, piece.size);
  }
  const pieces = [...scope._pieces];
  for (let outer = scope._parent; outer; outer = outer._parent) pieces.push(...outer._held());
  const live = pieces.reduce((sum, { size }) => sum + size, 0);
  if (live <= (owner._sitesPeak ?? 0)) return;
  owner._sitesPeak = live;
  for (const site of sites.values()) site.atPeak = 0;
  for (const piece of pieces) {
    const site = siteOf(piece);
    if (site) site.atPeak += piece.size;
  }
}

/**
 * Where each view that was handed out was made, and in which scope and buffer.
 * @type {WeakMap<ArrayBufferView, { scope: Scope, made: Error, buffer?: any, pointer?: number }>}
 */
const known = new WeakMap();

/** Refuses a view whose scope has ended, or whose buffer has moved. */
function checkView(call, view) {
  const { scope, made, buffer, pointer } = known.get(view) ?? {};
  if (!scope) return;
  const place = placeOf(made, "made");
  if (!scope._isOpen) fail(call, `the view is of a scope that has been released${place}`);
  if (buffer && buffer._pointer !== pointer) {
    fail(call, `the view is of a buffer that has grown and moved since${place}`);
  }
}

/**
 * Refuses an array with an element that would be stored as NaN or 0, as the engine converts without
 * an error.
 */
function checkItems(call, Type, source) {
  if (typeof source !== "object" || source === null || ArrayBuffer.isView(source)) return;
  const wanted = isBig(Type) ? "bigint" : "number";
  for (let i = 0; i < source.length; i++) {
    if (typeof source[i] !== wanted) refuse(call, `source[${i}]`, source[i], `a ${wanted}`);
  }
}

/**
 * The bytes that a stack released last, as long as the stack has not handed out anything since.
 * @type {WeakMap<object, { backingCalls: number, pieces: { pointer: number, size: number, place: string }[] }>}
 */
const released = new WeakMap();

const backingCalls = (owner) => owner._calls.ss_js_stat(owner._stack, BACKING_CALLS);

/**
 * Called before a stack hands anything out: reports writes to what was released, and forgets what
 * was released.
 */
function checkReleased(owner) {
  const last = released.get(owner);
  if (!last) return;
  released.delete(owner);
  // Nothing can be said if the thread has closed its stack, or if a call of the backing may have
  // given the memory back to the heap, where anybody may have taken it.
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
      // The scope of a frame (frames.mjs) stays open until a later frame begins.
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

  /**
   * Called when an exception leaves the scope. A buffer that stays open because of the exception is
   * not reported.
   */
  _abandon() {
    for (let scope = this._owner._innermost; ; scope = scope._parent) {
      for (let buffer = scope._buffers; buffer; buffer = buffer._older) buffer._drop();
      if (scope === this) break;
    }
    super._abandon();
  }

  /** The scope's slices, and its buffers with the bytes that are written. */
  _held() {
    const pieces = [...this._pieces];
    for (let buffer = this._buffers; buffer; buffer = buffer._older) {
      // @ts-ignore: all buffers of this scope are DebugBuffers
      const { _opened: made, _pointer: pointer, length, _elementBytes } = buffer;
      pieces.push({ pointer, size: length * _elementBytes, made, depth: 1 });
    }
    return pieces;
  }

  _end() {
    const owner = this._owner;
    checkReleased(owner);
    this._pieces = this._held();
    for (let buffer = this._buffers; buffer; buffer = buffer._older) {
      // @ts-ignore: all buffers of this scope are DebugBuffers
      const { _opened: made, length, _isOpen, _Type } = buffer;
      if (!_isOpen) continue;
      const what = `a buffer of ${_Type.name} with ${length} elements`;
      console.error(
        `secondstack: scope: ${what} was left open${placeOf(made, "opened", 1)}${this._place()}`,
      );
    }
    countSites(owner, this);
    const pieces = this._pieces.map(({ pointer, size, made, depth }) => {
      owner._reach(pointer + size);
      owner._bytes.fill(RELEASED, pointer, pointer + size);
      return { pointer, size, place: placeOf(made, "made", depth) };
    });
    // Released bytes are only watched in a memory that the module owns. In the memory of an
    // Emscripten program the program's C code takes slices from the same stack, and may write to
    // them.
    if (owner._isOwn) released.set(owner, { backingCalls: backingCalls(owner), pieces });
    super._end();
  }

  _place() {
    // The scope was made by SecondStack.scope, which is one call deeper than the user's.
    return placeOf(this._opened, "opened", 1 + this._callDepth);
  }
}

/** How many constructors lie between this one and its caller. */
DebugScope.prototype._callDepth = 0;

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

  /** Fills what lies between the buffer's end and the end that it had before. */
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
