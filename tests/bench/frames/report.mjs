// SPDX-License-Identifier: MIT
// The report of a run as one HTML file that can be sent to somebody: it has the summary's text and
// the figure, and loads nothing else. Of Markdown it supports what summary.mjs writes: headings,
// lists, tables, paragraphs and `code`.
import { markdownSummary } from "./summary.mjs";

const STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.15rem 0.7rem; border-bottom: 1px solid #8886; text-align: left; }
figure { margin: 1rem 0; padding: 0.5rem; background: #fff; }
figure > svg { display: block; width: 100%; height: auto; }
.fails, .misses { color: #c33; font-weight: 600; }`;

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** @param {string} text */
function inline(text) {
  return escape(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

/** @param {string} row */
const cellsOf = (row) => row.replace(/^\|\s*|\s*\|$/g, "").split(/\s*\|\s*/);

/** @param {readonly string[]} lines of a table: the head, a rule, rows */
function tableHtml([head, , ...rows]) {
  const line = (tag, row) => {
    const cells = cellsOf(row).map((cell) => {
      const verdict = /^(?:FAILS|misses)$/.test(cell) ? ` class="${cell.toLowerCase()}"` : "";
      return `<${tag}${verdict}>${inline(cell)}</${tag}>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  };
  const body = rows.map((row) => line("td", row)).join("\n");
  return `<div class="table"><table>\n<thead>${line("th", head)}</thead>\n<tbody>\n${body}\n</tbody></table></div>`;
}

/** @param {string} block */
function blockHtml(block) {
  const heading = /^(#{1,3}) (.*)$/.exec(block);
  if (heading) return `<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>`;
  const lines = block.split("\n");
  if (block.startsWith("|")) return tableHtml(lines);
  if (!/^\s*- /.test(block)) return `<p>${inline(block)}</p>`;
  const items = lines.map((line) => `<li>${inline(line.replace(/^\s*- /, ""))}</li>`);
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

/**
 * @param {object} result as in frames.json
 * @param {string} svg the result of drawFigure
 * @returns {string} a whole HTML document
 */
export function htmlReport(result, svg) {
  const [title, ...blocks] = markdownSummary(result).trim().split(/\n\n+/).map(blockHtml);
  const figure = svg.slice(svg.indexOf("<svg"));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>secondstack: frame benchmark</title>
<style>
${STYLE}
</style>
</head>
<body>
${[title, blocks[0], `<figure>${figure}</figure>`, ...blocks.slice(1)].join("\n")}
</body>
</html>
`;
}
