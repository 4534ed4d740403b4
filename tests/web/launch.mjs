// SPDX-License-Identifier: MIT
// Starts the programs that a browser test needs: the demo's server on a free port, headless Chrome,
// and Firefox on a display of its own.
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

const FIREFOX_NAMES = ["firefox-esr", "firefox"];

/** How long a browser may take to close. */
const CLOSE_LIMIT_MS = 20_000;

/** The demo's server. */
export const serverScript = fileURLToPath(new URL("../../demo/serve.mjs", import.meta.url));

/**
 * Returns the program that a variable of the environment names, or the first known name on PATH.
 * @param {string} variable
 * @param {readonly string[]} names
 */
function findProgram(variable, names) {
  const asked = process.env[variable];
  if (asked) return asked;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // The program is not in this folder, so the search continues.
      }
    }
  }
  throw new Error(`no browser: set ${variable}, or put one of ${names.join(", ")} on PATH`);
}

/** Kills a browser and its helper processes, which are in a process group of its own but on Windows. */
function kill(/** @type {import("node:child_process").ChildProcess | null} */ browser) {
  if (!browser?.pid) return;
  try {
    process.kill(-browser.pid, "SIGKILL");
  } catch {
    browser.kill("SIGKILL");
  }
}

/**
 * Launches a browser whose `close` always ends: puppeteer's own waits for the browser's process without a limit.
 * @param {import("puppeteer-core").LaunchOptions} options
 */
async function launch(options) {
  const browser = await puppeteer.launch(options);
  const close = browser.close.bind(browser);
  browser.close = async () => {
    const timer = setTimeout(() => kill(browser.process()), CLOSE_LIMIT_MS);
    try {
      await close();
    } finally {
      clearTimeout(timer);
    }
  };
  return browser;
}

/**
 * What launchChrome wants for WebGPU in software, and as Vulkan: a canvas of WebGPU's cannot be shown in other ways without a
 * GPU.
 */
export const WEBGPU_ARGUMENTS = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
];

/**
 * Launches headless Chrome with WebGL2 in software and a profile of its own, or one with a window and the GPU that it finds.
 * @param {string[]} [extraArguments]
 * @param {object} [options]
 * @param {boolean} [options.isHeaded]
 */
export function launchChrome(extraArguments = [], { isHeaded = false } = {}) {
  return launch({
    executablePath: findProgram("CHROME", CHROME_NAMES),
    headless: !isHeaded,
    timeout: 60_000,
    protocolTimeout: 120_000,
    args: [
      "--no-sandbox",
      // With a window, software is what Chrome turns to without a GPU.
      ...(isHeaded ? ["--ignore-gpu-blocklist"] : ["--use-angle=swiftshader"]),
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
 * Starts a virtual display, since Firefox has no WebGL without one.
 * @returns {Promise<{ display: string, stop: () => void }>}
 */
function startDisplay() {
  return new Promise((resolve, reject) => {
    // The X server picks a free display and writes the display's number to descriptor 3.
    const child = spawn(
      "Xvfb",
      ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
      { stdio: ["ignore", "ignore", "ignore", "pipe"] },
    );
    process.on("exit", () => child.kill());
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error("Xvfb gave no display within 60 s"));
    }, 60_000);
    const settle = (/** @type {() => void} */ act) => {
      clearTimeout(timer);
      act();
    };
    child.on("error", (error) => settle(() => reject(new Error(`no Xvfb: ${error.message}`))));
    child.on("exit", (code) => settle(() => reject(new Error(`Xvfb ended with code ${code}`))));
    child.stdio[3].once("data", (number) => {
      settle(() => resolve({ display: `:${String(number).trim()}`, stop: () => child.kill() }));
    });
  });
}

/**
 * Launches Firefox with WebGL2 in software, on a virtual display.
 * @returns {Promise<{ browser: import("puppeteer-core").Browser, stop: () => Promise<void> }>}
 */
export async function launchFirefox() {
  const { display, stop } = await startDisplay();
  try {
    const browser = await launch({
      browser: "firefox",
      executablePath: findProgram("FIREFOX", FIREFOX_NAMES),
      headless: false,
      timeout: 120_000,
      protocolTimeout: 180_000,
      env: {
        ...process.env,
        DISPLAY: display,
        LIBGL_ALWAYS_SOFTWARE: "1",
        MOZ_ENABLE_WAYLAND: "0",
      },
      extraPrefsFirefox: {
        "webgl.force-enabled": true,
        // The sandbox is off because Mesa's software driver opens files that the sandbox forbids.
        "security.sandbox.content.level": 0,
      },
    });
    return {
      browser,
      async stop() {
        await browser.close().catch(() => {});
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
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
    // A test that dies of an error must not leave its server running.
    const end = () => child.kill();
    process.on("exit", end);
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error("serve.mjs printed no address within 30 s"));
    }, 30_000);
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      resolve({ url: text.slice(0, text.indexOf("\n")), stop: () => child.kill() });
    });
    child.on("exit", (code) => {
      process.off("exit", end);
      clearTimeout(timer);
      reject(new Error(`serve.mjs ended with code ${code}`));
    });
  });
}
