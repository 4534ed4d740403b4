// SPDX-License-Identifier: MIT
// Checks the frame benchmark without a browser: orders, statistics, which rounds count, gates, tables, figure.
//   node tests/bench/frames/frames.test.mjs [part of a case's name]
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readSheet } from "../plots/sheet.mjs";
import { median, medianInterval, quantile } from "../statistics.mjs";
import {
  invalidRounds,
  lateFrames,
  percentiles,
  ratios,
  roundsOf,
  variantsIn,
} from "./analysis.mjs";
import { drawFigure } from "./figure.mjs";
import { allGates, exactGates, targetRows } from "./gates.mjs";
import { balancedLatinSquare, orderOfRound } from "./latin_square.mjs";
import { MEASUREMENTS, OWN, PLANS, SCENES, SOURCE_TITLES, TWIN, variantsOf } from "./plan.mjs";
import { whyInvalid } from "./runner.mjs";
import { htmlReport } from "./report.mjs";
import { endLines, exitStatus, markdownSummary, roundLine } from "./summary.mjs";

const SOURCES = Object.keys(SOURCE_TITLES).filter((name) => name !== TWIN);
const VARIANTS = variantsOf(SOURCES);

/**
 * The time that the second stack takes, in microseconds; the other variants take a multiple of it.
 */
const OWN_US = 400;
const FACTORS = { stack: 1, [TWIN]: 1, malloc: 2, doubling: 4, array: 5, ring: 0.8 };

const SCRIPT = fileURLToPath(new URL("../frames.mjs", import.meta.url));

const STATE = {
  isHidden: false,
  hiddenCount: 0,
  lossCount: 0,
  isContextLost: false,
  renderer: "a renderer",
  rafMedianMs: 16.7,
  spinMs: 3,
};

const SUMS = {
  triangles: 1000,
  uploads: 10,
  bytesUploaded: 48000,
  mallocs: 0,
  memoryGrows: 0,
  used: 0,
  droppedDraws: 0,
  glErrors: 0,
};

/**
 * Makes a result with known times, in the form of frames.json. The speed differs from round to
 * round, while the ratios hardly do.
 */
function makeResult() {
  const scenes = Object.keys(SCENES);
  const plan = PLANS.quick;
  const rounds = [];
  for (const measurement of Object.keys(MEASUREMENTS)) {
    for (const scene of scenes) {
      for (let round = 0; round < plan[measurement].rounds; round++) {
        const order = orderOfRound(VARIANTS, round);
        const blocks = order.map((variant) => {
          const wobble = variant === TWIN ? 0.99 + 0.02 * (round % 2) : 1;
          const us = OWN_US * (1 + 0.1 * round) * FACTORS[variant] * wobble;
          const frames = Array.from({ length: 30 }, (_, i) => Math.round(us + (i % 5)));
          const samplesUs =
            measurement === "A"
              ? frames.flatMap((value) => [value, 100, 50])
              : frames.map((value) => (measurement === "C" ? 16667 : value * 10));
          return { variant, samplesUs, sums: { ...SUMS } };
        });
        rounds.push({
          ...{ measurement, scene, replicate: 0, round, order, blocks, invalid: null },
          ...{ before: STATE, after: STATE },
        });
      }
    }
  }
  return {
    environment: {
      ...{ cpu: "a CPU", cores: 2, commit: "0123456789abcdef", date: "today", isQuick: true },
      versions: { chrome: "Chrome", renderer: "a renderer", emscripten: "0", node: "Node.js" },
      flags: { emcc: "-O3", chrome: "" },
    },
    plan,
    scenes: SCENES,
    exact: Object.fromEntries(scenes.map((scene) => [scene, makeExact()])),
    rounds,
  };
}

function makeExact() {
  const frames = [1, 2, 3].map((checksum) => ({ checksum, bytesUploaded: 480, uploads: 2 }));
  const counters = {
    frames: 400,
    heapFrames: 2000,
    ...SUMS,
    backingCalls: 0,
    heapBytesPerFrame: 20,
  };
  return Object.fromEntries(
    SOURCES.map((source) => [
      source,
      { frames: frames.map((frame) => ({ ...frame })), counters: { ...counters } },
    ]),
  );
}

