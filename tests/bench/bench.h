// SPDX-License-Identifier: MIT
// The harness of the micro benchmarks. The same source runs natively, in Node.js and in Chrome.
//
// A case is a list of variants that do the same work. The first variant is the limit, which none of
// the others can beat. It is measured a second time under another name, so that every case shows by
// how much the times of two equal variants differ on this machine. Times are compared within a
// round only, in which each variant runs for at least 20 ms, in four pieces, the pieces of all
// variants in turn; the order rotates from round to round. The shortest piece counts, because other
// programs on the machine can only make a piece longer.
//
// Results go to standard output, one JSON object per line, and nothing else is printed there.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Does the work `repeat` times, a multiple of the case's `step`.
/// Units:   size in bytes, count in items; both are those of the case.
typedef void bench_fn(size_t repeat, size_t size, size_t count);

typedef struct bench_variant {
  const char *name;
  bench_fn *run;
} bench_variant;

typedef struct bench_case {
  const char *name;
  size_t size;                    ///< bytes of a slice or of an item
  size_t count;                   ///< items or scopes in one repetition
  size_t threads;                 ///< 0 means 1
  size_t step;                    ///< `repeat` is a multiple of this; 0 means 1
  size_t operations;              ///< in one repetition: times are divided by this; 0 means 1
  const bench_variant *variants;  ///< the limit first; ended by a NULL name
  bool is_whole;                  ///< starting the loop is costly: do not cut it into pieces
} bench_case;

/// Reads the options --quick and --case TEXT. Exits with status 2 on an unknown argument.
void bench_begin(int argc, char **argv);

/// Measures the case and prints its rows, unless --case leaves it out.
void bench_run(const bench_case *c);

/// True if --case TEXT does not leave out a case of this name.
bool bench_is_chosen(const char *case_name);

/// Prints a number that is no time, unless --case leaves the case out.
void bench_number(const char *case_name, const char *what, double value);

/// Returns the nanoseconds since a fixed moment in the past.
double bench_now_ns(void);

/// Returns the next number of a fixed sequence and advances `state`, which begins as the seed.
uint64_t bench_random(uint64_t *state);

// Makes the compiler assume that other code reads what `pointer` points to, and all other memory.
// Without this it removes malloc and free of an unused block.
#define BENCH_ESCAPE(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")
// Makes each operation load and store what it needs, because no value in memory may stay in a
// register across this statement.
#define BENCH_FENCE() __asm__ volatile("" : : : "memory")

#define BENCH_NOINLINE __attribute__((noinline))

// Eight operations for each turn, so that the loop's own cost is small. `repeat` is a multiple of 8.
#define BENCH_STEP 8
#define BENCH_EIGHT_TIMES(repeat, ...)                             \
  for (size_t left_ = (repeat); left_ != 0; left_ -= BENCH_STEP) { \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
    __VA_ARGS__ BENCH_FENCE();                                     \
  }

#ifdef __cplusplus
}
#endif

#endif
