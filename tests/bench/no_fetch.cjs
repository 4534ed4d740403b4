// SPDX-License-Identifier: MIT
// Loaded before a program of Emscripten before 3.1.30, which gives Node's own fetch a file name, and that refuses it.
// Without fetch the program reads the file. (--no-experimental-fetch does the same up to Node.js 22.)
delete globalThis.fetch;
