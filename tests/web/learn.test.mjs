// SPDX-License-Identifier: MIT
// The parts of the page for learners: the code panel shows lines that are in each scene's source
// file, the same loops in JavaScript run, and the tour moves the controls and puts them back.
//   node tests/web/learn.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SCENES } from "../../demo/lists.mjs";
import { cases, runCases, whenReady, withPage as withAddress } from "./harness.mjs";
import { launchChrome, startServer } from "./launch.mjs";

const demoFolder = new URL("../../demo/", import.meta.url);

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("puppeteer-core").Browser} */
let browser;

function withPage(parameters, use, options) {
  return withAddress(
    browser,
    `${server.url}?${parameters}`,
    async (page) => {
      await whenReady(page);
      await use(page);
    },
    options,
  );
}

const button = (page, name) => page.waitForSelector(`aria/${name}[role="button"]`);

/**
 * The pieces of code in the panel: the place that each names, its text, and its highlighted lines.
 */
const piecesShown = (page) =>
  page.$$eval("#lines-text > section", (pieces) =>
    pieces.map((piece) => ({
      place: piece.querySelector("a").textContent,
      link: piece.querySelector("a").href,
      text: piece.querySelector("code").textContent,
      marked: [...piece.querySelectorAll("mark")].map((mark) => mark.textContent),
    })),
  );

/** Compares a piece with the file on disk that it names, and returns how many lines it has. */
function checkPiece({ place, text }) {
  const [, file, first] = /^(.+):(\d+)$/.exec(place);
  const wanted = text.trimEnd().split("\n");
  const at = Number(first) - 1;
  const lines = readFileSync(new URL(file, demoFolder), "utf8").split("\n");
  const found = lines.slice(at, at + wanted.length);
  const [indent] = /^ */.exec(found[0]);
  assert.deepEqual(
    wanted,
    found.map((line) => line.slice(Math.min(indent.length, line.search(/\S|$/)))),
    place,
  );
  assert.match(lines[at - 1], /\/\/ \[lines\] \S/, place);
  assert.equal(lines[at + wanted.length].trim(), "// [/lines]", place);
  return wanted.length;
}

for (const { name, title } of SCENES) {
  cases.set(`lines_of_${name}_are_those_of_its_files`, () =>
    withPage(`paused&tris=4000&scene=${name}`, async (page) => {
      const pieces = await piecesShown(page);
      const lines = pieces.reduce((sum, piece) => sum + checkPiece(piece), 0);
      assert.ok(lines >= 15 && lines <= 40, `${title}: ${lines} lines`);
      const marked = pieces.flatMap((piece) => piece.marked).join("\n");
      const isGrowing = !["storm", "workers"].includes(name);
      const calls = isGrowing ? ["buffer_open", "push", "buffer_close"] : ["uninit_slice"];
      for (const call of ["save", ...calls, "gl_buffer_data", "restore"]) {
        assert.ok(marked.includes(`ss_${call}(`), `no ss_${call} stands out:\n${marked}`);
      }
      assert.ok(pieces.some(({ place }) => place.startsWith(`scenes/${name}.c:`)));
      for (const { link, place } of pieces) {
        const file = fileURLToPath(new URL(place.split(":")[0], demoFolder));
        const linked = await page.evaluate((address) => fetch(address).then((r) => r.text()), link);
        assert.equal(linked, readFileSync(file, "utf8"), `${link} is of an older build`);
      }
      await (await button(page, "JavaScript")).click();
      const [loop] = await piecesShown(page);
      assert.ok(checkPiece(loop) >= 10);
      assert.match(loop.place, new RegExp(`^loops/${name}\\.mjs:`));
      assert.ok(loop.marked.some((line) => line.includes("scope(")));
      await (await button(page, "C, as compiled")).click();
    }),
  );
}

/**
 * Runs a scene's loop in the page on its second stack with a WebGL2 context of its own.
 * @param {import("puppeteer-core").Page} page
 * @param {string} name
 */
