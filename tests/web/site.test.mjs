// SPDX-License-Identifier: MIT
// Tests the documentation site, as `./run test site` has built it: its pages, links and search, and
// that its demo is isolated from other origins even on a host that sends no headers for this.
//   ./run site --base /secondstack/ --out build/site/served/secondstack
//   node tests/web/site.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ITEMS } from "../../docs/site/contents.mjs";
import { cases, readFrame, runCases, whenReady, withPage } from "./harness.mjs";
import { launchChrome, startServer } from "./launch.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const served = join(root, "build/site/served");
const BASE = "/secondstack/";
const NARROW = { width: 390, height: 844 };

/** A server that sends plain files, and a server that also sends the headers for isolation. */
let plain;
let isolating;
/** @type {import("puppeteer-core").Browser} */
let browser;

const siteAddress = (path = "", server = plain) => server.url.replace(/\/$/, "") + BASE + path;
const readSite = (path) => readFileSync(join(served, BASE, path), "utf8");
const readSource = (path) => readFileSync(join(root, path), "utf8");
const idsOf = (html) => new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));

cases.set("each_page_of_the_sidebar_opens", async () => {
  let links = [];
  await withPage(browser, siteAddress("docs/tutorial.html"), async (page) => {
    links = await page.$$eval(".VPSidebar a", (all) => all.map(({ href }) => href));
  });
  assert.equal(links.length, ITEMS.length);
  for (const link of links) {
    await withPage(browser, link, async (page) => {
      const seen = await page.evaluate(() => ({
        status: performance.getEntriesByType("navigation")[0].responseStatus,
        title: document.title,
        heading: document.querySelector("h1")?.textContent,
        description: document.querySelector('meta[name="description"]').content,
        picture: document.querySelector('meta[property="og:image"]').content,
      }));
      assert.equal(seen.status, 200, link);
      assert.ok(seen.title && seen.heading, `${link} has a title and a heading`);
      assert.ok(seen.description.length > 20, `${link} describes itself: ${seen.description}`);
      assert.ok(existsSync(join(served, seen.picture)), `${link} has the picture ${seen.picture}`);
      // A page must not be wider than the screen of a phone, because it would scroll sideways.
      await page.setViewport(NARROW);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= NARROW.width, `${link} is ${width} wide`);
    });
  }
});

cases.set("no_link_is_dead", () => {
  const files = readdirSync(join(served, BASE), { recursive: true, encoding: "utf8" });
  const pages = files.filter((name) => name.endsWith(".html") && name !== "404.html");
  const ids = new Map(pages.map((name) => [name, idsOf(readSite(name))]));
  const dead = [];
  let count = 0;
  for (const name of pages) {
    for (const [, kind, target] of readSite(name).matchAll(/\s(href|src)="([^"]*)"/g)) {
      if (/^(?:https?|data|mailto):/.test(target)) continue;
      const here = `http://site${BASE}${name}`;
      const { pathname, hash } = new URL(target.replaceAll("&amp;", "&"), here);
      const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
      const file = decodeURIComponent(path);
      count++;
      if (!file.startsWith(BASE) || !existsSync(join(served, file))) {
        dead.push(`${name}: ${kind} ${target}`);
        continue;
      }
      const there = ids.get(file.slice(BASE.length));
      const anchor = decodeURIComponent(hash.slice(1));
      if (anchor && there && !there.has(anchor)) dead.push(`${name}: no place ${target}`);
    }
  }
  assert.ok(pages.length >= ITEMS.length && count > 1000, `${pages.length} pages, ${count} links`);
  assert.deepEqual(dead, []);
});

