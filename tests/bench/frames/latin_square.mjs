// SPDX-License-Identifier: MIT
// The order in which variants take their turns, so that neither their place in a round nor the one that ran
// just before favours any of them.

/**
 * The rows of a balanced Latin square after Williams: each variant stands once in every row and column, and
 * follows each other variant equally often. An odd count needs twice as many rows: the mirrored ones too.
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
 * The order of one round. Rounds are numbered through all replicates, so that the square is gone through as often
 * as the number of rounds allows.
 * @param {string[]} variants
 * @param {number} round
 */
export function orderOfRound(variants, round) {
  const square = balancedLatinSquare(variants.length);
  return square[round % square.length].map((index) => variants[index]);
}
