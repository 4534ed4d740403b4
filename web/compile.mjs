// SPDX-License-Identifier: MIT
// Importing this module makes every layout that is made afterwards write its vertices with a push
// of its own, which is made from text. Engines inline such a push where the general one is too long
// for it.
//
// The text is made of numbers only: of the kinds of the layout's words. A Content-Security-Policy
// without 'unsafe-eval', require-trusted-types-for and Node.js's option
// --disallow-code-generation-from-strings refuse text; layouts then are as without this module.
import {
  compiling,
  F16,
  F32,
  INT16,
  INT8,
  SNORM16,
  SNORM8,
  toHalf,
  UNORM16,
  UNORM8,
  VALUES,
} from "./formats.mjs";

// The text calls these rather than having their text in it, because an engine does not inline a long
// push. They are so short that the engine inlines them, too.
const tools = {
  /** A value from 0 to 1 as the nearest whole number of `most` steps. A NaN is 0. */
  unsigned(x, most) {
    x *= most;
    return x >= most ? most : x > 0 ? (x + 0.5) | 0 : 0;
  },
  /** A value from -1 to 1, as above. */
  signed(x, most) {
    x *= most;
    if (x >= most) return most;
    return x <= -most ? -most : (x < 0 ? x - 0.5 : x + 0.5) | 0;
  },
  toHalf,
  // A half goes through an array, because toHalf is too long to be inlined, and a call with a number
  // as an argument would allocate a box.
  half: new Float64Array(1),
};

/** The text of a word of parts of so many bits. */
const joined = (parts, bits) =>
  parts.map((part, i) => `(${part}&${2 ** bits - 1})<<${bits * i}`).join("|");

/** The text of the statement that writes word i of a vertex from these values. */
function statementFor(kind, i, values) {
  const word = (text) => `r[w+${i}]=${text};`;
  switch (kind) {
    case F32:
      return `f[w+${i}]=${values[0]};`;
    case UNORM8:
      return values.map((value, part) => `c[4*w+${4 * i + part}]=${value}*255;`).join("");
    case SNORM8:
      return word(
        joined(
          values.map((value) => `signed(${value},127)`),
          8,
        ),
      );
    case INT8:
      return word(joined(values, 8));
    case UNORM16:
      return word(
        joined(
          values.map((value) => `unsigned(${value},65535)`),
          16,
        ),
      );
    case SNORM16:
      return word(
        joined(
          values.map((value) => `signed(${value},32767)`),
          16,
        ),
      );
    case INT16:
      return word(joined(values, 16));
    case F16:
      return word(
        joined(
          values.map((value) => `(half[0]=${value},toHalf(half,0))`),
          16,
        ),
      );
    default:
      return word(values[0]);
  }
}

/** The text of a class whose push writes a vertex of words of these kinds. */
function textFor(kinds) {
  let count = 0;
  const statements = kinds.map((kind, i) => {
    const values = Array.from({ length: VALUES[kind] }, () => `v${count++}`);
    return statementFor(kind, i, values);
  });
  const names = Array.from({ length: count }, (_, i) => `v${i}`);
  const wrong = names.map((name) => `typeof ${name}!=="number"`).join("||");
  return `return class extends Base{push(${names}){
const at=this.length;
if(at>=this._probe.length)this._makeRoom("push",1);
if(arguments.length!==${count})return this._pushMany(arguments);
if(${wrong})this._checkValues(arguments);
const f=this._floats,c=this._clamped,r=this._room,w=at*${kinds.length};
${statements.join("\n")}
return this.length=at+1}}`;
}

// One class for all layouts of the same words.
const classes = new Map();
let isRefused = false;

compiling.classFor = (Base, kinds) => {
  const row = kinds.join();
  if (!classes.has(row) && !isRefused) {
    try {
      const make = new Function("Base", ...Object.keys(tools), textFor(kinds));
      classes.set(row, make(Base, ...Object.values(tools)));
    } catch {
      // It would be refused each time, and each time a browser would report that.
      isRefused = true;
    }
  }
  return classes.get(row);
};
