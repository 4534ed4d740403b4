// SPDX-License-Identifier: MIT
// Makes the site: pages of the documents, the reference out of the headers and types, and the demo beside them.
// Everything is made anew in build/site/; nothing of it is checked in.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CPP_HEADERS, ITEMS, SITE_PATHS } from "./contents.mjs";
import { notePlaces, readC, readCpp, referencePage } from "./headers.mjs";
import { Documents, withFrontMatter } from "./pages.mjs";

const USAGE = `Usage: node docs/site/build.mjs [--out DIR] [--base PATH] [--help]

Makes the documentation site with the demo in it.
  --out DIR    where it goes: a new or empty folder, or one that holds an earlier site
               default: build/site/out
  --base PATH  where it will be found on its host, such as /secondstack/, or the whole
               address, such as https://example.org/secondstack/, which previews of
               links want; default: /
  --help       prints this text`;

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const made = join(root, "build/site");
const pages = join(made, "pages");
// A folder with a file of this name holds an earlier site, and may be emptied for the next one.
const MARK = "made-by-secondstack-site.txt";

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`site: ${message}`);
  process.exit(2);
}

function readArguments() {
  try {
    const text = /** @type {const} */ ({ type: "string" });
    return parseArgs({ options: { out: text, base: text, help: { type: "boolean" } } }).values;
  } catch (error) {
    return fail(`${error.message.split("\n", 1)[0]} (--help tells more)`);
  }
}

/** @returns {{ origin: string, base: string }} */
function readBase(/** @type {string} */ text) {
  const [, origin = "", path] = /^(https?:\/\/[^/]+)?(.*)$/.exec(text);
  if (!/^(?:\/[\w.~-]+)*\/?$/.test(path) || path.split("/").some((part) => /^\.+$/.test(part))) {
    fail(`--base wants a path such as /secondstack/ or an address, not "${text}"`);
  }
  return { origin, base: path.endsWith("/") ? path : `${path}/` };
}

/** Exits where something else would be lost. */
function checkOut(/** @type {string} */ folder) {
  if (!existsSync(folder)) return;
  const files = readdirSync(folder);
  if (files.length > 0 && !files.includes(MARK))
    fail(`${folder} holds something else; nothing was changed`);
}

