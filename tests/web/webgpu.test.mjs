// SPDX-License-Identifier: MIT
// The page with WebGPU in software, in headless Chrome: what is in the GPU's memory, by checksum, and the pictures against
// those of WebGL2, of the page and of a worker; a device that is lost; the switch, and what it says without an adapter.
//   node tests/web/webgpu.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { SCENES, SOURCES } from "../../demo/lists.mjs";
import {
  cases,
  readPicture,
  readPixels,
  runCases,
  Skip,
  whenReady,
  withPage as withAddress,
} from "./harness.mjs";
import { launchChrome, startServer, WEBGPU_ARGUMENTS } from "./launch.mjs";

const VIEWPORT = { width: 480, height: 640 };
// Two rasterizers put the edges of triangles a little differently. A picture of another moment is far beyond these.
const MEAN_DIFFERENCE = 3;
const NOTABLE_DIFFERENCE = 24;
const NOTABLE_SHARE = 0.04;

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("puppeteer-core").Browser} */
let browser;
let hasAdapter = false;

function withPage(parameters, use, options = {}) {
  return withAddress(
    browser,
    `${server.url}?paused&${parameters}`,
    async (page) => {
      await whenReady(page);
      await page.evaluate(() => window.demo.isDrawn);
      await use(page);
    },
    { viewport: VIEWPORT, ...options },
  );
}

/** A case that needs an adapter; a browser may have none. */
function withGpu(parameters, use, options) {
  if (!hasAdapter) throw new Skip("this browser offers no WebGPU adapter here");
  return withPage(`api=webgpu&${parameters}`, use, options);
}

/** How far two pictures are apart: the mean of the pixels' largest differences, and the share of notable ones. */
function differenceOf(a, b) {
  assert.equal(a.length, b.length);
  let [sum, notable] = [0, 0];
  for (let i = 0; i < a.length; i += 4) {
    const most = Math.max(...[0, 1, 2].map((channel) => Math.abs(a[i + channel] - b[i + channel])));
    sum += most;
    if (most > NOTABLE_DIFFERENCE) notable++;
  }
  const pixels = a.length / 4;
  return { mean: sum / pixels, share: notable / pixels };
}

const isNear = ({ mean, share }) => mean < MEAN_DIFFERENCE && share < NOTABLE_SHARE;

/**
 * The checksum that engine.c makes of a frame, of the bytes that the GPU's memory holds of it. Each batch of the frame
 * must have been drawn.
 */
function checksumOnGpu(page) {
  return page.evaluate(async () => {
    const { device, draws, drawCount } = window.demo.engine.gpu;
    const hash = (number) => {
      let value = number;
      value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
      value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
      return (value ^ (value >>> 16)) >>> 0;
    };
    let sum = 0;
    let bytes = 0;
    for (let batch = 0; batch < drawCount; batch++) {
      const { hasNormals, indices, places } = draws[batch];
      let words = 2166136261;
      for (const [stream, { buffer, offset, size }] of places.entries()) {
        if ((stream === 1 && !hasNormals) || (stream === 3 && indices === 0)) continue;
        const { COPY_DST, MAP_READ } = GPUBufferUsage;
        const copy = device.createBuffer({ size, usage: COPY_DST | MAP_READ });
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(buffer, offset, copy, 0, size);
        device.queue.submit([encoder.finish()]);
        await copy.mapAsync(GPUMapMode.READ);
        for (const word of new Uint32Array(copy.getMappedRange())) {
          words = Math.imul(words ^ word, 16777619);
        }
        copy.destroy();
        bytes += size;
      }
      sum = (sum + hash((words ^ hash(batch)) >>> 0)) % 4294967296;
    }
    return { checksum: sum, bytes };
  });
}

for (const { name } of SCENES) {
  // Of more batches of the metaballs, some are empty, and are not drawn.
  const uploads = name === "metaballs" ? 2 : 8;
  const query = `scene=${name}&tris=3000&uploads=${uploads}&workers=2&seed=5`;
  const shown = async (page, seconds) => {
    await page.evaluate((time) => window.demo.seek(time), seconds);
    const { checksum, glErrors } = await page.evaluate(() => window.demo.stats());
    assert.equal(glErrors, 0);
    return { checksum, pixels: await readPixels(page) };
  };

  cases.set(`${name}_is_drawn_as_with_webgl2`, async () => {
    const found = {};
    const take = (key) => async (page) => {
      found[key] = await shown(page, 4.1);
      found[`${key} later`] = await shown(page, 5.3);
    };
    await withGpu(query, take("webgpu"));
    await withPage(query, take("webgl2"));
    await withGpu(`${query}&thread=worker`, take("worker"));
    assert.equal(found.webgpu.checksum, found.webgl2.checksum);
    assert.equal(found.worker.checksum, found.webgl2.checksum);
    const difference = differenceOf(found.webgpu.pixels, found.webgl2.pixels);
    assert.ok(isNear(difference), JSON.stringify(difference));
    assert.ok(found.webgpu.pixels.equals(found.worker.pixels), "page and worker draw the same");
    const later = differenceOf(found.webgpu.pixels, found["webgpu later"].pixels);
    assert.ok(!isNear(later), `the measure must see another moment: ${JSON.stringify(later)}`);
  });

  for (const kind of ["threads", "single"]) {
    cases.set(`${name}_with_${kind}_is_in_the_gpu's_memory`, () =>
      withGpu(`${query}&kind=${kind}`, async (page) => {
        assert.equal(await page.evaluate(() => window.demo.engine.kind), kind);
        const checksums = new Set();
        for (const { name: source } of SOURCES) {
          await page.evaluate((settings) => window.demo.configure(settings), { source });
          await page.evaluate(() => window.demo.seek(4.1));
          const stats = await page.evaluate(() => window.demo.stats());
          assert.ok(stats.checksum !== 0 && stats.bytesUploaded > 10_000, "there is a frame");
          assert.deepEqual([stats.droppedDraws, stats.batches], [0, uploads]);
          const onGpu = await checksumOnGpu(page);
          assert.deepEqual(
            onGpu,
            { checksum: stats.checksum, bytes: stats.bytesUploaded },
            `with the source ${source}`,
          );
          checksums.add(stats.checksum);
        }
        assert.equal(checksums.size, 1, "all sources upload the same");
      }),
    );
  }
}

