// SPDX-License-Identifier: MIT
// Operates every control of the page in headless Chrome as a user does, and checks its effect.
//   node tests/web/controls.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lists from "../../demo/lists.mjs";
import { cases, runCases, whenReady, withPage as withAddress } from "./harness.mjs";
import { launchChrome, startServer } from "./launch.mjs";

const SCENES = lists.SCENES.map(({ name }) => name);
const SOURCES = lists.SOURCES.map(({ name }) => name);

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("puppeteer-core").Browser} */
let browser;

/** Opens a page whose loop stands still, unless the parameters say otherwise. */
function withPage(parameters, use, options) {
  const address = `${server.url}?${parameters}`;
  return withAddress(
    browser,
    address,
    async (page) => {
      await whenReady(page);
      await use(page);
    },
    options,
  );
}

const settingsOf = (page) => page.evaluate(() => window.demo.settings);
const recordOf = (page) => page.evaluate(() => window.demo.stats());
const noteOf = (page) =>
  page.evaluate(() => {
    const note = document.getElementById("stage-note");
    return note.hidden ? "" : note.textContent;
  });

async function allowDownloads(page, folder) {
  // The setting holds until the session ends, which it does with the page.
  const client = await page.createCDPSession();
  await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
}

/** Finds a control by the name that assistive technology reads out. */
const control = (page, role, name) => page.waitForSelector(`aria/${name}[role="${role}"]`);

/** Waits until a parameter in the address has the value; null: until the parameter is absent. */
const addressHas = (page, key, value) =>
  page.waitForFunction((k, v) => new URLSearchParams(location.search).get(k) === v, {}, key, value);

/** Types a value into a number control. */
async function typeNumber(page, name, value) {
  const input = await control(page, "textbox", name);
  await input.click({ count: 3 });
  await input.type(String(value));
  await page.keyboard.press("Enter");
}

cases.set("scene_buttons_change_the_scene", () =>
  withPage("paused&tris=8000&scene=storm", async (page) => {
    const pressed = () =>
      page.$$eval("#scenes [aria-pressed=true]", (buttons) => buttons.map((b) => b.textContent));
    assert.equal((await page.$$("#scenes button")).length, SCENES.length);
    for (const { name, title } of lists.SCENES) {
      const before = await page.$eval("#scene-about", (element) => element.textContent);
      await (await control(page, "button", title)).click();
      assert.equal((await settingsOf(page)).scene, name);
      assert.deepEqual(await pressed(), [title]);
      await addressHas(page, "scene", name);
      const about = await page.$eval("#scene-about", (element) => element.textContent);
      if (name !== "storm") assert.notEqual(about, before);
      const record = await recordOf(page);
      assert.ok(record.triangles > 0, `${name} draws nothing`);
      assert.equal(record.glErrors, 0, name);
      assert.equal(record.used, 0, name);
    }
  }),
);

/**
 * Finds the option for one of the engine's names. lil-gui's options have titles as values, and the
 * name is the first word of its title.
 */
async function optionValue(select, name) {
  const values = await select.$$eval("option", (options) => options.map((o) => o.value));
  const titles = {
    stack: "Second stack",
    malloc: "malloc + free",
    doubling: "realloc doubling",
    array: "Fresh typed arrays",
    ring: "Fixed ring",
  };
  const wanted = titles[name] ?? name;
  const found = values.find((value) => value.toLowerCase() === wanted.toLowerCase());
  assert.ok(found, `no option ${wanted} in ${values}`);
  return found;
}

cases.set("source_select_changes_who_allocates_and_no_byte", () =>
  withPage("paused&tris=8000", async (page) => {
    const select = await control(page, "combobox", "Vertices from");
    const records = {};
    for (const source of SOURCES) {
      await select.select(await optionValue(select, source));
      assert.equal((await settingsOf(page)).source, source);
      await addressHas(page, "alloc", source);
      await page.evaluate(() => {
        window.demo.seek(3);
        window.demo.seek(3);
      });
      records[source] = await recordOf(page);
    }
    for (const source of SOURCES) {
      assert.equal(records[source].checksum, records.stack.checksum, source);
      assert.equal(records[source].bytesUploaded, records.stack.bytesUploaded, source);
    }
    assert.notEqual(records.stack.checksum, 0);
    assert.equal(records.stack.mallocs, 0);
    assert.ok(records.malloc.mallocs > 0);
    assert.ok(records.doubling.mallocs > 0);
    assert.ok(records.array.arrays > 0);
    assert.equal(records.ring.mallocs, 0);
  }),
);

