// SPDX-License-Identifier: MIT
// A use after a restore with SS_DEBUG=1, as tools tell of it: AddressSanitizer names the slice and the scope; memcheck and
// massif know slices as blocks where the environment has SS_VALGRIND=1, and not otherwise.
import { readFileSync, rmSync } from "node:fs";
import { check, checkFinds, compile, finish, run } from "./programs.mjs";

const SOURCE = "tests/look/released.c";
const lines = readFileSync(SOURCE, "utf8").split("\n");
const lineOf = (text) => 1 + lines.findIndex((line) => line.includes(text));
const [large, scope, slice, use] = ["the large one", "the scope", "the slice", "the use"].map(
  (text) => lineOf(`// ${text}`),
);
const where = (line) => `released\\.c:${line}\\)`;

const asan = run(compile("released-asan", SOURCE, "-O1", "-DSS_DEBUG=1", "-fsanitize=address"));
checkFinds("AddressSanitizer", asan.stderr, [
  /use-after-poison/,
  new RegExp(
    `secondstack: the address is in a slice of 77 bytes, ss_zeroed_slice at ${SOURCE}:${slice}, ` +
      `which was released by SS_SCOPE at ${SOURCE}:${scope}\n`,
  ),
]);

const program = compile("released", SOURCE, "-O1", "-DSS_DEBUG=1");
const valgrind = (isAsked, ...flags) =>
  run("env", `SS_VALGRIND=${isAsked}`, "valgrind", ...flags, program);

// Of several slices that were at one place, memcheck names the oldest that it remembers: it is to remember few.
const memcheck = valgrind(1, "--leak-check=full", "--freelist-vol=1000").stderr;
checkFinds("memcheck, asked", memcheck, [
  new RegExp(`Invalid read of size 1\n==\\d+== +at 0x\\w+: main \\(${where(use)}`),
  /Address 0x\w+ is 50 bytes inside a block of size 77 free'd/,
  new RegExp(`Block was alloc'd at\n(==.*\n)+?==.*: main \\(${where(slice)}`),
  /definitely lost: 0 bytes/,
  /ERROR SUMMARY: 1 errors/,
]);
const unasked = valgrind(0).stderr;
check("memcheck, not asked: no block", /inside a block of size 77/.test(unasked) && unasked);
checkFinds("memcheck, not asked", unasked, [/Invalid read of size 1/, /ERROR SUMMARY: 1 errors/]);

const out = "build/look/massif.out";
for (const isAsked of [1, 0]) {
  rmSync(out, { force: true });
  const said = valgrind(isAsked, "--tool=massif", `--massif-out-file=${out}`, "--threshold=1.0");
  check(`massif, SS_VALGRIND=${isAsked}: it runs`, said.status !== 0 && said.stderr);
  const tree = readFileSync(out, "utf8");
  // In the tree of the peak: bytes, and who has taken them.
  const knows = new RegExp(`n\\d+: 300000 0x\\w+: .*(\n +n.*)*?take \\(${where(large)}`).test(tree);
  check(
    `massif, SS_VALGRIND=${isAsked}: ${isAsked ? "it knows" : "it does not know"} the slice`,
    knows !== Boolean(isAsked) && tree,
  );
}
finish();
