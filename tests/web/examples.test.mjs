// SPDX-License-Identifier: MIT
// Runs the examples that need a browser in headless Chrome, and checks that they print the same as
// natively.
//   node tests/web/examples.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "../js/server.mjs";
import { cases, runCases, withPage as withAddress } from "./harness.mjs";
import { launchChrome } from "./launch.mjs";

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const built = folder("../../build/wasm/tests/examples");

/** @type {Awaited<ReturnType<typeof startServer>>} */
let server;
/** @type {import("puppeteer-core").Browser} */
let browser;

const withPage = (path, use) => withAddress(browser, `${server.url}/${path}`, use);

// The output that examples/CMakeLists.txt expects of the native programs.
function expectedOf(variable) {
  const text = readFileSync(folder("../../examples/CMakeLists.txt"), "utf8");
  const [, pattern] = new RegExp(`set\\(${variable} "(.*)"\\)`).exec(text);
  return new RegExp(pattern);
}

/** Runs a program of Emscripten's in a page with a canvas. Returns its status and what it printed. */
function runProgram(page, script) {
  return page.evaluate(
    (src) =>
      new Promise((resolve, reject) => {
        const canvas = document.createElement("canvas");
        canvas.id = "canvas";
        document.body.append(canvas);
        let printed = "";
        window.Module = {
          canvas,
          print: (line) => (printed += `${line}\n`),
          printErr: (line) => (printed += `${line}\n`),
          onExit: (status) => resolve({ status, printed }),
          onAbort: (why) => reject(new Error(`aborted: ${why}\n${printed}`)),
        };
        const element = document.createElement("script");
        element.src = src;
        element.onerror = () => reject(new Error(`${src} does not load`));
        document.body.append(element);
      }),
    script,
  );
}

for (const [name, variable] of [
  ["stream_vertices", "streamed"],
  ["worker_upload", "uploaded"],
]) {
  for (const suffix of ["", "-debug"]) {
    cases.set(`${name}${suffix}`, () =>
      withPage("", async (page) => {
        const { status, printed } = await runProgram(page, `/built/example-${name}${suffix}.js`);
        assert.match(printed, expectedOf(variable));
        assert.equal(status, 0);
      }),
    );
  }
}

// The audio is rendered offline, so that no sound card is needed and every block is rendered as
// fast as possible.
cases.set("audio_worklet", () =>
  withPage("built/audio_worklet/index.html", async (page) => {
    await page.waitForFunction("window.connectSynth !== undefined");
    const heard = await page.evaluate(async () => {
      const blocks = 344;
      const context = new OfflineAudioContext(2, blocks * 128, 44100);
      const node = await window.connectSynth(context);
      const sound = await context.startRendering();
      const [left, right] = [sound.getChannelData(0), sound.getChannelData(1)];
      const energy = left.reduce((sum, sample) => sum + sample * sample, 0);
      return {
        loudness: Math.sqrt(energy / left.length).toFixed(2),
        isSame: left.every((sample, i) => sample === right[i]),
        ...(await window.askSynth(node)),
      };
    });
    assert.equal(heard.loudness, "0.11");
    assert.equal(heard.isSame, true);
    assert.equal(heard.early.length, 4);
    assert.ok(heard.early[0] > 0, "the first block allocates");
    assert.equal(heard.now, heard.early[1], "after the second block nothing is allocated");
  }),
);

cases.set("audio_worklet_plays_when_its_button_is_pressed", () =>
  withPage("built/audio_worklet/index.html", async (page) => {
    await page.click("#play");
    await page.waitForSelector("#ask:not([disabled])");
    await page.waitForFunction(() => {
      document.getElementById("ask").click();
      return / after the first blocks, [1-9]\d* now$/.test(
        document.getElementById("answer").textContent,
      );
    });
  }),
);

await runCases(
  async () => {
    server = await startServer({ built });
    browser = await launchChrome();
  },
  async () => {
    await browser?.close();
    server?.stop();
  },
);
