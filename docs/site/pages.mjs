// SPDX-License-Identifier: MIT
// Turns the project's documents into pages of the site: their links lead to pages, names of the library lead
// to the reference, and each has a title and a description for search engines and previews.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path/posix";
import { SITE_PATHS } from "./contents.mjs";

const DESCRIPTION_LENGTH = 200;
const LANGUAGES = new Map(
  Object.entries({
    ".h": "c",
    ".c": "c",
    ".hpp": "cpp",
    ".cpp": "cpp",
    ".sh": "sh",
    ".mjs": "js",
    ".ts": "ts",
    ".txt": "text",
  }),
);

/** The plain text of Markdown. */
function plain(markdown) {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\{#[^}]*\}/g, "")
    .replace(/[`*\\]/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&amp;/g, "&")
    .replace(/&#123;/g, "{")
    .replace(/\s+/g, " ")
    .trim();
}

/** The first sentences of a page, as many as fit. */
function describe(markdown) {
  const text = markdown.replace(/^```[^]*?^```$/gm, "").replace(/^(?:#|!\[|<!--).*$/gm, "");
  const first = plain(text.split(/\n\s*\n/).find((part) => /^\s*[\w`*[]/.test(part)) ?? "");
  if (first.length <= DESCRIPTION_LENGTH) return first.replace(/:$/, ".");
  const sentences = first.slice(0, DESCRIPTION_LENGTH).match(/^.*[.!?](?= )/);
  return sentences ? sentences[0] : first.slice(0, DESCRIPTION_LENGTH).replace(/\s+\S*$/, " …");
}

/**
 * Puts title, description and more before a page.
 * @param {string} markdown
 * @param {Record<string, unknown>} [more] of VitePress
 */
export function withFrontMatter(markdown, more = {}) {
  const title = plain(/^# (.*)$/m.exec(markdown)?.[1] ?? "secondstack");
  return `---\n${JSON.stringify({ title, description: describe(markdown), ...more })}\n---\n\n${markdown}\n`;
}

/** Changes the text of Markdown, but not its code. */
function mapText(markdown, change) {
  let isCode = false;
  return markdown
    .split("\n")
    .map((line) => {
      if (/^\s*```/.test(line)) {
        isCode = !isCode;
        return line;
      }
      return isCode || /^ {4}\S/.test(line) ? line : change(line);
    })
    .join("\n");
}

/** A project's documents, and what they lead to. */
export class Documents {
  /** Files that a page links to, which are shown as they are. @type {Set<string>} */
  sources = new Set();
  /** @type {Set<string>} */
  images = new Set();
  #root;
  #places;
  #base;

  /**
   * @param {string} root the project's folder
   * @param {string} base of the site
   * @param {import("./comments.mjs").Places} places
   */
  constructor(root, base, places) {
    this.#root = root;
    this.#base = base;
    this.#places = places;
  }

  /** A file's page. VitePress takes .html off a link's end, so a page of HTML needs another name. */
  #pageOf(path) {
    return `source/${path.replace(/\.html$/, "-html")}.md`;
  }

  /** Where a file or folder of the project is on the site. */
  #placeOf(path, anchor) {
    const known = SITE_PATHS.get(path) ?? SITE_PATHS.get(join(path, "README.md"));
    if (known) return `${known}${anchor}`;
    const full = join(this.#root, path);
    if (!existsSync(full)) throw new Error(`a document links to ${path}, which is not there`);
    this.sources.add(path);
    return statSync(full).isDirectory()
      ? `/source/${path}/index.md`
      : `/${this.#pageOf(path)}${anchor}`;
  }

  #link(path, target) {
    if (/^[a-z]+:|^#/.test(target)) return target;
    const [file, anchor] = target.split("#");
    return this.#placeOf(
      normalize(join(dirname(path), file)).replace(/\/$/, ""),
      anchor ? `#${anchor}` : "",
    );
  }

  #titleOf(path, target) {
    const file = join(this.#root, dirname(path), target.split("#")[0]);
    return /^# (.*)$/m.exec(readFileSync(file, "utf8"))[1];
  }

  #line(path, line) {
    const links = /(!?)\[((?:`[^`]*`|!\[[^\]]*\]\([^)]*\)|[^\]])*)\]\(([^)\s]+)\)/g;
    const linked = line.replace(links, (_, mark, text, target) => {
      if (mark === "!" && !/^[a-z]+:/.test(target)) {
        const image = normalize(join(dirname(path), target));
        this.images.add(image);
        return `![${text}](/${image})`;
      }
      const to = this.#link(path, target);
      // The demo is not a page of VitePress, which would report a dead link. It does not check a link with a target.
      if (to === "/demo/") return `[${text}](${this.#base}demo/){target="_self"}`;
      // On the site a page has a title, which says more than the name of the file.
      const isFileName = /^`?[\w./-]+\.md`?$/.test(text) && to.startsWith("/");
      return `[${isFileName ? `*${this.#titleOf(path, target)}*` : text}](${to})`;
    });
    if (/^#/.test(line)) return linked;
    return linked.replace(/\[[^\]]*\]\([^)]*\)|`([^`]+)`/g, (all, code) => {
      const place = code && this.#places.get(code.replace(/\(.*\)$/, ""));
      return place ? `[${all}](${place})` : all;
    });
  }

  /**
   * Returns a document as a page.
   * @param {string} path in the project
   */
  page(path) {
    const markdown = readFileSync(join(this.#root, path), "utf8");
    const page = mapText(markdown, (line) => this.#line(path, line));
    return withFrontMatter(page, { source: path });
  }

  /** The README as front page: what it begins with becomes the page's head. */
  frontPage() {
    const markdown = readFileSync(join(this.#root, "README.md"), "utf8");
    const [, title, first, rest] = /^# (.*)\n\n([^]*?)\n\n([^]*)$/.exec(markdown);
    const page = mapText(rest, (line) => this.#line("README.md", line));
    const tagline = plain(first);
    const actions = [
      { text: "Tutorial", link: SITE_PATHS.get("docs/tutorial.md").replace(/\.md$/, ".html") },
      { theme: "alt", text: "Reference", link: "/reference/c.html" },
      { theme: "alt", text: "Demo", link: "/demo/", target: "_self" },
    ];
    return withFrontMatter(page, {
      title: `${title}: a second stack for every thread`,
      titleTemplate: false,
      description: tagline,
      layout: "home",
      hero: { name: title, tagline, actions },
    });
  }

  /** A folder that a page links to: its files, which have pages then. */
  #folderPage(path) {
    const files = readdirSync(join(this.#root, path), { withFileTypes: true });
    const links = files
      .filter((file) => file.isFile())
      .map(({ name }) => `- [${name}](${this.#placeOf(join(path, name), "")})`);
    const page = `# ${path}\n\n${links.join("\n")}`;
    return withFrontMatter(page, {
      description: `The files of ${path}.`,
      source: path,
      search: false,
    });
  }

  /**
   * A file or folder of the project that a page links to.
   * @param {string} path
   * @returns {{ page: string, text: string }}
   */
  source(path) {
    return statSync(join(this.#root, path)).isDirectory()
      ? { page: `source/${path}/index.md`, text: this.#folderPage(path) }
      : { page: this.#pageOf(path), text: this.#sourcePage(path) };
  }

  #sourcePage(path) {
    const text = readFileSync(join(this.#root, path), "utf8").trimEnd();
    const language = LANGUAGES.get(extname(path)) ?? "text";
    const fence = "`".repeat(
      Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)),
    );
    const page = `# ${path}\n\n${fence}${language}:line-numbers\n${text}\n${fence}`;
    return withFrontMatter(page, {
      description: `The file ${path} of secondstack.`,
      source: path,
      outline: false,
      // Otherwise a search for a name would find its source code before its description.
      search: false,
    });
  }
}