cases.set("number_controls_set_what_they_name", () =>
  withPage("paused&scene=workers&tris=8000&uploads=16&workers=2", async (page) => {
    const before = await recordOf(page);
    await typeNumber(page, "Triangles", 40_000);
    assert.equal((await settingsOf(page)).triangles, 40_000);
    await addressHas(page, "tris", "40000");
    const more = await recordOf(page);
    assert.ok(more.triangles > 3 * before.triangles, `${before.triangles}, ${more.triangles}`);

    await typeNumber(page, "Batches", 40);
    assert.equal((await settingsOf(page)).uploads, 40);
    await addressHas(page, "uploads", "40");
    assert.ok((await recordOf(page)).uploads > more.uploads);

    await typeNumber(page, "Workers", 3);
    assert.equal((await settingsOf(page)).workers, 3);
    await addressHas(page, "workers", "3");
    assert.equal((await recordOf(page)).workers, 3);
    assert.equal(await page.$$eval("#memory >>> .strip", (strips) => strips.length), 4);

    const { checksum } = await recordOf(page);
    await typeNumber(page, "Seed", 12);
    assert.equal((await settingsOf(page)).seed, 12);
    await addressHas(page, "seed", "12");
    assert.notEqual((await recordOf(page)).checksum, checksum);
  }),
);

cases.set("sliders_take_the_arrow_keys_and_the_mouse", () =>
  withPage("paused&tris=8000", async (page) => {
    const input = await control(page, "textbox", "Triangles");
    await input.focus();
    await page.keyboard.press("ArrowUp");
    const { triangles } = await settingsOf(page);
    assert.ok(triangles > 8000, `${triangles} after an arrow key`);
    const box = await (await page.$(".lil-slider")).boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const clicked = (await settingsOf(page)).triangles;
    assert.ok(clicked > 150_000 && clicked < 250_000, `${clicked} in the middle`);
  }),
);

cases.set("trim_box_decides_whether_a_spike_is_given_back", () =>
  withPage("paused&scene=spike&tris=20000&uploads=4", async (page) => {
    const reservedAfterSpikes = async () => {
      await page.evaluate(() => {
        window.demo.engine.setDraw("none");
        window.demo.seek(0);
        for (let i = 0; i < 300; i++) window.demo.engine.frame(i / 60, 64, 64);
        window.demo.step(1);
      });
      return page.evaluate(() => {
        let trims = 0;
        let most = 0;
        let least = Infinity;
        for (let i = 0; i < 300; i++) {
          window.demo.engine.frame(5 + i / 60, 64, 64);
          const { record } = window.demo.engine;
          trims += record.trims;
          most = Math.max(most, record.reserved);
          least = Math.min(least, record.reserved);
        }
        return { trims, most, least };
      });
    };
    const trimmed = await reservedAfterSpikes();
    assert.ok(trimmed.trims > 0, "never trimmed");
    assert.ok(trimmed.least < trimmed.most, JSON.stringify(trimmed));
    await (await control(page, "checkbox", "Trim after spikes")).click();
    await addressHas(page, "trim", "0");
    const kept = await reservedAfterSpikes();
    assert.equal(kept.trims, 0);
    assert.equal(kept.least, kept.most);
  }),
);

cases.set("settings_that_do_nothing_here_are_disabled", () =>
  withPage("paused&tris=8000", async (page) => {
    const disabled = () =>
      page.$$eval("#controls .lil-controller.lil-disabled .lil-name", (names) =>
        names.map((name) => name.textContent),
      );
    assert.deepEqual(await disabled(), ["Workers", "Trim after spikes"]);
    await page.evaluate(() => window.demo.configure({ scene: "workers", triangles: 8000 }));
    assert.deepEqual(await disabled(), ["Trim after spikes"]);
  }),
);

for (const [name, act] of [
  ["button", async (page) => (await control(page, "button", "Step one frame")).click()],
  ["key", (page) => page.keyboard.press(".")],
]) {
  cases.set(`step_${name}_draws_one_frame`, () =>
    withPage("tris=8000", async (page) => {
      await page.keyboard.press("Space");
      const before = await page.evaluate(() => [window.demo.frameCount, window.demo.seconds]);
      await act(page);
      const after = await page.evaluate(() => [window.demo.frameCount, window.demo.seconds]);
      assert.equal(after[0], before[0] + 1);
      assert.ok(Math.abs(after[1] - before[1] - 1 / 60) < 1e-9);
    }),
  );
}

