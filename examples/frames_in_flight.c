// SPDX-License-Identifier: MIT
// Data that lives for several frames: what a GPU or a worker still reads while the next frames are made.
//
// A ring of owned stacks, one for each frame that may be in flight. A frame's memory is released, by restoring its
// stack, when its turn comes again and whoever read it is done. Nothing is freed and nothing is copied.
//
//   cc -I ../include frames_in_flight.c ../src/*.c -pthread && ./a.out
#include <secondstack.h>
#include <stdio.h>

enum { IN_FLIGHT = 3, FRAMES = 100 };

typedef struct frame {
  ss_stack *stack;
  ss_mark begin;
  ss_slice vertices;  // what the reader of this frame still needs
  int number;
} frame;

// Makes a frame's vertices, more in some frames than in others.
static ss_slice generate(ss_stack *stack, int number)
{
  ss_buffer vertices = ss_stack_buffer_open(stack);
  for (int i = 0; i < 100 + number % 7 * 50; i++) *ss_push(float, &vertices) = (float)(number + i);
  return ss_buffer_close(&vertices);
}

// Stands for the GPU: reads a frame two frames after it was made.
static bool is_intact(const frame *f)
{
  const float *values = f->vertices.data;
  const size_t count = f->vertices.size / sizeof(float);
  for (size_t i = 0; i < count; i++) {
    if (values[i] != (float)(f->number + (int)i)) return false;
  }
  return true;
}

int main(void)
{
  frame ring[IN_FLIGHT] = {0};
  for (int i = 0; i < IN_FLIGHT; i++) {
    ring[i].stack = ss_stack_new(NULL);
    if (ring[i].stack == NULL) return 1;
    ring[i].begin = ss_stack_save(ring[i].stack);
  }
  int intact = 0;
  size_t warm_calls = 0, calls = 0;
  for (int number = 0; number < FRAMES; number++) {
    frame *f = &ring[number % IN_FLIGHT];
    if (number >= IN_FLIGHT && is_intact(f)) intact++;  // here a program waits for its fence
    ss_stack_restore(f->stack, f->begin);
    f->begin = ss_stack_save(f->stack);
    f->number = number;
    f->vertices = generate(f->stack, number);
    calls = 0;
    for (int i = 0; i < IN_FLIGHT; i++) calls += ss_stack_stats(ring[i].stack).backing_calls;
    if (number == FRAMES / 2) warm_calls = calls;
  }
  printf("%d of %d frames were intact when they were read\n", intact, FRAMES - IN_FLIGHT);
  printf("%zu allocator calls in the last %d frames\n", calls - warm_calls, FRAMES / 2 - 1);
  for (int i = 0; i < IN_FLIGHT; i++) ss_stack_free(ring[i].stack);
  return intact == FRAMES - IN_FLIGHT && calls == warm_calls ? 0 : 1;
}
