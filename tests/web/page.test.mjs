// SPDX-License-Identifier: MIT
// Tests the demo page in headless Chrome: that it runs, that it counts correctly, that it stops
// when it should, and that it survives failures such as a lost context.
//   node tests/web/page.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { cases, readFrame, runCases, whenReady, withPage as withAddress } from "./harness.mjs";
import { launchChrome, startServer } from "./launch.mjs";

const BYTES_PER_TRIANGLE = 3 * (12 + 4);
const WARM_FRAMES = 300;
// Chrome renders in software here, so a small canvas saves time.
const VIEWPORT = { width: 360, height: 640 };

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("puppeteer-core").Browser} */
let browser;

function withPage(parameters, use, prepare) {
  return withAddress(browser, `${server.url}?${parameters}`, use, { prepare, viewport: VIEWPORT });
}

/** Opens a page whose loop stands still, ready to be stepped. */
function withPausedPage(parameters, use) {
  return withPage(`paused&${parameters}`, async (page) => {
    await whenReady(page);
    await use(page);
  });
}

cases.set("page_loads_without_any_error_and_is_isolated", () =>
  withPage("tris=8000", async (page) => {
    await whenReady(page);
    const state = await page.evaluate(() => ({
      isIsolated: crossOriginIsolated,
      isWebGL2:
        document.getElementById("canvas").getContext("webgl2") instanceof WebGL2RenderingContext,
      preserves: document.getElementById("canvas").getContext("webgl2").getContextAttributes()
        .preserveDrawingBuffer,
      isMessageHidden: document.getElementById("message").hidden,
      isCanvasFitted:
        document.getElementById("canvas").width === document.getElementById("canvas").clientWidth &&
        document.getElementById("canvas").height === document.getElementById("canvas").clientHeight,
      build: window.demo.engine.kind,
    }));
    assert.deepEqual(state, {
      isIsolated: true,
      isWebGL2: true,
      preserves: false,
      isMessageHidden: true,
      isCanvasFitted: true,
      build: "threads",
    });
  }),
);

cases.set("page_runs_by_itself", () =>
  withPage("tris=8000", async (page) => {
    await whenReady(page);
    const counts = new Set();
    const deadline = Date.now() + 20_000;
    while (counts.size < 3 && Date.now() < deadline) {
      counts.add(await page.evaluate(() => window.demo.stats().triangles));
    }
    assert.ok(counts.size >= 3, `triangle counts seen: ${[...counts]}`);
  }),
);

cases.set("canvas_shows_many_colours_and_changes", () =>
  withPausedPage("tris=20000", async (page) => {
    const first = await readFrame(page);
    const second = await readFrame(page);
    for (const frame of [first, second]) {
      assert.ok(frame.colours > 2000, `${frame.colours} colours`);
      // Bright pixels come from the scene, because the dark background has none.
      assert.ok(frame.brightShare > 0.05, `${frame.brightShare} of the pixels are bright`);
    }
    assert.notEqual(first.hash, second.hash);
  }),
);

cases.set("equal_seed_and_time_give_an_equal_picture", () =>
  withPausedPage("tris=8000&seed=3", async (page) => {
    const at = async (seconds) => {
      await page.evaluate((time) => window.demo.seek(time), seconds);
      const { hash } = await readFrame(page);
      return { hash, triangles: await page.evaluate(() => window.demo.stats().triangles) };
    };
    const first = await at(5);
    assert.notDeepEqual(await at(11), first);
    assert.deepEqual(await at(5), first);
  }),
);

cases.set("frames_stream_changing_numbers_of_triangles", () =>
  withPausedPage("tris=20000", async (page) => {
    const frames = await page.evaluate(() => {
      const list = [];
      for (let i = 0; i < 60; i++) {
        window.demo.step(1);
        list.push(window.demo.stats());
      }
      return list;
    });
    for (const frame of frames) {
      assert.equal(frame.glErrors, 0);
      assert.equal(frame.used, 0, "the stack holds something after a frame");
      assert.ok(frame.triangles > 2000, `${frame.triangles} triangles`);
      assert.equal(frame.bytesUploaded, frame.triangles * BYTES_PER_TRIANGLE);
      assert.ok(frame.uploads >= 48, `${frame.uploads} uploads`);
    }
    const counts = new Set(frames.map((frame) => frame.triangles));
    assert.ok(counts.size > 10, `triangle counts seen: ${[...counts]}`);
  }),
);

cases.set("triangle_budget_scales_the_frame", async () => {
  const trianglesAt = async (tris) => {
    let triangles = 0;
    await withPausedPage(`tris=${tris}`, async (page) => {
      triangles = await page.evaluate(() => window.demo.stats().triangles);
    });
    return triangles;
  };
  const few = await trianglesAt(5000);
  const many = await trianglesAt(50000);
  assert.ok(many > 5 * few, `${few} and ${many} triangles`);
  assert.ok((await trianglesAt("lots")) > many, "not a number: the default");
});

