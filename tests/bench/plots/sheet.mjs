// SPDX-License-Identifier: MIT
// Plots on one sheet: Observable Plot draws each, and here they are put side by side and one below another in one SVG.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

export { Plot };

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const INK = "#222222";

/** Okabe and Ito's colours, which colour-blind people can distinguish. */
export const COLOURS = {
  blue: "#0072B2",
  vermilion: "#D55E00",
  orange: "#E69F00",
  purple: "#CC79A7",
  green: "#009E73",
  sky: "#56B4E9",
  grey: "#555555",
  black: "#000000",
};

const escape = (/** @type {string} */ text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** A line of text on a sheet. */
export function label(x, y, text, attributes = "") {
  return `<text x="${x}" y="${y}" fill="${INK}" ${attributes}>${escape(text)}</text>`;
}

/**
 * A plot at a place of a sheet.
 * @param {number} x of its left edge, with its margins
 * @param {number} y
 * @param {import("@observablehq/plot").PlotOptions} options
 */
export function place(x, y, options) {
  const svg = Plot.plot({ document, ...options });
  // The sheet says how the letters look, and a style sheet of each plot's own would be of no use.
  svg.querySelector("style").remove();
  for (const name of ["class", "font-family", "font-size", "fill"]) svg.removeAttribute(name);
  svg.setAttribute("x", String(x));
  svg.setAttribute("y", String(y));
  return svg.outerHTML;
}

/**
 * Names on a vertical axis whose places are 0, 1, 2 and so on, so that what belongs to one name can lie beside its middle.
 * @param {readonly string[]} names
 * @param {boolean} isShown
 */
export function nameAxis(names, isShown) {
  return {
    y: { domain: [names.length - 0.5, -0.5], axis: null },
    marks: isShown
      ? [
          Plot.axisY(
            names.map((_, i) => i),
            { label: null, tickSize: 0, tickFormat: (i) => names[i], fontSize: 12 },
          ),
        ]
      : [],
  };
}

/**
 * A horizontal axis with just these ticks, on a logarithmic scale as well, and lines up from them.
 * @param {readonly number[]} ticks
 * @param {string} title
 */
export function tickAxis(ticks, title) {
  return [
    Plot.gridX(ticks),
    Plot.axisX(ticks, {
      ...{ label: title, labelAnchor: "center", labelArrow: "none", fontSize: 11 },
      // Not tickFormat, of which a logarithmic scale leaves some out.
      text: (tick) => `${tick}`,
    }),
  ];
}

/** A sheet's elements, for tests. @param {string} svg */
export function readSheet(svg) {
  return parseHTML(svg).document;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {readonly string[]} parts
 */
export function sheet(width, height, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
      ` font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" font-size="12" color="${INK}" fill="currentColor">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}
