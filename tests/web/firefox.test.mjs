// SPDX-License-Identifier: MIT
// The page in Firefox: every scene with every source, a lost context, and the page opened from disk.
//   node tests/web/firefox.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as lists from "../../demo/lists.mjs";
import { cases, readFrame, readPicture, runCases, whenReady, withPage } from "./harness.mjs";
import { launchFirefox, startServer } from "./launch.mjs";

const SCENES = lists.SCENES.map(({ name }) => name);
const SOURCES = lists.SOURCES.map(({ name }) => name);
// Firefox renders in software here, so a small canvas saves time.
const VIEWPORT = { width: 400, height: 500 };

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof launchFirefox>>} */
let firefox;

function withDemo(parameters, use) {
  const address = `${server.url}?paused&${parameters}`;
  return withPage(
    firefox.browser,
    address,
    async (page) => {
      await whenReady(page);
      await use(page);
    },
    { viewport: VIEWPORT },
  );
}

for (const scene of SCENES) {
  cases.set(`${scene}_shows_the_same_with_every_source`, () =>
    withDemo(
      `scene=${scene}&tris=${scene === "spike" ? 2000 : 4000}&uploads=16&workers=2`,
      async (page) => {
        assert.equal(await page.evaluate(() => window.demo.engine.kind), "threads");
        const records = {};
        for (const source of SOURCES) {
          records[source] = await page.evaluate((name) => {
            window.demo.configure({ source: name });
            window.demo.seek(2);
            window.demo.step(12);
            return window.demo.stats();
          }, source);
          assert.equal(records[source].glErrors, 0, source);
          assert.equal(records[source].used, 0, source);
          assert.equal(records[source].checksum, records.stack.checksum, source);
          assert.equal(records[source].bytesUploaded, records.stack.bytesUploaded, source);
        }
        assert.ok(records.stack.triangles > 1000, `${records.stack.triangles} triangles`);
        assert.equal(records.stack.mallocs, 0);
        assert.equal(records.stack.workers, scene === "workers" ? 2 : 0);
        const frame = await readFrame(page);
        assert.ok(frame.colours > 500, `${frame.colours} colours`);
      },
    ),
  );
}

cases.set("it_runs_by_itself_and_pauses", () =>
  withPage(firefox.browser, `${server.url}?tris=4000`, async (page) => {
    await whenReady(page);
    await page.waitForFunction(() => window.demo.frameCount > 20);
    await page.keyboard.press(" ");
    assert.equal(await page.evaluate(() => window.demo.isPaused), true);
    const intervals = await page.$eval("#frame-summary", (element) => element.textContent);
    assert.match(intervals, /^The last \d+ frames: half took [\d.]+ ms or less/);
  }),
);

cases.set("lost_context_comes_back", () =>
  withDemo("tris=8000", async (page) => {
    await page.evaluate(() => {
      const gl = document.getElementById("canvas").getContext("webgl2");
      window.loss = gl.getExtension("WEBGL_lose_context");
      window.loss.loseContext();
    });
    await page.waitForFunction(() => !document.getElementById("message").hidden);
    await page.evaluate(() => window.loss.restoreContext());
    await page.waitForFunction(() => document.getElementById("message").hidden);
    const errors = await page.evaluate(() => window.demo.stats().glErrors);
    const frame = await readFrame(page);
    assert.ok(frame.colours > 500, `${frame.colours} colours`);
    assert.equal(await page.evaluate(() => window.demo.stats().glErrors), errors);
  }),
);

// Every scene with every source, checksum by checksum and picture by picture.
cases.set("a_worker_draws_what_the_page_draws", async () => {
  const found = [];
  for (const thread of ["page", "worker"]) {
    await withDemo(`thread=${thread}&kind=single`, async (page) => {
      const said = await page.$eval("#environment", (element) => element.innerText);
      assert.equal(/Drawn in a worker/.test(said), thread === "worker");
      const frames = {};
      for (const scene of SCENES) {
        for (const source of SOURCES) {
          const stats = await page.evaluate(
            async (settings) => {
              await window.demo.configure(settings);
              await window.demo.seek(4.1);
              return window.demo.stats();
            },
            { scene, source, triangles: 2000, uploads: 8 },
          );
          assert.deepEqual([stats.glErrors, stats.used], [0, 0]);
          const { checksum, bytesUploaded } = stats;
          frames[`${scene} ${source}`] = { checksum, bytesUploaded };
        }
        frames[scene] = await readPicture(page);
        assert.ok(frames[scene].colours > 200, `${scene}: ${frames[scene].colours} colours`);
      }
      found.push(frames);
    });
  }
  assert.deepEqual(found[1], found[0]);
});

cases.set("a_worker_runs_pauses_and_gets_its_context_back", () =>
  withPage(firefox.browser, `${server.url}?thread=worker&tris=4000`, async (page) => {
    await whenReady(page);
    await page.waitForFunction(() => window.demo.frameCount > 20);
    await page.keyboard.press(" ");
    assert.equal(await page.evaluate(() => window.demo.isPaused), true);
    const before = await readPicture(page);
    await page.evaluate(() => window.demo.stage.loseContext());
    await page.waitForFunction(() => !document.getElementById("message").hidden);
    await page.waitForFunction(() => document.getElementById("message").hidden);
    assert.deepEqual(await readPicture(page), before);
  }),
);

cases.set("opened_from_disk_it_runs_from_one_file", () => {
  const file = fileURLToPath(new URL("../../demo/index.html", import.meta.url));
  return withPage(firefox.browser, `${pathToFileURL(file)}?paused&tris=8000`, async (page) => {
    await whenReady(page);
    assert.equal(await page.evaluate(() => window.demo.engine.kind), "file");
    const { colours } = await readFrame(page);
    assert.ok(colours > 500, `${colours} colours`);
  });
});

await runCases(
  async () => {
    server = await startServer();
    firefox = await launchFirefox();
  },
  async () => {
    await firefox?.stop();
    server?.stop();
  },
);
