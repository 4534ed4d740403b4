// SPDX-License-Identifier: MIT
// What the site has, in the order of its sidebar. A document that is not named here is not on the site; one
// that a page links to must be.

/** @typedef {{ text: string, file: string, page: string }} Item `file` is what the page is made of */

const document = (/** @type {string} */ text, /** @type {string} */ file) => {
  const page = file === "README.md" ? "/index.md" : `/${file.replace(/README\.md$/, "index.md")}`;
  return { text, file, page };
};

/** @type {{ text: string, items: Item[] }[]} */
export const SECTIONS = [
  {
    text: "Start",
    items: [
      document("What it is", "README.md"),
      document("Tutorial", "docs/tutorial.md"),
      document("Ways to use it", "docs/install.md"),
      document("Examples", "examples/README.md"),
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
      document("Twenty questions", "docs/faq.md"),
    ],
  },
  {
    text: "Reference",
    items: [
      { text: "C", file: "include/secondstack.h", page: "/reference/c.md" },
      { text: "OpenGL and WebGL2", file: "include/secondstack_gl.h", page: "/reference/gl.md" },
      { text: "C++", file: "include/secondstack.hpp", page: "/reference/cpp.md" },
      { text: "JavaScript", file: "web/secondstack.d.ts", page: "/reference/javascript.md" },
      { text: "JavaScript with threads", file: "web/threads.d.ts", page: "/reference/threads.md" },
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
