// SPDX-License-Identifier: MIT
// ./run bench js: compares the JavaScript module with bare typed arrays, fresh typed arrays and
// ordinary arrays, in Node.js and in headless Chrome. The results are ratios within one run;
// TARGETS has the ratios to reach.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments } from "./arguments.mjs";
import { median, pairedRatio } from "./statistics.mjs";

const USAGE = `Usage: ./run bench js [--quick] [--out DIR] [--only TEXT]

  --quick       fewer and shorter rounds: about 2 minutes instead of 4
  --out DIR     where js.json goes; default: build/bench
  --only TEXT   only cases with TEXT in their name, such as "slice" or "vertices"`;

const root = fileURLToPath(new URL("../../", import.meta.url));
const FRAMES_CASE = "2,000 frames of 1 MB";

/** The aims: a variant, the variant that it is compared with, and the largest ratio allowed. */
const TARGETS = [
  { case: "scope with a slice of 16", variant: "scope, slice, release", limit: 1.5 },
  { case: "scope with a slice of 1000", variant: "scope, slice, release", limit: 1.5 },
  { case: "scope with a slice of 30000", variant: "scope, slice, release", limit: 1.5 },
  { case: "4096 elements, filled", variant: "slice", limit: 0.7 },
  { case: "30000 elements, filled", variant: "slice", limit: 0.7 },
  { case: "262144 elements, filled", variant: "slice", limit: 0.7 },
  { case: "1 M floats", variant: "extend(n), filled", limit: 1.05 },
  { case: "1 M floats", variant: "push(x, y, z)", limit: 1.5 },
  { case: "1 M floats", variant: "push(x)", limit: 1.5 },
  {
    case: "1 M floats",
    variant: "push(x, y, z)",
    to: "array.push(x, y, z), new Float32Array",
    limit: 0.1,
  },
  { case: "1 M floats", variant: "push(x)", to: "array.push(x), new Float32Array", limit: 0.1 },
];

/** The aim for every shape of vertices in tests/bench/js/vertex_cases.mjs. */
const VERTEX_LIMIT = 1.5;

/** Builds web/*.wasm. */
function build() {
  const options = { cwd: root, stdio: ["ignore", "ignore", "inherit"] };
  execFileSync("cmake", ["--preset", "wasm"], options);
  execFileSync("cmake", ["--build", "--preset", "wasm", "--target", "web"], options);
}

async function runInNode(options, onRecord) {
  const file = fileURLToPath(new URL("js/in_node.mjs", import.meta.url));
  const args = [file, options.quick ? "quick" : "full", options.only];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8");
  for await (const chunk of child.stdout) {
    const lines = (text + chunk).split("\n");
    text = lines.pop();
    for (const line of lines) onRecord(JSON.parse(line));
  }
  if (child.exitCode !== 0 && child.exitCode !== null) {
    throw new Error(`in_node.mjs ended with ${child.exitCode}`);
  }
  return `Node.js ${process.version}, V8 ${process.versions.v8}`;
}

/** Counts the garbage collections of a page while `use` runs, from the browser's own trace. */
async function traceCollections(page, use) {
  await page.tracing.start({ categories: ["devtools.timeline", "v8"] });
  await use();
  const trace = JSON.parse(new TextDecoder().decode(await page.tracing.stop()));
  const count = (name) => trace.traceEvents.filter((e) => e.name === name && e.ph !== "E").length;
  return { majors: count("MajorGC"), minors: count("MinorGC") };
}

async function runInChrome(options, onRecord) {
  const { launchChrome } = await import("../web/launch.mjs");
  const { startServer } = await import("../js/server.mjs");
  const server = await startServer({ web: join(root, "web"), tests: join(root, "tests") });
  const browser = await launchChrome();
  try {
    const page = await browser.newPage();
    await page.exposeFunction("record", onRecord);
    await page.goto(server.url);
    await page.evaluate(async () => {
      const cases = await import("/tests/bench/js/cases.mjs");
      window.frames = { run: await cases.makeFrames(), count: cases.FRAMES };
    });
    for (const name of ["secondstack", "fresh"]) {
      const counts = await traceCollections(page, () =>
        page.evaluate((variant) => window.frames.run(variant, window.frames.count), name),
      );
      onRecord({ frames: name, ...counts });
    }
    // This takes longer than a single call of the browser's protocol may, so the end is awaited by
    // an event.
    await new Promise((resolve, reject) => {
      const finish = (problem) => (problem ? reject(new Error(problem)) : resolve());
      const begin = (isQuick, only) => {
        import("/tests/bench/js/measure.mjs")
          .then(({ measure }) => measure({ isQuick, only }, window.record))
          .then(
            () => window.finish(""),
            (error) => window.finish(String(error.stack)),
          );
      };
      page
        .exposeFunction("finish", finish)
        .then(() => page.evaluate(begin, options.quick, options.only))
        .catch(reject);
    });
    return await browser.version();
  } finally {
    await browser.close();
    server.stop();
  }
}