function writePage(/** @type {string} */ path, /** @type {string} */ text) {
  const file = join(pages, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const read = (/** @type {string} */ path) => readFileSync(join(root, path), "utf8");

/** Writes the reference, and returns where each name is described in it. */
async function writeReference() {
  // TypeDoc is imported only here, because it takes long to load.
  const { typescriptPage } = await import("./typescript.mjs");
  const places = new Map();
  const references = ITEMS.filter(({ title }) => title).map((item) => ({
    ...item,
    ...readHeader(item.file),
  }));
  // All places are noted before any page is written, because every page may link to every other one.
  for (const { sections, page } of references) notePlaces(sections, page, places);
  for (const { file, page, title, head, sections, language } of references) {
    const include = basename(file);
    const text = file.endsWith(".d.ts")
      ? withImport(await typescriptPage(join(root, file), title, places), file)
      : referencePage(title, head, sections, { language, places, include });
    writePage(page, withFrontMatter(text, { source: file }));
  }
  return places;
}

/** Reads a header; types are read by TypeDoc, later. */
function readHeader(/** @type {string} */ file) {
  if (file.endsWith(".d.ts")) return { language: "js", head: [], sections: [] };
  if (file.endsWith(".h")) return { language: "c", ...readC(read(file)) };
  const sections = CPP_HEADERS.flatMap((part) => readCpp(read(part)).sections);
  return { language: "cpp", head: readCpp(read(file)).head, sections };
}

/** Shows below the title of a page how the module is imported. */
function withImport(/** @type {string} */ markdown, /** @type {string} */ file) {
  const names = [...read(file).matchAll(/^export (?:function|const) (\w+)/gm)].map(
    ([, name]) => name,
  );
  const { exports } = JSON.parse(read("web/package.json"));
  const [path] = Object.entries(exports).find(([, to]) =>
    JSON.stringify(to).includes(basename(file)),
  );
  const line = `import { ${[...new Set(names)].join(", ")} } from "${join("secondstack", path)}";`;
  return markdown.replace("\n\n", `\n\n\`\`\`js\n${line}\n\`\`\`\n\n`);
}

/** @param {import("./comments.mjs").Places} places */
function writeDocuments(places, /** @type {string} */ base) {
  const documents = new Documents(root, base, places);
  for (const folder of ["docs", "include"]) {
    for (const name of readdirSync(join(root, folder))) {
      const isKnown = !/\.(?:md|h|hpp)$/.test(name) || SITE_PATHS.has(`${folder}/${name}`);
      if (!isKnown) fail(`docs/site/contents.mjs does not say where ${folder}/${name} belongs`);
    }
  }
  for (const { file, page } of ITEMS) {
    if (file === "README.md") writePage(page, documents.frontPage());
    else if (file.endsWith(".md")) writePage(page, documents.page(file));
  }
  // The page of a folder adds the files of the folder to this list while it is read.
  for (const path of documents.sources) {
    const { page, text } = documents.source(path);
    writePage(page, text);
  }
  for (const path of documents.images) {
    cpSync(join(root, path), join(pages, "public", path));
  }
}

/**
 * The demo as it is, but for its head: the worker that isolates it, what links to it show, and the way back.
 */
function writeDemo(/** @type {string} */ address) {
  const to = join(pages, "public/demo");
  for (const name of ["page.css", "dist", "screenshot.png"]) {
    const from = join(root, "demo", name);
    if (!existsSync(from)) fail(`there is no demo/${name}: ./run site builds it`);
    cpSync(from, join(to, name), { recursive: true, filter: (path) => !path.endsWith(".map") });
  }
  cpSync(join(here, "isolation.js"), join(to, "isolation.js"));
  const description =
    "Geometry made anew in every frame, with vertices from a second stack, malloc and others.";
  const meta = [
    '<script src="isolation.js"></script>',
    `<meta name="description" content="${description}" />`,
    '<meta property="og:type" content="website" />',
    '<meta property="og:title" content="secondstack: streaming geometry" />',
    `<meta property="og:description" content="${description}" />`,
    `<meta property="og:url" content="${address}demo/" />`,
    `<meta property="og:image" content="${address}demo/screenshot.png" />`,
    '<meta name="twitter:card" content="summary_large_image" />',
  ];
  const html = read("demo/index.html");
  const charset = '<meta charset="utf-8" />';
  const heading = "<h1>secondstack</h1>";
  for (const part of [charset, heading]) {
    if (!html.includes(part)) fail(`demo/index.html has no ${part} to put the site's own beside`);
  }
  const toSite = '<a href="../" style="color: inherit" title="The documentation">secondstack</a>';
  writeFileSync(
    join(to, "index.html"),
    html.replace(charset, [charset, ...meta].join("\n    ")).replace(heading, `<h1>${toSite}</h1>`),
  );
}

const options = readArguments();
const out = resolve(process.cwd(), options.out ?? join(made, "out"));
const { origin, base } = readBase(options.base ?? "/");
checkOut(out);
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}
rmSync(pages, { recursive: true, force: true });
mkdirSync(pages, { recursive: true });
// VitePress compiles the pages to code that imports vue, which Node.js looks for in the folders above the pages.
rmSync(join(made, "node_modules"), { force: true });
symlinkSync(join(here, "node_modules"), join(made, "node_modules"), "junction");
writeDocuments(await writeReference(), base);
writeDemo(origin + base);
writeFileSync(
  join(pages, "public", MARK),
  "./run site made this folder and empties it when it makes the next one.\n",
);

Object.assign(process.env, {
  SITE_BASE: base,
  SITE_ORIGIN: origin,
  SITE_PAGES: pages,
  SITE_OUT: out,
  SITE_CACHE: join(made, "cache"),
});
const { build } = await import("vitepress");
await build(here);
console.log(`${out}: the site, for ${origin}${base}`);
if (base === "/") {
  const [server, folder] = [join(root, "demo/serve.mjs"), out].map((path) => relative(".", path));
  console.log(`To look at it: node ${server} --plain --folder ${folder}`);
}
