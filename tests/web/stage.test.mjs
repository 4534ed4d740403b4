// SPDX-License-Identifier: MIT
// The page in headless Chrome with a worker that draws: that the figures are those of the worker's frames, that frames go on
// while the page is busy, that pictures and checksums are the page's own, and what the page says where no worker can draw.
//   node tests/web/stage.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SCENES } from "../../demo/lists.mjs";
import { cases, readPicture, runCases, whenReady, withPage as withAddress } from "./harness.mjs";
import { launchChrome, startServer } from "./launch.mjs";

const VIEWPORT = { width: 480, height: 640 };

/** @type {Record<"isolated" | "plain", Awaited<ReturnType<typeof startServer>>>} */
let servers;
/** @type {import("puppeteer-core").Browser} */
let browser;

function withPage(parameters, use, options = {}) {
  const { server = servers.isolated.url, ...others } = options;
  return withAddress(
    browser,
    `${server}?${parameters}`,
    async (page) => {
      await whenReady(page);
      await page.evaluate(() => window.demo.isDrawn);
      await use(page);
    },
    { viewport: VIEWPORT, ...others },
  );
}

/** What the page says about who draws, and its switch. */
function saidOf(page) {
  return page.evaluate(() => ({
    text: document.getElementById("environment").innerText,
    note: document.getElementById("in-worker-note").textContent,
    isChecked: document.getElementById("in-worker").checked,
    isDisabled: document.getElementById("in-worker").disabled,
  }));
}

async function checkWorkerDraws(page) {
  const said = await saidOf(page);
  assert.match(said.text, /Drawn in a worker/);
  assert.deepEqual([said.isChecked, said.isDisabled, said.note], [true, false, ""]);
}

/** The page must draw by itself, and say why no worker does. */
async function checkPageDraws(page, why) {
  const said = await saidOf(page);
  assert.match(said.text, why);
  assert.match(said.note, why);
  assert.deepEqual([said.isChecked, said.isDisabled], [false, true]);
  const { colours } = await readPicture(page);
  assert.ok(colours > 500, `${colours} colours`);
}

cases.set("frames_go_on_while_the_page_is_busy", () =>
  withPage("thread=worker&tris=4000", async (page) => {
    await checkWorkerDraws(page);
    const { frames, shown } = await page.evaluate(() => {
      // The page's script does not return meanwhile, so nothing of the page can run.
      const { figures } = window.demo.stage;
      const deadline = performance.now() + 30_000;
      figures.read();
      const before = figures.frameCount;
      const seen = new Set();
      while (figures.frameCount < before + 20 && performance.now() < deadline) {
        if (figures.read()) seen.add(figures.record.triangles);
      }
      return { frames: figures.frameCount - before, shown: seen.size };
    });
    assert.ok(frames >= 20, `${frames} frames while the page was busy`);
    assert.ok(shown > 1, `${shown} numbers of triangles`);
  }),
);

cases.set("the_page_shows_the_figures_of_the_worker", () =>
  withPage("thread=worker&paused&scene=workers&workers=2&tris=8000", async (page) => {
    await page.evaluate(() => window.demo.step(5));
    const found = await page.evaluate(async () => ({
      stats: await window.demo.stats(),
      record: Object.fromEntries(
        ["checksum", "triangles", "uploads", "peak"].map((name) => [
          name,
          window.demo.engine.record[name],
        ]),
      ),
      stacks: window.demo.engine.readStacks().slice(0, window.demo.engine.stackCount),
      sources: document.getElementById("memory").sources.map(({ name }) => name),
      frameCount: window.demo.frameCount,
      timings: window.demo.timings.count,
      figures: document.getElementById("figures").innerText,
      summary: document.getElementById("frame-summary").textContent,
      button: document.getElementById("toggle").textContent,
    }));
    for (const [name, value] of Object.entries(found.record)) {
      assert.equal(value, found.stats[name], name);
    }
    assert.equal(found.stats.workers, 2);
    assert.equal(found.button, "Run", "of a page that begins paused");
    assert.deepEqual(found.sources, ["GL thread", "Worker 1", "Worker 2"]);
    for (const { peak, chunkCount } of found.stacks.slice(1)) {
      assert.ok(
        peak > 0 && chunkCount > 0,
        `a worker's stack: ${peak} bytes, ${chunkCount} chunks`,
      );
    }
    assert.equal(found.timings, found.frameCount);
    assert.match(found.summary, new RegExp(`^The last ${found.timings} frames`));
    const triangles = found.stats.triangles.toLocaleString("en");
    assert.ok(found.figures.includes(triangles), `${triangles} in ${found.figures}`);
  }),
);

