// SPDX-License-Identifier: MIT
// Turns the comments of headers and types into Markdown. All of them are written alike: sentences, then lines
// that begin with a label (Shape, Units, Returns, Errors, or a parameter's name), and examples, which are
// indented by two spaces. The lines of a label that go on are indented as well.

const LABEL = /^((?:Shape|Units|Returns|Errors|Source)(?:, [a-z]+)*|config):\s+(.*)/;
// What is code in a sentence: a name with its namespace or underscores, with its arguments, and an option.
const TEMPLATE = "<[^<>\\n]*(?:<[^<>\\n]*>)?[^<>\\n]*>";
const CODE = new RegExp(
  [
    "`[^`\\n]*`",
    `(?<![\\w/.:\`])(?:(?:ss|std)::~?\\w+(?:::~?\\w+|${TEMPLATE})*|\\w*_\\w*|\\w+(?=\\())(?:\\([^()\\n]*\\)|=\\d)?`,
    "(?<![\\w-])-[sWfl][\\w=-]+",
  ].join("|"),
  "g",
);
// Lines are filled up to this column; one that ends much earlier ends a paragraph.
const FULL_COLUMN = 84;

/** Where a name's reference is, for links: filled by headers.mjs. @typedef {Map<string, string>} Places */

/** Escapes what Markdown, HTML and Vue would read. */
function escapeText(text) {
  return text
    .replace(/[\\*_[\]]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/\{/g, "&#123;");
}

/**
 * Sets names of the library in code, as links where their reference is known.
 * @param {string} text
 * @param {Places} places
 */
export function linkNames(text, places) {
  let result = "";
  let at = 0;
  for (const { 0: found, index } of text.matchAll(CODE)) {
    result += escapeText(text.slice(at, index));
    at = index + found.length;
    const name = found.replace(/^`|`$|[(<=][^]*$/g, "");
    const code = found.startsWith("`") ? found : `\`${found}\``;
    const place = places.get(name);
    result += place ? `[${code}](${place})` : code;
  }
  return result + escapeText(text.slice(at));
}

/**
 * @param {readonly string[]} lines without the comment's own marks
 * @param {object} options
 * @param {string} options.language of the examples
 * @param {Places} options.places
 */
export function commentToMarkdown(lines, { language, places }) {
  /** @type {{ kind: "text" | "label" | "code", label?: string, lines: string[] }[]} */
  const blocks = [];
  for (const line of lines) {
    const last = blocks.at(-1);
    const label = LABEL.exec(line);
    const isIndented = line.startsWith("  ");
    const word = /^\S*/.exec(line)[0];
    const isNewParagraph =
      last?.kind === "text" &&
      /[.:]$/.test(last.lines.at(-1) ?? "") &&
      last.lines.at(-1).length + 1 + word.length < FULL_COLUMN;
    if (line.trim() === "") blocks.push({ kind: "text", lines: [] });
    else if (label) blocks.push({ kind: "label", label: label[1], lines: [label[2]] });
    else if (last?.kind === "label" && isIndented) last.lines.push(line.trim());
    else if (isIndented && last?.kind === "code") last.lines.push(line.slice(2));
    else if (isIndented) blocks.push({ kind: "code", lines: [line.slice(2)] });
    else if (last?.kind === "text" && !isNewParagraph) last.lines.push(line);
    else blocks.push({ kind: "text", lines: [line] });
  }
  return blocks
    .filter(({ lines: inner }) => inner.length > 0)
    .map(({ kind, label, lines: inner }) => {
      if (kind === "code") return ["```" + language, ...inner, "```"].join("\n");
      const text = linkNames(inner.join(" "), places);
      return kind === "label" ? `- **${label[0].toUpperCase()}${label.slice(1)}:** ${text}` : text;
    })
    .reduce((all, block) => {
      const isList = block.startsWith("- ") && all.at(-1)?.startsWith("- ");
      if (isList) all.push(`${all.pop()}\n${block}`);
      else all.push(block);
      return all;
    }, /** @type {string[]} */ ([]))
    .join("\n\n");
}
