// SPDX-License-Identifier: MIT
// Makes docs/panel.png: the page of examples/panel, after its button "odd" has made an unusual frame.
// The module must have been built.
//   node tests/web/panel_picture.mjs
import { statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "../js/server.mjs";
import { launchChrome } from "./launch.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const file = path("../../docs/panel.png");
const FRAMES = 150;

const server = await startServer({ web: path("../../web"), examples: path("../../examples") });
const browser = await launchChrome();
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 760, height: 400 });
  await page.goto(`${server.url}/examples/panel/index.html`);
  await page.waitForSelector("secondstack-panel:defined");
  await page.evaluate(async (count) => {
    const panel = document.querySelector("secondstack-panel");
    panel.shadowRoot.querySelector("details").open = true;
    const frames = async () => {
      for (let i = 0; i < count; i++) await new Promise((done) => requestAnimationFrame(done));
    };
    await frames();
    document.getElementById("odd").click();
    await frames();
    panel.paused = true;
  }, FRAMES);
  const panel = await page.$("secondstack-panel");
  writeFileSync(file, await panel.screenshot());
  console.log(`${file}: ${statSync(file).size} bytes`);
} finally {
  await browser.close();
  server.stop();
}