cases.set("warm_frames_take_no_memory_and_copy_nothing", () =>
  withPausedPage("tris=12000&uploads=16", async (page) => {
    const [warming, warm, last] = await page.evaluate((count) => {
      window.demo.engine.configure({});
      window.demo.engine.setDraw("discard");
      // The second round draws exactly the frames of the first.
      const rounds = [0, 0].map(() => {
        const sums = { backingCalls: 0, growths: 0, bytesCopied: 0, mallocs: 0, memoryGrows: 0 };
        for (let i = 0; i < count; i++) {
          window.demo.engine.frame(20 + i / 60, 64, 64);
          for (const name in sums) sums[name] += window.demo.engine.record[name];
        }
        return sums;
      });
      return [...rounds, window.demo.stats()];
    }, WARM_FRAMES);
    // The stack must have grown during the warm-up, or else nothing below could fail.
    assert.ok(warming.growths > 2, `${warming.growths} growths while warming up`);
    assert.ok(last.peak > 65536, `a peak of ${last.peak} bytes`);
    assert.deepEqual(warm, {
      backingCalls: 0,
      growths: 0,
      bytesCopied: 0,
      mallocs: 0,
      memoryGrows: 0,
    });
    assert.equal(last.used, 0);
    assert.equal(last.glErrors, 0);
  }),
);

cases.set("figures_are_those_of_the_last_frame", () =>
  withPausedPage("tris=8000", async (page) => {
    const [figures, record] = await page.evaluate(() => {
      window.demo.step(1);
      const list = document.getElementById("figures");
      const entries = [...list.children].map((line) => [
        line.querySelector("dt").textContent,
        line.querySelector("dd").textContent,
      ]);
      return [Object.fromEntries(entries), window.demo.stats()];
    });
    assert.equal(figures.Triangles, record.triangles.toLocaleString("en"));
    assert.equal(figures.Uploads, String(record.uploads));
    assert.equal(figures.Uploaded, `${(record.bytesUploaded / 1e6).toFixed(2)} MB`);
    assert.equal(figures["memory.grow"], String(record.memoryGrows));
    assert.equal(figures["Stack used at the end"], "0 B");
    assert.match(figures["Stack reserved"], /^[\d.]+ [KM]iB$/);
  }),
);

cases.set("charts_have_a_table_and_a_summary_in_words", () =>
  withPausedPage("tris=20000", async (page) => {
    await page.evaluate(() => window.demo.step(20));
    const text = await page.evaluate(() => ({
      rows: [...document.querySelectorAll("#frame-table tbody tr")].map((row) => row.innerText),
      frames: document.getElementById("frame-summary").textContent,
      memory: document.querySelector("#memory").shadowRoot.querySelector("[part=summary]")
        .textContent,
    }));
    assert.equal(text.rows.length, 5);
    for (const row of text.rows) assert.match(row, /^\S.*(\s+[\d.]+ ms){4}$/);
    // One frame was drawn on its own before the twenty.
    assert.match(text.frames, /^The last 2\d frames: half took [\d.]+ ms or less/);
    assert.match(text.memory, /^One stack: [\d.]+ KiB live .* reserved in \d+ chunks/);
  }),
);

cases.set("memory_strip_shows_the_lanes_and_moves", () =>
  withPausedPage("tris=30000", async (page) => {
    const strip = () =>
      page.evaluate(() => {
        const canvas = document.getElementById("memory").shadowRoot.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const counts = new Map();
        const pixels = new Uint32Array(data.buffer);
        for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
        // The part of the graph that has no samples yet must be empty.
        const empty = counts.get(0) ?? 0;
        return { drawn: pixels.length - empty, colours: counts.size - 1 };
      });
    await page.evaluate(() => window.demo.step(5));
    const first = await strip();
    await page.evaluate(() => window.demo.step(30));
    const second = await strip();
    // The colours are those of two lanes, the reserve, edges and marks.
    assert.ok(first.colours >= 4, `${first.colours} colours`);
    assert.ok(second.drawn > 3 * first.drawn, `${first.drawn}, then ${second.drawn} pixels`);
  }),
);

