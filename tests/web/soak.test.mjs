// SPDX-License-Identifier: MIT
// Tests short soaks: that a soak runs, and that it notices the faults that it looks for.
//   node tests/web/soak.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cases, runCases } from "./harness.mjs";
import { slopeOf } from "./soak/slope.mjs";
import { soak } from "./soak/soak.mjs";

const script = fileURLToPath(new URL("soak.mjs", import.meta.url));

// The shortest possible round, since a round waits for a spike to begin and end.
const ROUND_SECONDS = 5;

/** @returns {Promise<{ status: number | null, stdout: string, stderr: string }>} */
function run(...args) {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script, ...args],
      { timeout: 170_000 },
      (_, stdout, stderr) => resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

cases.set("slope_of_a_line_is_its_slope", () => {
  const line = (n) => Array.from({ length: n }, (_, i) => ({ minutes: i / 3, value: 100 + 6 * i }));
  for (const n of [2, 3, 5, 30]) {
    for (const value of Object.values(slopeOf(line(n)))) assert.ok(Math.abs(value - 18) < 1e-9);
  }
  // One outlier does not change the slope, and for noise around a constant the interval contains 0.
  const odd = line(31);
  odd[15].value = 1e9;
  assert.ok(Math.abs(slopeOf(odd).perMinute - 18) < 1e-6);
  const noise = Array.from({ length: 30 }, (_, i) => ({ minutes: i, value: (i * 7919) % 31 }));
  const { low, high } = slopeOf(noise);
  assert.ok(low < 0 && high > 0, `${low} to ${high}`);
});

cases.set("three_rounds_are_all_well", async () => {
  const out = await mkdtemp(join(tmpdir(), "secondstack-soak-"));
  try {
    const length = ["--seconds", String(3 * ROUND_SECONDS), "--every", String(ROUND_SECONDS)];
    const { status, stdout, stderr } = await run(...length, "--out", out);
    assert.equal(status, 0, stdout + stderr);
    const seen = JSON.parse(await readFile(join(out, "soak.json"), "utf8"));
    assert.equal(seen.rounds.length, 3);
    assert.deepEqual(seen.problems, []);
    assert.match(await readFile(join(out, "soak.svg"), "utf8"), /^<svg .*<\/svg>\n$/s);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});

cases.set("what_leaks_or_draws_something_else_or_fails_is_noticed", async () => {
  const { problems, rounds } = await soak({
    minutes: (3 * ROUND_SECONDS) / 60,
    everySeconds: ROUND_SECONDS,
    onRound() {},
    prepare: (page) =>
      page.evaluateOnNewDocument(() => {
        window.leaked = [];
        setInterval(() => window.leaked.push(Array.from({ length: 20_000 }, Math.random)), 100);
        Promise.reject(new Error("nobody catches this"));
        // The frames that are drawn have another seed than the soak asked for.
        const timer = setInterval(() => {
          const seek = window.demo?.seek;
          if (!seek) return;
          clearInterval(timer);
          window.demo.seek = (seconds) => {
            window.demo.configure({ seed: 8 });
            seek(seconds);
          };
        }, 10);
      }),
  });
  assert.equal(rounds.length, 3);
  const text = problems.join("\n");
  assert.match(text, /JavaScript heap after a collection: surely \d+ bytes a minute more/);
  assert.match(text, /round 1: page error: Error: nobody catches this/);
  for (const round of [1, 2, 3]) {
    assert.match(text, new RegExp(`round ${round}: checksum after the restore: \\d+, not \\d+`));
    assert.match(text, new RegExp(`round ${round}: pixels after the restore: \\d+, not \\d+`));
  }
});

cases.set("its_options_are_explained", async () => {
  assert.match((await run("--help")).stdout, /^Usage: .*--minutes N/);
  for (const wrong of [
    ["--minutes", "x"],
    ["--minutes", "0"],
    ["--seconds", "1"],
    ["--seconds"],
    ["--minutes", "1", "--seconds", "30"],
    ["--every", "1"],
    ["--leak"],
    ["now"],
  ]) {
    const { status, stderr } = await run(...wrong);
    assert.equal(status, 2, wrong.join(" "));
    assert.match(stderr, /^soak: .+\n$/, wrong.join(" "));
  }
});

await runCases(
  async () => {},
  async () => {},
  // Two cases run at once, because soaks mostly wait.
  { atOnce: 2 },
);
