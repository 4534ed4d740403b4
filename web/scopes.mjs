// SPDX-License-Identifier: MIT
// A thread's stack as JavaScript sees it, and scopes, slices and handles.
//
// The fast path makes no call into wasm: it reads the stack's top, limit and versions through a
// view of the memory (bindings.c says in which words they lie), moves the top, and makes the typed
// array. When a memory grows, its views are detached, and the views of a shared memory become too
// short. So each call looks first whether the module's own views still reach.
//
// The fields are not #private, because bundlers turn private fields into WeakMaps for older
// browsers, and that takes ten times as long as a slice. A name that begins with _ is not part of
// the API.
import { SliceBuffer } from "./buffers.mjs";
import { checkAlignment, checkCount, checkFunction, checkOptions, checkType } from "./checks.mjs";
import { fail, isTypedArray, refuse } from "./checks.mjs";
import { checkSource, kindOf } from "./sources.mjs";

const TOP = 0;
const LIMIT = 1;
const VERSION = 2;
const MARK_VERSION = 3;

// Where the engine has no Symbol.dispose, bundlers compile `using` to code that looks for this
// symbol.
const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

const STATS = ["used", "reserved", "peak", "chunks", "growths", "bytesCopied", "backingCalls"];

export const AWAIT =
  "a scope must not be held across await (or yield): what runs meanwhile uses the same stack";

/**
 * Set by debug.mjs and debug_scope.mjs when they are loaded. A release does not load them.
 * @type {{ isDefault: boolean, ScopeKind?: typeof Scope }}
 */
export const debugging = { isDefault: false };

/**
 * The class of scopes. The code for debug is not imported here on demand, because Vite cannot build a
 * worker from code that would have to be split.
 * @param {string} call
 * @param {boolean} [debug] the option
 */
export function scopeKindFor(call, debug = debugging.isDefault) {
  if (!debug) return Scope;
  return (
    debugging.ScopeKind ??
    fail(call, 'debug needs import "secondstack/debug" before this is called')
  );
}

/** Makes a view, or throws the error that says what is wrong with the type. */
function construct(call, Type, buffer, pointer, length) {
  try {
    return new Type(buffer, pointer, length);
  } catch (error) {
    checkType(call, Type);
    throw error;
  }
}

export class SecondStack {
  /**
   * @param {object} binding
   * @param {WebAssembly.Memory} binding.memory
   * @param {any} binding.calls what bindings.c exports
   * @param {number} binding.stack its address
   * @param {number} [binding.maxBytes]
   * @param {typeof Scope} [binding.ScopeKind]
   * @param {boolean} [binding.isOwn] nothing else takes from this stack
   */
  constructor({ memory, calls, stack, maxBytes = 0, ScopeKind = Scope, isOwn = true }) {
    this.memory = memory;
    this._calls = calls;
    this._stack = stack >>> 0;
    this._words = this._stack / 4;
    this._maxBytes = maxBytes;
    this._Scope = ScopeKind;
    this._isOwn = isOwn;
    /** @type {Scope | null} the innermost open scope */
    this._innermost = null;
    this._refresh();
  }

  /** Makes the views of the memory anew. */
  _refresh() {
    const buffer = this.memory.buffer;
    this._buffer = buffer;
    this._heap = new Uint32Array(buffer);
    this._bytes = new Uint8Array(buffer);
  }

  /** The stack's words, in a view that is not detached. */
  _current() {
    if (this._heap.length === 0) this._refresh();
    return this._heap;
  }

  /** Makes sure that the views reach up to the address `end`. */
  _reach(end) {
    if (end <= this._bytes.length) return;
    this._refresh();
    // Another thread may have grown a shared memory, which this thread sees late; growing by 0
    // shows it. (A memory that is not shared must not be grown here, because that would detach all
    // its views.)
    if (end > this._bytes.length && !(this._buffer instanceof ArrayBuffer)) {
      this.memory.grow(0);
      this._refresh();
    }
  }

  /** @returns {number} the address of so many bytes more in the innermost scope */
  _take(call, what, size, alignment) {
    // A larger size does not fit the i32 of the call, and would wrap around.
    const pointer = size < 2 ** 32 ? this._calls.ss_js_alloc(this._stack, size, alignment) : 0;
    if (pointer === 0) this._fail(call, what, size);
    this._reach((pointer >>> 0) + size);
    return pointer >>> 0;
  }

