// SPDX-License-Identifier: MIT
// Reads the reference out of the headers of include/, which are written for it: a `///` comment stands above
// each public name, an empty line ends a group of forms, a line of dashes begins a section. The suite
// `reference` fails when a header leaves this shape, so it takes no parser of C++; and none would know that the
// macro ss_push returns a T *, which its comment says.
import { commentToMarkdown } from "./comments.mjs";

const RULE = /^\s*\/\/ -{20,}$/;

/**
 * @typedef {{ signatures: { text: string, note: string[] }[], comment: string[], names: string[] }} Group forms of
 *     one call, with the comment that stands above them
 * @typedef {{ name: string, groups: Group[], members: Entry[] }} Entry a name of the reference
 * @typedef {{ title: string, intro: string[], entries: Entry[] }} Section
 */

// ---------------------------------------------------------------------------------------------------------------
// Text

/** As the beginning of a sentence, unless that is a name, such as n. */
const capitalised = (/** @type {string} */ text) =>
  /^(?:[a-z]\b(?<!a)|\w+_)/.test(text) ? text : text[0].toUpperCase() + text.slice(1);

const withoutMark = (/** @type {string} */ line) => line.replace(/^\s*\/\/\/? ?/, "");

/** What is behind the `close` that ends the parenthesis opened at `start`. */
function endOfParenthesis(text, start, open = "(", close = ")") {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === open) depth++;
    if (text[i] === close && --depth === 0) return i + 1;
  }
  return text.length;
}

/** The comment that a file begins with, without the licence. */
function headOf(lines) {
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(1, end).map((line) => line.replace(/^\/\/ ?/, ""));
}

/** Title and text of a section, of the comment below a line of dashes. */
function sectionOf([first, ...more]) {
  const [, title, intro] = /^(.+?)(?:[.:](?: (.*))?)?$/.exec(first) ?? [];
  const lines = intro ? [capitalised(intro), ...more] : more;
  return { title, intro: lines, entries: [] };
}

// ---------------------------------------------------------------------------------------------------------------
// C

/** A macro as one writes it: its value is shown only where that is public. */
function macroSignature(declaration) {
  const text = declaration.replace(/\\\n\s*/g, "").replace(/^#define /, "");
  const [, head, value] = /^(\w+(?:\([^)]*\))?)\s*(.*)$/.exec(text) ?? [];
  const isPublic = value && !/SS__|ss__|ss_thread_stack|SS_STACK_/.test(value);
  return isPublic && !head.includes("(") ? `#define ${head} ${value}` : head;
}