cases.set("the_reference_has_every_public_name", () => {
  const missing = [];
  let count = 0;
  const want = (page, names) => {
    const ids = idsOf(readSite(page));
    count += names.length;
    missing.push(...names.filter((name) => !ids.has(name)).map((name) => `${page}: ${name}`));
  };
  // The names are found by other patterns than those of the site's generator.
  const namesIn = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
  for (const [file, page] of [
    ["include/secondstack.h", "reference/c.html"],
    ["include/secondstack_text.h", "reference/text.html"],
    ["include/secondstack_region.h", "reference/region.html"],
    ["include/secondstack_adapt.h", "reference/adapt.html"],
    ["include/secondstack_attach.h", "reference/attach.html"],
    ["include/secondstack_gl.h", "reference/gl.html"],
  ]) {
    const text = readSource(file)
      .split("\n// Private")[0]
      .replace(/^\s*\/\/.*$/gm, "");
    const names = [
      ...namesIn(text, /^#define ((?:SS|ss)_\w+)/gm),
      ...namesIn(text, /\b(ss_\w+)\([^;{]*\)(?:;|\n\{)/g),
      ...namesIn(text, /^typedef struct (\w+)/gm),
    ].filter((name) => !/^ss__/i.test(name));
    want(page, names);
  }
  const cpp = ["slice", "buffer", "allocator"].map((part) =>
    readSource(`include/secondstack_${part}.hpp`).replace(
      /^namespace detail[^]*?^\}  \/\/ namespace detail$/gm,
      "",
    ),
  );
  const classes = namesIn(cpp.join("\n"), /^(?:class|struct) (\w+)/gm);
  const calls = namesIn(cpp.join("\n"), /^SS__CPP_INLINE [\w<> ]+[ *](\w+)\(/gm);
  want(
    "reference/cpp.html",
    [...classes, ...calls].map((name) => `ss-${name}`),
  );
  for (const [file, page] of [
    ["web/secondstack.d.ts", "reference/javascript.html"],
    ["web/layout.d.ts", "reference/layout.html"],
    ["web/file.d.ts", "reference/file.html"],
    ["web/threads.d.ts", "reference/threads.html"],
  ]) {
    const names = namesIn(readSource(file), /^export (?:interface|function|const|type) (\w+)/gm);
    want(
      page,
      names.map((name) => name.toLowerCase()),
    );
  }
  assert.deepEqual(missing, []);
  assert.ok(count > 130, `${count} names`);
});

cases.set("search_finds_a_name", () =>
  withPage(browser, siteAddress(), async (page) => {
    await page.click(".DocSearch-Button");
    await page.waitForSelector("#localsearch-input");
    await page.type("#localsearch-input", "ss_push");
    await page.waitForSelector("#localsearch-list .result");
    const [first, ...more] = await page.$$eval("#localsearch-list .result", (all) =>
      all.map(({ href }) => href),
    );
    assert.equal(first, siteAddress("reference/c.html#ss_push"));
    assert.ok(more.length > 0, "the documents use it, too");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash === "#ss_push");
    await page.waitForFunction(() => {
      const box = document.getElementById("ss_push")?.getBoundingClientRect();
      return box && box.top >= 0 && box.bottom < innerHeight;
    });
  }),
);

// The service worker reloads the page, which cancels the requests that the page has begun.
const RELOADED = { prepare: async () => {}, allowed: /^request failed/ };

async function checkThatDemoRuns(page, kind) {
  const seen = await page.evaluate(() => [window.demo.engine?.kind, crossOriginIsolated]);
  assert.deepEqual(seen, [kind, kind === "threads"]);
  const home = await page.$eval("h1 a", ({ href }) => href);
  assert.equal(new URL(home).pathname, BASE);
  const frame = await readFrame(page);
  assert.ok(frame.colours > 2000, `${frame.colours} colours`);
}

cases.set("the_demo_is_isolated_on_a_plain_host", async () => {
  const address = siteAddress("demo/?paused&tris=20000");
  const { headers } = await fetch(address);
  assert.equal(headers.get("cross-origin-embedder-policy"), null, "the host isolates nothing");
  await withPage(
    browser,
    address,
    async (page) => {
      await page.waitForFunction("window.crossOriginIsolated && window.demo !== undefined");
      await whenReady(page);
      await checkThatDemoRuns(page, "threads");
    },
    RELOADED,
  );
  // The worker must not affect the other pages.
  await withPage(browser, siteAddress("docs/demo.html"), async (page) => {
    const seen = await page.evaluate(async () => ({
      isControlled: navigator.serviceWorker.controller !== null,
      scopes: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
      isIsolated: crossOriginIsolated,
    }));
    const scopes = [siteAddress("demo/")];
    assert.deepEqual(seen, { isControlled: false, scopes, isIsolated: false });
  });
});

cases.set("the_demo_runs_without_service_workers", () =>
  withPage(
    browser,
    siteAddress("demo/?paused&tris=20000").replace("127.0.0.1", "localhost"),
    async (page) => {
      await whenReady(page);
      await checkThatDemoRuns(page, "single");
    },
    {
      prepare: (page) =>
        page.evaluateOnNewDocument(() => {
          Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => undefined });
        }),
    },
  ),
);

cases.set("a_host_that_isolates_needs_no_worker", () =>
  withPage(browser, siteAddress("demo/?paused&tris=20000", isolating), async (page) => {
    await whenReady(page);
    await checkThatDemoRuns(page, "threads");
    const count = await page.evaluate(
      async () => (await navigator.serviceWorker.getRegistrations()).length,
    );
    assert.equal(count, 0);
  }),
);

cases.set("nothing_else_is_overwritten", () => {
  const folder = mkdtempSync(join(tmpdir(), "secondstack-site-"));
  try {
    const file = join(folder, "letter.txt");
    writeFileSync(file, "dear reader");
    for (const [options, message] of [
      [["--out", folder], /holds something else/],
      [["--out", folder, "--base", "a b"], /--base wants a path/],
      [["--owt", folder], /Unknown option/],
    ]) {
      const run = spawnSync(process.execPath, [join(root, "docs/site/build.mjs"), ...options], {
        encoding: "utf8",
      });
      assert.equal(run.status, 2, run.stderr);
      assert.match(run.stderr, message);
    }
    assert.equal(readFileSync(file, "utf8"), "dear reader");
    assert.deepEqual(readdirSync(folder), ["letter.txt"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

await runCases(
  async () => {
    plain = await startServer(["--port", "0", "--plain", "--folder", served]);
    isolating = await startServer(["--port", "0", "--folder", served]);
    browser = await launchChrome();
  },
  async () => {
    await browser?.close().catch(() => {});
    plain?.stop();
    isolating?.stop();
  },
);