cases.set("large_frames_take_more_memory_and_stay_right", () =>
  withGpu("scene=metaballs&tris=400000&uploads=2", async (page) => {
    await page.evaluate(() => window.demo.seek(3));
    const stats = await page.evaluate(() => window.demo.stats());
    assert.ok(stats.bytesUploaded > 2 * (4 << 20), `${stats.bytesUploaded} bytes uploaded`);
    assert.deepEqual(await checksumOnGpu(page), {
      checksum: stats.checksum,
      bytes: stats.bytesUploaded,
    });
  }),
);

cases.set("it_runs_compares_and_says_what_draws", () =>
  withGpu("scene=storm&tris=2000&uploads=4", async (page) => {
    const said = await page.$eval("#environment", (list) => list.innerText);
    assert.match(said, /Drawn with WebGPU\./);
    assert.match(said, /swiftshader/i);
    await page.keyboard.press("Space");
    await page.waitForFunction(() => window.demo.frameCount > 10);
    await page.keyboard.press("Space");
    await page.click("#compare");
    await page.waitForSelector("#comparison table");
    assert.match(await page.$eval("#comparison", (holder) => holder.innerText), /Equal checksums/);
    assert.equal((await page.evaluate(() => window.demo.stats())).glErrors, 0);
  }),
);

for (const thread of ["page", "worker"]) {
  cases.set(`lost_device_comes_back_in_the_${thread}`, () =>
    withGpu(`tris=4000&thread=${thread}`, async (page) => {
      const before = await readPicture(page);
      assert.ok(before.colours > 500, `${before.colours} colours`);
      await page.evaluate(() => window.demo.stage.loseContext());
      await page.waitForFunction(() => !document.getElementById("message").hidden);
      await page.waitForFunction(() => document.getElementById("message").hidden);
      assert.deepEqual(await readPicture(page), before);
      assert.equal((await page.evaluate(() => window.demo.stats())).glErrors, 0);
    }),
  );
}

cases.set("the_switch_moves_to_webgpu_and_back", async () => {
  if (!hasAdapter) throw new Skip("this browser offers no WebGPU adapter here");
  await withPage("tris=4000", async (page) => {
    // Wide, where the stage does not lie over what scrolls below it.
    await page.setViewport({ width: 1200, height: 1000 });
    for (const api of ["webgpu", null]) {
      await page.click("#with-webgpu");
      await page.waitForFunction(
        (wanted) =>
          new URLSearchParams(location.search).get("api") === wanted && window.demo !== undefined,
        {},
        api,
      );
      await page.evaluate(() => window.demo.isDrawn);
      const isOn = await page.$eval("#with-webgpu", (box) => box.checked);
      assert.equal(isOn, api === "webgpu");
    }
  });
});

for (const [what, why, prepare] of [
  [
    "an_adapter",
    /this browser offers no WebGPU adapter/,
    () => Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => null } }),
  ],
  [
    "webgpu",
    /this browser has no WebGPU/,
    () => Object.defineProperty(navigator, "gpu", { value: undefined }),
  ],
]) {
  const options = { prepare: (page) => page.evaluateOnNewDocument(prepare) };

  cases.set(`without_${what}_the_switch_says_why`, () =>
    withPage(
      "tris=4000",
      async (page) => {
        await page.setViewport({ width: 1200, height: 1000 });
        await page.click("#with-webgpu");
        await page.waitForFunction(() => !document.getElementById("with-webgpu-note").hidden);
        assert.match(await page.$eval("#with-webgpu-note", (note) => note.textContent), why);
        assert.deepEqual(await page.$eval("#with-webgpu", (box) => [box.checked, box.disabled]), [
          false,
          true,
        ]);
      },
      options,
    ),
  );

  cases.set(`without_${what}_webgl2_draws_and_the_page_says_why`, () =>
    withPage(
      "tris=4000&api=webgpu",
      async (page) => {
        const said = await page.$eval("#environment", (list) => list.innerText);
        assert.match(said, /Drawn with WebGL2, not with WebGPU/);
        assert.match(said, why);
        const { colours } = await readPicture(page);
        assert.ok(colours > 500, `${colours} colours`);
      },
      options,
    ),
  );
}

await runCases(
  async () => {
    server = await startServer();
    browser = await launchChrome(WEBGPU_ARGUMENTS);
    await withPage("tris=500", async (page) => {
      hasAdapter = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
    });
  },
  async () => {
    await browser?.close().catch(() => {});
    server?.stop();
  },
);
