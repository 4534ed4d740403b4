// SPDX-License-Identifier: MIT
// Runs a program on real stacks and on the naive model at once, and compares them after every
// operation. If they differ, it prints one line and aborts.
//
// There are three stacks: the thread's own and two owned ones. Destructors and iterators run
// operations of the same program, on any of them, and may longjmp away.
#ifndef SS_TESTS_MACHINE_H
#define SS_TESTS_MACHINE_H

#include "calls.h"
#include "host.h"
#include "program.h"
#include "reference.h"

enum { MACHINE_STACKS = 3, MACHINE_DEPTH = 4, CALLERS_BYTES = 6000, NO_MARK = REFERENCE_ENTRIES };

// Whether the model runs with SS_DEBUG, a macro that src/internal.h undefines.
enum { MACHINE_IS_DEBUG = SS_DEBUG };

typedef struct machine_stack {
  ss_stack *stack;  // NULL: the stack could not be made
  bool is_thread;
  host host;
  ss_config config;
  size_t base_calls;  // backing calls before the stack began to count
  size_t base_bytes;  // bytes from the host for the ss_stack itself
  reference reference;
  size_t base;       // entries below this belong to an outer context
  size_t floor;      // the restore under way ends these entries and those above
  size_t most_used;  // since the last trim
  ss_stats before;
  entry *kept;        // the slice that the outermost keep keeps
  size_t generation;  // how often a destructor has emptied the stack, which ends all marks
  _Alignas(16) unsigned char memory[CALLERS_BYTES];
} machine_stack;

// A restore, a keep or a block that is under way, to which a destructor may longjmp.
typedef struct machine_frame {
  jmp_buf jump;
  struct machine_frame *outer;
  size_t slot;
  size_t mark;  // the mark to restore after a longjmp; NO_MARK: the stack's end
  size_t slot_before;
  size_t depth_before;
  bool is_leave;  // a restore or the stack's end
  size_t bases[MACHINE_STACKS];
  size_t floors[MACHINE_STACKS];
  entry *kept[MACHINE_STACKS];
  call_guard *guard;
} machine_frame;

typedef struct machine {
  machine_stack stacks[MACHINE_STACKS];
  size_t slot;  // the stack that operations use now
  program *program;
  size_t depth;  // nesting of destructors, iterators and blocks
  machine_frame *frame;
  operation operation;  // the latest, for messages
  uintptr_t next_id;
  size_t clock;      // ticks with each save and close
  bool is_emptying;  // a destructor is emptying the stack: no longjmp out of it
} machine;

typedef enum machine_plainness { AS_WRITTEN, ALL_PLAIN, ALL_TRY } machine_plainness;

// Counts over all programs so far.
typedef struct machine_counts {
  size_t operations;
  size_t destructors;
  size_t jumps;
  size_t failures;  // calls that failed as they should
  size_t keeps;
  size_t moves;        // of open buffers
  size_t empties;      // by destructors
  size_t takes;        // of slices from regions
  size_t outer_takes;  // from regions that were opened before the newest mark
} machine_counts;

extern machine_counts machine_totals;
extern machine_plainness machine_forms;
// Says how to run the program again; printed with a failure.
extern char machine_replay[600];

void machine_run(const uint8_t *bytes, size_t size);
_Noreturn void machine_fail(const char *what);

// --- checker.c

// Compares the contents, addresses and statistics of one stack with its model.
void check_stack(const machine *m, size_t slot, bool is_thorough);
// Checks after a failed call that the stack is as it was when `before` was taken.
void check_unchanged(const machine *m, size_t slot);

#endif