function functionSignature(declaration) {
  return declaration
    .replace(/\s+/g, " ")
    .replace(/^(?:static inline|SS__INLINE) /, "")
    .replace(/\s*\{.*$/, ";");
}

function nameInC(declaration) {
  const patterns = [/^#define (\w+)/, /^typedef struct (\w+)/, /(\w+)\(/];
  return patterns.map((pattern) => pattern.exec(declaration)).find(Boolean)[1];
}

/** Reads the declaration that begins at a line, up to its end; returns it and the next line's index. */
function declarationInC(lines, start) {
  let end = start;
  if (lines[start].startsWith("#define")) {
    while (lines[end].endsWith("\\")) end++;
  } else if (/^typedef struct \w+ \{$/.test(lines[start])) {
    while (!lines[end].startsWith("}")) end++;
  } else {
    while (!/[;)]$/.test(lines[end])) end++;
    // The body of an inline function.
    if (lines[end + 1] === "{") {
      const text = lines.slice(start, end + 1).join("\n") + " {";
      while (lines[end] !== "}") end++;
      return { text, next: end + 1 };
    }
  }
  return { text: lines.slice(start, end + 1).join("\n"), next: end + 1 };
}

/**
 * @param {string} text of a C header
 * @returns {{ head: string[], sections: Section[] }}
 */
export function readC(text) {
  const lines = text.split("\n");
  /** @type {Section[]} */
  const sections = [{ title: "Calls", intro: [], entries: [] }];
  /** @type {Entry | undefined} */
  let entry;
  let comment = [];
  for (let i = headOf(lines).length + 1; i < lines.length;) {
    const line = lines[i];
    if (RULE.test(line)) {
      const begin = ++i;
      while (lines[i]?.startsWith("//") && !lines[i].startsWith("///")) i++;
      sections.push(sectionOf(lines.slice(begin, i).map(withoutMark)));
      continue;
    }
    if (line === "") entry = undefined;
    if (line.startsWith("///")) {
      comment.push(withoutMark(line));
    } else if (comment.length > 0 || entry) {
      const isDeclaration =
        /^(?:#define|typedef|static inline|SS__INLINE|[a-z][\w ]*[ *]\w+\()/.test(line);
      if (isDeclaration) {
        const { text: declaration, next } = declarationInC(lines, i);
        entry = addToEntry(sections.at(-1), entry, declaration, comment);
        comment = [];
        i = next;
        continue;
      }
    }
    i++;
  }
  return { head: headOf(lines), sections: sections.filter(({ entries }) => entries.length > 0) };
}

function addToEntry(section, entry, declaration, comment) {
  const name = nameInC(declaration);
  const isMacro = declaration.startsWith("#define");
  const isType = declaration.startsWith("typedef");
  let signature = isMacro
    ? macroSignature(declaration)
    : isType
      ? declaration
      : functionSignature(declaration);
  // The comment of a macro begins with what it would be as a function: T *ss_push(T, ss_buffer *buffer): ...
  const shape = `[^:]*\\b${name}\\([^]*?\\)|${name} \\{ \\.\\.\\. \\}|${name}\\(\\);`;
  const typed = isMacro && new RegExp(`^(${shape}):\\s`).exec(comment.join("\n"));
  if (typed) {
    signature = typed[1].replace(/\s+/g, " ");
    comment = capitalised(comment.join("\n").slice(typed[0].length)).split("\n");
  }
  if (entry) {
    entry.groups[0].signatures.push({ text: signature, note: comment });
    entry.groups[0].names.push(name);
    return entry;
  }
  const group = { signatures: [{ text: signature, note: [] }], comment, names: [name] };
  const made = { name, groups: [group], members: [] };
  section.entries.push(made);
  return made;
}

// ---------------------------------------------------------------------------------------------------------------
// C++

/** The declaration as a user reads it: without what only the compiler wants. */
function cppSignature(declaration) {
  let text = declaration
    .replace(/\/\/.*$/gm, "")
    .replace(/\s+/g, " ")
    .replace(/SS__CPP_INLINE /g, "")
    .replace(/(?:, )?detail::place at = detail::place::here\(\)/g, "")
    .trim();
  let template = "";
  if (text.startsWith("template <")) {
    const end = endOfParenthesis(text, text.indexOf("<"), "<", ">");
    template = text.slice(0, end);
    text = text.slice(end).trim();
    // A condition that only chooses between overloads tells a reader nothing.
    template = template.replace(/, class = std::enable_if_t<.*>$/, ">");
  }
  const open = /^(?:class|struct|using) /.test(text) ? -1 : text.indexOf("(");
  if (open >= 0) {
    // What follows the parameters of a constructor are its initialisers.
    const end = endOfParenthesis(text, text.startsWith("operator()") ? open + 2 : open);
    text =
      text.slice(0, end) +
      text
        .slice(end)
        .replace(/ : .*$/, "")
        .replace(/\s*;?$/, ";");
  } else if (/^(?:class|struct) /.test(text)) {
    text = text.replace(/ : private .*$/, "").replace(/\s*;?$/, ";");
  }
  template = template.replace("< ", "<");
  return template ? `${template}\n${text}` : text;
}

function cppName(signature) {
  const text = signature
    .replace(/^template <.*>\n/, "")
    .replace(/\[\[\w+\]\] |explicit |constexpr /g, "");
  const type = /^(?:class|struct|using) (\w+)/.exec(text);
  if (type) return type[1];
  return /(operator(?:\[\]|\s*[^\s(]+| \w+ \*)|~?\w+)\s*\(/.exec(text)?.[1].trim();
}

/**
 * Reads the declarations at one depth of indentation.
 * @param {string[]} lines
 * @param {object} reader
 * @param {(title: string[]) => void} reader.section
 * @param {(declaration: string, comment: string[], body: string[] | undefined) => void} reader.declaration the body is a
 *     class's
 * @param {boolean} isPublic
 */
function readDeclarations(lines, reader, isPublic) {
  const indent = /^ */.exec(
    lines.find((line) => line.trim() !== "" && !/^\s*(?:#|\w+:$)/.test(line)) ?? "",
  )[0];
  let comment = [];
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    const access = /^ (public|private|protected):$/.exec(line);
    if (access) isPublic = access[1] === "public";
    if (!isPublic || access) {
      i++;
      continue;
    }
    if (line.startsWith("#")) {
      while (lines[i].endsWith("\\")) i++;
    } else if (RULE.test(line)) {
      const begin = ++i;
      while (/^\s*\/\/(?!\/)/.test(lines[i] ?? "")) i++;
      reader.section(lines.slice(begin, i).map(withoutMark));
      continue;
    } else if (/^\s*\/\/ --- /.test(line)) {
      reader.section([withoutMark(line).replace(/^--- /, "")]);
    } else if (/^\s*\/\/\//.test(line)) {
      comment.push(withoutMark(line));
    } else if (
      line.trim() !== "" &&
      !/^\s*\/\//.test(line) &&
      !/^(?:inline )?namespace |^\}/.test(line)
    ) {
      const begin = i;
      while (!/[;{]\s*(?:\/\/.*)?$/.test(lines[i])) i++;
      const declaration = lines.slice(begin, i + 1).join("\n");
      if (/\{$/.test(lines[i])) {
        const open = i;
        while (lines[i] !== `${indent}}` && lines[i] !== `${indent}};`) i++;
        const isClass = /^(?:template <[^]*?>\s+)?(?:class|struct) /.test(declaration.trim());
        const text = declaration.replace(/\{$/, "");
        reader.declaration(text, comment, isClass ? lines.slice(open + 1, i) : undefined);
      } else if (!/^\s*(?:static_assert|using \w+_?\w* = (?!std::span))/.test(declaration)) {
        reader.declaration(declaration, comment, undefined);
      }
      comment = [];
    }
    i++;
  }
}

/** The members of a class, which belong to what stands before them unless they have a comment. */
function readMembers(className, body, isPublic) {
  /** @type {Entry[]} */
  const members = [];
  let title = "";
  readDeclarations(
    body,
    {
      section: ([text]) => (title = text),
      declaration(declaration, comment) {
        const text = cppSignature(declaration);
        const own = cppName(text);
        if (!own) return;
        const name = `${className}::${own}`;
        const last = members.at(-1);
        const signature = { text, note: [] };
        if (comment.length === 0 && last && (!title || last.title === title)) {
          last.groups.at(-1).signatures.push(signature);
          last.groups.at(-1).names.push(name);
          return;
        }
        const group = { signatures: [signature], comment, names: [name] };
        // A member without a comment begins a row of simple members, which share the title of the row.
        if (last && last.name === name) last.groups.push(group);
        else
          members.push({
            name,
            title,
            label: comment.length === 0 ? title : "",
            groups: [group],
            members: [],
          });
      },
    },
    isPublic,
  );
  return members;
}

/** @param {string} text of a header of C++ */
export function readCpp(text) {
  const lines = text
    .replace(/^namespace detail \{[^]*?^\}  \/\/ namespace detail$/gm, "")
    .split("\n");
  const head = headOf(lines);
  // Before its first section a file has that of its head: "Part of secondstack.hpp: buffers, ..."
  const what = /: (.*?)[,;.]/.exec(head.join(" "))?.[1] ?? "";
  /** @type {Section[]} */
  const sections = [{ title: what[0].toUpperCase() + what.slice(1), intro: [], entries: [] }];
  const begin = lines.findIndex((line) => line.startsWith("namespace ss {"));
  readDeclarations(
    begin < 0 ? [] : lines.slice(begin),
    {
      section(comment) {
        const section = sectionOf(comment);
        if (section.title === sections.at(-1).title) sections.at(-1).intro = section.intro;
        else sections.push(section);
      },
      declaration(declaration, comment, body) {
        const text = cppSignature(declaration);
        const own = cppName(text);
        const { entries } = sections.at(-1);
        if (!own) return;
        const name = `ss::${own}`;
        const signature = { text, note: comment };
        const members = body ? readMembers(name, body, /\bstruct \w+/.test(text)) : [];
        const last = entries.at(-1);
        if (last && (comment.length === 0 || last.name === name)) {
          last.groups[0].signatures.push(signature);
          last.groups[0].names.push(name);
          last.members.push(...members);
          return;
        }
        const group = { signatures: [{ text, note: [] }], comment, names: [name] };
        entries.push({ name, groups: [group], members });
      },
    },
    true,
  );
  return { head, sections: sections.filter(({ entries }) => entries.length > 0) };
}

// ---------------------------------------------------------------------------------------------------------------
// Markdown

const anchorOf = (/** @type {string} */ name) => name.replace(/::/g, "-").replace(/[^\w~-]/g, "");

/**
 * Notes where each name is described.
 * @param {Section[]} sections
 * @param {string} page
 * @param {import("./comments.mjs").Places} places
 */
export function notePlaces(sections, page, places) {
  const note = (/** @type {Entry} */ entry) => {
    for (const name of [entry.name, ...entry.groups.flatMap(({ names }) => names)]) {
      if (!places.has(name)) places.set(name, `${page}#${anchorOf(name)}`);
    }
    entry.members.forEach(note);
  };
  sections.forEach(({ entries }) => entries.forEach(note));
}

function entryToMarkdown(entry, level, options) {
  const parts = [
    `${"#".repeat(level)} ${entry.label || `\`${entry.name}\``} {#${anchorOf(entry.name)}}`,
  ];
  const anchors = new Set([anchorOf(entry.name)]);
  for (const group of entry.groups) {
    const more = group.names
      .map(anchorOf)
      .filter((name) => !anchors.has(name) && anchors.add(name));
    if (more.length > 0) parts.push(more.map((name) => `<a id="${name}"></a>`).join(""));
    const code = group.signatures.flatMap(({ text, note }) => [
      ...note.map((line) => `// ${line}`),
      text,
    ]);
    parts.push(["```" + options.language, ...code, "```"].join("\n"));
    parts.push(commentToMarkdown(group.comment, options));
  }
  parts.push(...entry.members.map((member) => entryToMarkdown(member, level + 1, options)));
  return parts.filter(Boolean).join("\n\n");
}

/**
 * @param {string} title
 * @param {string[]} head the comment at a file's top, with the contents that the page itself has
 * @param {Section[]} sections
 * @param {{ language: string, places: import("./comments.mjs").Places, include: string }} options
 */
export function referencePage(title, head, sections, options) {
  const paragraphs = head.join("\n").split(/\n\n/);
  const text = paragraphs.filter(
    (part) => !/^(?:Contents, in this order|This file is the reference)/.test(part),
  );
  const intro = text.map((part) => commentToMarkdown(part.split("\n"), options));
  // secondstack_gl: uploads ...
  const first = capitalised(intro[0].replace(/^[^:]*: /, ""));
  return [
    `# ${title}`,
    first,
    "```" + `${options.language}\n#include <${options.include}>\n` + "```",
    ...intro.slice(1),
    ...sections.flatMap((section) => [
      `## ${section.title}`,
      commentToMarkdown(section.intro, options),
      ...section.entries.map((entry) => entryToMarkdown(entry, 3, options)),
    ]),
  ]
    .filter(Boolean)
    .join("\n\n");
}
