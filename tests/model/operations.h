// SPDX-License-Identifier: MIT
// The operations, and the functions of machine.c that they use.
#ifndef SS_TESTS_OPERATIONS_H
#define SS_TESTS_OPERATIONS_H

#include "machine.h"

// Runs the program's next operation and checks the stacks. False: the program is over.
bool operation_run(machine *m);

machine_stack *operation_stack(machine *m);
call_form operation_form(machine *m);
// These two surround a call that may fail. The second checks that a call that failed had a reason
// and changed nothing.
call_form operation_begin(machine *m);
void operation_end(machine *m, bool is_done);
// Returns another seed at each call.
unsigned operation_seed(machine *m);

// --- scopes.c

void scope_save(machine *m);
void scope_restore(machine *m);
void scope_keep(machine *m);
void scope_block(machine *m);

// --- edits.c

void edit_run(machine *m);

// --- machine.c

void machine_begin_stack(machine *m, size_t slot);
void machine_renew_stack(machine *m, size_t slot);
// Restores the mark entry `mark`, or ends the stack if NO_MARK; `keep_count` entries are left.
// Continues after longjmps of destructors.
void machine_leave(machine *m, size_t slot, size_t keep_count, size_t mark);
// With SS_DEBUG: closes what was opened since `mark`.
void machine_close_buffers(machine *m, size_t slot, size_t mark);
bool machine_may_empty(const machine *m);
void machine_empty(machine *m);
void machine_after_leave(machine *m, size_t slot, size_t keep_count);
void machine_check_used(const machine_stack *stack, const entry *mark, const entry *kept);
void machine_enter_frame(machine *m, machine_frame *frame, size_t slot, size_t mark);
void machine_exit_frame(machine *m, machine_frame *frame);
void machine_recover(machine *m, machine_frame *frame);
// Runs some operations inside a call of the library. `may_jump`: OP_JUMP leaves that call.
void machine_nested(machine *m, size_t slot, bool may_jump);
void machine_on_defer(void *arg);
void machine_on_drop(void *element);

#endif
