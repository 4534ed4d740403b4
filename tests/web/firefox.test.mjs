// SPDX-License-Identifier: MIT
// The page in Firefox: every scene with every source, a lost context, and the page opened from disk.
//   node tests/web/firefox.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as lists from "../../demo/lists.mjs";
import { cases, readFrame, runCases, whenReady, withPage } from "./harness.mjs";
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
