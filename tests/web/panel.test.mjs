// SPDX-License-Identifier: MIT
// Tests <secondstack-panel> in headless Chrome: what it shows of JavaScript's stacks and of a C
// program in which one place uses most of the memory, its use by keyboard and by a screen reader,
// and the garbage that it makes.
//   node tests/web/panel.test.mjs [part of a case's name]
// PANEL_FRAMES is the number of frames over which garbage is measured.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startServer } from "../js/server.mjs";
import { cases, runCases, withPage } from "./harness.mjs";
import { launchChrome } from "./launch.mjs";
import { buildHog, lineOfHog } from "./panel_build.mjs";

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const folders = {
  web: folder("../../web"),
  built: folder("../../build/js"),
  examples: folder("../../examples"),
};
const GARBAGE_FRAMES = Number(process.env.PANEL_FRAMES ?? 30);

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startServer>>} */
let strict;
/** @type {import("puppeteer-core").Browser} */
let browser;

/** Opens a page with a panel: `window.panel`, `window.figures()` and the exports of the package. */
function withPanel(frames, use, { url = server.url, isDebug = false } = {}) {
  return withPage(browser, `${url}/`, async (page) => {
    await page.evaluate(
      async (mode, hasDebug) => {
        if (hasDebug) await import("/web/debug.mjs");
        const package_ = await import("/web/secondstack.mjs");
        await import("/web/panel.mjs");
        const panel = document.createElement("secondstack-panel");
        if (mode) panel.setAttribute("frames", mode);
        document.body.append(panel);
        const find = (selector) => panel.shadowRoot.querySelector(selector);
        const figures = () =>
          Object.fromEntries(
            [...panel.shadowRoot.querySelectorAll("dl div")].map((line) => [
              line.querySelector("dt").textContent,
              line.querySelector("dd").textContent,
            ]),
          );
        const rows = () =>
          [...panel.shadowRoot.querySelectorAll("tbody tr")].map((row) =>
            [...row.children].map((cell) => cell.textContent),
          );
        Object.assign(window, { ...package_, panel, find, figures, rows });
      },
      frames,
      isDebug,
    );
    await use(page);
  });
}

