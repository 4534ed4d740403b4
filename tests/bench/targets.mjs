// SPDX-License-Identifier: MIT
// The aims, each with what was measured. Each aim looks for its rows in micro.json and says so if
// they are missing (after a run with --only).
import { median, pairedRatio } from "./statistics.mjs";

const SIZES = [16, 256, 4 << 10, 64 << 10, 1 << 20, 64 << 20];
const MANY = [10_000, 1_000_000];
// The aims for the bytes of code; the limits in exact.mjs only keep them from growing.
const WANTED_BYTES = {
  "bytes that slices and scopes add": 2200,
  "bytes that buffers and those add": 3900,
};

const number = (value) => String(Number(value.toPrecision(3)));

class Missing extends Error {}

/** Returns a function that finds rows by the values of their fields. */
function finder(rows) {
  const all = (wanted) => {
    const keys = Object.keys(wanted);
    const found = rows.filter((row) => keys.every((key) => row[key] === wanted[key]));
    if (found.length === 0) throw new Missing(Object.values(wanted).join(" "));
    return found;
  };
  return { all, one: (wanted) => all(wanted)[0] };
}

/**
 * The counts of a case's rows that are at least `least`. Callers pass less than a round number,
 * because blocks leave out the last few items.
 */
const countsOf = (rows, least) =>
  [...new Set(rows.map((row) => row.count))].filter((n) => n >= least);

/**
 * @param {object} result what micro.json holds
 * @returns {{ name: string, limit: string, measured: string, verdict: "holds" | "misses" | "unclear" | "missing" }[]}
 */