  /** @returns {never} */
  _fail(call, what, size) {
    const { used, reserved } = this.stats();
    const limit = this._maxBytes
      ? `maxBytes is ${this._maxBytes}`
      : "the memory cannot grow so far";
    return fail(
      call,
      `${what} takes ${size} bytes: ${limit}, ${used} are in use and ${reserved} reserved`,
      RangeError,
    );
  }

  scope(use) {
    if (use !== undefined) checkFunction("scope", "use", use);
    const scope = new this._Scope(this);
    return use === undefined ? scope : scope._run(use);
  }

  collect(Type, iterable, use, options) {
    if (typeof iterable?.[Symbol.iterator] !== "function") {
      refuse("collect", "iterable", iterable, "iterable");
    }
    checkFunction("collect", "use", use);
    return this.scope((scope) => {
      const items = scope.buffer(Type, options);
      if (isTypedArray(iterable) || Array.isArray(iterable)) items.append(iterable);
      else for (const item of iterable) items.push(item);
      return use(items.close());
    });
  }

  view(Type, pointer, length) {
    const bytesEach = checkType("view", Type);
    const end =
      checkCount("view", "pointer", pointer) + checkCount("view", "length", length) * bytesEach;
    if (pointer % bytesEach !== 0) {
      refuse("view", "pointer", pointer, `a multiple of ${bytesEach}`, RangeError);
    }
    this._reach(end);
    if (end > this._bytes.length) {
      refuse(
        "view",
        "length",
        length,
        `within the memory's ${this._bytes.length} bytes`,
        RangeError,
      );
    }
    return new Type(this._buffer, pointer, length);
  }

  stats() {
    return Object.fromEntries(
      STATS.map((name, i) => [name, this._calls.ss_js_stat(this._stack, i) >>> 0]),
    );
  }

  trim(keepBytes = 0) {
    checkCount("trim", "keepBytes", keepBytes);
    this._calls.ss_js_trim(this._stack, Math.min(keepBytes, 2 ** 32 - 1));
  }
}

export class Scope {
  /** @param {SecondStack} owner */
  constructor(owner) {
    const heap = owner._current();
    const words = owner._words;
    this._owner = owner;
    this._parent = owner._innermost;
    this._top = heap[words + TOP];
    this._version = heap[words + MARK_VERSION];
    this._isOpen = true;
    this._isOfFrame = false;
    /** @type {SliceBuffer | null} the last of those opened in it */
    this._buffers = null;
    owner._innermost = this;
  }

  uninitSlice(Type, length, options) {
    const owner = this._owner;
    const heap = owner._heap;
    // The comparisons below are false for everything unusual, such as a NaN that undefined became.
    if (
      owner._innermost === this &&
      options === undefined &&
      typeof length === "number" &&
      length >>> 0 === length
    ) {
      const words = owner._words;
      const top = heap[words + TOP];
      const size = length * Type?.BYTES_PER_ELEMENT;
      if (size <= heap[words + LIMIT] - top && top + size <= owner._bytes.length) {
        const view = construct("uninitSlice", Type, owner._buffer, top, length);
        heap[words + TOP] = top + ((size + 15) & ~15);
        return view;
      }
    }
    return this._slice("uninitSlice", Type, length, options);
  }

  /** The slow path of uninitSlice, which takes and checks any arguments. */
  _slice(call, Type, length, options) {
    this._checkInnermost(call);
    const size = checkType(call, Type) * checkCount(call, "length", length);
    const alignment = checkAlignment(call, options);
    const owner = this._owner;
    const pointer = owner._take(call, `length ${length} of ${Type.name}`, size, alignment);
    return new Type(owner._buffer, pointer, length);
  }

  zeroedSlice(Type, length, options) {
    const view = this._slice("zeroedSlice", Type, length, options);
    this._owner._bytes.fill(0, view.byteOffset, view.byteOffset + view.byteLength);
    return view;
  }

  copySlice(Type, source, options) {
    // If the first argument is an array, the copy is of the same kind.
    if (isTypedArray(Type) || Type instanceof DataView) {
      [Type, source, options] = [kindOf(Type), Type, source];
    }
    this._checkInnermost("copySlice");
    checkType("copySlice", Type);
    const owner = this._owner;
    const Store = Type === DataView ? Uint8Array : Type;
    const items = checkSource("copySlice", Store, source, owner.memory);
    const heap = owner._current();
    const top = heap[owner._words + TOP];
    const version = heap[owner._words + MARK_VERSION];
    const view = this._slice("copySlice", Type, items.length, options);
    try {
      new Store(owner._buffer, view.byteOffset, items.length).set(items.get());
    } catch (error) {
      // An element could not be converted.
      owner._calls.ss_js_restore(owner._stack, top, version);
      throw error;
    }
    return view;
  }

