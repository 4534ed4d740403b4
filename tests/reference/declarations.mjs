// SPDX-License-Identifier: MIT
// Reads declarations in secondstack.h, each of which begins on a line of its own.

/**
 * @param {string} line
 * @returns {string | undefined} the name that is declared in it
 */
export function declaredIn(line) {
  const patterns = [
    /^#define (\w+)/,
    /^typedef .*?\b(\w+)\(/, // a function's type
    /^typedef (?:struct|enum) (\w+)/,
    /^(?:static inline |extern )?[a-z][\w ]*[ *](\w+)\(.*/,
  ];
  for (const pattern of patterns) {
    const found = pattern.exec(line);
    if (found) return found[1];
  }
  return undefined;
}
