// SPDX-License-Identifier: MIT
// A slice that is still growing. Elements are written straight into the room that the library has
// reserved for it, and the library is told how many there are when it must make more room.
import { checkCount, checkOptions, checkType, fail, refuse } from "./checks.mjs";
import { checkSource, isBig } from "./sources.mjs";

const FIRST_BYTES = 4096;
const LARGE_BYTES = 65536;

// The room of a buffer that is closed or dropped: nothing fits into it.
const NO_ROOM = new Uint8Array(0);

// The kinds of array that push stores to in a statement of their own, in the order of its cases.
const USUAL_KINDS = [Float32Array, Uint8Array, Uint16Array, Uint32Array, Float64Array];

export class SliceBuffer {
  /**
   * @param {import("./scopes.mjs").Scope} scope
   * @param {any} Type
   * @param {any} options
   * @param {number} [elementBytes] if an element is several of Type
   */
  constructor(scope, Type, options, elementBytes = checkType("buffer", Type)) {
    const { capacity = 0 } = checkOptions("buffer", options, ["capacity"]);
    checkCount("buffer", "capacity", capacity);
    const owner = scope._owner;
    const calls = owner._calls;
    this._owner = owner;
    this._scope = scope;
    this._Type = Type;
    // The kind of array that stores into the room.
    this._Store = Type === DataView ? Uint8Array : Type;
    this._elementBytes = elementBytes;
    this._words = calls.ss_js_buffer_open(owner._stack) >>> 0;
    if (this._words === 0) owner._fail("buffer", "opening it", 64);
    this._isOpen = true;
    this._pointer = 0;
    /** The number of elements that are written. */
    this.length = 0;
    this._capacity = 0;
    this._kind = USUAL_KINDS.indexOf(this._Store);
    /** @type {any} */
    this._room = NO_ROOM;
    // A view with as many elements as the room has. It is detached when the room is, and is of the
    // same kind in every buffer, so that reading its length is fast.
    this._probe = NO_ROOM;
    this._older = scope._buffers;
    scope._buffers = this;
    // A capacity that cannot be reserved is no error: it is only a guess, and pushes ask for less.
    const first = Math.max(FIRST_BYTES, Math.min(capacity * elementBytes, 2 ** 31));
    if (!this._reserve(first) && !this._reserve(0)) owner._fail("buffer", "opening it", first);
  }

  push(a, b, c) {
    const count = arguments.length;
    const at = this.length;
    const end = at + count;
    // This holds also when growth of the memory has detached the room: its length is 0 then.
    if (end > this._probe.length) this._makeRoom("push", count);
    if (count > 3) return this._pushMany(arguments);
    // This costs nothing that can be measured, because the stores below make the same checks. Where
    // BigInts are stored the engine itself refuses a number. Keep this function short: an engine
    // does not inline a long one.
    if (
      typeof a !== "number" ||
      (count > 1 && typeof b !== "number") ||
      (count > 2 && typeof c !== "number")
    ) {
      if (!this._checkValues(arguments)) return at;
    }
    const r = this._room;
    // Each of the usual kinds has its own statements, which are the same: code that an engine has
    // seen with one kind of array runs ten times faster than code that it has seen with all of
    // them.
    switch (this._kind) {
      case 0:
        r[at] = a;
        if (count > 1) r[at + 1] = b;
        if (count > 2) r[at + 2] = c;
        break;
      case 1:
        r[at] = a;
        if (count > 1) r[at + 1] = b;
        if (count > 2) r[at + 2] = c;
        break;
      case 2:
        r[at] = a;
        if (count > 1) r[at + 1] = b;
        if (count > 2) r[at + 2] = c;
        break;
      case 3:
        r[at] = a;
        if (count > 1) r[at + 1] = b;
        if (count > 2) r[at + 2] = c;
        break;
      case 4:
        r[at] = a;
        if (count > 1) r[at + 1] = b;
        if (count > 2) r[at + 2] = c;
        break;
      default:
        r[at] = a;
        if (count > 1) r[at + 1] = b;
        if (count > 2) r[at + 2] = c;
        break;
    }
    return (this.length = end);
  }

  /** @param {IArguments} values for which there is room */
  _pushMany(values) {
    this._checkValues(values);
    let i = 0;
    for (; i + 3 <= values.length; i += 3) this.push(values[i], values[i + 1], values[i + 2]);
    for (; i < values.length; i++) this.push(values[i]);
    return this.length;
  }

