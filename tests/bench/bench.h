// SPDX-License-Identifier: MIT
// The harness of the micro benchmarks: the same source native, in Node.js and in Chrome.
//
// A case is a list of variants that do the same work. The first is the limit: what nothing can be
// faster than. It is entered a second time under another name, so that every case shows by how much two
// equal things differ here. Times are compared within a round only, in which each variant runs
// for at least 20 ms, in four pieces, the pieces of all variants in turn; the order rotates from round to
// round. The shortest piece counts: other programs on the machine only ever add.
//
// One JSON object a line on standard output; nothing else is printed there.
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Does the work `repeat` times, a multiple of the case's `step`.
/// Units: size in bytes, count in items; both as the case says.
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
  size_t operations;              ///< in one repetition: times are divided by it; 0 means 1
  const bench_variant *variants;  ///< the limit first; ended by a NULL name
  bool is_whole;                  ///< starting costs something: do not cut the loop into pieces
} bench_case;

/// Reads --quick and --case TEXT. Exits with status 2 when it does not know an argument.
void bench_begin(int argc, char **argv);

/// Measures the case and prints its rows, unless --case leaves it out.
void bench_run(const bench_case *c);

/// True if --case TEXT does not leave out a case of this name.
bool bench_is_chosen(const char *case_name);

/// Prints a number that is no time, unless --case leaves the case out.
void bench_number(const char *case_name, const char *what, double value);

/// Nanoseconds since some moment in the past.
double bench_now_ns(void);

/// The next number of a fixed sequence; `state` is the seed, and is moved on.
uint64_t bench_random(uint64_t *state);

// The compiler has to believe that somebody looks at what `pointer` points to, and at all memory.
// Without it malloc and free of an unused block are removed.
#define BENCH_ESCAPE(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")
// No value stays in a register over this line: each operation loads and stores what it needs.
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
