// SPDX-License-Identifier: MIT
// What arguments may be, and the errors that say which one is wrong. Nothing is changed before all
// of a call's arguments are checked.

const MAX_ALIGNMENT = 65536;

/** @param {unknown} value as it is shown in a message */
function show(value) {
  if (typeof value === "function") return value.name || "a function";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.prototype.toString.call(value);
}

/**
 * @param {string} call
 * @param {string} problem
 * @param {typeof TypeError | typeof RangeError} [kind]
 * @returns {never}
 */
export function fail(call, problem, kind = TypeError) {
  throw new kind(`secondstack: ${call}: ${problem}`);
}

/**
 * @param {string} call
 * @param {string} argument
 * @param {unknown} value
 * @param {string} wanted
 * @param {typeof TypeError | typeof RangeError} [kind]
 * @returns {never}
 */
export function refuse(call, argument, value, wanted, kind) {
  return fail(call, `${argument} is ${show(value)}, not ${wanted}`, kind);
}

/**
 * @param {string} call
 * @param {string} argument
 * @param {unknown} value
 * @returns {number} the value
 */
export function checkCount(call, argument, value) {
  if (typeof value !== "number") refuse(call, argument, value, "a number");
  if (!Number.isSafeInteger(value) || value < 0) {
    refuse(call, argument, value, "a whole number from 0 to 2^53 - 1", RangeError);
  }
  return value;
}

const TypedArray = Object.getPrototypeOf(Uint8Array);

/** @param {unknown} value */
export function isTypedArray(value) {
  return value instanceof TypedArray;
}

/**
 * @param {string} call
 * @param {any} Type
 * @returns {number} bytes per element
 */
export function checkType(call, Type) {
  if (Type === DataView) return 1;
  if (typeof Type !== "function" || !(Type.prototype instanceof TypedArray)) {
    refuse(call, "Type", Type, "a typed array constructor or DataView");
  }
  return Type.BYTES_PER_ELEMENT;
}

/**
 * @param {string} call
 * @param {unknown} options
 * @param {string[]} known
 * @returns {any} an object
 */
export function checkOptions(call, options, known) {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null)
    refuse(call, "options", options, "an object");
  for (const name of Object.keys(/** @type {object} */ (options))) {
    if (!known.includes(name)) fail(call, `no option ${show(name)}; there is: ${known.join(", ")}`);
  }
  return options;
}

/**
 * @param {string} call
 * @param {unknown} options
 * @returns {number} the alignment asked for, in bytes
 */
export function checkAlignment(call, options) {
  const { alignment = 16 } = checkOptions(call, options, ["alignment"]);
  checkCount(call, "alignment", alignment);
  if (alignment > MAX_ALIGNMENT || (alignment & (alignment - 1)) !== 0 || alignment === 0) {
    refuse(call, "alignment", alignment, `a power of two up to ${MAX_ALIGNMENT}`, RangeError);
  }
  return alignment;
}

/**
 * @param {string} call
 * @param {string} argument
 * @param {unknown} value
 */
export function checkFunction(call, argument, value) {
  if (typeof value !== "function") refuse(call, argument, value, "a function");
}
