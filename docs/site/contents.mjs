// SPDX-License-Identifier: MIT
// What the site has, in the order of its sidebar. A document that is not named here is not on the site; one
// that a page links to must be.

/**
 * @typedef {{ text: string, file: string, page: string, title?: string }} Item `file` is what the page is made of; a
 *     page of the reference has no title but this
 */

const document = (/** @type {string} */ text, /** @type {string} */ file) => {
  const page = file === "README.md" ? "/index.md" : `/${file.replace(/README\.md$/, "index.md")}`;
  return { text, file, page };
};

const reference = (
  /** @type {string} */ text,
  /** @type {string} */ file,
  /** @type {string} */ name,
  /** @type {string} */ what,
) => ({ text, file, page: `/reference/${name}.md`, title: `Reference of ${what}` });

/** @type {{ text: string, items: Item[] }[]} */
export const SECTIONS = [
  {
    text: "Start",
    items: [
      document("What it is", "README.md"),
      document("Tutorial", "docs/tutorial.md"),
      document("Ways to use it", "docs/install.md"),
      document("Examples", "examples/README.md"),
      document("The examples, one by one", "docs/examples.md"),
      document("The demo", "docs/demo.md"),
    ],
  },
  {
    text: "By task",
    items: [
      document("C", "docs/c.md"),
      document("C++", "docs/cpp.md"),
      document("JavaScript", "docs/javascript.md"),
      document("How to", "docs/how-to.md"),
      document("With other libraries", "docs/with-libraries.md"),
      document("Twenty questions", "docs/faq.md"),
    ],
  },
  {
    text: "Reference",
    items: [
      reference("C", "include/secondstack.h", "c", "the C interface"),
      reference("Texts", "include/secondstack_text.h", "text", "texts that grow"),
      reference("Regions", "include/secondstack_region.h", "region", "slices of an outer scope"),
      reference(
        "Under other libraries",
        "include/secondstack_adapt.h",
        "adapt",
        "adapters for C libraries",
      ),
      reference(
        "OpenGL and WebGL2",
        "include/secondstack_gl.h",
        "gl",
        "uploads to OpenGL and WebGL2",
      ),
      reference("WebGPU in C", "include/secondstack_webgpu.h", "webgpu", "uploads to WebGPU"),
      reference(
        "For attach",
        "include/secondstack_attach.h",
        "attach",
        "programs that JavaScript attaches to",
      ),
      reference("C++", "include/secondstack.hpp", "cpp", "the C++ interface"),
      reference("JavaScript", "web/secondstack.d.ts", "javascript", "the JavaScript module"),
      reference("Frames in JavaScript", "web/frames.d.ts", "js-frames", "frames in JavaScript"),
      reference(
        "WebGPU in JavaScript",
        "web/webgpu.d.ts",
        "js-webgpu",
        "uploads to WebGPU from JavaScript",
      ),
      reference("Layouts of vertices", "web/layout.d.ts", "layout", "layouts of vertices"),
      reference(
        "On DevTools' timeline",
        "web/measure.d.ts",
        "measure",
        "scopes on DevTools' timeline",
      ),
      reference("The panel", "web/panel.d.ts", "panel", "the panel for pages"),
      reference(
        "With the wasm as a file",
        "web/file.d.ts",
        "file",
        "the module with its wasm as a file",
      ),
      reference(
        "JavaScript with threads",
        "web/threads.d.ts",
        "threads",
        "the JavaScript module with threads",
      ),
    ],
  },
  {
    text: "Behind it",
    items: [
      document("Promises", "docs/promises.md"),
      document("How it works", "docs/design.md"),
      document("The library's files", "src/README.md"),
      document("How it is tested", "tests/README.md"),
      document("Benchmarks", "tests/bench/README.md"),
    ],
  },
  {
    text: "Project",
    items: [
      document("Changes", "CHANGELOG.md"),
      document("Contributing", "CONTRIBUTING.md"),
      document("This site", "docs/site/README.md"),
      document("Recipes for registries", "src/package/recipes/README.md"),
      document("Security", "SECURITY.md"),
      document("The npm package", "web/README.md"),
    ],
  },
];

export const ITEMS = SECTIONS.flatMap(({ items }) => items);

/** Where each file of the project is on the site. */
export const SITE_PATHS = new Map([
  ...ITEMS.map(({ file, page }) => /** @type {const} */ ([file, page])),
  ["demo", "/demo/"],
  ["demo/index.html", "/demo/"],
]);

/** The headers of C++ beside secondstack.hpp, which includes them. */
export const CPP_HEADERS = ["slice", "buffer", "allocator"].map(
  (part) => `include/secondstack_${part}.hpp`,
);
for (const header of CPP_HEADERS) SITE_PATHS.set(header, "/reference/cpp.md");