for (const kind of ["single", "threads"]) {
  cases.set(`memory_growth_of_the_${kind}_build_is_survived`, () =>
    withPausedPage(`kind=${kind}&tris=4000&uploads=1`, async (page) => {
      const [before, after] = await page.evaluate(() => {
        const first = window.demo.stats();
        // There is one batch, so all of the geometry is in memory at once.
        window.demo.configure({ triangles: 1_000_000 });
        const grown = window.demo.stats();
        window.demo.configure({ triangles: 4000 });
        window.demo.step(1);
        return [first, { ...window.demo.stats(), grownBytes: grown.memoryBytes }];
      });
      assert.ok(
        after.grownBytes > before.memoryBytes,
        `${before.memoryBytes} bytes, then ${after.grownBytes}`,
      );
      assert.equal(after.glErrors, 0);
      assert.equal(after.used, 0);
      const { colours } = await readFrame(page);
      assert.ok(colours > 1000, `${colours} colours`);
    }),
  );
}

for (const scheme of ["light", "dark"]) {
  cases.set(`text_has_contrast_in_the_${scheme}_scheme`, () =>
    withPage(
      "paused&tris=8000",
      async (page) => {
        await whenReady(page);
        const ratios = await page.evaluate(() => {
          const style = getComputedStyle(document.documentElement);
          // Relative luminance and contrast are defined in WCAG 2.
          const luminance = (name) => {
            const hex = style.getPropertyValue(name).trim().slice(1);
            const [r, g, b] = [0, 2, 4].map((at) => {
              const share = parseInt(hex.slice(at, at + 2), 16) / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => {
            const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
            return (high + 0.05) / (low + 0.05);
          };
          return ["--ink", "--muted", "--accent", "--warn"].flatMap((text) =>
            ["--card", "--paper"].map((ground) => [text, ground, contrast(text, ground)]),
          );
        });
        for (const [text, ground, ratio] of ratios) {
          assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio}`);
        }
      },
      (page) => page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]),
    ),
  );
}

cases.set("space_and_button_pause_and_run", () =>
  withPage("tris=8000", async (page) => {
    await whenReady(page);
    const state = () =>
      page.evaluate(() => [window.demo.isPaused, document.getElementById("toggle").textContent]);
    assert.deepEqual(await state(), [false, "Pause"]);
    await page.keyboard.press("Space");
    assert.deepEqual(await state(), [true, "Run"]);
    await page.click("#toggle");
    assert.deepEqual(await state(), [false, "Pause"]);
    // The button has the focus now, so Space must not act twice, once on the button and once on the
    // page.
    await page.keyboard.press("Space");
    assert.deepEqual(await state(), [true, "Run"]);
    const before = await page.evaluate(() => window.demo.frameCount);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await page.evaluate(() => window.demo.frameCount), before, "frames while paused");
  }),
);

cases.set("reduced_motion_starts_paused", () =>
  withPage(
    "tris=8000",
    async (page) => {
      await whenReady(page);
      assert.equal(await page.evaluate(() => window.demo.isPaused), true);
      assert.ok(
        (await page.evaluate(() => window.demo.stats().triangles)) > 0,
        "one frame is drawn",
      );
      await page.click("#toggle");
      assert.equal(await page.evaluate(() => window.demo.isPaused), false);
    },
    (page) => page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]),
  ),
);

cases.set("hidden_page_stands_still", () =>
  withPage("tris=8000", async (page) => {
    await whenReady(page);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    const before = await page.evaluate(() => window.demo.frameCount);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await page.evaluate(() => window.demo.frameCount), before, "frames while hidden");
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.waitForFunction((count) => window.demo.frameCount > count, {}, before);
  }),
);

cases.set("lost_context_comes_back", () =>
  withPausedPage("tris=20000", async (page) => {
    const lossExtension = await page.evaluateHandle(() =>
      document.getElementById("canvas").getContext("webgl2").getExtension("WEBGL_lose_context"),
    );
    await lossExtension.evaluate((extension) => extension.loseContext());
    await page.waitForFunction(() => !document.getElementById("message").hidden);
    await lossExtension.evaluate((extension) => extension.restoreContext());
    await page.waitForFunction(() => document.getElementById("message").hidden);
    const errors = await page.evaluate(() => window.demo.stats().glErrors);
    const frame = await readFrame(page);
    assert.ok(frame.colours > 2000, `${frame.colours} colours after the restore`);
    assert.equal(await page.evaluate(() => window.demo.stats().glErrors), errors);
  }),
);

cases.set("without_webgl2_the_page_says_so", () =>
  withPage(
    "",
    async (page) => {
      await page.waitForFunction(() => !document.getElementById("message").hidden);
      const text = await page.$eval("#message", (element) => element.textContent);
      assert.match(text, /WebGL2/);
      assert.equal(await page.$eval("#side", (element) => element.hidden), true);
    },
    (page) =>
      page.evaluateOnNewDocument(() => {
        HTMLCanvasElement.prototype.getContext = () => null;
      }),
  ),
);

await runCases(
  async () => {
    server = await startServer();
    browser = await launchChrome();
  },
  async () => {
    await browser?.close().catch(() => {});
    server?.stop();
  },
);
