// SPDX-License-Identifier: MIT
/// <reference lib="esnext.disposable" />

/** Any of JavaScript's typed array kinds, Float16Array where it exists, or DataView. */
export interface ViewConstructor<V extends ArrayBufferView> {
  readonly prototype: V;
  readonly name: string;
}

/** What a buffer of V takes: its elements, or the bytes of a DataView. */
export type Element<V> = V extends BigInt64Array | BigUint64Array ? bigint : number;

/** What elements of V are copied from. */
export type Source<V> = ArrayBufferView | ArrayLike<Element<V>>;

export interface SliceOptions {
  /** In bytes: a power of two up to 65536. 16 is the least, and the default. */
  alignment?: number;
}

export interface BufferOptions {
  /** How many elements are expected. A guess: fewer and more will do. */
  capacity?: number;
}

/** Everything made in a scope is released when it ends. Scopes end last first. */
export interface Scope extends Disposable {
  /**
   * Takes `length` elements, uninitialised: what they hold is left from before.
   *
   * Units: `length` in elements; in bytes for DataView.
   * Returns: a view of the stack itself, to be used until the scope ends. If the memory grows
   *   meanwhile the engine detaches it (length 0): see `handle` and `initialBytes`. Its byteOffset
   *   is the address that wasm code knows.
   * Errors: TypeError for a Type, length or option of the wrong type, and when the scope is released
   *   or not the innermost; RangeError for a length or alignment out of range, and when memory or
   *   maxBytes ends. Each names the argument and its value and changes nothing.
   */
  uninitSlice<V extends ArrayBufferView>(
    Type: ViewConstructor<V>,
    length: number,
    options?: SliceOptions,
  ): V;

  /** As `uninitSlice`, all bytes zero. */
  zeroedSlice<V extends ArrayBufferView>(
    Type: ViewConstructor<V>,
    length: number,
    options?: SliceOptions,
  ): V;

  /** A copy of a typed array or DataView, of the same kind. Errors: as `uninitSlice`. */
  copySlice<V extends ArrayBufferView>(source: V, options?: SliceOptions): V;

  /** A copy of the elements of `source`, converted to Type. Errors: as `uninitSlice`. */
  copySlice<V extends ArrayBufferView>(
    Type: ViewConstructor<V>,
    source: Source<V>,
    options?: SliceOptions,
  ): V;

  /**
   * Remembers where the elements of a view are, for when they must be reached after the memory has
   * grown, which detaches the view.
   *   const points = scope.handle(scope.zeroedSlice(Float32Array, 300));
   *
   * Returns: a handle, to be used until this scope ends.
   * Errors: TypeError when `view` is not in this stack's memory or is detached already, and when the
   *   scope is released.
   */
  handle<V extends ArrayBufferView>(view: V): SliceHandle<V>;

  /**
   * Opens a buffer: a slice whose size is not known yet. Several may grow at once, and slices may be
   * taken meanwhile.
   */
  buffer<V extends ArrayBufferView>(
    Type: ViewConstructor<V>,
    options?: BufferOptions,
  ): SliceBuffer<V>;

  /** Ends the scope. Errors: TypeError if it is released already or not the innermost one. */
  release(): void;

  /**
   * What `using` calls. Does nothing if the scope is released. Errors: TypeError if a scope opened
   * in it is still open, held across await for example; both have ended then.
   */
  [Symbol.dispose](): void;
}

/** Elements on the stack, which can be reached after the views of them have been detached. */
export interface SliceHandle<V extends ArrayBufferView> {
  /** A view that is not detached. Errors: TypeError when the scope has been released. */
  view(): V;
  /** The address in the memory, in bytes. */
  readonly pointer: number;
  /** In elements. */
  readonly length: number;
  readonly byteLength: number;
}

/** A slice that is still growing. */
export interface SliceBuffer<V extends ArrayBufferView> {
  /**
   * Writes values at the end.
   *
   * Returns: how many elements there are now.
   * Errors: TypeError when the buffer is closed, its scope is released or a value is no number (an
   *   array or undefined would be NaN); RangeError when memory or maxBytes ends. Nothing has changed
   *   then.
   */
  push(...values: Element<V>[]): number;
  /**
   * Makes room for `count` elements at the end, uninitialised, to be filled as a block.
   *
   * Returns: a view of exactly these elements, to be used until the buffer or the memory grows.
   * Errors: as `push`.
   */
  extend(count: number): V;
  /** Makes room for `count` more elements, so that pushing them does not grow the buffer. Errors: as `push`. */
  reserve(count: number): void;
  /** Copies all elements of an array to the end; it may be part of this buffer. Returns, errors: as `push`. */
  append(source: Source<V>): number;
  /**
   * The element at `index`, also after `close`; counted from the end if that is negative.
   *
   * Returns: undefined where there is no element, as `at` of a typed array does.
   * Errors: TypeError when `index` is no number or the scope is released; RangeError for a fraction.
   */
  at(index: number): Element<V> | undefined;
  /** Removes the last element. Returns: the element; undefined if there is none. Errors: as `push`. */
  pop(): Element<V> | undefined;
  /**
   * Removes all elements from index `length` on. The buffer keeps their room.
   * Errors: as `push`; RangeError for more than the buffer has.
   */
  truncate(length: number): void;
  /** A view of what has been written so far, also after `close`. Errors: as `SliceHandle.view`. */
  view(): V;
  /**
   * Closes the buffer. The room that is left goes back to the stack.
   * Returns: a view of exactly what was written, to be used until the scope of the buffer ends.
   */
  close(): V;
  /** How many elements have been written. */
  readonly length: number;
}

