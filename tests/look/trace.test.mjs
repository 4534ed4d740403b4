// SPDX-License-Identifier: MIT
// The trace of a program with a hog: well-formed in the trace-event format, bounded, and the hog's frame is in it.
import { readFileSync } from "node:fs";
import { check, compile, finish, run } from "./programs.mjs";

const HOG = "tests/look/hog.c";
const lineOf = (text) =>
  1 +
  readFileSync(HOG, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));
const HOG_BYTES = 128 * 128 * 16;

function traceOf(program, ...args) {
  const text = run(program, ...args).stdout;
  try {
    return JSON.parse(text);
  } catch (error) {
    check(`${args.join(" ")}: JSON`, `${error}: ${text.slice(0, 500)}`);
    return { traceEvents: [] };
  }
}

/** What the format asks of each kind of event. */
function problemOf(event) {
  if (event.pid !== 1 || !Number.isInteger(event.tid)) return "no process or thread";
  if (event.ph === "M") return event.name !== "thread_name" && "an unknown metadata event";
  if (typeof event.ts !== "number" || event.ts < 0) return "no time";
  if (event.ph === "X")
    return !(event.dur >= 0 && Number.isInteger(event.args.bytes)) && "no duration";
  if (event.ph === "i") return event.s !== "t" && "an instant of no thread";
  return event.ph !== "C" && "an unknown kind";
}

for (const isDebug of [0, 1]) {
  const name = `SS_DEBUG=${isDebug}`;
  const program = compile(
    `hogtrace${isDebug}`,
    HOG,
    "-O2",
    "-DSS_PROFILE=1",
    `-DSS_DEBUG=${isDebug}`,
  );
  const { traceEvents: events } = traceOf(program, "trace", "100000");
  const wrong = events.find(problemOf);
  check(`${name}: every event is one`, wrong && `${problemOf(wrong)}: ${JSON.stringify(wrong)}`);

  const scopes = events.filter((event) => event.ph === "X");
  check(`${name}: two scopes in each frame`, scopes.length !== 2000 && `${scopes.length} scopes`);
  // Two scopes of one stack lie in each other or apart; times have nanoseconds, with which doubles have some trouble.
  const ends = [];
  const byBegin = [...scopes].sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const crossing = byBegin.find(({ ts, dur }) => {
    while (ends.length && ends.at(-1) <= ts + 1e-4) ends.pop();
    ends.push(ts + dur);
    return ends.length > 1 && ends.at(-2) < ts + dur - 1e-4;
  });
  check(`${name}: scopes nest`, crossing && JSON.stringify(crossing));

  const [deepest] = [...scopes].sort((a, b) => b.args.bytes - a.args.bytes);
  const place = `SS_SCOPE at ${HOG}:${lineOf("SS_SCOPE {  // the hog's")}`;
  const isHog = deepest?.name === place && deepest.args.bytes >= HOG_BYTES;
  check(`${name}: the deepest scope is the hog's`, !isHog && JSON.stringify(deepest));
  check(
    `${name}: it is frame 617's`,
    byBegin.filter((e) => e.name === place).indexOf(deepest) !== 617,
  );

  const isWithin = (event) => event.ts >= deepest.ts && event.ts <= deepest.ts + deepest.dur;
  const grown = events.filter((event) => event.ph === "i" && isWithin(event));
  const who = `ss_buffer_open at ${HOG}:${lineOf("();  // the hog")}`;
  const isBlamed = grown.length >= 2 && grown.every((event) => event.args.place === who);
  check(`${name}: the growths in it are the hog's`, !isBlamed && JSON.stringify(grown));
  const counters = events.filter((event) => event.ph === "C").map((event) => event.args.bytes);
  check(`${name}: what is reserved rises`, Math.max(...counters) < HOG_BYTES && counters.join(" "));

  const few = traceOf(program, "trace", "50");
  const kept = few.traceEvents.filter((event) => event.ph === "X" || event.ph === "i");
  check(`${name}: the ring is bounded`, kept.length !== 50 && `${kept.length} events`);
  check(
    `${name}: it says what is left out`,
    few.otherData.left_out < 1900 && JSON.stringify(few.otherData),
  );
}
finish();