export function targetRows(result) {
  const { all, one } = finder(result.rows);
  const exact = Object.fromEntries(result.exact.checks.map((check) => [check.name, check]));
  const targets = [];
  const node = (hasThreads) => ({ platform: "node", hasThreads, allocator: "dlmalloc" });

  /**
   * `measure` returns ratios by name, each of which must be at most `limit`. `doubt` may say why
   * they mean nothing in this run, or what the shortest possible program takes.
   */
  const target = (name, limitText, limit, measure, doubt = () => "", bound = () => "") => {
    try {
      const ratios = measure();
      const worst = Math.max(...Object.values(ratios));
      const holds = Object.values(ratios).every((ratio) => ratio <= limit);
      const texts = Object.entries(ratios).map(
        ([of, ratio]) => `${of ? `${of} ` : ""}${number(ratio)}`,
      );
      const measured = texts.length > 6 ? `at most ${number(worst)}` : texts.join(", ");
      const why = holds ? "" : doubt();
      const most = holds ? "" : bound();
      const verdict = holds ? "holds" : why ? "unclear" : "misses";
      targets.push({
        name,
        limit: limitText,
        measured: [measured, why, most].filter(Boolean).join("; "),
        verdict,
      });
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      targets.push({ name, limit: limitText, measured: "not in this run", verdict: "missing" });
    }
  };
  const ratioOf = (where, variant, base) =>
    pairedRatio(one({ ...where, variant }), one({ ...where, variant: base })).ratio;
  const sizeText = (size) =>
    size >= 1 << 20 ? `${size >> 20} MiB` : size >= 1024 ? `${size >> 10} KiB` : `${size} B`;

  const sliceRatios = (where) => () =>
    Object.fromEntries(
      SIZES.map((size) => [
        sizeText(size),
        one({ ...where, case: "slice", size, variant: "secondstack" }).ratio,
      ]),
    );
  const flatness = (where) => () => {
    const times = SIZES.map(
      (size) => one({ ...where, case: "slice", size, variant: "secondstack" }).ns_median,
    );
    return { "slowest / median": Math.max(...times) / median(times) };
  };
  const noDoubt = () => "";
  const checkedBump = (where) => () => {
    const checked = one({ ...where, case: "slice", size: 256, variant: "checked bump" });
    return `the shortest that can grow and go back ${number(checked.ratio)}`;
  };
  const slice = "save + slice + restore";
  target(
    `${slice}, plain, to the bump`,
    "1.5",
    1.5,
    sliceRatios(node(false)),
    noDoubt,
    checkedBump(node(false)),
  );
  target(
    `${slice}, -pthread, to the bump`,
    "1.7",
    1.7,
    sliceRatios(node(true)),
    noDoubt,
    checkedBump(node(true)),
  );
  target(
    `${slice}, native, to the bump`,
    "1.1",
    1.1,
    sliceRatios({ platform: "native" }),
    noDoubt,
    checkedBump({ platform: "native" }),
  );
  target(`${slice}, flat over sizes, plain`, "1.15", 1.15, flatness(node(false)));

  const allocatorsOf = (hasThreads, name) => [
    ...new Set(all({ platform: "node", hasThreads, case: name }).map((row) => row.allocator)),
  ];
  for (const hasThreads of [false, true]) {
    const threads = hasThreads ? "-pthread" : "plain";
    target(`${slice}, ${threads}, to the fastest malloc+free`, "1/4", 0.25, () =>
      Object.fromEntries(
        SIZES.map((size) => {
          const ratios = allocatorsOf(hasThreads, "slice").map((allocator) => {
            const where = { platform: "node", hasThreads, allocator, case: "slice", size };
            return ratioOf(where, "secondstack", "malloc+free");
          });
          return [sizeText(size), Math.max(...ratios)];
        }),
      ),
    );
  }

  const twoThreads = { ...node(true), case: "threads", threads: 2 };
  const timeOf = (where, variant) => one({ ...where, variant }).ns_median;
  /**
   * How much longer a thread takes when two run. With nothing shared and two free cores this is 1.
   */
  const scaling = (where, variant) =>
    timeOf({ ...where, threads: 2 }, variant) / timeOf({ ...where, threads: 1 }, variant);
  const sharedCore = (where) => () => {
    const limit = scaling(where, "thread-local bump");
    return limit > 1.2 ? `two cores were not free: the limit itself took ${number(limit)}` : "";
  };
  for (const [allocator, text, limit] of [
    ["dlmalloc", "1/50", 1 / 50],
    ["mimalloc", "1/10", 1 / 10],
  ]) {
    if (!result.environment.allocators.includes(allocator)) continue;
    const where = { ...twoThreads, allocator };
    const measure = () => ({ "": ratioOf(where, "secondstack", "malloc+free") });
    target(`2 threads, to ${allocator}`, text, limit, measure, sharedCore(where));
  }
  const perThread = () => ({ "": scaling(twoThreads, "secondstack") });
  const perThreadName = "2 threads, per thread, to 1 thread";
  target(perThreadName, "1.3", 1.3, perThread, sharedCore(twoThreads));

  const counted = (where, least, variant, base) => () =>
    Object.fromEntries(
      countsOf(all(where), least).map((count) => [
        `${count} items`,
        base
          ? ratioOf({ ...where, count }, variant, base)
          : one({ ...where, count, variant }).ratio,
      ]),
    );
  const pushes = { ...node(false), case: "append one by one" };
  target("push, to a fixed array", "1.15", 1.15, counted(pushes, MANY[0], "secondstack push"));
  for (const base of ["realloc-doubling", "std::vector reused"]) {
    target(`push, to ${base}`, "1", 1, counted(pushes, MANY[0], "secondstack push", base));
  }
  // The worst and the median of the loops of shape_bench.c, in every engine that was measured.
  for (const platform of new Set(result.rows.map((row) => row.platform))) {
    const shapes = (kind) =>
      all({ platform, hasThreads: platform === "native", program: "shape" }).filter((row) =>
        row.case.startsWith(`${kind} shape`),
      );
    const worstAndMedian = (kind, variant, base) => {
      const some = shapes(kind).filter((row) => row.variant === variant);
      const ratios = some.map((row) =>
        base
          ? ratioOf(
              { platform, case: row.case, allocator: row.allocator, hasThreads: row.hasThreads },
              variant,
              base,
            )
          : row.ratio,
      );
      return { worst: Math.max(...ratios), median: median(ratios) };
    };
    const shape = (name, limit, ...what) =>
      target(`${name}, worst shape, ${platform}`, String(limit), limit, () =>
        worstAndMedian(...what),
      );
    shape(slice, 2.1, "slice", "secondstack");
    shape("push, to a fixed array", 1.35, "push", "secondstack push");
    shape("push, to doubling by hand", 1, "push", "secondstack push", "doubling by hand");
  }

  const destructor = { ...node(false), case: "destructor" };
  target("a scope with a destructor, to the bump", "14", 14, () => ({
    "": one({ ...destructor, variant: "secondstack" }).ratio,
  }));
  target("a scope with a destructor, to malloc+free", "1.2", 1.2, () => ({
    "": ratioOf(destructor, "secondstack", "malloc+free"),
  }));

  const block = { ...node(false), case: "append as a block" };
  target(
    "extend as a block, to a fixed array",
    "1.03",
    1.03,
    counted(block, MANY[0], "secondstack extend"),
  );

  const three = { ...node(false), case: "three one by one" };
  const leastThree = 9_000;
  target(
    "three, pushed, to fixed arrays",
    "1.6",
    1.6,
    counted(three, leastThree, "secondstack push"),
    noDoubt,
    () => {
      const rows = all({ ...three, variant: "growing arrays" });
      const ratios = rows.filter(({ count }) => count >= leastThree).map(({ ratio }) => ratio);
      return `the shortest that can grow ${ratios.map(number).join(" and ")}`;
    },
  );
  target(
    "three, pushed, to malloc vectors",
    "0.7",
    0.7,
    counted(three, leastThree, "secondstack push", "realloc-doubling"),
  );
  const threeBlocks = { ...three, case: "three in blocks of 64" };
  target(
    "three, by block, to fixed arrays",
    "1.1",
    1.1,
    counted(threeBlocks, leastThree, "secondstack extend"),
  );

  const short = { ...node(false), case: "scope with 16 items" };
  target("scope with a buffer of 16 items, to a bare scope", "12", 12, () => ({
    "": ratioOf(short, "secondstack buffer", "secondstack bare scope"),
  }));
  target("scope with a buffer of 16 items, to malloc+free", "1", 1, () => ({
    "": ratioOf(short, "secondstack buffer", "malloc+free"),
  }));
  target("scope at a chunk's edge, to anywhere else", "1.05", 1.05, () => ({
    "": ratioOf(
      { ...node(false), case: "chunk edge" },
      "secondstack at the edge",
      "secondstack elsewhere",
    ),
  }));

  target("first growth to 64 MiB, heap / data", "1.07", 1.07, () =>
    Object.fromEntries(
      all({ case: "first growth", variant: "secondstack push" }).map((row) => [
        `${row.build} ${row.count}`,
        row.heap_ratio,
      ]),
    ),
  );
  for (const hasThreads of [false, true]) {
    const growth = { ...node(hasThreads), case: "first growth" };
    const name = `first growth, time, to the exact size, ${hasThreads ? "-pthread" : "plain"}`;
    target(name, "1.3", 1.3, counted(growth, 1, "secondstack push", "secondstack reserve"));
  }

  for (const [name, check] of Object.entries(exact)) {
    if (!/^(instructions|bytes)/.test(name)) continue;
    const limit = WANTED_BYTES[name] ?? check.limit;
    target(name, String(limit), limit, () => ({ "": check.value }));
  }
  target("backing calls of warm scopes with buffers", "0", 0, () =>
    Object.fromEntries(
      result.rows
        .filter((row) => row.case === "backing calls")
        .map((row) => [row.build, row.value]),
    ),
  );
  return targets;
}

/** @param {object} result what micro.json holds */
export function targetTable(result) {
  return [
    "| what | at most | measured | |",
    "|---|---|---|---|",
    ...targetRows(result).map(
      ({ name, limit, measured, verdict }) => `| ${name} | ${limit} | ${measured} | ${verdict} |`,
    ),
  ].join("\n");
}
