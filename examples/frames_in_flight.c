// SPDX-License-Identifier: MIT
// Data that lives for several frames: what a GPU or a worker still reads while the next frames are made.
//
// ss_frames is a ring of stacks, one for each frame that may be in flight. Beginning a frame releases the oldest one, so
// its reader must be done by then. No block is freed, and nothing is copied.
//
//   cc -I ../include frames_in_flight.c ../src/*.c -pthread && ./a.out
#include <secondstack.h>
#include <stdio.h>

enum { IN_FLIGHT = 3, FRAMES = 100 };

// Makes a frame's vertices, more in some frames than in others.
static ss_slice generate(ss_stack *stack, int number)
{
  ss_buffer vertices = ss_stack_buffer_open(stack);
  for (int i = 0; i < 100 + number % 7 * 50; i++) *ss_push(float, &vertices) = (float)(number + i);
  return ss_buffer_close(&vertices);
}

// Stands for the GPU: reads a frame two frames after it was made.
static bool is_intact(ss_slice vertices, int number)
{
  const float *values = vertices.data;
  for (size_t i = 0; i < vertices.size / sizeof(float); i++) {
    if (values[i] != (float)(number + (int)i)) return false;
  }
  return true;
}

static size_t allocator_calls(const ss_frames *frames)
{
  size_t calls = 0;
  for (size_t ago = 0; ago < IN_FLIGHT; ago++) {
    calls += ss_stack_stats(ss_frames_stack(frames, ago)).backing_calls;
  }
  return calls;
}

int main(void)
{
  ss_frames *frames = ss_frames_new(IN_FLIGHT, NULL);
  if (frames == NULL) return 1;
  ss_slice vertices[IN_FLIGHT];
  int intact = 0;
  size_t warm_calls = 0;
  for (int number = 0; number < FRAMES; number++) {
    ss_slice *mine = &vertices[number % IN_FLIGHT];
    // A real program waits for its fence here, because the frame that begins releases this one.
    if (number >= IN_FLIGHT && is_intact(*mine, number - IN_FLIGHT)) intact++;
    *mine = generate(ss_frames_begin(frames), number);
    if (number == FRAMES / 2) warm_calls = allocator_calls(frames);
  }
  const size_t calls = allocator_calls(frames) - warm_calls;
  printf("%d of %d frames were intact when they were read\n", intact, FRAMES - IN_FLIGHT);
  printf("%zu allocator calls in the last %d frames\n", calls, FRAMES / 2 - 1);
  ss_frames_free(frames);
  return intact == FRAMES - IN_FLIGHT && calls == 0 ? 0 : 1;
}
