// SPDX-License-Identifier: MIT
// Scopes of JavaScript and of a program of C with a hog as entries of performance.measure, in Node.js.
//   node tests/js/measure.test.mjs
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { equal, ok, report, runCases, same, throws } from "./harness.mjs";
import { buildHog, lineOfHog } from "../web/panel_build.mjs";
import { measure } from "../../web/measure.mjs";
import { attach, createSecondStack } from "../../web/secondstack.mjs";

// What the modules of older versions of Emscripten take for granted; and Node's own fetch refuses a file name.
Object.assign(globalThis, { require: createRequire(import.meta.url), __dirname: "." });
delete globalThis.fetch;

const entries = () => performance.getEntriesByType("measure");
const cases = new Map();

cases.set("scopes_of_javascript_nest_on_a_track", async () => {
  performance.clearMeasures();
  const stack = await createSecondStack();
  const measuring = measure(stack, { track: "Mine" });
  stack.scope((outer) => {
    outer.uninitSlice(Uint8Array, 1000);
    stack.scope((inner) => inner.uninitSlice(Uint8Array, 16_000));
  });
  equal(entries().length, 0, "entries while scopes run");
  measuring.flush();
  measuring.flush();
  const found = entries();
  equal(found.length, 2, "entries");
  const [outer, inner] = found;
  const { devtools } = outer.detail;
  equal(devtools.dataType, "track-entry");
  equal(devtools.track, "Mine");
  equal(devtools.trackGroup, "secondstack");
  equal(devtools.color, "primary");
  same(devtools.properties[0], ["bytes", "1008"]);
  same(inner.detail.devtools.properties[0], ["bytes", "16000"]);
  ok(inner.startTime >= outer.startTime, "the inner one begins before the outer one");
  const endOf = ({ startTime, duration }) => startTime + duration;
  ok(endOf(inner) <= endOf(outer) + 1e-6, "the inner one ends after the outer one");
  measuring.stop();
  stack.scope(() => {});
  measuring.flush();
  equal(entries().length, 2, "entries after its end");
});

cases.set("what_it_leaves_behind_is_bounded", async () => {
  performance.clearMeasures();
  performance.measure("somebody else's", { start: 0, end: 1 });
  const stack = await createSecondStack();
  const measuring = measure(stack, { limit: 50 });
  for (let i = 0; i < 1000; i++) {
    stack.scope(() => {});
    if (i % 7 === 0) measuring.flush();
  }
  measuring.stop();
  const own = entries().filter(({ name }) => name === "scope");
  ok(own.length > 0 && own.length <= 50, `${own.length} entries`);
  equal(entries().length, own.length + 1, "with the other one");
});

cases.set("a_hog_in_c_is_on_the_same_track", async () => {
  performance.clearMeasures();
  const module = await (await import(pathToFileURL(buildHog()).href)).default();
  const stack = attach(module);
  const before = performance.now();
  const measuring = measure(stack);
  stack.scope(() => module.callMain([]));
  measuring.flush();
  const after = performance.now();
  const count = entries().length;
  measuring.flush();
  equal(entries().length, count, "entries once more");
  measuring.stop();
  const bytesOf = ({ detail }) =>
    Number(detail.devtools.properties.find(([name]) => name === "bytes")?.[1] ?? 0);
  const scopes = entries().filter(({ name }) => name.startsWith("SS_SCOPE at"));
  equal(scopes.length, 2000, "scopes of C");
  const [deepest] = [...scopes].sort((a, b) => bytesOf(b) - bytesOf(a));
  equal(deepest.name, `SS_SCOPE at tests/look/hog.c:${lineOfHog("SS_SCOPE {  // the hog's")}`);
  const growths = entries().filter(({ detail }) => detail.devtools.color === "error");
  const hog = `growth by ss_buffer_open at tests/look/hog.c:${lineOfHog("();  // the hog")}`;
  ok(growths.filter(({ name }) => name === hog).length >= 2, "no growths of the hog");
  equal(entries().filter(({ name }) => name === "scope").length, 1, "scopes of JavaScript");
  // One clock: all of C lies in the scope of JavaScript around it, which lies between these two.
  const [around] = entries().filter(({ name }) => name === "scope");
  ok(around.startTime >= before && around.startTime + around.duration <= after, "another time");
  const slack = 1;
  const isWithin = ({ startTime, duration }) =>
    startTime > around.startTime - slack &&
    startTime + duration < around.startTime + around.duration + slack;
  ok(scopes.every(isWithin), "scopes of C lie outside of the one around them");
});

cases.set("arguments_are_checked", async () => {
  const stack = await createSecondStack();
  throws(() => measure({}), TypeError, /measure: stack is no SecondStack/);
  throws(() => measure(stack, { limit: 0 }), RangeError, /limit is 0/);
  throws(() => measure(stack, { limits: 1 }), TypeError, /limits/);
});

report([await runCases(cases, undefined, "measure")]);
