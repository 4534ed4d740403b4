// SPDX-License-Identifier: MIT
/** Importing `secondstack/debug` makes `debug: true` the default of every stack that is made afterwards. */
export {};