const runLoop = (page, name) =>
  page.evaluate(async (scene) => {
    const loop = await import(new URL(`loops/${scene}.mjs`, location.href));
    const { stack } = window.demo.engine;
    const gl = document.createElement("canvas").getContext("webgl2");
    const program = gl.createProgram();
    for (const [kind, text] of [
      [gl.VERTEX_SHADER, "in vec3 at; void main() { gl_Position = vec4(at, 1.0); }"],
      [gl.FRAGMENT_SHADER, "precision mediump float; out vec4 c; void main() { c = vec4(1.0); }"],
    ]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, `#version 300 es\n${text}`);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.bindAttribLocation(program, 0, "at");
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enableVertexAttribArray(0);
    const buffers = [0, 1, 2].map(() => gl.createBuffer());
    const indices = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[0]);
    gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);

    /** The contents of a buffer of the context, read back from the graphics process. */
    const read = (target, buffer, Type) => {
      gl.bindBuffer(target, buffer);
      const bytes = new Uint8Array(gl.getBufferParameter(target, gl.BUFFER_SIZE));
      gl.getBufferSubData(target, 0, bytes);
      return [...new Type(bytes.buffer)];
    };
    const [positions, colours] = buffers;
    const before = stack.stats().used;
    let found;
    if (scene === "ribbons") {
      const ribbon = {
        cut: () => [0, 0.5, 1],
        placeAt: (along) => [along, 2 * along, 0],
        colourAt: (along) => [255 * along, 1, 2, 3],
      };
      loop.drawFrame(stack.scope.bind(stack), gl, {
        ribbons: [ribbon, ribbon],
        positions,
        colours,
      });
      found = [
        read(gl.ARRAY_BUFFER, positions, Float32Array),
        read(gl.ARRAY_BUFFER, colours, Uint8Array),
      ];
    } else if (scene === "storm" || scene === "workers") {
      const leaf = (size) => ({
        writeOutline: (out) => out.forEach((_, i) => (out[i] = i * size)),
        colour: [size, 1, 2, 3],
      });
      const leaves = [leaf(1), leaf(2)];
      if (scene === "storm") {
        loop.drawFrame(stack.scope.bind(stack), gl, { leaves, positions, colours });
      } else {
        loop.makeStrand(stack.scope.bind(stack), { leaves }, (places, tints) => {
          gl.bindBuffer(gl.ARRAY_BUFFER, positions);
          gl.bufferData(gl.ARRAY_BUFFER, places, gl.STREAM_DRAW);
          gl.bindBuffer(gl.ARRAY_BUFFER, colours);
          gl.bufferData(gl.ARRAY_BUFFER, tints, gl.STREAM_DRAW);
        });
      }
      found = [
        read(gl.ARRAY_BUFFER, positions, Float32Array),
        read(gl.ARRAY_BUFFER, colours, Uint8Array),
      ];
    } else if (scene === "metaballs") {
      const cell = (first) => ({
        crossings: () =>
          [0, 1, 2].map((i) => ({
            place: [i, first, 0],
            normal: [0, 0, 1],
            colour: [i, 0, 0, 255],
          })),
        triangles: () => [first, first + 1, first + 2],
      });
      loop.drawFrame(stack.scope.bind(stack), gl, { cells: [cell(0), cell(3)], buffers, indices });
      found = [
        read(gl.ARRAY_BUFFER, buffers[0], Float32Array),
        read(gl.ARRAY_BUFFER, buffers[1], Float32Array),
        read(gl.ARRAY_BUFFER, buffers[2], Uint8Array),
        read(gl.ELEMENT_ARRAY_BUFFER, indices, Uint32Array),
      ];
    } else {
      const spine = {
        cut: () => [0, 1],
        ringAt: (along) => [along, 0, 0, 0, along, 0, 0, 0, along],
      };
      // First so many spines that the stack grows, and then as few as before.
      const spines = Array.from({ length: 20_000 }, () => spine);
      const calmBytes = stack.stats().reserved;
      const frame = (some, isCalmAgain) =>
        loop.drawFrame(stack, gl, { spines: some, positions, calmBytes, isCalmAgain });
      frame(spines, false);
      const swollen = stack.stats().reserved;
      frame([spine], true);
      found = [
        read(gl.ARRAY_BUFFER, positions, Float32Array),
        swollen > calmBytes,
        stack.stats().reserved < swollen,
      ];
    }
    return { found, error: gl.getError(), leftBytes: stack.stats().used - before };
  }, name);

