// SPDX-License-Identifier: MIT
// The module in memories of every kind, in Chrome and in Firefox with WebGL: fixed, growable, shared, resizable. Where an
// engine's calls refuse one, docs/javascript.md says so.
//   node tests/js/memory.test.mjs [chrome | firefox]
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openPage } from "./browsers.mjs";
import { equal, report, runCases } from "./harness.mjs";
import { startServer } from "./server.mjs";
import { launchChrome, launchFirefox } from "../web/launch.mjs";

const folder = (name) => fileURLToPath(new URL(name, import.meta.url));
const server = await startServer({ web: folder("../../web"), tests: folder("..") });
const document = readFileSync(folder("../../docs/javascript.md"), "utf8");

async function chrome() {
  const browser = await launchChrome();
  return { browser, stop: () => browser.close() };
}

/** What the document says that a browser refuses, by call; of the kinds of memory that there are. */
function refusalsSaid(browser, table) {
  const rows = [...document.matchAll(/^\| `([\w.]+)` refuses \| (.*) \| (.*) \|$/gm)];
  return rows.map(([, call, inChrome, inFirefox]) => {
    const kinds = (browser === "Chrome" ? inChrome : inFirefox).split(", ");
    return `${call}: ${kinds.filter((kind) => kind in table).join(", ") || "none"}`;
  });
}

function refusalsFound(table) {
  const calls = Object.keys(Object.values(table)[0]).filter((call) => call !== "copied first");
  return calls.map((call) => {
    const kinds = Object.keys(table).filter((kind) => table[kind][call] === "refuses");
    return `${call}: ${kinds.join(", ") || "none"}`;
  });
}

async function runIn(name, launch) {
  const { browser, stop } = await launch();
  try {
    const place = `${name} ${(await browser.version()).replace(/^[^\d]*/, "")}`;
    const { page, problems } = await openPage(browser, `${server.url}/`);
    const counts = await page.evaluate(async (title) => {
      const { runCases } = await import("/tests/js/harness.mjs");
      const { cases } = await import("/tests/js/memory_cases.mjs");
      return runCases(cases, undefined, title);
    }, place);
    const table = await page.evaluate(async () =>
      (await import("/tests/js/memory_cases.mjs")).engineTable(),
    );
    const more = new Map([
      [
        "the_document_says_what_is_refused",
        () => {
          equal(refusalsFound(table).join("\n"), refusalsSaid(name, table).join("\n"), "refused");
        },
      ],
      [
        "a_copy_is_taken_everywhere",
        () => {
          for (const kind of Object.values(table)) equal(kind["copied first"], "takes");
        },
      ],
      ["nothing_else_went_wrong", () => equal(problems.join("; "), "", "problems")],
    ]);
    return [counts, await runCases(more, undefined, place)];
  } finally {
    await stop();
  }
}

const only = process.argv[2];
const counts = [];
for (const [name, launch] of [
  ["Chrome", chrome],
  ["Firefox", launchFirefox],
]) {
  if (only && only !== name.toLowerCase()) continue;
  const whole = new Map([
    [`${name}_runs_them`, async () => counts.push(...(await runIn(name, launch)))],
  ]);
  counts.push(await runCases(whole, undefined, "memory", 180_000));
}
server.stop();
report(counts);
