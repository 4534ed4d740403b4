// SPDX-License-Identifier: MIT
// A program for the model test. Any bytes are a program. Each operation takes OPERATION_BYTES; when
// the bytes run out the program is over. A byte means the same wherever it stands, so a fuzzer's
// small change is a small change of the program.
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
  OP_RESIZE,  // resize the newest slice in place
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
  OP_SWITCH,  // continue on another stack
  OP_BLOCK,   // run some of the next operations in an SS_SCOPE
  OP_JUMP,    // longjmp out of the destructor or the block around
  OP_RENEW,   // free or empty the stack, and begin one with another configuration
  OP_MISUSE,  // a call that must fail and change nothing
  OP_REGION,  // open a region
  OP_EDIT,    // pop, truncate, swap_remove or insert in an open buffer
  OP_TAKE,    // take a slice from any open region, also from one of an outer scope
} operation_kind;

typedef struct operation {
  operation_kind kind;
  bool is_plain;    // the call that aborts, not its try_ form
  bool is_refused;  // the backing refuses while the operation runs
  size_t pick;      // selects one of the existing entries
  size_t size;      // bytes; may be absurd
  size_t align;     // a power of two
  size_t count;     // small: elements, nested operations
} operation;

typedef struct program {
  const uint8_t *bytes;
  size_t size;
  size_t at;
} program;

// Returns false if the program is over.
bool program_next(program *p, operation *op);

// Returns a byte from which a configuration is made.
unsigned program_byte(program *p);

// Sizes at which arithmetic may overflow. None of them can be allocated in a model test.
extern const size_t absurd_sizes[];
extern const size_t absurd_size_count;

// Writes a random program. The same seed gives the same bytes everywhere.
void program_random(uint8_t *bytes, size_t size, uint64_t seed);

#endif
