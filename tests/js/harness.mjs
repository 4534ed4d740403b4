// SPDX-License-Identifier: MIT
// Runs named cases and counts them, in any JavaScript environment. A case that fails says why; one
// that cannot run where it is says so and counts as skipped.

const CASE_LIMIT_MS = 60_000;

/** Thrown by a case that cannot run here. */
export class Skip extends Error {}

function show(value) {
  if (typeof value === "bigint") return `${value}n`;
  if (ArrayBuffer.isView(value)) return `${value[Symbol.toStringTag]}(${[...value].slice(0, 20)})`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** @param {unknown} condition @param {string} message */
export function ok(condition, message) {
  if (!condition) throw new Error(message);
}

/** @param {unknown} actual @param {unknown} expected @param {string} [what] */
export function equal(actual, expected, what = "value") {
  ok(Object.is(actual, expected), `${what}: ${show(actual)}, expected ${show(expected)}`);
}

/** @param {ArrayLike<unknown>} actual @param {ArrayLike<unknown>} expected @param {string} [what] */
export function same(actual, expected, what = "elements") {
  const isSame =
    actual.length === expected.length &&
    Array.from(actual).every((x, i) => Object.is(x, expected[i]));
  ok(isSame, `${what}: ${show(actual)}, expected ${show(expected)}`);
}

/**
 * @param {() => unknown} call must throw
 * @param {Function} Type exactly this one
 * @param {RegExp} message
 */
export function throws(call, Type, message) {
  let error;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  ok(error !== undefined, `nothing thrown, expected ${message}`);
  ok(error.constructor === Type, `${error.name} thrown, expected ${Type.name}: ${error.message}`);
  ok(message.test(error.message), `the message is ${show(error.message)}, expected ${message}`);
  ok(!error.message.includes("\n"), `the message has several lines: ${show(error.message)}`);
}

/** @param {Promise<unknown>} promise must be rejected. The rest as for throws. */
export async function rejects(promise, Type, message) {
  let call = () => {};
  try {
    await promise;
  } catch (error) {
    call = () => {
      throw error;
    };
  }
  throws(call, Type, message);
}

function limited(promise, limitMs) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`not finished after ${limitMs / 1000} s`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * @param {Map<string, (env?: any) => unknown>} cases
 * @param {any} [env] what they are given
 * @param {string} [place] says where they ran
 * @param {number} [limitMs] for each
 * @returns {Promise<{ passed: number, failed: number, skipped: number, lines: string[] }>}
 */
export async function runCases(cases, env, place = "", limitMs = CASE_LIMIT_MS) {
  const counts = { passed: 0, failed: 0, skipped: 0, lines: [] };
  for (const [name, run] of cases) {
    const title = place ? `${place}: ${name}` : name;
    try {
      await limited(
        Promise.resolve().then(() => run(env)),
        limitMs,
      );
      counts.passed++;
    } catch (error) {
      if (error instanceof Skip) {
        counts.skipped++;
        counts.lines.push(`skipped ${title}: ${error.message}`);
      } else {
        counts.failed++;
        counts.lines.push(`FAILED ${title}\n${error?.stack ?? error}`);
      }
    }
  }
  return counts;
}

/** Several runs of cases as one. */
export function sumOf(all) {
  const sum = { passed: 0, failed: 0, skipped: 0, lines: [] };
  for (const counts of all) {
    for (const key of ["passed", "failed", "skipped"]) sum[key] += counts[key];
    sum.lines.push(...counts.lines);
  }
  return sum;
}

/** Adds counts up, prints what is to be said, and the line that ./run reads; sets the exit status. */
export function report(all) {
  const sum = sumOf(all);
  for (const line of sum.lines) console.log(line);
  if (sum.failed > 0 && typeof process !== "undefined") {
    console.log(`  again: node ${process.argv[1].replace(`${process.cwd()}/`, "")}`);
  }
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
  console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);
  if (sum.failed > 0) process.exitCode = 1;
}
