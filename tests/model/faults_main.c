// SPDX-License-Identifier: MIT
// Every backing call of seeded programs fails: `model-faults [SEED [COUNT [LENGTH]]]`. For every n,
// each program runs with its nth call of the backing refused, once alone and once with all later
// calls, and each time with try_ calls and with plain calls that longjmp out of ss_set_fatal. The
// machine checks that a failed call changed nothing, that the stack can still be used, and that
// nothing leaks. `model-faults-debug` does the same with SS_DEBUG, where only saves are not refused.
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

// Runs the program and returns the number of its calls of the backing.
static size_t run(const uint8_t *bytes, size_t size, size_t refused_call)
{
  host_calls = 0;
  host_refused_call = refused_call;
  machine_run(bytes, size);
  return host_calls;
}

int main(int argc, char **argv)
{
  const unsigned long long first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
  const unsigned long long count = argc > 2 ? strtoull(argv[2], NULL, 0) : 200;
  const size_t length = argc > 3 ? (size_t)strtoull(argv[3], NULL, 0) : 60;
  if (first == 0 || count == 0 || length == 0) {
    fprintf(stderr, "model-faults: usage: model-faults [SEED [COUNT [LENGTH]]], all above 0\n");
    return 2;
  }
  const size_t size = length * OPERATION_BYTES + MACHINE_STACKS;
  uint8_t *bytes = malloc(size);
  if (bytes == NULL) abort();
  size_t faults = 0;
  for (unsigned long long seed = first; seed < first + count; seed += 1) {
    program_random(bytes, size, seed);
    for (machine_forms = ALL_PLAIN; machine_forms <= ALL_TRY; machine_forms += 1) {
      snprintf(machine_replay, sizeof machine_replay, "model-faults%s %llu 1 %zu",
               SS_DEBUG ? "-debug" : "", seed, length);
      for (int is_on = 0; is_on <= 1; is_on += 1) {
        host_is_refusing_on = is_on != 0;
        for (size_t n = 1; run(bytes, size, n) >= n; n += 1) faults += 1;
      }
    }
  }
  free(bytes);
  printf("%zu faults, %zu operations, %zu failures that changed nothing\n", faults,
         machine_totals.operations, machine_totals.failures);
  printf("%llu passed, 0 failed\n", count);
  return 0;
}