  /**
   * Checks values before any of them is written: the engine would store an array or undefined as NaN.
   * @returns {boolean} whether there are any
   */
  _checkValues(values) {
    const wanted = isBig(this._Store) ? "bigint" : "number";
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] === wanted) continue;
      const hint = typeof values[i] === "object" ? " (append takes arrays)" : "";
      refuse("push", `value ${i + 1}`, values[i], `a ${wanted}${hint}`);
    }
    return values.length > 0;
  }

  append(source) {
    this._checkOpen("append");
    const items = checkSource("append", this._Store, source, this._owner.memory);
    return this._put(source, items, this._Store, items.length);
  }

  /** Writes items, which are `count` elements, at the end. */
  _put(source, items, Store, count) {
    const start = this._pointer;
    const { memory } = this._owner;
    const inside = source.byteOffset - start;
    const isOwn = source.buffer === memory.buffer && inside >= 0;
    const isWritten = isOwn && inside < this.length * this._elementBytes;
    const end = this.length + count;
    if (end > this._probe.length) this._makeRoom("append", count);
    const at = this._pointer + this.length * this._elementBytes;
    // A source that is a part of this buffer has moved with the buffer.
    const values = items.get(isWritten ? this._pointer - start : 0);
    new Store(memory.buffer, at, items.length).set(values);
    return (this.length = end);
  }

  extend(count) {
    this._checkOpen("extend");
    const at = this.length;
    const end = at + checkCount("extend", "count", count);
    // A count of 0 always fits, but the room must not be a view that growth of the memory has
    // detached.
    if (end > this._probe.length || this._probe.length === 0) this._makeRoom("extend", count);
    this.length = end;
    return this._viewOf(at, count, this._Type);
  }

  reserve(count) {
    this._checkOpen("reserve");
    const end = this.length + checkCount("reserve", "count", count);
    if (end > this._probe.length) this._makeRoom("reserve", count, true);
  }

  at(index) {
    if (typeof index !== "number") refuse("at", "index", index, "a number");
    if (!Number.isSafeInteger(index)) refuse("at", "index", index, "a whole number", RangeError);
    const i = index < 0 ? this.length + index : index;
    if (i < 0 || i >= this.length) return undefined;
    if (i >= this._probe.length) {
      // Either the buffer is closed, and its elements are still there, or its room is detached.
      if (!this._isOpen) return this._viewOfAll("at", this._Store)[i];
      this._look();
    }
    return this._room[i];
  }

  pop() {
    this._checkOpen("pop");
    if (this.length === 0) return undefined;
    const last = this.at(-1);
    this.truncate(this.length - 1);
    return last;
  }

  truncate(length) {
    this._checkOpen("truncate");
    if (checkCount("truncate", "length", length) > this.length) {
      refuse("truncate", "length", length, `at most ${this.length}, the buffer's`, RangeError);
    }
    this.length = length;
  }

  view() {
    return this._viewOfAll("view", this._Type);
  }

  /** A view of all that has been written. It can be had after `close`, too. */
  _viewOfAll(call, Type) {
    if (!this._scope._isOpen)
      fail(call, `the buffer's scope has been released${this._scope._place()}`);
    const owner = this._owner;
    owner._reach(this._pointer + this.length * this._elementBytes);
    return this._viewOf(0, this.length, Type);
  }

  /** A view of elements. The views of the memory must reach them already. */
  _viewOf(first, count, Type) {
    const { buffer } = this._owner.memory;
    return new Type(buffer, this._pointer + first * this._elementBytes, count);
  }

  close() {
    this._checkOpen("close");
    this._owner._calls.ss_js_buffer_close(this._words, this.length * this._elementBytes);
    this._drop();
    return this.view();
  }

  /** Makes the buffer take nothing from now on. */
  _drop() {
    this._isOpen = false;
    this._room = this._probe = NO_ROOM;
  }

  _checkOpen(call) {
    if (this._isOpen) return;
    if (!this._scope._isOpen)
      fail(call, `the buffer's scope has been released${this._scope._place()}`);
    fail(call, "the buffer is closed");
  }

  /**
   * Makes room for `count` elements more, or renews the view if there is room and only the view was
   * too old.
   */
  _makeRoom(call, count, isExact = false) {
    this._checkOpen(call);
    const size = count * this._elementBytes;
    if (this._probe.length < this._capacity) {
      this._look();
      if (this.length + count <= this._capacity) return;
    }
    // Ask for an eighth more, as the library grows its chunks. To ask for what is reserved already
    // costs nothing.
    const held = this.length * this._elementBytes;
    const step = held < LARGE_BYTES ? Math.max(held, FIRST_BYTES) : Math.max(held / 8, LARGE_BYTES);
    if (!isExact && size <= step && this._reserve(Math.ceil(step))) return;
    if (!this._reserve(size)) {
      this._owner._fail(
        call,
        `${count} more of ${this._Type.name}, on top of ${this.length},`,
        size,
      );
    }
  }

  /** @returns {boolean} whether there is room for so many bytes behind what is written */
  _reserve(size) {
    if (size >= 2 ** 32) return false;
    const held = this.length * this._elementBytes;
    const pointer = this._owner._calls.ss_js_buffer_room(this._words, held, size) >>> 0;
    if (pointer !== 0) {
      this._pointer = pointer;
      this._capacity = this.length + Math.floor(size / this._elementBytes);
    } else {
      // The call has failed, so the room that was reserved before is still there.
      this._capacity = Math.max(this._capacity, this.length);
    }
    this._look();
    return pointer !== 0;
  }

  _look() {
    const owner = this._owner;
    owner._reach(this._pointer + this._capacity * this._elementBytes);
    this._room = new this._Store(owner._buffer, this._pointer, this._capacity);
    this._probe = new Uint8Array(owner._buffer, this._pointer, this._capacity);
  }
}
