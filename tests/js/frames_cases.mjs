// SPDX-License-Identifier: MIT
// Frames: what is made in one lives until the frame begins that comes so many frames later.
import { createFrames } from "../../web/frames.mjs";
import { equal, ok, same, throws } from "./harness.mjs";
// For { debug: true }.
import "../../web/debug_scope.mjs";

export const cases = new Map();

cases.set("each_frame_lives_for_the_count_of_frames", () => {
  for (const count of [1, 2, 3]) {
    const frames = createFrames(count);
    const made = [];
    for (let f = 0; f < 12; f++) {
      const frame = frames.begin();
      equal(frames.frame(), frame);
      made.push({ frame, view: frame.uninitSlice(Uint32Array, 100 + f).fill(f) });
      const buffer = frame.buffer(Float32Array);
      for (let i = 0; i < 50; i++) buffer.push(i);
      equal(buffer.close()[49], 49);
      for (let ago = 0; ago <= f; ago++) {
        const lives = ago < count;
        equal(frames.frame(ago) === made[f - ago].frame, lives, `${ago} frames ago of ${count}`);
        if (lives)
          ok(
            made[f - ago].view.every((x) => x === f - ago),
            "another frame wrote to it",
          );
        else throws(() => made[f - ago].frame.uninitSlice(Uint8Array, 1), TypeError, /released/);
      }
    }
    frames.release();
  }
});

cases.set("a_frame_that_grows_detaches_no_other", () => {
  const frames = createFrames(2, { initialBytes: 1 << 20 });
  const early = frames.begin().copySlice(Float32Array, [1, 2, 3]);
  frames.begin().uninitSlice(Uint8Array, 8 << 20);
  same([...early], [1, 2, 3]);
  frames.release();
});

cases.set("a_repeated_frame_takes_no_more_memory", () => {
  const frames = createFrames(3);
  const run = () => frames.begin().buffer(Float32Array).extend(5000);
  for (let f = 0; f < 9; f++) run();
  const before = frames.stats().map(({ backingCalls }) => backingCalls);
  for (let f = 0; f < 30; f++) run();
  same(
    frames.stats().map(({ backingCalls }) => backingCalls),
    before,
  );
  frames.release();
  ok(
    frames.stats().every(({ used }) => used === 0),
    "something is left",
  );
});

cases.set("a_scope_left_open_in_a_frame_is_named_when_the_frame_ends", () => {
  const frames = createFrames(1);
  const frame = frames.begin();
  frames._stacks[0].scope();
  throws(() => frames.begin(), TypeError, /begin: the scope ended while one opened in it/);
  ok(frames.frame() !== frame, "no new frame has begun");
  frames.frame().uninitSlice(Uint8Array, 1);
  frames.release();
});

cases.set("bad_counts_are_named", () => {
  for (const count of [0, 65, 1.5, "2", undefined]) {
    throws(() => createFrames(count), RangeError, /createFrames: count is .*, not from 1 to 64/);
  }
  const frames = createFrames(2);
  equal(frames.frame(), null);
  throws(() => frames.frame(-1), TypeError, /frame: ago is -1/);
  equal(frames.frame(2), null);
  frames.release();
  frames.release();
  throws(() => frames.begin(), TypeError, /begin: the frames have been released/);
});

cases.set("debug_names_a_view_that_is_used_too_late", async () => {
  const frames = createFrames(2, { debug: true });
  const said = [];
  const original = console.error;
  console.error = (text) => said.push(text);
  try {
    const view = frames.begin().copySlice(Float32Array, [1, 2, 3]);
    frames.begin();
    await null;
    same([...view], [1, 2, 3]);
    same(said, []);
    const late = frames.begin();
    ok(
      new Uint8Array(view.buffer, view.byteOffset, 12).every((x) => x === 0xdd),
      "not filled",
    );
    throws(
      () => late.copySlice(view),
      TypeError,
      /the view is of a scope that has been released.*frames_cases/,
    );
    frames.begin().uninitSlice(Uint8Array, 12)[0] = 1;
    await null;
    same(said, []);
  } finally {
    console.error = original;
    frames.release();
  }
});