cases.set("it_runs_and_pauses", () =>
  withPage("thread=worker&tris=4000", async (page) => {
    await page.waitForFunction(() => window.demo.frameCount > 20);
    await page.keyboard.press("Space");
    assert.equal(await page.evaluate(() => window.demo.isPaused), true);
    // Behind this answer no frame is under way.
    await page.evaluate(() => window.demo.stats());
    const count = () =>
      page.evaluate(() => {
        window.demo.stage.figures.read();
        return window.demo.frameCount;
      });
    const before = await count();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await count(), before, "frames while paused");
    await page.click("#toggle");
    await page.waitForFunction((frames) => window.demo.frameCount > frames, {}, before);
  }),
);

// Both are the same GPU's work on the same bytes, so not one pixel may differ.
for (const { name } of SCENES) {
  for (const kind of name === "workers" ? ["threads"] : ["threads", "single"]) {
    cases.set(`${name}_with_${kind}_is_the_page's_own_picture`, async () => {
      const found = [];
      for (const thread of ["page", "worker"]) {
        const query = `scene=${name}&tris=4000&uploads=8&workers=2&kind=${kind}`;
        await withPage(`paused&thread=${thread}&${query}`, async (page) => {
          assert.equal(await page.evaluate(() => window.demo.engine.kind), kind);
          await page.evaluate(() => window.demo.seek(4.1));
          const { checksum, glErrors, used } = await page.evaluate(() => window.demo.stats());
          assert.deepEqual([glErrors, used], [0, 0]);
          found.push({ checksum, ...(await readPicture(page)) });
        });
      }
      assert.deepEqual(found[1], found[0]);
      assert.ok(found[0].colours > 500, `${found[0].colours} colours`);
    });
  }
}

cases.set("sources_compare_and_settings_come_back", () =>
  withPage("thread=worker&paused&scene=storm&tris=2000&uploads=4", async (page) => {
    await page.click("#compare");
    await page.waitForSelector("#comparison table");
    assert.match(await page.$eval("#comparison", (holder) => holder.innerText), /Equal checksums/);
    await page.evaluate(() => window.demo.step(1));
    const { checksum, mallocs } = await page.evaluate(() => window.demo.stats());
    assert.ok(checksum !== 0, "a paused page has a checksum");
    assert.equal(mallocs, 0, "the second stack again");
  }),
);

cases.set("lost_context_comes_back", () =>
  withPage("thread=worker&paused&tris=8000", async (page) => {
    const before = await readPicture(page);
    await page.evaluate(() => window.demo.stage.loseContext());
    await page.waitForFunction(() => !document.getElementById("message").hidden);
    await page.waitForFunction(() => document.getElementById("message").hidden);
    // A lost context reports one error, and nothing else may.
    const { glErrors } = await page.evaluate(() => window.demo.stats());
    assert.deepEqual(await readPicture(page), before);
    assert.equal((await page.evaluate(() => window.demo.stats())).glErrors, glErrors);
  }),
);

cases.set("another_size_is_drawn_anew", () =>
  withPage(
    "thread=worker&paused&tris=4000",
    async (page) => {
      const before = await readPicture(page);
      const frames = await page.evaluate(() => window.demo.frameCount);
      await page.setViewport({ width: 700, height: 500 });
      await page.waitForFunction((count) => window.demo.frameCount > count, {}, frames);
      const after = await readPicture(page);
      assert.ok(after.width > before.width, `${before.width} then ${after.width} wide`);
      assert.ok(after.colours > 500, `${after.colours} colours`);
    },
    { prepare: async () => {} },
  ),
);