const format = (value) => (value < 10 ? value.toPrecision(3) : value.toFixed(0));

/** Prints a case once all of its rows are there. */
function printCase(rows) {
  const [base] = rows;
  console.log(`\n  ${base.case}: ${base.variant} ${format(median(base.ns))} ns`);
  for (const row of rows.slice(1)) {
    const { ratio, low, high } = pairedRatio(row, base);
    const interval = `${format(low)} to ${format(high)}`;
    console.log(`    ${row.variant.padEnd(38)} ${format(ratio).padStart(6)}   ${interval}`);
  }
}

/** The lines for the median and the worst of the shapes of vertices. */
function vertexLines(platform, records, isCompiled) {
  const shapes = [];
  for (const row of records) {
    const [, shape, compiled] = /^vertices of (.*?)(, compiled)?$/.exec(row.case) ?? [];
    if (row.variant !== "push" || (compiled !== undefined) !== isCompiled || !shape) continue;
    const base = records.find((record) => record.case === row.case);
    shapes.push({ shape, to: base.variant, ...pairedRatio(row, base) });
  }
  if (shapes.length === 0) return [];
  shapes.sort((a, b) => a.ratio - b.ratio);
  const what = isCompiled ? "secondstack/compile" : "secondstack/layout";
  const line = (name, { shape, to, ratio, low, high }) => ({
    platform,
    case: `vertices by ${what}`,
    variant: `${name}: ${shape}`,
    to,
    limit: VERTEX_LIMIT,
    ratio,
    low,
    high,
    verdict: ratio <= VERTEX_LIMIT ? "holds" : "misses",
  });
  return [
    line("median shape", shapes[(shapes.length - 1) >> 1]),
    line("worst shape", shapes.at(-1)),
  ];
}

function targetLines(platform, records) {
  const lines = [];
  for (const { case: name, variant, to, limit } of TARGETS) {
    const rows = records.filter((record) => record.case === name);
    const row = rows.find((record) => record.variant === variant);
    const base = to ? rows.find((record) => record.variant === to) : rows[0];
    if (!row) continue;
    const { ratio, low, high } = pairedRatio(row, base);
    const verdict = ratio <= limit ? "holds" : "misses";
    lines.push({
      platform,
      case: name,
      variant,
      to: base.variant,
      limit,
      ratio,
      low,
      high,
      verdict,
    });
  }
  for (const isCompiled of [false, true]) lines.push(...vertexLines(platform, records, isCompiled));
  const frames = (name) => records.find((record) => record.frames === name);
  const [ours, fresh] = [frames("secondstack"), frames("fresh")];
  const verdict = ours.majors === 0 ? "holds" : "misses";
  const to = `fresh typed arrays: ${fresh.majors}`;
  const line = { platform, case: FRAMES_CASE, variant: "major collections", to, limit: 0 };
  lines.push({ ...line, ratio: ours.majors, verdict });
  return lines;
}

function commitOfTree() {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

const options = readArguments("js.mjs", USAGE, "build/bench", {
  only: { type: "string", default: "" },
});
build();
const out = resolve(root, options.out);
const result = { versions: {}, records: {}, targets: [] };
for (const [platform, run] of [
  ["node", runInNode],
  ["chrome", runInChrome],
]) {
  const records = [];
  let rows = [];
  console.log(`\n${platform}`);
  const onRecord = (record) => {
    records.push(record);
    if (record.frames) {
      const { frames, majors, minors } = record;
      console.log(`  ${FRAMES_CASE}, ${frames}: ${majors} major, ${minors} minor collections`);
      return;
    }
    if (rows.length > 0 && rows[0].case !== record.case) {
      printCase(rows);
      rows = [];
    }
    rows.push(record);
  };
  result.versions[platform] = await run(options, onRecord);
  if (rows.length > 0) printCase(rows);
  result.records[platform] = records;
  result.targets.push(...targetLines(platform, records));
}
Object.assign(result, {
  cpu: cpus()[0]?.model ?? "unknown",
  commit: commitOfTree(),
  date: new Date().toISOString(),
  isQuick: options.quick,
});
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "js.json"), `${JSON.stringify(result)}\n`);

console.log(`\n${Object.values(result.versions).join("; ")}\n`);
console.log("| where | what | to | at most | measured | |\n|---|---|---|---|---|---|");
for (const { platform, case: name, variant, to, limit, ratio, verdict } of result.targets) {
  const cells = [platform, `${name}: ${variant}`, to, limit, format(ratio), verdict];
  console.log(`| ${cells.join(" | ")} |`);
}
console.log(`\n${join(out, "js.json")}`);
