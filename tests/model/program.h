// SPDX-License-Identifier: MIT
// A program for the model test: any bytes are one. Each operation takes OPERATION_BYTES; when they
// run out the program is over. A byte means the same wherever it stands, so a fuzzer's small change
// is a small change of the program.
#ifndef SS_TESTS_PROGRAM_H
#define SS_TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPERATION_BYTES = 6 };

typedef enum operation_kind {
  OP_SAVE,
  OP_RESTORE,
  OP_ALLOC,
  OP_ZEROED,
  OP_COPY,
  OP_RESIZE,  // the newest slice, where it lies
  OP_FORMAT,
  OP_OPEN,
  OP_EXTEND,
  OP_APPEND,
  OP_RESERVE,
  OP_CLOSE,
  OP_COLLECT,
  OP_DEFER,
  OP_DROP,
  OP_KEEP,
  OP_TRIM,
  OP_SWITCH,  // go on with another stack
  OP_BLOCK,   // some of the next operations stand in an SS_SCOPE
  OP_JUMP,    // longjmp out of the destructor or the block around
  OP_RENEW,   // free or empty the stack, begin another with another configuration
  OP_MISUSE,  // what must fail and change nothing
} operation_kind;

typedef struct operation {
  operation_kind kind;
  bool is_plain;    // the call that aborts, not its try_ twin
  bool is_refused;  // the backing refuses while it runs
  size_t pick;      // which of those that there are
  size_t size;      // bytes; may be absurd
  size_t align;     // a power of two
  size_t count;     // small: elements, nested operations
} operation;

typedef struct program {
  const uint8_t *bytes;
  size_t size;
  size_t at;
} program;

// False: the program is over.
bool program_next(program *p, operation *op);

// What a configuration is made from.
unsigned program_byte(program *p);

// Sizes at which arithmetic goes wrong; none of them can be had in a model test.
extern const size_t absurd_sizes[];
extern const size_t absurd_size_count;

// Writes a random program. The same seed gives the same bytes everywhere.
void program_random(uint8_t *bytes, size_t size, uint64_t seed);

#endif