cases.set("it_shows_a_stack_frame_by_frame", () =>
  withPanel("", async (page) => {
    await page.evaluate(async () => {
      const stack = await window.createSecondStack();
      window.panel.sources = [stack];
      // The stack reserves more than a frame needs, so that there is idle memory to show.
      stack.scope((s) => s.uninitSlice(Uint8Array, 500_000));
      const frame = () => {
        stack.scope((s) => s.uninitSlice(Uint8Array, 300_000));
        stack.scope((s) => {
          const buffer = s.buffer(Float32Array);
          for (let i = 0; i < 1000; i++) buffer.push(i);
        });
        requestAnimationFrame(frame);
      };
      frame();
    });
    await page.waitForFunction(() => window.figures()["Scopes in the frame"] === "2");
    const [figures, summary, label] = await page.evaluate(() => [
      window.figures(),
      window.find("[part=summary]").textContent,
      window.find(".strip span").textContent,
    ]);
    assert.equal(figures["Fullest in the frame"], "293 KiB");
    assert.match(figures["Growths so far"], /^[1-9]\d*$/);
    assert.match(
      summary,
      /^One stack: 293 KiB live where the last frame was fullest, \S+ [KM]iB reserved in \d+ chunks?\. Full height: /,
    );
    assert.equal(label, "Stack293 KiB");
    // Once the stack is warm, nothing grows.
    await page.waitForFunction(() => window.figures()["Growths in a frame"] === "0");
    const drawn = () =>
      page.evaluate(() => {
        const canvas = window.find("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const pixels = new Uint32Array(data.buffer);
        return { count: pixels.filter(Boolean).length, colours: new Set(pixels).size - 1 };
      });
    const first = await drawn();
    assert.ok(first.colours >= 3, `${first.colours} colours: lane, reserve, edge or mark`);
    await page.waitForFunction(
      (before) => {
        const canvas = window.find("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Uint32Array(data.buffer).filter(Boolean).length > before;
      },
      {},
      first.count,
    );
  }),
);

cases.set("a_frame_that_grows_is_seen_in_its_column", () =>
  withPanel("manual", async (page) => {
    const seen = await page.evaluate(async () => {
      const stack = await window.createSecondStack();
      window.panel.sources = [{ name: "Mine", stack }];
      const shown = [];
      for (const size of [1000, 2_000_000, 1000]) {
        stack.scope((s) => s.uninitSlice(Uint8Array, size));
        window.panel.record();
        window.panel.show();
        window.panel.describe();
        shown.push(window.figures());
      }
      return shown;
    });
    assert.deepEqual(
      seen.map((figures) => figures["Fullest in the frame"]),
      ["1008 B", "1.91 MiB", "1008 B"],
    );
    assert.deepEqual(
      seen.map((figures) => Number(figures["Growths in a frame"]) > 0),
      [true, true, false],
    );
    assert.equal(seen[2]["Most so far"], "1.91 MiB");
  }),
);

cases.set("it_is_worked_by_keyboard_and_named_for_a_screen_reader", () =>
  withPanel("", async (page) => {
    await page.evaluate(() => {
      window.panel.sources = [window.sharedStack()];
      window.count = 0;
      const record = window.panel.record;
      window.panel.record = function () {
        window.count++;
        record.call(this);
      };
    });
    await page.waitForFunction(() => window.count > 2);
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate(() => window.panel.shadowRoot.activeElement?.textContent);
    assert.equal(await focused(), "Pause");
    await page.keyboard.press("Space");
    assert.equal(await focused(), "Run");
    const isStill = await page.evaluate(async () => {
      const before = window.count;
      const next = () => new Promise((done) => requestAnimationFrame(done));
      for (let i = 0; i < 3; i++) await next();
      return window.panel.paused && window.count === before;
    });
    assert.ok(isStill, "it goes on while it is paused");
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "Pause");
    await page.waitForFunction((before) => window.count > before, {}, await page.evaluate("count"));
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Call sites");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /SS_PROFILE=1/.test(window.find("details").textContent));

    const names = [];
    const walk = ({ role, name, children = [] }) => {
      names.push(`${role} ${name}`);
      children.forEach(walk);
    };
    walk(await page.accessibility.snapshot({ interestingOnly: false }));
    for (const name of ["group Memory of second stacks", "button Pause", "list Key"]) {
      assert.ok(names.includes(name), `no ${name} in ${names.join("; ")}`);
    }
    assert.ok(!names.some((name) => /^(canvas|image) /i.test(name)), "the strips are read out");
  }),
);

cases.set("a_hog_in_c_is_named", () =>
  withPanel("", async (page) => {
    await page.evaluate(async () => {
      const { default: createProgram } = await import("/built/hog/hog.mjs");
      const module = await createProgram();
      window.panel.sources = [window.attach(module)];
      window.find("details").open = true;
      module.callMain([]);
    });
    const hog = `ss_buffer_open at tests/look/hog.c:${lineOfHog("// the hog")}`;
    await page.waitForFunction((place) => window.rows()[0]?.[0] === place, {}, hog);
    await page.waitForFunction(() => Number(window.figures()["Growths so far"]) > 2);
    const [rows, figures] = await page.evaluate(() => [window.rows(), window.figures()]);
    assert.deepEqual(rows[0].slice(2), ["128 KiB", "1,000"]);
    assert.equal(rows.length, 3);
    assert.match(figures["Most so far"], /^1[34]\d KiB$/);
  }),
);

cases.set("a_hog_in_javascript_is_named", () =>
  withPanel(
    "",
    async (page) => {
      await page.evaluate(() => {
        window.panel.sources = [window.sharedStack()];
        window.find("details").open = true;
        const script = document.createElement("script");
        script.textContent = `
          function collide(s, isOdd) {
            const pairs = s.buffer(Uint32Array);
            for (let i = 0; i < (isOdd ? 50000 : 100); i++) pairs.push(i, i);
            pairs.close();
          }
          for (let i = 0; i < 100; i++) {
            window.scope((s) => {
              s.uninitSlice(Uint8Array, 100);
              collide(s, i === 61);
            });
          } //# sourceURL=hog.js`;
        document.head.append(script);
      });
      await page.waitForFunction(() => window.rows().length === 2);
      const [hog, other] = await page.evaluate(() => window.rows());
      assert.match(hog[0], /^collide \(hog\.js:3:/);
      assert.deepEqual(hog.slice(1), ["391 KiB", "391 KiB", "100"]);
      assert.match(other[0], /hog\.js:9:/);
      assert.deepEqual(other.slice(1), ["100 B", "100 B", "100"]);
    },
    { isDebug: true },
  ),
);

cases.set("the_examples_page_shows_its_odd_frame", () =>
  withPage(browser, `${server.url}/examples/panel/index.html`, async (page) => {
    const textOf = (selector) =>
      page.evaluate(
        (wanted) =>
          document.querySelector("secondstack-panel").shadowRoot.querySelector(wanted)?.textContent,
        selector,
      );
    await page.waitForSelector("secondstack-panel:defined");
    await page.click("#odd");
    await page.waitForFunction(() => {
      const { shadowRoot } = document.querySelector("secondstack-panel");
      shadowRoot.querySelector("details").open = true;
      return /^1[2-9]\d KiB$/.test(shadowRoot.querySelector("tbody td")?.textContent ?? "");
    });
    assert.match(await textOf("tbody th"), /^collide \(.*page\.js:\d+:\d+\)$/);
    // The figures are written at another time than the table.
    await page.waitForFunction(() => {
      const { shadowRoot } = document.querySelector("secondstack-panel");
      const most = shadowRoot.querySelector("dl div:nth-child(3)")?.textContent ?? "";
      return /^Most so far1[2-9]\d KiB$/.test(most);
    });
  }),
);

cases.set("messages_of_debug_name_the_same_lines_while_it_watches", () =>
  withPanel(
    "manual",
    async (page) => {
      const said = await page.evaluate(async () => {
        const stack = await window.createSecondStack();
        const leave = () => {
          const scope = stack.scope(); // here
          scope.release();
          try {
            scope.uninitSlice(Uint8Array, 1);
          } catch (error) {
            return error.message.replace(/:\d+:\d+\)+$/, "");
          }
        };
        const without = leave();
        window.panel.sources = [stack];
        return [without, leave()];
      });
      assert.match(said[0], /opened at leave/);
      assert.equal(said[1], said[0]);
    },
    { isDebug: true },
  ),
);

// Measures garbage over the browser's own frames with the panel and without it. The difference is
// the panel's garbage.
cases.set("it_makes_no_garbage", () =>
  withPanel("", async (page) => {
    const bytes = await page.evaluate(async (count) => {
      const stack = await window.createSecondStack();
      const use = (s) => s;
      const run = () =>
        new Promise((done) => {
          let left = count;
          const frame = () => {
            stack.scope(use);
            if (--left > 0) requestAnimationFrame(frame);
            else done();
          };
          frame();
        });
      const measure = async () => {
        window.gc();
        const before = performance.memory.usedJSHeapSize;
        await run();
        return (performance.memory.usedJSHeapSize - before) / count;
      };
      const leastOf = async (times) => {
        let least = Infinity;
        for (let i = 0; i < times; i++) least = Math.min(least, await measure());
        return least;
      };
      const without = await leastOf(1);
      window.panel.sources = [stack];
      // Several runs are needed because at first the engine compiles functions that have become
      // hot, which allocates.
      return { without, within: await leastOf(3) };
    }, GARBAGE_FRAMES);
    const { without, within } = bytes;
    console.log(
      `  bytes of heap in a frame: ${within.toFixed(0)}, without it ${without.toFixed(0)}`,
    );
    assert.ok(within - without < 256, `${within} bytes in a frame, without it ${without}`);
  }),
);

cases.set("taken_out_of_the_page_it_watches_no_more", () =>
  withPanel("manual", async (page) => {
    const kinds = await page.evaluate(async () => {
      const stack = await window.createSecondStack();
      const kind = () => Object.getPrototypeOf(stack.scope((s) => s)).constructor.name;
      const found = [kind()];
      window.panel.sources = [stack];
      const other = document.createElement("secondstack-panel");
      other.sources = [stack];
      document.body.append(other);
      found.push(kind());
      other.remove();
      found.push(kind());
      window.panel.remove();
      found.push(kind());
      return found;
    });
    assert.deepEqual(kinds, ["Scope", "WatchedScope", "WatchedScope", "Scope"]);
  }),
);

cases.set("a_strict_policy_lets_it_have_its_style", () =>
  withPanel(
    "manual",
    async (page) => {
      const style = await page.evaluate(() => {
        window.panel.sources = [window.sharedStack()];
        window.panel.record();
        window.panel.show();
        return getComputedStyle(window.find("[part=strips]")).display;
      });
      assert.equal(style, "flex");
    },
    { url: strict.url },
  ),
);

await runCases(
  async () => {
    buildHog();
    server = await startServer(folders);
    strict = await startServer(folders, {
      "Content-Security-Policy":
        "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'",
    });
    browser = await launchChrome(["--js-flags=--expose-gc", "--enable-precise-memory-info"]);
  },
  async () => {
    await browser?.close();
    server?.stop();
    strict?.stop();
  },
);
