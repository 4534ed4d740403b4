// Starts what a browser test needs: the demo's server on a free port, and headless Chrome.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const CHROME_NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "chrome",
];

/** The demo's server. */
export const serverScript = fileURLToPath(new URL("../../demo/serve.mjs", import.meta.url));

/** Returns the browser that the variable CHROME names, or the first known name on PATH. */
function findChrome() {
  if (process.env.CHROME) return process.env.CHROME;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of CHROME_NAMES) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here: look further.
      }
    }
  }
  throw new Error(`no Chrome: set CHROME, or put one of ${CHROME_NAMES.join(", ")} on PATH`);
}

/**
 * Launches headless Chrome with WebGL2 in software and a profile of its own.
 * @param {string[]} [extraArguments]
 */
export function launchChrome(extraArguments = []) {
  return puppeteer.launch({
    executablePath: findChrome(),
    headless: true,
    timeout: 60_000,
    protocolTimeout: 120_000,
    args: [
      "--no-sandbox",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...extraArguments,
    ],
  });
}

/**
 * Starts demo/serve.mjs.
 * @param {string[]} [serverArguments]
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export function startServer(serverArguments = ["--port", "0"]) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [serverScript, ...serverArguments], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error("serve.mjs printed no address within 10 s"));
    }, 10_000);
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      resolve({ url: text.slice(0, text.indexOf("\n")), stop: () => child.kill() });
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`serve.mjs ended with code ${code}`));
    });
  });
}