cases.set("the_switch_moves_to_a_worker_and_back", () =>
  withPage("paused&tris=4000&seed=3", async (page) => {
    // Wide, where the stage does not lie over what scrolls below it.
    await page.setViewport({ width: 1200, height: 1000 });
    for (const [thread, isInWorker] of [
      ["worker", true],
      [null, false],
    ]) {
      await page.click("#in-worker");
      await page.waitForFunction(
        (wanted) =>
          new URLSearchParams(location.search).get("thread") === wanted &&
          window.demo !== undefined,
        {},
        thread,
      );
      await page.evaluate(() => window.demo.isDrawn);
      assert.equal((await saidOf(page)).isChecked, isInWorker);
      assert.equal(new URL(page.url()).searchParams.get("seed"), "3");
    }
  }),
);

cases.set("without_isolation_the_page_draws_and_says_why", () =>
  withPage(
    "thread=worker&paused&tris=4000",
    (page) => checkPageDraws(page, /the server does not isolate the page/),
    { server: servers.plain.url },
  ),
);

cases.set("without_offscreen_canvas_the_page_draws_and_says_why", () =>
  withPage(
    "thread=worker&paused&tris=4000",
    (page) => checkPageDraws(page, /this browser has no OffscreenCanvas/),
    {
      prepare: (page) =>
        page.evaluateOnNewDocument(() => {
          delete window.OffscreenCanvas;
        }),
    },
  ),
);

/**
 * A server that answers as the demo's, but for the worker's script. (Chrome does not let a test answer in a server's stead
 * reliably where workers load scripts.)
 * @param {(text: string) => string | null} change null: there is no such file
 */
async function withChangedWorker(change, use) {
  const answer = async (request, response) => {
    const real = await fetch(new URL(request.url, servers.isolated.url));
    let body = Buffer.from(await real.arrayBuffer());
    let { status } = real;
    if (request.url.endsWith("/stage_worker.js")) {
      const changed = change(body.toString());
      if (changed === null) status = 404;
      body = Buffer.from(changed ?? "");
    }
    const kept = ["content-type", "cross-origin-embedder-policy", "cross-origin-opener-policy"];
    const headers = kept.map((name) => [name, real.headers.get(name)]).filter(([, value]) => value);
    response.writeHead(status, { ...Object.fromEntries(headers), "cache-control": "no-store" });
    response.end(body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

cases.set("without_webgl2_in_workers_the_page_draws_and_says_why", () =>
  withChangedWorker(
    (text) => `OffscreenCanvas.prototype.getContext = () => null;\n${text}`,
    (server) =>
      withPage(
        "thread=worker&paused&tris=4000",
        (page) => checkPageDraws(page, /this browser gives a worker no WebGL2/),
        { server, prepare: async () => {} },
      ),
  ),
);

cases.set("without_the_worker's_script_the_page_draws_and_says_why", () =>
  withChangedWorker(
    () => null,
    (server) =>
      withPage(
        "thread=worker&paused&tris=4000",
        (page) => checkPageDraws(page, /its script does not load/),
        { server, prepare: async () => {}, allowed: /404|stage_worker/ },
      ),
  ),
);

// A worker that has taken the canvas and says no more: the page gets a new canvas. Its patience is cut to 300 ms.
cases.set("with_a_worker_that_does_not_answer_the_page_draws_and_says_why", () =>
  withChangedWorker(
    () => `postMessage({ event: "ready", values: [""] });`,
    (server) =>
      withPage(
        "thread=worker&paused&tris=4000",
        (page) => checkPageDraws(page, /has got the canvas, and does not answer/),
        {
          server,
          prepare: (page) =>
            page.evaluateOnNewDocument(() => {
              const { setTimeout } = window;
              window.setTimeout = (fn, ms) => setTimeout(fn, ms === 15_000 ? 300 : ms);
            }),
        },
      ),
  ),
);

cases.set("opened_from_disk_the_page_draws_and_says_why", () =>
  withPage(
    "thread=worker&paused&tris=4000",
    (page) => checkPageDraws(page, /a page opened from disk has no workers/),
    {
      server: pathToFileURL(fileURLToPath(new URL("../../demo/index.html", import.meta.url))).href,
    },
  ),
);

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