const isNear = (value, expected, tolerance) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not near ${expected}`);

const cases = new Map();

cases.set("every_variant_follows_each_other_one_equally_often", () => {
  for (let count = 2; count <= 9; count++) {
    const square = balancedLatinSquare(count);
    assert.equal(square.length, count % 2 === 0 ? count : 2 * count);
    const followers = new Map();
    const columns = new Map();
    for (const row of square) {
      assert.deepEqual(
        [...row].sort((a, b) => a - b),
        row.map((_, i) => i),
        "each once in a row",
      );
      row.forEach((index, column) => {
        const place = `${index} at ${column}`;
        columns.set(place, (columns.get(place) ?? 0) + 1);
        if (column === 0) return;
        const pair = `${row[column - 1]} ${index}`;
        followers.set(pair, (followers.get(pair) ?? 0) + 1);
      });
    }
    const times = square.length / count;
    assert.equal(columns.size, count * count);
    assert.ok([...columns.values()].every((value) => value === times));
    assert.equal(followers.size, count * (count - 1), `pairs of ${count}`);
    assert.ok([...followers.values()].every((value) => value === times));
  }
});

cases.set("a_full_run_goes_through_the_square_a_whole_number_of_times", () => {
  const rows = balancedLatinSquare(VARIANTS.length).length;
  for (const [name, plan] of Object.entries(PLANS)) {
    for (const measurement of Object.keys(MEASUREMENTS)) {
      const rounds = plan.replicates * plan[measurement].rounds;
      if (name === "full") assert.equal(rounds % rows, 0, `${name} ${measurement}`);
    }
  }
});

cases.set("quantiles_lie_between_values_in_proportion", () => {
  assert.equal(quantile([7], 0.99), 7);
  assert.equal(quantile([0, 10], 0.25), 2.5);
  assert.equal(quantile([1, 2, 3, 4, 5], 0.5), 3);
  assert.equal(quantile([1, 2, 3, 4, 5], 1), 5);
});

cases.set("an_interval_widens_with_its_coverage_and_holds_the_median", () => {
  const values = Array.from({ length: 24 }, (_, i) => 1 + ((i * 7) % 24) / 100);
  const narrow = medianInterval(values, 0.8);
  const usual = medianInterval(values);
  const wide = medianInterval(values, 0.999);
  assert.equal(usual.ratio, median(values));
  assert.ok(wide.low < usual.low && usual.low < narrow.low);
  assert.ok(wide.high > usual.high && usual.high > narrow.high);
  assert.deepEqual(usual, medianInterval(values, 0.95));
});

cases.set("ratios_are_formed_within_a_round", () => {
  const result = makeResult();
  const rounds = roundsOf(result, "A", "storm");
  for (const variant of ["malloc", "doubling", "array", "ring"]) {
    const { ratio, values } = ratios(rounds, "A", "generate", variant);
    assert.equal(values.length, PLANS.quick.A.rounds);
    isNear(ratio, 1 / FACTORS[variant], 0.01);
  }
  const twin = ratios(rounds, "A", "generate", TWIN);
  assert.ok(twin.low <= 1 && twin.high >= 1 && twin.low >= 0.98 && twin.high <= 1.02);
});

cases.set("percentiles_are_of_all_frames_of_valid_rounds", () => {
  const result = makeResult();
  const rounds = roundsOf(result, "A", "storm");
  rounds[0].blocks.find(({ variant }) => variant === OWN).samplesUs[3] = 99_000;
  const found = percentiles(rounds, "A", "generate", OWN);
  assert.equal(found.worst, 99);
  assert.ok(found.p5 < found.p25 && found.p25 < found.p50 && found.p75 < found.p95);
  const total = percentiles(rounds, "A", "total", OWN);
  isNear(total.p50 - found.p50, 0.15, 0.001);
  rounds[0].invalid = "disturbed";
  const rest = roundsOf(result, "A", "storm");
  assert.equal(rest.length, rounds.length - 1);
  assert.ok(percentiles(rest, "A", "generate", OWN).worst < 1);
  assert.equal(percentiles([], "A", "generate", OWN), null);
});

cases.set("late_frames_are_those_over_one_and_a_half_medians", () => {
  const result = makeResult();
  const rounds = roundsOf(result, "C", "storm");
  const { samplesUs } = rounds[0].blocks.find(({ variant }) => variant === OWN);
  samplesUs[4] = 25_100;
  samplesUs[5] = 24_900;
  assert.deepEqual(lateFrames(rounds, OWN), { late: 1, count: 30 * rounds.length });
});

cases.set("disturbed_rounds_are_named", () => {
  const check = (before, after) =>
    whyInvalid({ before: { ...STATE, ...before }, after: { ...STATE, ...after } }, "a renderer");
  assert.equal(check({}, {}), null);
  assert.equal(check({}, { spinMs: 3.1 }), null);
  assert.equal(check({}, { rafMedianMs: 15.5 }), null);
  assert.match(check({}, { spinMs: 3.2 }), /drifted by 6\.7%/);
  assert.match(check({}, { spinMs: 2.8 }), /drifted by -6\.7%/);
  assert.match(check({ rafMedianMs: 19 }, {}), /every 19\.0 ms/);
  assert.match(check({}, { rafMedianMs: 8.3 }), /every 8\.3 ms/);
  assert.match(check({}, { rafMedianMs: null }), /never/);
  assert.match(check({ isHidden: true }, {}), /hidden/);
  assert.match(check({}, { hiddenCount: 1 }), /hidden/);
  assert.match(check({}, { lossCount: 1 }), /lost/);
  assert.match(check({}, { isContextLost: true }), /lost/);
  assert.match(check({}, { renderer: "another" }), /another/);
  // Of a display that shows 120 frames in a second.
  const state = { ...STATE, rafMedianMs: 8.3 };
  assert.equal(whyInvalid({ before: state, after: state }, "a renderer", 1000 / 120), null);
  assert.match(whyInvalid({ before: STATE, after: state }, "a renderer", 1000 / 120), /16\.7 ms/);
});

cases.set("without_a_display_headed_says_so_and_fails", () => {
  if (process.platform !== "linux") return;
  const { DISPLAY, WAYLAND_DISPLAY, ...env } = process.env;
  for (const [display, why] of [
    [{}, /there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set/],
    [{ DISPLAY: ":98765" }, /Chrome opens no window: .*(X server|display)/i],
  ]) {
    const { status, stderr, stdout } = spawnSync(process.execPath, [SCRIPT, "--headed"], {
      encoding: "utf8",
      env: { ...env, ...display },
    });
    assert.equal(status, 1, stdout);
    assert.match(stderr, why);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.equal(stdout, "", "nothing is built first");
  }
});

cases.set("over_a_quarter_of_disturbed_rounds_is_inconclusive", () => {
  const result = makeResult();
  // Every fourth round is invalid, so that each scene keeps valid ones.
  const isFourth = (_, i) => i % 4 === 3;
  result.rounds.filter(isFourth).forEach((round) => (round.invalid = "why"));
  assert.equal(exitStatus(result), 0);
  result.rounds.slice(0, 4).forEach((round) => (round.invalid = "why"));
  assert.equal(exitStatus(result), 3);
  assert.match(endLines(result), /inconclusive/);
  assert.equal(exitStatus({ ...result, rounds: [] }), 3);
  result.exact.storm.stack.counters.mallocs = 1;
  assert.equal(exitStatus(result), 1, "what is counted needs no quiet machine");
});

cases.set("a_ratio_beyond_its_limit_fails_only_with_its_whole_interval", () => {
  const withFactors = (...factors) => {
    const result = makeResult();
    const isMeasured = ({ measurement, scene }) => measurement === "A" && scene === "storm";
    result.rounds.filter(isMeasured).forEach(({ blocks }, i) => {
      const block = blocks.find(({ variant }) => variant === "malloc");
      block.samplesUs = block.samplesUs.map((us) => us * factors[i % factors.length]);
    });
    const [gate] = allGates(result).filter(({ name }) => name.startsWith("storm: generate to"));
    return [gate.verdict, exitStatus(result)];
  };
  assert.deepEqual(withFactors(1), ["holds", 0]);
  assert.deepEqual(withFactors(0.4, 1, 0.4), ["open", 3]);
  assert.deepEqual(withFactors(0.4), ["fails", 1]);
});

cases.set("a_sound_result_passes_every_gate", () => {
  const failed = allGates(makeResult()).filter(({ verdict }) => verdict !== "holds");
  assert.deepEqual(failed, []);
});

cases.set("each_exact_gate_fails_when_its_condition_does", () => {
  const changes = {
    "equal checksums": (found) => (found.ring.frames[1].checksum = 77),
    "equal bytes": (found) => (found.array.frames[0].bytesUploaded = 1),
    "equal uploads": (found) => (found.malloc.frames[2].uploads = 3),
    "frames have triangles": (found) =>
      Object.values(found).forEach(({ frames }) => (frames[1].checksum = frames[0].checksum)),
    "no malloc": (found) => (found.stack.counters.mallocs = 1),
    "no memory.grow": (found) => (found.stack.counters.memoryGrows = 1),
    "no backing call": (found) => (found.stack.counters.backingCalls = 1),
    "stack empty": (found) => (found.stack.counters.used = 16),
    "heap grows": (found) => (found.stack.counters.heapBytesPerFrame = 100),
    "no GL error": (found) => (found.ring.counters.glErrors = 1),
    "no dropped draw": (found) => (found.ring.counters.droppedDraws = 1),
  };
  for (const [title, change] of Object.entries(changes)) {
    const found = makeExact();
    change(found);
    const failed = exactGates("storm", found).filter(({ verdict }) => verdict !== "holds");
    assert.equal(failed.length, 1, title);
    assert.ok(failed[0].name.includes(title), `${failed[0].name} for ${title}`);
  }
});

cases.set("each_measured_gate_fails_when_its_condition_does", () => {
  const blockOf = (result, variant) =>
    result.rounds
      .find(({ scene }) => scene === "storm")
      .blocks.find((block) => block.variant === variant);
  const slower = (result, variant, factor) => {
    for (const { measurement, scene, blocks } of result.rounds) {
      if (measurement !== "A" || scene !== "storm") continue;
      const block = blocks.find((some) => some.variant === variant);
      block.samplesUs = block.samplesUs.map((us) => us * factor);
    }
  };
  const changes = {
    "other triangles": (result) => (blockOf(result, "ring").sums.bytesUploaded = 1),
    "mallocs of": (result) => (blockOf(result, OWN).sums.mallocs = 1),
    "memory.grow of": (result) => (blockOf(result, TWIN).sums.memoryGrows = 1),
    "bytes on the": (result) => (blockOf(result, OWN).sums.used = 1),
    "GL errors": (result) => (blockOf(result, "array").sums.glErrors = 1),
    "dropped draws": (result) => (blockOf(result, "ring").sums.droppedDraws = 1),
    "the A/A interval": (result) => slower(result, TWIN, 1.1),
    "at most 1.1": (result) => slower(result, "malloc", 0.4),
  };
  for (const [title, change] of Object.entries(changes)) {
    const result = makeResult();
    change(result);
    const failed = allGates(result).filter(({ verdict }) => verdict !== "holds");
    assert.equal(failed.length, 1, title);
    assert.ok(failed[0].name.includes(title), `${failed[0].name} for ${title}`);
  }
  const unknown = makeResult();
  for (const round of unknown.rounds.filter(({ scene }) => scene === "ribbons")) {
    const block = round.blocks.find(({ variant }) => variant === "malloc");
    block.samplesUs = block.samplesUs.map((us) => us * 0.49);
  }
  const failed = allGates(unknown).filter(({ verdict }) => verdict !== "holds");
  assert.deepEqual(
    failed.map(({ name }) => name),
    ["ribbons: generate to malloc+free, under 1"],
  );
});

cases.set("targets_are_reported_and_gate_nothing", () => {
  const rows = targetRows(makeResult());
  const row = (title) => rows.find((some) => some.title === title);
  assert.equal(row("metaballs: generate to malloc+free").holds, true);
  isNear(row("storm: generate to fresh JavaScript arrays").ratio, 0.2, 0.01);
  isNear(row("spike: worst frame to realloc-doubling").ratio, 0.25, 0.01);
});

cases.set("tables_and_lines_name_every_variant_and_scene", () => {
  const result = makeResult();
  const markdown = markdownSummary(result);
  for (const name of [...Object.keys(SCENES), ...Object.values(SOURCE_TITLES)]) {
    assert.ok(markdown.includes(name), name);
  }
  assert.ok(!/NaN|undefined|null/.test(markdown), "a hole in the summary");
  assert.match(roundLine(1, 9, result.rounds[0]), /generate 0\.40\d ms, stack \/ .*malloc 0\.50/);
  result.rounds.forEach((round) => (round.invalid = "the page was hidden"));
  assert.match(roundLine(1, 9, result.rounds[0]), /invalid, the page was hidden/);
  assert.ok(!/NaN|undefined/.test(markdownSummary(result)), "a hole where no round is valid");
});

cases.set("the_last_lines_have_one_for_each_gate", () => {
  const result = makeResult();
  result.exact.storm.stack.counters.mallocs = 1;
  const lines = endLines(result).split("\n");
  const gates = allGates(result);
  for (const { name, verdict } of gates) {
    const found = lines.filter((line) => line.includes(` gate: ${name}: `));
    assert.equal(found.length, 1, name);
    assert.equal(found[0].startsWith("  FAILED"), verdict === "fails", found[0]);
  }
  assert.ok(lines.includes(`  ${gates.length - 1} of ${gates.length} gates hold`));
});

cases.set("the_report_is_one_file_with_every_cell_of_the_summary", () => {
  const result = makeResult();
  const html = htmlReport(result, drawFigure(result));
  assert.ok(!/<(?:link|script|img)\b|\bsrc=|url\(/.test(html), "something is fetched");
  assert.equal(html.match(/<svg xmlns/g).length, 1);
  const markdown = markdownSummary(result);
  const rows = markdown.split("\n").filter((line) => line.startsWith("|"));
  const tables = rows.filter((line) => /^[|\s:-]+$/.test(line)).length;
  assert.ok(tables >= 3, `${tables} tables`);
  assert.equal(html.match(/<tr>/g).length, rows.length - tables);
  const headings = markdown.match(/^#{1,3} .*$/gm);
  assert.equal(html.match(/<h[1-3]>/g).length, headings.length);
  const plain = html.replace(/<[^>]*>/g, "");
  for (const { name } of allGates(result)) assert.ok(plain.includes(name), name);
});

cases.set("the_figure_has_a_box_and_a_dot_for_everything", () => {
  const result = makeResult();
  const scenes = Object.keys(SCENES).length;
  const svg = drawFigure(result);
  assert.ok(!/NaN|undefined|Infinity/.test(svg), "a hole in the figure");
  const document = readSheet(svg);
  const count = (selector) => document.querySelectorAll(selector).length;
  assert.equal(count('[aria-label="rect"] rect'), 2 * scenes * VARIANTS.length, "boxes");
  const perRound = scenes * (VARIANTS.length - 1) * PLANS.quick.A.rounds;
  const medians = scenes * (VARIANTS.length - 1);
  assert.equal(count('[aria-label="dot"] circle'), perRound + medians, "dots");
  assert.equal(count('[aria-label="line"] path'), scenes * VARIANTS.length, "lines");
  assert.deepEqual(variantsIn(result), Object.keys(SOURCE_TITLES));
  result.rounds.forEach((round) => (round.invalid = "why"));
  assert.ok(!/NaN|undefined|Infinity/.test(drawFigure(result)), "where no round is valid");
});

cases.set("wrong_arguments_end_with_2_and_one_line_of_why", () => {
  const call = (...args) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8" });
  const help = call("--help");
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Usage: \.\/run bench frames/);
  for (const [args, why] of [
    [["--scene", "nowhere"], /no scene "nowhere"; there are: storm/],
    [["--scene", "constructor"], /no scene "constructor"/],
    [["--triangles", "6000"], /--triangles wants --scene as well/],
    [["--scene", "storm", "--triangles", "1"], /--triangles wants a number from 500 to 2000000/],
    [["--scene", "workers", "--workers", "x"], /--workers wants a number from 1 to 16, not "x"/],
    [["--fast"], /--fast/],
    [["extra"], /extra/],
    [["--out"], /--out/],
  ]) {
    const { status, stderr } = call(...args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, why);
  }
});

const wanted = process.argv[2] ?? "";
let passed = 0;
let failed = 0;
for (const [name, run] of cases) {
  if (!name.includes(wanted)) continue;
  try {
    run();
    passed++;
    console.log(`pass ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n  ${error.message.replaceAll("\n", "\n  ")}`);
    console.log(`  again: node tests/bench/frames/frames.test.mjs ${name}`);
  }
}
if (passed + failed === 0) {
  failed++;
  console.log(`FAIL no case has "${wanted}" in its name`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