const LOOPS = {
  ribbons: [
    [0, 0, 0, 0.5, 1, 0, 1, 2, 0, 0, 0, 0, 0.5, 1, 0, 1, 2, 0],
    [0, 1, 2, 3, 127, 1, 2, 3, 255, 1, 2, 3, 0, 1, 2, 3, 127, 1, 2, 3, 255, 1, 2, 3],
  ],
  storm: [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 2, 4, 6, 8, 10, 12, 14, 16],
    [1, 1, 2, 3, 1, 1, 2, 3, 1, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3],
  ],
  metaballs: [
    [0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 3, 0, 1, 3, 0, 2, 3, 0],
    [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1],
    [0, 0, 0, 255, 1, 0, 0, 255, 2, 0, 0, 255, 0, 0, 0, 255, 1, 0, 0, 255, 2, 0, 0, 255],
    [0, 1, 2, 3, 4, 5],
  ],
  spike: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], true, true],
};

for (const { name } of SCENES) {
  cases.set(`loop_of_${name}_in_javascript_uploads_what_it_makes`, () =>
    withPage("paused&tris=4000&scene=ribbons", async (page) => {
      const { found, error, leftBytes } = await runLoop(page, name);
      assert.deepEqual(found, LOOPS[name] ?? LOOPS.storm);
      assert.equal(error, 0);
      assert.equal(leftBytes, 0);
    }),
  );
}

const stateOf = (page) =>
  page.evaluate(() => {
    const { settings, isPaused, seconds, tourStep } = window.demo;
    return { settings, isPaused, seconds, tourStep };
  });

/** Draws frames, as the running loop would. */
const pass = (page, frames) => page.evaluate((count) => window.demo.step(count), frames);

cases.set("tour_moves_the_controls_step_by_step_and_puts_them_back", () =>
  withPage(
    "paused&scene=storm&alloc=doubling&tris=5000&uploads=7&workers=2&seed=9&trim=0",
    async (page) => {
      await page.evaluate(() => window.demo.seek(2.5));
      const before = await stateOf(page);
      // The tour is operated by the keyboard alone: T, then Enter on the button that has the focus.
      await page.keyboard.press("t");
      const titles = [];
      const settings = [];
      for (let step = 0; step < 5; step++) {
        const state = await stateOf(page);
        assert.equal(state.tourStep, step);
        assert.equal(state.isPaused, false, "the scene stands still");
        titles.push(await page.$eval("#tour-title", (title) => title.textContent));
        settings.push(state.settings);
        if (step === 4) {
          await page.waitForFunction(() => !document.getElementById("message").hidden);
          await page.waitForFunction(() => document.getElementById("message").hidden);
        }
        if (step < 4) await page.keyboard.press("Enter");
      }
      assert.equal(new Set(titles).size, 5);
      assert.deepEqual(
        settings.map(({ scene, source }) => `${scene} ${source}`),
        ["spike stack", "workers malloc", "metaballs array", "metaballs stack", "ribbons stack"],
      );
      assert.equal(settings[0].trim, true);
      await page.keyboard.press("Enter");
      assert.deepEqual(await stateOf(page), before);
      await page.waitForFunction(
        () => new URLSearchParams(location.search).get("alloc") === "doubling",
      );
      assert.equal(await page.evaluate(() => document.activeElement.id), "start-tour");
      assert.equal(await page.evaluate(() => window.demo.stats().used), 0);
    },
  ),
);

