// SPDX-License-Identifier: MIT
// tools/gdb/secondstack.py in a real gdb: what it says of a program that is stopped is what the program did. The library
// has no debug information, as a user's has none.
import { check, checkFinds, compile, finish, run } from "./programs.mjs";

function debug(program, ...commands) {
  const { stdout, stderr } = run(
    "gdb",
    ...["-q", "-nx", "-batch", "-ex", "set auto-load no", "-ex", "set width 0"],
    ...["source tools/gdb/secondstack.py", "break look", "run", ...commands].flatMap((c) => [
      "-ex",
      c,
    ]),
    program,
  );
  return stdout + stderr;
}

const COMMANDS = [
  "secondstack",
  "up",
  "print wide",
  "print narrow",
  "print closed",
  "print numbers",
];
COMMANDS.push("print mark", "print *own", "secondstack own", "secondstack other");
COMMANDS.push("print found", "print ended");

for (const isDebug of [0, 1]) {
  const program = compile(
    `stopped${isDebug}`,
    "tests/look/stopped.c",
    "-O0",
    `-DSS_DEBUG=${isDebug}`,
  );
  const seen = debug(program, ...COMMANDS);
  checkFinds(`gdb, SS_DEBUG=${isDebug}`, seen, [
    /\nstack at 0x\w+: \d+ bytes reserved, [23] lanes, 2 buffers open, /,
    /\n {2}lane 0: of an open buffer; chunk at 0x\w+: \d+ of \d+ bytes; the buffer's bytes from 0x/,
    /\n {2}to be undone: destructor release\(0x\w+\), 1 to go\n/,
    /\n {2}to be undone: buffer at 0x\w+, open\n/,
    /\n {2}in main, line \d+: wide, buffer of 120 bytes at 0x\w+, lane 0, room for \d+ more\n/,
    /\n {2}in main, line \d+: scope from mark at 0x/,
    /\n\$1 = buffer of 120 bytes at 0x\w+, lane 0, /,
    /\n\$2 = buffer of 1 bytes at 0x\w+, lane 1, /,
    /\n\$3 = closed buffer\n/,
    /\n\$4 = slice of 1000 bytes at 0x/,
    /\n\$5 = mark at 0x\w+, version \d+/,
    /\n\$6 = stack: \d+ bytes reserved, .* = \{lane 0 = .*chunk at 0x\w+: 400\d\d\d of \d+ bytes/,
    /\nstack at 0x\w+: \d+ bytes reserved, \d lanes, 0 buffers open, \d+ growths/,
    /\nstack at 0x\w+: \d+ bytes reserved, \d lanes, 0 buffers open, 1 regions, /,
    /\n {2}lane \d: of a region; chunk at 0x\w+: \d+ of \d+ bytes; .*next slice at 0x\w+, with room for \d+ bytes\n/,
    /\n {2}to be undone: region at 0x\w+, bytes of its slices: 288 at 0x\w+, 4000000 at 0x\w+\n/,
    /\n {2}in main, line \d+: found, region at 0x\w+, bytes of its slices: 288 at 0x/,
    /\n\$7 = region at 0x\w+, bytes of its slices: 288 at 0x\w+, 4000000 at 0x\w+\n/,
    /\n {2}in main, line \d+: ended, region whose scope has ended\n/,
    /\n\$8 = region whose scope has ended\n/,
  ]);
  const sites = [
    ...seen.matchAll(/to be undone: (\w[\w ]*): (\w+) at tests\/look\/stopped\.c:\d+/g),
  ];
  const found = sites.map(([, what, call]) => `${what} ${call}`).join(", ");
  const expected = isDebug
    ? "open buffer ss_buffer_open, slice of 1000 bytes ss_zeroed_slice, scope ss_save, " +
      "open buffer ss_buffer_open, scope SS_SCOPE"
    : "";
  check(`gdb, SS_DEBUG=${isDebug}: places`, !found.startsWith(expected) && `${found} in:\n${seen}`);
  check(
    `gdb, SS_DEBUG=${isDebug}: the region's place`,
    found.includes("region ss_stack_region_open") !== (isDebug === 1) && `${found} in:\n${seen}`,
  );
}

const before = debug("build/look/stopped0", "tbreak main", "run", "secondstack");
checkFinds("gdb, a stack that was not used yet", before, [
  /\nstack at 0x\w+: 0 bytes reserved, 0 lanes, 0 buffers open, 0 growths/,
]);
finish();
