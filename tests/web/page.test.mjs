// The demo page in headless Chrome, and the server that it comes from.
//   node tests/web/page.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rm, symlink } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { launchChrome, serverScript, startServer } from "./launch.mjs";

const CASE_LIMIT_MS = 120_000;
const PAGE_LIMIT_MS = 60_000;
const BYTES_PER_TRIANGLE = 3 * (12 + 4);
const WARM_FRAMES = 300;

const cases = new Map();
/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("puppeteer-core").Browser} */
let browser;

/** Sends one request exactly as written; fetch would tidy the path. */
function rawRequest(path, { method = "GET", host = "127.0.0.1" } = {}) {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, timeout: 5000 }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer within 5 s")));
    sent.on("error", reject);
    sent.end();
  });
}

/**
 * Opens the demo in a fresh page and collects what goes wrong in it.
 * @param {string} parameters of the address
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} use
 * @param {(page: import("puppeteer-core").Page) => Promise<void>} [prepare] before it loads
 */
async function withPage(parameters, use, prepare = async () => {}) {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page error: ${error}`));
  page.on("requestfailed", (failed) => problems.push(`request failed: ${failed.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  page.setDefaultTimeout(PAGE_LIMIT_MS);
  try {
    await page.setViewport({ width: 320, height: 180 });
    await prepare(page);
    await page.goto(`${server.url}?${parameters}`);
    await use(page);
    assert.deepEqual(problems, []);
  } finally {
    await page.close();
  }
}

const whenReady = (page) => page.waitForFunction("window.demo !== undefined");

/** Opens a page whose loop stands still, ready to be stepped. */
function withPausedPage(parameters, use) {
  return withPage(`paused&${parameters}`, async (page) => {
    await whenReady(page);
    await use(page);
  });
}

/** Draws one frame and reads its pixels before the browser takes them. */
function readFrame(page) {
  return page.evaluate(() => {
    const gl = document.getElementById("canvas").getContext("webgl2");
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    window.demo.step(1);
    const pixels = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const colours = new Set(new Uint32Array(pixels.buffer));
    let bright = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      if (Math.max(pixels[i], pixels[i + 1], pixels[i + 2]) > 100) bright++;
    }
    let hash = 2166136261;
    for (const byte of pixels) hash = Math.imul(hash ^ byte, 16777619);
    return { colours: colours.size, brightShare: bright / (width * height), hash };
  });
}

cases.set("server_isolates_the_page_and_names_types", async () => {
  for (const [path, type] of [
    ["/", "text/html; charset=utf-8"],
    ["/index.html?tris=1", "text/html; charset=utf-8"],
    ["/page.css", "text/css; charset=utf-8"],
    ["/page.mjs", "text/javascript; charset=utf-8"],
    ["/dist/demo.wasm", "application/wasm"],
  ]) {
    const { status, headers } = await rawRequest(path);
    assert.equal(status, 200, path);
    assert.equal(headers["content-type"], type, path);
    assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
    assert.equal(headers["cross-origin-embedder-policy"], "require-corp", path);
    assert.equal(headers["cache-control"], "no-store", path);
  }
});

cases.set("server_refuses_paths_outside_its_folder", async () => {
  const link = new URL("../../demo/dist/outside.txt", import.meta.url);
  await rm(link, { force: true });
  await symlink(fileURLToPath(new URL("../../CMakeLists.txt", import.meta.url)), link);
  try {
    for (const [path, expected] of [
      ["/../CMakeLists.txt", 403],
      ["/dist/../../CMakeLists.txt", 403],
      ["/%2e%2e/CMakeLists.txt", 403],
      ["/..%2fCMakeLists.txt", 403],
      ["/dist/outside.txt", 403],
      ["/..%5cCMakeLists.txt", 400],
      ["/page.mjs%00.css", 400],
      ["/%zz", 400],
      ["/%c0%ae%c0%ae/CMakeLists.txt", 400],
      ["http://127.0.0.1/index.html", 400],
      ["*", 400],
      ["//etc/passwd", 404],
      ["/%2fetc%2fpasswd", 404],
      ["/%252e%252e/CMakeLists.txt", 404],
      ["/dist", 404],
      [`/${"x".repeat(5000)}`, 404],
    ]) {
      const { status, body } = await rawRequest(path);
      assert.equal(status, expected, path.slice(0, 60));
      assert.ok(!body.includes("cmake_minimum_required"), `${path} leaks a file`);
    }
  } finally {
    await rm(link, { force: true });
  }
});

cases.set("server_answers_get_and_head_only", async () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const { status, headers } = await rawRequest("/", { method });
    assert.equal(status, 405, method);
    assert.equal(headers.allow, "GET, HEAD", method);
  }
  const get = await rawRequest("/index.html");
  const head = await rawRequest("/index.html", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.body, "");
  assert.equal(head.headers["content-length"], String(Buffer.byteLength(get.body)));
});