for (const [name, act] of [
  ["button", async (page) => (await control(page, "button", "Reset")).click()],
  ["key", (page) => page.keyboard.press("r")],
]) {
  cases.set(`reset_${name}_begins_anew`, () =>
    withPage("paused&tris=8000", async (page) => {
      const first = await recordOf(page);
      await page.evaluate(() => window.demo.seek(7));
      const later = await recordOf(page);
      assert.notEqual(later.checksum, first.checksum);
      await act(page);
      assert.equal(await page.evaluate(() => window.demo.seconds), 0);
      const again = await recordOf(page);
      assert.equal(again.checksum, first.checksum);
      assert.equal(later.growths, 0);
      assert.ok(again.growths > 0, "the stack did not begin anew");
    }),
  );
}

for (const [name, act] of [
  ["button", async (page) => (await control(page, "button", "Save a picture")).click()],
  ["key", (page) => page.keyboard.press("s")],
]) {
  cases.set(`picture_${name}_saves_what_is_drawn`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "secondstack-picture-"));
    try {
      await withPage("paused&tris=8000", async (page) => {
        await allowDownloads(page, folder);
        await act(page);
        let files = [];
        const deadline = Date.now() + 60_000;
        while (files.length === 0 && Date.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 50));
          files = (await readdir(folder)).filter((file) => file.endsWith(".png"));
        }
        assert.deepEqual(files, ["secondstack-ribbons-stack-0.00s.png"]);
        const png = await readFile(join(folder, files[0]));
        const size = await page.$eval("#canvas", ({ width, height }) => [width, height]);
        assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], size);
        // The PNG of an empty canvas would be much smaller.
        assert.ok(png.length > 20_000, `${png.length} bytes`);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

for (const [name, act] of [
  ["button", async (page) => (await control(page, "button", "Hide the panels")).click()],
  ["key", (page) => page.keyboard.press("h")],
]) {
  cases.set(`hide_${name}_leaves_the_scene_alone`, () =>
    withPage("paused&tris=8000", async (page) => {
      const areHidden = () =>
        page.evaluate(() =>
          ["head", "charts", "side"].map((id) => document.getElementById(id).hidden),
        );
      assert.deepEqual(await areHidden(), [false, false, false]);
      await act(page);
      assert.deepEqual(await areHidden(), [true, true, true]);
      await page.waitForFunction(
        () => document.getElementById("canvas").width === window.innerWidth,
      );
      await (await control(page, "button", "Show panels")).click();
      assert.deepEqual(await areHidden(), [false, false, false]);
    }),
  );
}

cases.set("copy_puts_the_figures_on_the_clipboard", () =>
  withPage("paused&tris=8000&seed=5", async (page) => {
    await browser
      .defaultBrowserContext()
      .overridePermissions(new URL(server.url).origin, [
        "clipboard-read",
        "clipboard-sanitized-write",
        "clipboard-write",
      ]);
    await page.bringToFront();
    await (await control(page, "button", "Copy the figures as JSON")).click();
    await page.waitForFunction(() => !document.getElementById("stage-note").hidden);
    assert.equal(await noteOf(page), "Copied as JSON.");
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    const record = await recordOf(page);
    assert.equal(copied.settings.seed, 5);
    assert.equal(copied.build, "threads");
    assert.equal(copied.lastFrame.checksum, record.checksum);
    assert.equal(copied.frames.count, await page.evaluate(() => window.demo.timings.count));
    assert.ok(copied.frames.milliseconds.generate.p50 > 0);
    assert.ok(copied.environment.renderer.length > 0);
  }),
);

