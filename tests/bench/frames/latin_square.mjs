// SPDX-License-Identifier: MIT
// The order in which variants take their turns, chosen so that no variant gains from its place in a
// round or from the variant that ran just before it.

/**
 * The rows of a balanced Latin square after Williams: each variant stands once in every row and
 * column, and follows each other variant equally often. An odd count needs twice as many rows,
 * because the mirrored rows are needed, too.
 * @param {number} count of variants, at least 1
 * @returns {number[][]} rows of indices
 */
export function balancedLatinSquare(count) {
  // 0, 1, n-1, 2, n-2 ...: the differences of neighbours are all different.
  const first = [0];
  for (let low = 1, high = count - 1; first.length < count;) {
    first.push(first.length % 2 === 1 ? low++ : high--);
  }
  const rows = first.map((_, shift) => first.map((index) => (index + shift) % count));
  return count % 2 === 0 ? rows : [...rows, ...rows.map((row) => [...row].reverse())];
}

/**
 * The order of one round. Rounds are numbered across all replicates, so that all rows of the square
 * are used as equally as the number of rounds allows.
 * @param {string[]} variants
 * @param {number} round
 */
export function orderOfRound(variants, round) {
  const square = balancedLatinSquare(variants.length);
  return square[round % square.length].map((index) => variants[index]);
}
