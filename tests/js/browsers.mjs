// SPDX-License-Identifier: MIT
// The browsers that tests run in: Chrome, and Firefox where it starts.
import { spawnSync } from "node:child_process";
import puppeteer from "puppeteer-core";
import { launchChrome } from "../web/launch.mjs";

const LIMIT_MS = 60_000;

/** @returns {string | undefined} the command of a Firefox */
function findFirefox() {
  const names = [process.env.FIREFOX, "firefox-esr", "firefox"];
  for (const name of names.filter(Boolean)) {
    const { stdout, status } = spawnSync("sh", ["-c", 'command -v "$0"', name], {
      encoding: "utf8",
    });
    if (status === 0) return stdout.trim();
  }
}

function launchFirefox() {
  const executablePath = findFirefox();
  if (!executablePath) throw new Error("no firefox-esr or firefox on PATH, and FIREFOX is not set");
  return puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    timeout: LIMIT_MS,
    // All cases are one call. Each has a limit of its own.
    protocolTimeout: 2 * LIMIT_MS,
    extraPrefsFirefox: { "security.sandbox.content.level": 0 },
  });
}

/** Firefox is driven over WebDriver BiDi. @type {[string, () => Promise<any>][]} */
export const browsers = [
  ["Chrome", () => launchChrome()],
  ["Firefox", launchFirefox],
];

/** Opens a page and gathers what goes wrong in it. */
export async function openPage(browser, url) {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`page error: ${error}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.setDefaultTimeout(LIMIT_MS);
  await page.goto(url);
  return { page, problems };
}