cases.set("tour_changes_settings_as_frames_go_by", () =>
  withPage("paused&tris=4000", async (page) => {
    await (await button(page, "Take the tour")).click();
    await (await button(page, "Next")).click();
    // The frames are small to save time; the next step of the tour does not change their size.
    await page.evaluate(() => window.demo.configure({ triangles: 500, uploads: 2 }));
    const seen = [];
    for (let i = 0; i < 5; i++) {
      const { settings } = await stateOf(page);
      if (seen.at(-1) !== settings.source) seen.push(settings.source);
      if (i < 4) await pass(page, 60);
    }
    assert.deepEqual(seen.slice(0, 3), ["malloc", "stack", "malloc"]);
    await (await button(page, "Back")).click();
    assert.equal((await stateOf(page)).settings.scene, "spike");
    await page.keyboard.press("Escape");
    assert.equal((await stateOf(page)).settings.scene, "ribbons");
  }),
);

for (const [how, end] of [
  ["escape", (page) => page.keyboard.press("Escape")],
  ["its_button", async (page) => (await button(page, "End the tour")).click()],
  ["a_comparison", async (page) => (await button(page, "Compare the sources")).click()],
]) {
  cases.set(`tour_is_ended_by_${how}`, () =>
    withPage("paused&scene=storm&tris=2000&uploads=4", async (page) => {
      const before = await stateOf(page);
      await page.keyboard.press("t");
      await page.waitForFunction(() => window.demo.tourStep === 0);
      await end(page);
      const after = await stateOf(page);
      assert.deepEqual(after, before);
      assert.equal(await page.$eval("#tour", (tour) => tour.hidden), true);
      if (how === "a_comparison") await page.waitForSelector("#comparison table");
      assert.deepEqual((await stateOf(page)).settings, before.settings);
    }),
  );
}

cases.set("tour_starts_nothing_that_moves_where_motion_is_unwanted", () =>
  withPage(
    "tris=4000",
    async (page) => {
      await page.keyboard.press("t");
      const { tourStep, isPaused } = await stateOf(page);
      assert.deepEqual([tourStep, isPaused], [0, true]);
    },
    {
      prepare: (page) =>
        page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]),
    },
  ),
);

const openOwn = async (page) => {
  await (await button(page, "Write your own")).click();
  await page.waitForSelector("#own-editor .cm-content");
};

/**
 * Waits until the visitor's scene runs, has failed or was stopped, and returns the page's text
 * about it.
 */
const statusWhen = async (page, state) => {
  await page.waitForFunction(
    (wanted) => document.getElementById("own-status").dataset.state === wanted,
    {},
    state,
  );
  return page.$eval("#own-status", (status) => status.textContent);
};

/** Puts code into the editor in the way that pasting does. */
async function writeCode(page, code) {
  await page.click("#own-editor .cm-content");
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.sendCharacter(code);
}