  handle(view) {
    if (!this._isOpen) this._checkInnermost("handle");
    if (!ArrayBuffer.isView(view)) refuse("handle", "view", view, "a typed array or DataView");
    const { buffer } = this._owner.memory;
    // A shared memory has a new buffer after each growth, and views of the older buffers stay
    // valid.
    if (
      view.buffer !== buffer &&
      (buffer instanceof ArrayBuffer || view.buffer instanceof ArrayBuffer)
    ) {
      fail("handle", "view is detached, or not in the memory of this stack");
    }
    return new SliceHandle(this, kindOf(view), view);
  }

  buffer(Type, options) {
    this._checkInnermost("buffer");
    return new SliceBuffer(this, Type, options);
  }

  release() {
    this._checkInnermost("release");
    this._end();
  }

  /** Ends the innermost scope. */
  _end() {
    const owner = this._owner;
    const heap = owner._current();
    const words = owner._words;
    if (heap[words + VERSION] === this._version) heap[words + TOP] = this._top;
    else owner._calls.ss_js_restore(owner._stack, this._top, this._version);
    this._isOpen = false;
    owner._innermost = this._parent;
    if (this._buffers !== null) this._dropBuffers();
  }

  _dropBuffers() {
    for (let buffer = this._buffers; buffer; buffer = buffer._older) buffer._drop();
  }

  /** Ends this scope and those that are still open inside it; returns whether there were any. */
  _endAll() {
    const owner = this._owner;
    const wereInner = owner._innermost !== this;
    while (owner._innermost !== this) owner._innermost._end();
    this._end();
    return wereInner;
  }

  /** Called when an exception leaves the scope. */
  _abandon() {
    this._endAll();
  }

  /**
   * Ends the scope even if inner ones are open, as nobody could try again, and throws an error
   * then.
   */
  _leave(call) {
    if (!this._isOpen) this._checkInnermost(call);
    if (this._endAll()) {
      fail(
        call,
        `the scope ended while one opened in it was still open, which ended too; ${AWAIT}`,
      );
    }
  }

  _run(use) {
    let result;
    let isReturned = false;
    try {
      result = use(this);
      isReturned = true;
    } finally {
      // An exception has skipped the code that would have ended the inner scopes.
      if (!isReturned && this._isOpen) this._abandon();
    }
    if (typeof result?.then === "function") {
      if (this._isOpen) this._endAll();
      fail("scope", `use returned a promise; ${AWAIT}`);
    }
    // `use` may have released the scope itself.
    if (this._isOpen) this._leave("scope");
    return result;
  }

  _checkInnermost(call) {
    if (!this._isOpen) fail(call, `the scope has been released${this._place()}`);
    let depth = 0;
    for (let s = this._owner._innermost; s !== this; s = s._parent) depth++;
    if (depth > 0) {
      const inner = this._owner._innermost._place();
      fail(call, `not the innermost scope: ${depth} opened in it and not ended${inner}; ${AWAIT}`);
    }
  }

  /** Says where the scope was opened, if that is known. */
  _place() {
    return "";
  }
}

Scope.prototype[dispose] = function () {
  if (this._isOpen) this._leave("dispose");
};

/**
 * A slice that can be used after the memory has grown: view() makes a new view if the old one is
 * detached.
 */
export class SliceHandle {
  constructor(scope, Type, view) {
    this._scope = scope;
    this._Type = Type;
    this._view = view;
    this.pointer = view.byteOffset;
    this.byteLength = view.byteLength;
    this.length = Type === DataView ? view.byteLength : view.length;
  }

  view() {
    const owner = this._scope._owner;
    if (!this._scope._isOpen)
      fail("view", `the slice's scope has been released${this._scope._place()}`);
    owner._reach(this.pointer + this.byteLength);
    if (this._view.buffer !== owner._buffer) {
      this._view = new this._Type(owner._buffer, this.pointer, this.length);
    }
    return this._view;
  }
}
