// SPDX-License-Identifier: MIT
// Writes demo/screenshot.png, the README's picture: the page after a fixed sequence of frames, at a
// fixed size. The scene is the same each time, while the times shown beside it depend on the
// machine.
//   node tests/web/screenshot.mjs [seconds] [file]
import { spawnSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launchChrome, startServer } from "./launch.mjs";

const WIDTH = 1360;
const HEIGHT = 820;
const MAX_BYTES = 300_000;
const FRAMES = 300;
const FRAMES_PER_CALL = 20;

const seconds = Number(process.argv[2] ?? 12);
const file =
  process.argv[3] ?? fileURLToPath(new URL("../../demo/screenshot.png", import.meta.url));

/** A PNG of at most 256 colours has a third of the size of one in true colour. */
function shrink(/** @type {Uint8Array} */ png) {
  const { error, status, stdout, stderr } = spawnSync(
    "pngquant",
    ["--speed", "1", "--strip", "-"],
    {
      input: png,
      maxBuffer: 1 << 26,
    },
  );
  if (error) throw new Error(`no pngquant (Debian: apt-get install pngquant): ${error.message}`);
  if (status !== 0) throw new Error(`pngquant: ${stderr}`);
  return stdout;
}

const server = await startServer();
const browser = await launchChrome();
try {
  const page = await browser.newPage();
  await page.setViewport({ width: WIDTH, height: HEIGHT, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await page.goto(`${server.url}?paused&scene=ribbons&seed=7&tris=90000`);
  await page.waitForFunction("window.demo !== undefined", { timeout: 30_000 });
  // Draws as many frames as the graphs show, and waits for each, so that the figures are those of a
  // running page.
  for (let done = 0; done < FRAMES; done += FRAMES_PER_CALL) {
    await page.evaluate(
      (start, count) => {
        if (start !== null) window.demo.seek(start);
        for (let i = 0; i < count; i++) {
          window.demo.step(1);
          window.demo.engine.finish();
        }
      },
      done === 0 ? seconds - (FRAMES + 1) / 60 : null,
      FRAMES_PER_CALL,
    );
  }
  // The last frame drawn is on the screen one animation frame later, which may take long on a busy
  // machine.
  await page.evaluate(async () => {
    window.demo.step(1);
    for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  writeFileSync(file, shrink(await page.screenshot()));
} finally {
  await browser.close();
  server.stop();
}
const { size } = statSync(file);
console.log(`${file}: ${size} bytes`);
if (size > MAX_BYTES) {
  console.error(`screenshot.mjs: larger than ${MAX_BYTES} bytes`);
  process.exitCode = 1;
}
