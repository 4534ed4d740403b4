// SPDX-License-Identifier: MIT
// ./run soak: runs the demo in headless Chrome for minutes, with spikes and lost contexts.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const DEFAULT_MINUTES = 10;
const LONGEST_MINUTES = 24 * 60;
const DEFAULT_EVERY_SECONDS = 20;
const DEFAULT_OUT = fileURLToPath(new URL("../../build/soak", import.meta.url));
const USAGE = `Usage: ./run soak [--minutes N | --seconds N] [--every S] [--out FOLDER] [--help]

Runs the demo's workers scene in headless Chrome. In every round there is a spike, and at its end the
graphics context is lost; what is drawn once it is back must be, byte for byte and pixel for pixel,
what a page with vertices from malloc drew. The memory must not grow, and nothing may go wrong.
  --minutes N    how long; default: ${DEFAULT_MINUTES}
  --seconds N    how long, in seconds
  --every S      seconds between two losses of the context; default: ${DEFAULT_EVERY_SECONDS}
  --out FOLDER   for soak.json, all that was seen, and soak.svg; default: build/soak
  --help         prints this text
Exit status: 0 all well; 1 something was wrong; 2 wrong arguments.`;

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`soak: ${message} (--help tells more)`);
  process.exit(2);
}

/** @param {string | undefined} text */
function readNumber(name, text, fallback, least, most) {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  return refuse(`--${name} wants a number from ${least} to ${most}, not "${text}"`);
}

function readArguments() {
  const string = /** @type {const} */ ({ type: "string" });
  let values;
  try {
    values = parseArgs({
      options: {
        minutes: string,
        seconds: string,
        every: string,
        out: string,
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    return refuse(error.message.split("\n", 1)[0]);
  }
  if (values.minutes !== undefined && values.seconds !== undefined) {
    refuse("--minutes or --seconds, not both");
  }
  const seconds = readNumber("seconds", values.seconds, undefined, 10, LONGEST_MINUTES * 60);
  const minutes = readNumber("minutes", values.minutes, DEFAULT_MINUTES, 0.2, LONGEST_MINUTES);
  const everySeconds = readNumber("every", values.every, DEFAULT_EVERY_SECONDS, 5, 3600);
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  return {
    minutes: seconds === undefined ? minutes : seconds / 60,
    everySeconds,
    out: values.out ?? DEFAULT_OUT,
  };
}

const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
const clock = (minutes) =>
  `${Math.floor(minutes)}:${String(Math.floor((minutes * 60) % 60)).padStart(2, "0")}`;
const describe = ({ perMinute, low, high }) =>
  `${Math.round(perMinute)} bytes/minute [${Math.round(low)}, ${Math.round(high)}]`;

const { minutes, everySeconds, out } = readArguments();
// This is imported late so that wrong arguments are reported even if no package is installed yet.
const { drawFigure } = await import("./soak/figure.mjs");
const { FIGURES, soak } = await import("./soak/soak.mjs");
console.log(`soak: ${(minutes * 60).toFixed(0)} s, a context lost every ${everySeconds} s`);
const result = await soak({
  minutes,
  everySeconds,
  onRound(round, index) {
    console.log(
      `${clock(round.lostMinutes)}  loss ${index + 1}, frame ${round.frameCount}: ` +
        `wasm ${mib(round.wasmBytes)}, of malloc ${mib(round.heapBytes)}, JS ${mib(round.jsBytes)}, ` +
        `stacks ${mib(round.reserved)}, in the spike ${mib(round.spikeReserved)}`,
    );
  },
});

mkdirSync(out, { recursive: true });
writeFileSync(join(out, "soak.json"), `${JSON.stringify(result, null, 2)}\n`);
const panels = Object.entries(FIGURES)
  .filter(([name]) => result.slopes[name])
  .map(([name, title]) => ({
    title,
    note: describe(result.slopes[name]),
    samples: result.rounds.map((round) => ({ minutes: round.minutes, value: round[name] })),
  }));
if (panels.length > 0) {
  const losses = result.rounds.map(({ lostMinutes }) => lostMinutes);
  const title = `${result.rounds.at(-1).frameCount} frames, ${losses.length} lost contexts`;
  writeFileSync(join(out, "soak.svg"), drawFigure(panels, losses, title));
}
for (const { title, note } of panels) console.log(`${title}: ${note}`);
console.log(`written: ${join(out, "soak.json")}`);
for (const problem of result.problems) console.log(`FAIL ${problem}`);
console.log(result.problems.length > 0 ? "failed" : "all well");
process.exitCode = result.problems.length > 0 ? 1 : 0;
