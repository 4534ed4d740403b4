// SPDX-License-Identifier: MIT
// Calibration, rounds in rotating order, medians and their intervals. See bench.h.
#define _GNU_SOURCE
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_VARIANTS = 16, MOST_ROUNDS = 15, PIECES = 4, RESAMPLES = 2000 };

static struct {
  const char *chosen;  // part of a case's name; NULL: all
  size_t rounds;
  double round_ns;    // a variant runs at least this long in a round
  double warm_up_ns;  // before a variant is measured
} options = {NULL, 9, 20e6, 100e6};

typedef struct measured {
  const char *name;
  bench_fn *run;
  size_t repeat;
  double ns[MOST_ROUNDS];  // of one operation
} measured;

void bench_begin(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--quick") == 0) {
      options.rounds = 5;
      options.round_ns = 4e6;
      options.warm_up_ns = 20e6;
    } else if (strcmp(argv[i], "--case") == 0 && i + 1 < argc) {
      options.chosen = argv[++i];
    } else {
      fprintf(stderr, "unknown argument: %s (--quick, --case TEXT)\n", argv[i]);
      exit(2);
    }
  }
}

bool bench_is_chosen(const char *case_name)
{
  return options.chosen == NULL || strstr(case_name, options.chosen) != NULL;
}

double bench_now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// splitmix64.
uint64_t bench_random(uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// --- Statistics

static int compare(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(const double *values, size_t count)
{
  double sorted[RESAMPLES];
  memcpy(sorted, values, count * sizeof *values);
  qsort(sorted, count, sizeof *sorted, compare);
  return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static double least(const double *values, size_t count)
{
  double result = values[0];
  for (size_t i = 1; i < count; i++) {
    if (values[i] < result) result = values[i];
  }
  return result;
}

// The middle 95% of the medians of what is drawn with replacement.
static void bootstrap(const double *values, size_t count, double *low, double *high)
{
  static double medians[RESAMPLES];
  uint64_t seed = 1;
  for (size_t i = 0; i < RESAMPLES; i++) {
    double drawn[MOST_ROUNDS];
    for (size_t k = 0; k < count; k++) drawn[k] = values[bench_random(&seed) % count];
    medians[i] = median(drawn, count);
  }
  qsort(medians, RESAMPLES, sizeof *medians, compare);
  *low = medians[RESAMPLES * 25 / 1000];
  *high = medians[RESAMPLES * 975 / 1000 - 1];
}

// --- Measuring

static double time_piece(const measured *variant, const bench_case *c)
{
  const double start = bench_now_ns();
  variant->run(variant->repeat, c->size, c->count);
  return bench_now_ns() - start;
}

// The code of a WebAssembly function is exchanged for a faster one while it is in use: go on until
// enough time has passed with pieces of full length. A longer one, which met the first growth or another
// program, counts as one piece: the next shows whether there are too few repetitions.
static void calibrate(measured *variant, const bench_case *c)
{
  const size_t step = c->step ? c->step : 1;
  const double piece_ns = c->is_whole ? options.round_ns : options.round_ns / PIECES;
  double warm_ns = 0;
  variant->repeat = step;
  while (warm_ns < options.warm_up_ns) {
    const double taken = time_piece(variant, c);
    if (taken >= piece_ns) {
      warm_ns += taken < 2 * piece_ns ? taken : piece_ns;
      continue;
    }
    const double wanted = taken > 0 ? 1.1 * piece_ns / taken : 8;
    const double factor = wanted > 8 ? 8 : wanted;
    const size_t steps = (size_t)((double)(variant->repeat / step) * factor) + 1;
    variant->repeat = steps * step;
  }
}

static void print_row(const measured *variant, const measured *limit, const bench_case *c)
{
  double ratios[MOST_ROUNDS], low, high;
  for (size_t i = 0; i < options.rounds; i++) ratios[i] = variant->ns[i] / limit->ns[i];
  bootstrap(ratios, options.rounds, &low, &high);
  printf("{\"case\":\"%s\",\"variant\":\"%s\",\"size\":%zu,\"count\":%zu,\"threads\":%zu,", c->name,
         variant->name, c->size, c->count, c->threads ? c->threads : 1);
  printf("\"ns_min\":%.4f,\"ns_median\":%.4f,", least(variant->ns, options.rounds),
         median(variant->ns, options.rounds));
  printf("\"ratio\":%.4f,\"ratio_low\":%.4f,\"ratio_high\":%.4f,", median(ratios, options.rounds),
         low, high);
  printf("\"repeat\":%zu,\"ns\":[", variant->repeat);
  for (size_t i = 0; i < options.rounds; i++) printf("%s%.4f", i ? "," : "", variant->ns[i]);
  printf("]}\n");
}

void bench_run(const bench_case *c)
{
  if (!bench_is_chosen(c->name)) return;
  measured all[MOST_VARIANTS];
  size_t count = 0;
  for (const bench_variant *v = c->variants; v->name; v++) {
    if (count == MOST_VARIANTS) abort();
    memset(&all[count], 0, sizeof *all);
    all[count].name = v->name;
    all[count++].run = v->run;
  }
  if (count == MOST_VARIANTS) abort();
  all[count] = all[0];
  all[count++].name = "limit again";

  for (size_t i = 0; i < count; i++) calibrate(&all[i], c);
  const double operations = (double)(c->operations ? c->operations : 1);
  const size_t pieces = c->is_whole ? 1 : PIECES;
  for (size_t round = 0; round < options.rounds; round++) {
    for (size_t piece = 0; piece < pieces; piece++) {
      for (size_t i = 0; i < count; i++) {
        measured *variant = &all[(i + round) % count];
        const double ns = time_piece(variant, c) / ((double)variant->repeat * operations);
        if (piece == 0 || ns < variant->ns[round]) variant->ns[round] = ns;
      }
    }
  }
  for (size_t i = 0; i < count; i++) print_row(&all[i], &all[0], c);
  fflush(stdout);
}

void bench_number(const char *case_name, const char *what, double value)
{
  if (!bench_is_chosen(case_name)) return;
  printf("{\"case\":\"%s\",\"number\":\"%s\",\"value\":%.4f}\n", case_name, what, value);
  fflush(stdout);
}
