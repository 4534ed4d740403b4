// SPDX-License-Identifier: MIT
/**
 * Importing `secondstack/compile` gives every layout that is made afterwards a push of its own, which is made from text.
 * Where a Content-Security-Policy without 'unsafe-eval' refuses text, the browser reports that once, and layouts are as
 * without this module.
 */
export {};
