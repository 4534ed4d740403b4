// SPDX-License-Identifier: MIT
// Tests the ways in which the page is opened: isolated, from a plain server, from disk, not built,
// and driven by a benchmark. Also tests that it fetches nothing from other hosts.
//   node tests/web/ways.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cases, readFrame, runCases, whenReady, withPage } from "./harness.mjs";
import { launchChrome, startServer } from "./launch.mjs";

const VIEWPORT = { width: 700, height: 800 };
const demoFolder = fileURLToPath(new URL("../../demo", import.meta.url));

/** @type {Record<"isolated" | "plain", Awaited<ReturnType<typeof startServer>>>} */
let servers;
/** @type {import("puppeteer-core").Browser} */
let browser;

/** Checks that a page shows the scene and says which build it runs. */
async function checkPage(page, kind, reason) {
  await whenReady(page);
  assert.equal(await page.evaluate(() => window.demo.engine.kind), kind);
  const shown = await page.$eval("#environment", (list) => list.innerText);
  assert.match(shown, reason);
  assert.match(shown, /SwiftShader/);
  assert.match(shown, /Clock steps [\d.]+ (µs|ms)/);
  const { colours } = await readFrame(page);
  assert.ok(colours > 1000, `${colours} colours`);
}

cases.set("served_with_isolation_it_runs_threads", () =>
  withPage(
    browser,
    `${servers.isolated.url}?paused&scene=workers&workers=2&tris=8000`,
    async (page) => {
      await checkPage(page, "threads", /Threads: the page is cross-origin isolated/);
      assert.equal(await page.evaluate(() => window.demo.stats().workers), 2);
    },
    { viewport: VIEWPORT },
  ),
);

cases.set("served_plainly_it_runs_one_thread_and_says_why", () =>
  withPage(
    browser,
    `${servers.plain.url}?paused&scene=workers&workers=2&tris=8000`,
    async (page) => {
      await checkPage(page, "single", /One thread: the server does not isolate the page/);
      assert.equal(await page.evaluate(() => window.demo.stats().workers), 0);
      const note = await page.$eval("#stage-note", (element) => element.textContent);
      assert.match(note, /workers=2 is more than there can be here: 1 is used/);
    },
    { viewport: VIEWPORT },
  ),
);

cases.set("opened_from_disk_it_runs_from_one_file", () =>
  withPage(
    browser,
    `${pathToFileURL(join(demoFolder, "index.html"))}?paused&tris=8000&seed=3`,
    async (page) => {
      await checkPage(page, "file", /opened from disk/);
      // The page writes its settings to the address in this way of opening it, too.
      await page.evaluate(() => window.demo.configure({ seed: 4, source: "malloc" }));
      await page.waitForFunction(
        () => location.search.includes("seed=4") && location.search.includes("alloc=malloc"),
      );
      await page.reload();
      await whenReady(page);
      assert.equal(await page.evaluate(() => window.demo.settings.seed), 4);
    },
    { viewport: VIEWPORT },
  ),
);

cases.set("one_thread_can_be_asked_for", () =>
  withPage(
    browser,
    `${servers.isolated.url}?paused&kind=single&tris=8000`,
    (page) => checkPage(page, "single", /One thread: asked for/),
    { viewport: VIEWPORT },
  ),
);

cases.set("unbuilt_it_says_what_to_type", async () => {
  const folder = await mkdtemp(join(tmpdir(), "secondstack-unbuilt-"));
  try {
    for (const name of ["index.html", "page.css"]) {
      await copyFile(join(demoFolder, name), join(folder, name));
    }
    await withPage(
      browser,
      String(pathToFileURL(join(folder, "index.html"))),
      async (page) => {
        await page.waitForFunction(() => !document.getElementById("message").hidden);
        const text = await page.$eval("#message", (element) => element.innerText);
        assert.match(text, /not built yet.*\.\/run demo/);
      },
      { allowed: /dist\/page|ERR_FILE_NOT_FOUND/ },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

cases.set("without_its_webassembly_it_says_what_to_type", () =>
  withPage(
    browser,
    servers.plain.url,
    async (page) => {
      await page.waitForFunction(() => !document.getElementById("message").hidden);
      const text = await page.$eval("#message", (element) => element.innerText);
      assert.match(text, /does not load.*\.\/run demo/s);
    },
    {
      allowed: /engine-single|ERR_FAILED/,
      async prepare(page) {
        await page.setRequestInterception(true);
        page.on("request", (request) => {
          if (request.url().includes("engine-single")) request.abort();
          else request.continue();
        });
      },
    },
  ),
);

cases.set("for_a_benchmark_only_the_engine_is_made", () =>
  withPage(browser, `${servers.isolated.url}?bench=1&scene=storm&tris=8000`, async (page) => {
    await whenReady(page);
    const state = await page.evaluate(async () => {
      const { engine, canvas, isBench, ready } = window.demo;
      const before = [canvas.width, canvas.height, ...engine.record.values].join();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const after = [canvas.width, canvas.height, ...engine.record.values].join();
      return {
        isBench,
        ready,
        isStill: before === after,
        scene: engine.settings.scene,
        charts: document.querySelectorAll("#charts canvas").length,
      };
    });
    assert.deepEqual(state, {
      isBench: true,
      ready: true,
      isStill: true,
      scene: "storm",
      charts: 0,
    });
  }),
);

cases.set("nothing_is_fetched_from_elsewhere", async () => {
  const origins = new Set();
  await withPage(
    browser,
    `${servers.isolated.url}?scene=workers&tris=8000`,
    async (page) => {
      await whenReady(page);
      await page.waitForFunction(() => window.demo.frameCount > 5);
    },
    {
      viewport: VIEWPORT,
      async prepare(page) {
        page.on("request", (request) => origins.add(new URL(request.url()).origin));
      },
    },
  );
  // The origin "null" is that of data: and blob: addresses, which are the page's own.
  origins.delete("null");
  assert.deepEqual([...origins], [new URL(servers.isolated.url).origin]);
});

await runCases(
  async () => {
    servers = {
      isolated: await startServer(),
      plain: await startServer(["--port", "0", "--plain"]),
    };
    browser = await launchChrome();
  },
  async () => {
    await browser?.close().catch(() => {});
    servers?.isolated.stop();
    servers?.plain.stop();
  },
);