cases.set("server_listens_on_one_loopback_address", async () => {
  // A server bound to all addresses would answer here too.
  await assert.rejects(rawRequest("/", { host: "127.0.0.2" }));
});

cases.set("server_deals_with_a_busy_port", async () => {
  const holder = createServer();
  await new Promise((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { port } = holder.address();
  const asked = spawnSync(process.execPath, [serverScript, "--port", String(port)], {
    encoding: "utf8",
    timeout: 10_000,
  });
  holder.close();
  assert.equal(asked.status, 2);
  assert.equal(asked.stderr, `serve.mjs: port ${port} is in use\n`);

  // Another program may hold the default port already: busy it is either way.
  const defaultHolder = createServer();
  await new Promise((resolve) => {
    defaultHolder.on("error", resolve);
    defaultHolder.listen(8080, "127.0.0.1", resolve);
  });
  const next = await startServer([]);
  next.stop();
  defaultHolder.close();
  const nextPort = Number(new URL(next.url).port);
  assert.ok(nextPort > 8080 && nextPort < 8100, `took port ${nextPort}`);
});

cases.set("server_explains_its_options", () => {
  const run = (...args) =>
    spawnSync(process.execPath, [serverScript, ...args], { encoding: "utf8", timeout: 10_000 });
  const help = run("--help");
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^Usage: .*--port N/);
  for (const wrong of [["--port", "x"], ["--port", "70000"], ["--port"], ["--open"], ["here"]]) {
    const { status, stderr, stdout } = run(...wrong);
    assert.equal(status, 2, wrong.join(" "));
    assert.match(stderr, /^serve\.mjs: .+\n$/, wrong.join(" "));
    assert.equal(stdout, "", wrong.join(" "));
  }
});

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
      width: document.getElementById("canvas").width,
      height: document.getElementById("canvas").height,
    }));
    assert.deepEqual(state, {
      isIsolated: true,
      isWebGL2: true,
      preserves: false,
      isMessageHidden: true,
      width: 320,
      height: 180,
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
      // The dark backdrop alone has no bright pixel.
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
  withPausedPage("tris=30000", async (page) => {
    const [cold, warm, after] = await page.evaluate((count) => {
      const states = [];
      for (let round = 0; round < 3; round++) {
        window.demo.seek(20);
        if (round > 0) window.demo.step(count);
        states.push(window.demo.stats());
      }
      return states;
    }, WARM_FRAMES);
    // Else nothing below could fail: the stack must have had to grow.
    assert.ok(warm.growths > cold.chunks, `${warm.growths} growths while warming up`);
    assert.ok(warm.peak > 65536, `a peak of ${warm.peak} bytes`);
    assert.equal(after.used, 0);
    assert.equal(after.glErrors, 0);
    for (const name of ["backingCalls", "growths", "bytesCopied", "reserved", "memoryBytes"]) {
      assert.equal(after[name], warm[name], name);
    }
  }),
);

cases.set("figures_are_shown_and_labelled", () =>
  withPausedPage("tris=8000", async (page) => {
    const figures = await page.evaluate(() => {
      const list = document.getElementById("figures");
      const triangles = window.demo.stats().triangles.toLocaleString("en");
      return { text: list.innerText, label: list.getAttribute("aria-label"), triangles };
    });
    assert.ok(figures.label);
    assert.ok(figures.text.includes(figures.triangles), figures.text);
    assert.match(figures.text, /Generate\s+\d+\.\d ms/);
    assert.match(figures.text, /Stack used\s+0 B/);
    assert.match(figures.text, /Reserved\s+[\d.]+ [KM]iB/);
  }),
);

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
    // The button has the focus now: Space must not count twice.
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
      assert.equal(await page.$eval("#panel", (element) => element.hidden), true);
    },
    (page) =>
      page.evaluateOnNewDocument(() => {
        HTMLCanvasElement.prototype.getContext = () => null;
      }),
  ),
);

/** Ends a case that hangs. */
function within(limitMs, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitMs} ms`)), limitMs);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

const wanted = process.argv[2] ?? "";
let passed = 0;
let failed = 0;
try {
  server = await startServer();
  browser = await launchChrome();
  for (const [name, run] of cases) {
    if (!name.includes(wanted)) continue;
    const start = performance.now();
    try {
      await within(CASE_LIMIT_MS, Promise.resolve(run()));
      passed++;
      console.log(`pass ${name} (${Math.round(performance.now() - start)} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}\n  ${error.message.replaceAll("\n", "\n  ")}`);
      console.log(`  again: node tests/web/page.test.mjs ${name}`);
    }
  }
  if (passed + failed === 0) throw new Error(`no case has "${wanted}" in its name`);
} catch (error) {
  failed++;
  console.log(`FAIL ${error.message}`);
} finally {
  await browser?.close().catch(() => {});
  server?.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
