// SPDX-License-Identifier: MIT
// A library function that uses its caller's stack for scratch memory and keeps only its result.
//
// blur() does not know how deep in scopes it is called, or whether its caller has buffers open: it saves a mark,
// works, and hands its result to the caller's scope. No allocator is passed, and nothing has to be freed.
//
//   cc -I ../include library_scratch.c ../src/*.c -pthread && ./a.out
#include <secondstack.h>
#include <stdio.h>

// Returns: the running mean of 2 * radius + 1 values. The result belongs to the caller's scope.
static float *blur(const float *values, size_t count, size_t radius)
{
  const ss_mark mark = ss_save();
  double *sums = ss_uninit_slice(double, count + 1);  // scratch: released below
  sums[0] = 0;
  for (size_t i = 0; i < count; i++) sums[i + 1] = sums[i] + values[i];
  float *means = ss_uninit_slice(float, count);
  for (size_t i = 0; i < count; i++) {
    const size_t from = i < radius ? 0 : i - radius;
    const size_t to = i + radius + 1 < count ? i + radius + 1 : count;
    means[i] = (float)((sums[to] - sums[from]) / (double)(to - from));
  }
  const ss_slice result = {means, count * sizeof(float)};
  return ss_restore_keep(mark, result).data;
}

int main(void)
{
  bool is_right = true;
  SS_SCOPE {
    ss_buffer signal = ss_buffer_open();  // open while blur() uses the same stack
    for (int i = 0; i < 8; i++) *ss_push(float, &signal) = i == 4 ? 9.0f : 0.0f;
    const float *first = blur(ss_buffer_at(float, &signal, 0), 8, 1);
    for (int i = 0; i < 8; i++) *ss_push(float, &signal) = first[i];
    const ss_slice both = ss_buffer_close(&signal);
    const float *values = both.data;
    for (size_t i = 0; i < both.size / sizeof(float); i++) printf("%g ", (double)values[i]);
    printf("\n");
    is_right = values[11] == 3.0f && values[12] == 3.0f && values[13] == 3.0f && values[14] == 0.0f;
  }
  return is_right ? 0 : 1;
}
