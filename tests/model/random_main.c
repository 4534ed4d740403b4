// SPDX-License-Identifier: MIT
// Random programs: `model-random [SEED [COUNT [LENGTH]]]` runs COUNT of them, of LENGTH operations,
// beginning at SEED. Without arguments, the environment variables SEED and COUNT are used.
// `model-random-debug` does the same with SS_DEBUG.
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned long long argument(int argc, char **argv, int i, const char *name, const char *none)
{
  const char *text = i < argc ? argv[i] : name && getenv(name) ? getenv(name) : none;
  char *end;
  const unsigned long long value = strtoull(text, &end, 0);
  if (*text < '0' || *text > '9' || *end != 0) {
    fprintf(stderr,
            "model-random: '%s' is no number; usage: model-random [SEED [COUNT [LENGTH]]]\n", text);
    exit(2);
  }
  return value;
}

int main(int argc, char **argv)
{
  const unsigned long long first = argument(argc, argv, 1, "SEED", "1");
  const unsigned long long count = argument(argc, argv, 2, "COUNT", "2300");
  const size_t length = (size_t)argument(argc, argv, 3, NULL, "500");
  uint8_t *bytes = malloc(length * OPERATION_BYTES + MACHINE_STACKS);
  if (bytes == NULL) abort();
  for (unsigned long long seed = first; seed < first + count; seed += 1) {
    snprintf(machine_replay, sizeof machine_replay, "model-random%s %llu 1 %zu",
             SS_DEBUG ? "-debug" : "", seed, length);
    program_random(bytes, length * OPERATION_BYTES + MACHINE_STACKS, seed);
    machine_run(bytes, length * OPERATION_BYTES + MACHINE_STACKS);
  }
  free(bytes);
  const machine_counts *t = &machine_totals;
  printf(
      "seeds %llu to %llu: %zu operations, %zu destructors, %zu jumps, %zu keeps, %zu moves, "
      "%zu slices of regions, %zu of them in inner scopes, %zu stacks emptied by destructors, %zu "
      "failures that changed nothing\n",
      first, first + count - 1, t->operations, t->destructors, t->jumps, t->keeps, t->moves,
      t->takes, t->outer_takes, t->empties, t->failures);
  printf("%llu passed, 0 failed\n", count);
  return 0;
}
