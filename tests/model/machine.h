// SPDX-License-Identifier: MIT
// Runs a program on real stacks and on the naive model at once, and compares them after every
// operation. What does not agree prints one line and aborts.
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

// Whether the model runs with SS_DEBUG, whose name src/internal.h takes back.
enum { MACHINE_IS_DEBUG = SS_DEBUG };

typedef struct machine_stack {
  ss_stack *stack;  // NULL: could not be made
  bool is_thread;
  host host;
  ss_config config;
  size_t base_calls;  // backing calls before the stack counted
  size_t base_bytes;  // of the host that are the stack's own
  reference reference;
  size_t base;       // entries below this belong to an outer context
  size_t floor;      // the restore under way ends these entries and those above
  size_t most_used;  // since the last trim
  ss_stats before;
  entry *kept;  // what the outermost one keeps
  size_t
      generation;  // how often a destructor has emptied the stack: what was saved before is no more
  _Alignas(16) unsigned char memory[CALLERS_BYTES];
} machine_stack;

// A restore, a keep or a block under way: where a destructor's longjmp may go.
typedef struct machine_frame {
  jmp_buf jump;
  struct machine_frame *outer;
  size_t slot;
  size_t mark;  // the entry that makes up for it when it is left; NO_MARK: the stack's end
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
  size_t depth;  // of destructors, iterators and blocks
  machine_frame *frame;
  operation operation;  // the latest, for messages
  uintptr_t next_id;
  size_t clock;      // ticks with each save and close
  bool is_emptying;  // in a destructor: no longjmp out of that
} machine;

typedef enum machine_plainness { AS_WRITTEN, ALL_PLAIN, ALL_TRY } machine_plainness;

// Over all programs so far.
typedef struct machine_counts {
  size_t operations;
  size_t destructors;
  size_t jumps;
  size_t failures;  // calls that failed as they should
  size_t keeps;
  size_t moves;    // of open buffers
  size_t empties;  // by destructors
} machine_counts;

extern machine_counts machine_totals;
extern machine_plainness machine_forms;
// Printed with a failure: how to run it again.
extern char machine_replay[600];

void machine_run(const uint8_t *bytes, size_t size);
_Noreturn void machine_fail(const char *what);

// --- checker.c

// Compares contents, places and figures of one stack with its model.
void check_stack(const machine *m, size_t slot, bool is_thorough);
// After a call that failed: the stack is as it was when `before` was taken.
void check_unchanged(const machine *m, size_t slot);

#endif