/** What a stack holds now, and what it has cost so far. */
export interface Stats {
  /** Bytes handed out and not released. */
  used: number;
  /** Bytes held from the heap, in use or not. */
  reserved: number;
  /** The most that was in use since the last `trim`. */
  peak: number;
  chunks: number;
  growths: number;
  bytesCopied: number;
  backingCalls: number;
}

/** A thread's second stack. */
export interface SecondStack {
  /** Opens a scope. End it with `using`, or with `release`. */
  scope(): Scope;
  /**
   * Runs `use` in a scope that ends when it returns or throws.
   *
   * Returns: what `use` returns.
   * Errors: TypeError when that is a promise: the scope has ended, and must not be held across await.
   */
  scope<R>(use: (scope: Scope) => R): R extends PromiseLike<unknown> ? never : R;

  /**
   * Copies the items of any iterable into a slice and passes it to `use`. The slice is released
   * when `use` returns or throws.
   *
   * Returns: what `use` returns.
   * Errors: as `SliceBuffer.push` and `scope`.
   */
  collect<V extends ArrayBufferView, R>(
    Type: ViewConstructor<V>,
    iterable: Iterable<Element<V>>,
    use: (view: V) => R,
    options?: BufferOptions,
  ): R extends PromiseLike<unknown> ? never : R;

  /**
   * A view of memory that was made elsewhere: by C, or by another thread.
   *
   * Units: `pointer` in bytes, `length` in elements.
   * Errors: TypeError and RangeError as `uninitSlice`, and for what is not within the memory.
   */
  view<V extends ArrayBufferView>(Type: ViewConstructor<V>, pointer: number, length: number): V;

  stats(): Stats;

  /** Gives idle memory back to the heap until at most `keepBytes` stay reserved; default 0. */
  trim(keepBytes?: number): void;

  /** The memory that all views are views of. Other wasm code can import it. */
  readonly memory: WebAssembly.Memory;
}

export interface CommonOptions {
  /**
   * Looks for misuse. Released bytes are filled with 0xDD, and an error about a scope or a slice says
   * where it was opened or made. `append`, `copySlice` and `handle` refuse an array with an element
   * that is no number, and a view of a released scope or of a buffer that has moved. The console names
   * a scope that is still open after its turn, a buffer that is open when its scope ends, and a view
   * that was written to after its scope, if that is seen before its memory is used again. All this is
   * slow. It needs `secondstack/debug` to have been imported: then the default is true, else false.
   */
  debug?: boolean;
}

export interface ConfigureOptions extends CommonOptions {
  /** How many bytes fit before the memory grows, which detaches all views. Default: 16 MiB. */
  initialBytes?: number;
  /** The most bytes that may be reserved. Default: no limit. */
  maxBytes?: number;
}

export interface CreateOptions extends ConfigureOptions {
  /**
   * secondstack.wasm, as an address, as bytes or as a compiled module. Default: the copy inside the
   * JavaScript module; for `secondstack/file` and `secondstack/threads`, the file beside it.
   */
  wasm?: URL | string | BufferSource | WebAssembly.Module;
}

/**
 * `scope` of the realm's stack. All code in a page or worker that imports this module shares that
 * stack, even from two copies of the package. The first call starts it, without waiting for anything.
 *   const sum = scope((s) => s.zeroedSlice(Float32Array, 100).reduce((a, b) => a + b, 1));
 */
export const scope: SecondStack["scope"];

/** `collect` of the realm's stack. */
export const collect: SecondStack["collect"];

/** Returns the realm's stack itself, for its memory and its statistics. */
export function sharedStack(): SecondStack;

/**
 * Starts the realm's stack with options of yours. A program may call this before it uses the stack;
 * a library must not, because the stack is shared.
 * Errors: TypeError when the stack is in use already, and for options as `createSecondStack`.
 */
export function configure(options: ConfigureOptions): void;

/**
 * Makes a second stack in a memory of its own, which no other code uses. With `secondstack/file` the
 * wasm is a file, which this call fetches.
 */
export function createSecondStack(options?: CreateOptions): Promise<SecondStack>;

/** The module object of an Emscripten program. */
export type AttachableModule = object;

/**
 * The second stack that the C code of an Emscripten program uses, on the thread that calls this. The
 * program includes secondstack_attach.h in one of its C files and is linked with -lsecondstack.
 *
 * Returns: the same stack for the same Module; only the options of the first call count.
 * Errors: TypeError that names the exports that are missing, or says that the program's secondstack is of another SS_ABI.
 */
export function attach(Module: AttachableModule, options?: CommonOptions): SecondStack;