/** The number of colours in the frame of the visitor's scene, which is 1 for an empty frame. */
const coloursShown = async (page) => {
  const shot = await (await page.$("#stage")).screenshot({ encoding: "base64" });
  return page.evaluate(async (text) => {
    const image = new Image();
    image.src = `data:image/png;base64,${text}`;
    await image.decode();
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, shot);
};

cases.set("own_scene_runs_each_preset_and_goes_again", () =>
  withPage("paused&tris=4000", async (page) => {
    const scripts = () => page.$$eval("script", (all) => all.map((one) => one.src));
    assert.ok(
      !(await scripts()).some((src) => src.endsWith("/own.js")),
      "loaded before it is asked for",
    );
    await openOwn(page);
    const names = await page.$$eval("#own-presets button", (all) => all.map((b) => b.textContent));
    assert.deepEqual(names, ["Parametric surface", "L-system", "Particle fountain"]);
    for (const name of names) {
      await (await button(page, name)).click();
      const said = await statusWhen(page, "running");
      const [, triangles] = /^[\d.]+ ms a frame, ([\d,]+) triangles/.exec(said);
      assert.ok(Number(triangles.replaceAll(",", "")) > 1000, said);
      assert.match(said, /[1-9]\d* KiB are reserved, 0 B in use/);
      assert.ok((await coloursShown(page)) > 200, `${name} shows nothing`);
    }
    await page.click("#own-close");
    assert.equal(await page.$("#stage iframe"), null);
    assert.equal(await page.evaluate(() => location.hash), "");
    const { frameCount } = await page.evaluate(() => ({ frameCount: window.demo.frameCount }));
    await pass(page, 1);
    assert.equal(await page.evaluate(() => window.demo.frameCount), frameCount + 1);
  }),
);

cases.set("own_scene_says_what_is_wrong_beside_the_line", () =>
  withPage("paused&tris=4000", async (page) => {
    await openOwn(page);
    await statusWhen(page, "running");
    for (const [code, said, line] of [
      ["// one\n\ntriangles.push(nothing);", /^Line 3: ReferenceError: nothing is not defined/, 3],
      ["triangles.push(1, 'x');", /^Line 1: TypeError: .*push/, 1],
      ["// one\nlet a = ;", /^Line 2: SyntaxError/, 2],
    ]) {
      await writeCode(page, code);
      assert.match(await statusWhen(page, "error"), said);
      const height = await page.$eval(".cm-lint-marker-error", (marker) => {
        const gutters = [...document.querySelectorAll(".cm-lineNumbers .cm-gutterElement")];
        const { top } = marker.getBoundingClientRect();
        const beside = gutters.find((one) => {
          const box = one.getBoundingClientRect();
          return box.height > 0 && box.top <= top + 4 && top < box.bottom;
        });
        return beside?.textContent;
      });
      assert.equal(height, String(line), code);
    }
    await writeCode(page, "triangles.push(0,0,0,1,1,1, 1,0,0,1,1,1, 0,1,0,1,1,1);");
    assert.match(await statusWhen(page, "running"), / 1 triangles/);
    assert.equal(await page.$(".cm-lint-marker-error"), null);
  }),
);

cases.set("own_scene_that_never_ends_is_stopped_and_the_page_lives", () =>
  withPage("paused&tris=4000", async (page) => {
    await openOwn(page);
    await statusWhen(page, "running");
    await writeCode(page, "while (true) state.count = 1;");
    assert.match(await statusWhen(page, "stopped"), /did not end within 2 seconds/);
    assert.equal(await page.$("#stage iframe"), null);
    await (await button(page, "Particle fountain")).click();
    await statusWhen(page, "running");
  }),
);

cases.set("own_scene_reaches_neither_the_page_nor_the_network", () =>
  withPage(
    "paused&tris=4000",
    async (page) => {
      await openOwn(page);
      await statusWhen(page, "running");
      for (const [code, said] of [
        ["throw new Error(self.origin);", /Error: null$/],
        ["indexedDB.open('x');", /SecurityError|denied/],
        [
          "const request = new XMLHttpRequest(); request.open('GET', '" +
            `${server.url}index.html', false); request.send();`,
          /NetworkError|Failed to execute 'send'/,
        ],
      ]) {
        await writeCode(page, code);
        assert.match(await statusWhen(page, "error"), said);
      }
    },
    { allowed: /Content Security Policy|request failed/ },
  ),
);

cases.set("own_scene_is_shared_by_its_address", async () => {
  let address = "";
  const code = "triangles.push(0,0,0,1,1,1, 1,0,0,1,1,1, 0,1,0,1,1,1); // ü, “shared”";
  await withPage("paused&tris=4000&seed=3", async (page) => {
    await openOwn(page);
    await statusWhen(page, "running");
    const before = await page.evaluate(() => location.hash);
    await writeCode(page, code);
    await statusWhen(page, "running");
    await page.waitForFunction((old) => location.hash !== old, {}, before);
    address = await page.evaluate(() => location.href);
    assert.match(address, /seed=3.*#own=[\w-]+$/);
    await page.click("#own-close");
  });
  await withAddress(browser, address.replace("?", "?again&"), async (page) => {
    await whenReady(page);
    assert.match(await statusWhen(page, "running"), / 1 triangles/);
    assert.equal(await page.$eval(".cm-content", (content) => content.textContent), code);
    await page.click("#own-close");
  });
  const broken = address.replace("?", "?broken&").replace(/.{9}$/, "");
  await withAddress(browser, broken, async (page) => {
    await whenReady(page);
    await page.waitForSelector("#own-editor .cm-content");
    await statusWhen(page, "running");
    assert.match(await page.$eval(".cm-content", (content) => content.textContent), /ROWS/);
    await page.click("#own-close");
  });
});

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