cases.set("copy_saves_a_file_where_there_is_no_clipboard", async () => {
  const folder = await mkdtemp(join(tmpdir(), "secondstack-json-"));
  try {
    await withPage(
      "paused&tris=8000",
      async (page) => {
        await allowDownloads(page, folder);
        await (await control(page, "button", "Copy the figures as JSON")).click();
        await page.waitForFunction(() => !document.getElementById("stage-note").hidden);
        assert.match(await noteOf(page), /^Saved as .*\.json\.$/);
      },
      {
        prepare: (page) =>
          page.evaluateOnNewDocument(() => {
            navigator.clipboard.writeText = () => Promise.reject(new Error("no clipboard"));
          }),
      },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

cases.set("trim_button_gives_the_stacks_back", () =>
  withPage("paused&tris=30000", async (page) => {
    assert.ok((await recordOf(page)).reserved > 0);
    await (await control(page, "button", "Trim the stacks now")).click();
    assert.match(await noteOf(page), /^Trimmed: \d+ KiB went back/);
    await page.evaluate(() => window.demo.step(1));
    const record = await recordOf(page);
    assert.ok(record.backingCalls > 0, "the next frame had to take nothing");
    assert.equal(record.used, 0);
  }),
);

cases.set("context_button_loses_and_regains_the_context", () =>
  withPage("tris=8000", async (page) => {
    await (await control(page, "button", "Lose the graphics context")).click();
    await page.waitForFunction(() => !document.getElementById("message").hidden);
    await page.waitForFunction(() => document.getElementById("message").hidden);
    assert.match(await noteOf(page), /was lost and is back/);
    const before = await page.evaluate(() => window.demo.frameCount);
    await page.waitForFunction((count) => window.demo.frameCount > count, {}, before);
    assert.equal((await recordOf(page)).used, 0);
  }),
);

cases.set("compare_button_shows_all_sources_with_one_checksum", () =>
  withPage("paused&scene=storm&tris=2000&uploads=16", async (page) => {
    const before = await settingsOf(page);
    await (await control(page, "button", "Compare the sources")).click();
    await page.waitForSelector("#comparison table");
    const rows = await page.$$eval("#comparison tbody tr", (lines) =>
      lines.map((line) => [...line.cells].map((cell) => cell.textContent)),
    );
    assert.equal(rows.length, SOURCES.length);
    for (const row of rows) {
      assert.match(
        row[1],
        /^(?:1 \([\d.]+ ms\)|[\d.]+ \([\d.]+ to [\d.]+\)|no difference \([\d.]+ to [\d.]+\))$/,
      );
      // A row that says "no difference" has 1 within its interval, and no other row does.
      const [, least, most] = /\(([\d.]+) to ([\d.]+)\)/.exec(row[1]) ?? [];
      if (least) {
        assert.equal(row[1].startsWith("no"), Number(least) <= 1 && Number(most) >= 1, row[1]);
      }
      assert.equal(row[2], rows[0][2], row[0]);
    }
    assert.match(rows[1][1], /^1 \(/, "the baseline");
    const note = await page.$eval("#comparison p", (element) => element.textContent);
    assert.match(note, /^Equal checksums/);
    assert.deepEqual(await settingsOf(page), before);
    const [right, edge] = await page.evaluate(() => [
      document.querySelector("#comparison table").getBoundingClientRect().right,
      document.getElementById("expect").getBoundingClientRect().right,
    ]);
    assert.ok(right <= edge, `the table ends at ${right}, its card at ${edge}`);
  }),
);

cases.set("a_ring_that_overflows_says_so", () =>
  withPage("paused&alloc=ring&tris=2000000&scene=storm", async (page) => {
    const record = await recordOf(page);
    assert.ok(record.droppedDraws > 0, "nothing was dropped");
    assert.match(await noteOf(page), /^The ring is full: \d+ batches/);
    const counter = await page.$$eval("#figures .is-notable", (values) =>
      values.map((value) => value.parentElement.textContent),
    );
    assert.ok(
      counter.some((text) => text.startsWith("Batches the ring dropped")),
      counter.join(", "),
    );
  }),
);

cases.set("address_holds_every_setting", () =>
  withPage(
    "paused&scene=metaballs&alloc=doubling&tris=9000&uploads=5&workers=2&seed=9&trim=0",
    async (page) => {
      const expected = {
        scene: "metaballs",
        source: "doubling",
        triangles: 9000,
        uploads: 5,
        workers: 2,
        seed: 9,
        trim: false,
      };
      assert.deepEqual(await settingsOf(page), expected);
      await page.evaluate(() => window.demo.configure({ seed: 10 }));
      await addressHas(page, "seed", "10");
      await page.reload();
      await whenReady(page);
      assert.deepEqual(await settingsOf(page), { ...expected, seed: 10 });
      assert.equal(await page.evaluate(() => window.demo.isPaused), true);
    },
  ),
);

cases.set("address_with_mistakes_is_explained_and_loses_nothing_else", () =>
  withPage("paused&scene=strom&tris=lots&uploads=-3&seed=4", async (page) => {
    const settings = await settingsOf(page);
    assert.equal(settings.scene, "ribbons");
    assert.equal(settings.uploads, 1);
    assert.equal(settings.seed, 4);
    const note = await noteOf(page);
    for (const part of ["scene=strom", "tris=lots", "uploads=-3"]) {
      assert.ok(note.includes(part), `${part} is not in: ${note}`);
    }
  }),
);

for (const scheme of ["light", "dark"]) {
  cases.set(`axe_core_finds_nothing_in_${scheme}_colours`, () =>
    withPage("paused&tris=8000&scene=storm", async (page) => {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.addScriptTag({
        path: createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
      });
      const check = async (what) => {
        const { violations, passes } = await page.evaluate(() =>
          window.axe.run({ resultTypes: ["violations"] }),
        );
        assert.ok(passes.length >= 20, `${passes.length} rules looked at anything`);
        const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
        assert.deepEqual(found, [], what);
      };
      await check("as it opens");
      await page.$$eval("details, #controls .lil-closed > button", (all) =>
        all.forEach((one) => (one.localName === "details" ? (one.open = true) : one.click())),
      );
      await page.keyboard.press("t");
      await page.waitForSelector("#tour:not([hidden])");
      await page.evaluate(() => window.demo.step(1));
      await check("with everything open");
      await page.keyboard.press("Escape");
      await (await control(page, "button", "Write your own")).click();
      await page.waitForSelector("#own-status[data-state=running]");
      await check("with the editor");
      await page.click("#own-close");
    }),
  );
}

cases.set("every_control_is_reached_by_the_keyboard", () =>
  withPage("paused&tris=8000&scene=workers", async (page) => {
    const names = await page.evaluate(() => {
      const all = [...document.querySelectorAll("button, input, select, a[href], summary")].filter(
        (one) => one.checkVisibility() && !one.disabled && !one.closest(".lil-disabled"),
      );
      all.forEach((one, i) => (one.dataset.reached = `no ${i}`));
      return all.map((one) => one.textContent.trim() || one.getAttribute("aria-labelledby"));
    });
    const most = 2 * names.length + 40;
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      const isDone = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (at.dataset.reached) at.dataset.reached = "yes";
        return !document.querySelector("[data-reached^=no]");
      });
      if (isDone) break;
    }
    const missed = await page.$$eval("[data-reached^=no]", (all) =>
      all.map((one) => one.outerHTML),
    );
    assert.deepEqual(missed, []);
    assert.ok(names.length >= 30, `${names.length} controls`);
  }),
);

cases.set("every_input_has_a_label_and_a_visible_focus", () =>
  withPage("paused&tris=8000&scene=workers", async (page) => {
    const nodes = [];
    const collect = (node) => {
      if (["button", "checkbox", "combobox", "textbox", "spinbutton", "slider"].includes(node.role))
        nodes.push(node);
      node.children?.forEach(collect);
    };
    collect(await page.accessibility.snapshot());
    assert.ok(nodes.length >= 15, `${nodes.length} inputs`);
    assert.deepEqual(
      nodes.filter((node) => !node.name).map((node) => node.role),
      [],
    );
    let outlined = 0;
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return `${document.activeElement.tagName} ${style.outlineStyle} ${style.outlineWidth}`;
      });
      assert.match(outline, /solid 2px$/, outline);
      outlined++;
    }
    assert.equal(outlined, 12);
  }),
);

for (const [width, height] of [
  [360, 740],
  [768, 1024],
  [1024, 768],
  [1366, 768],
  [1280, 720],
  [2560, 1440],
]) {
  cases.set(`nothing_is_cut_off_at_${width}_pixels`, () =>
    withPage(
      "paused&tris=8000&scene=workers",
      async (page) => {
        const { overflow, scrollWidth } = await page.evaluate(() => {
          // Long lines of code may leave the page, because they scroll within a <pre>. The <pre>
          // itself must fit.
          const outside = [...document.querySelectorAll("main *, header *")].filter((element) => {
            if (element.parentElement.closest("pre")) return false;
            const box = element.getBoundingClientRect();
            return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
          });
          return {
            overflow: outside.map((element) => element.id || element.className || element.tagName),
            scrollWidth: document.documentElement.scrollWidth,
          };
        });
        assert.deepEqual(overflow, []);
        assert.ok(scrollWidth <= width, `${scrollWidth} pixels wide`);
      },
      { viewport: { width, height } },
    ),
  );
}

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
