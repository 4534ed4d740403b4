// SPDX-License-Identifier: MIT
// Formats figures for the panel.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** @param {number} count */
export const formatCount = (count) => whole.format(count);

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 100 * 1024 * 1024 ? 2 : 0)} MiB`;
}
