// SPDX-License-Identifier: MIT
// VitePress's configuration. build.mjs, which makes the pages, says where they are and where the site goes.
import { SECTIONS } from "../contents.mjs";

const { SITE_BASE = "/", SITE_ORIGIN = "", SITE_PAGES, SITE_OUT, SITE_CACHE } = process.env;
const PICTURE = "demo/screenshot.png";

/** As GitHub makes them, which the links of the documents are written for. */
const slugify = (/** @type {string} */ title) =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

const linkOf = (/** @type {string} */ page) =>
  page.replace(/index\.md$/, "").replace(/\.md$/, ".html");

export default {
  lang: "en",
  title: "secondstack",
  description: "A second stack for every thread, in C, for the web and native.",
  base: SITE_BASE,
  srcDir: SITE_PAGES,
  outDir: SITE_OUT,
  cacheDir: SITE_CACHE,
  // The demo is no page of VitePress. That it is there, tests/site shows.
  ignoreDeadLinks: [/^\/demo\/(index)?$/],
  ...(SITE_ORIGIN ? { sitemap: { hostname: SITE_ORIGIN + SITE_BASE } } : {}),
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    anchor: { slugify },
    theme: { light: "github-light", dark: "github-dark" },
  },
  themeConfig: {
    nav: [
      { text: "Tutorial", link: "/docs/tutorial.html" },
      { text: "Reference", link: "/reference/c.html", activeMatch: "/reference/" },
      { text: "Demo", link: "/demo/", target: "_self" },
    ],
    sidebar: SECTIONS.map(({ text, items }) => ({
      text,
      items: items.map(({ text: name, page }) => ({ text: name, link: linkOf(page) })),
    })),
    outline: [2, 3],
    search: {
      provider: "local",
      options: {
        miniSearch: {
          options: {
            // ss_push is a word, and its parts are words.
            tokenize: (/** @type {string} */ text) =>
              text
                .split(/[^\p{L}\p{N}_]+/u)
                .flatMap((word) =>
                  word.includes("_")
                    ? [word, ...word.split("_")].filter(Boolean)
                    : word
                      ? [word]
                      : [],
                ),
          },
          searchOptions: { fuzzy: 0.1, prefix: true, boost: { title: 8, text: 2, titles: 1 } },
        },
      },
    },
    footer: { message: "MIT licence" },
  },
  /** What a link to a page shows elsewhere. */
  transformHead({ pageData }) {
    const address = SITE_ORIGIN + SITE_BASE + linkOf(pageData.relativePath);
    const title = pageData.title || "secondstack";
    const properties = {
      "og:type": "website",
      "og:site_name": "secondstack",
      "og:title": title,
      "og:description": pageData.description,
      "og:url": address,
      "og:image": SITE_ORIGIN + SITE_BASE + PICTURE,
      "og:image:alt": "The demo: geometry made anew in each frame, its times and its memory",
    };
    return [
      ...Object.entries(properties).map(([property, content]) => ["meta", { property, content }]),
      ["meta", { name: "twitter:card", content: "summary_large_image" }],
      ...(SITE_ORIGIN ? [["link", { rel: "canonical", href: address }]] : []),
    ];
  },
};
