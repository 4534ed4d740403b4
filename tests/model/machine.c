// SPDX-License-Identifier: MIT
// Runs programs, makes and frees their stacks, and leaves scopes in every way. operations.c has the
// operations that allocate.
#include "machine.h"

#include "operations.h"

#include <stdio.h>
#include <stdlib.h>

machine_counts machine_totals;
machine_plainness machine_forms;
char machine_replay[600];
static machine *running;

void machine_fail(const char *what)
{
  fprintf(stderr, "model: %s\n", what);
  if (running) {
    fprintf(stderr, "model: at byte %zu, operation %d (pick %zu, size %zu), stack %zu, depth %zu\n",
            running->program->at, (int)running->operation.kind, running->operation.pick,
            running->operation.size, running->slot, running->depth);
  }
  fprintf(stderr, "model: replay with %s\n", machine_replay);
  abort();
}

// -------------------------------------------------------------------------------------------------
// Stacks

static void choose_config(machine_stack *s, unsigned byte)
{
  memset(&s->config, 0, sizeof s->config);
  s->config.backing = &s->host.backing;
  if (byte & 1) s->config.initial_bytes = 200 + (byte >> 4) * 300;
  if (byte & 2) {
    s->config.memory = s->memory + (byte >> 4);
    s->config.memory_bytes = (byte & 16) ? CALLERS_BYTES - 16 : 300;
  }
  // With SS_DEBUG ss_save needs memory, and has no try_ form.
  if ((byte & 12) == 12 && !SS_DEBUG) s->config.max_bytes = 3000 + (byte >> 4) * 9000;
}

void machine_begin_stack(machine *m, size_t slot)
{
  machine_stack *s = &m->stacks[slot];
  const unsigned byte = program_byte(m->program);
  choose_config(s, byte);
  host_begin(&s->host, (byte & 4) ? 3 : 1);
  s->is_thread = slot == 0;
  s->base = s->floor = 0;
  s->most_used = 0;
  if (s->is_thread) {
    ss_thread_configure(&s->config);
    s->stack = ss_thread_stack();
    // The statistics of a thread's stack continue when the stack is emptied.
    s->base_calls = 0 - ss_thread_stats().backing_calls;
    s->base_bytes = 0;
  } else {
    s->stack = ss_stack_new(&s->config);
    s->base_calls = s->host.calls;
    s->base_bytes = s->host.live_bytes;
  }
}

static void end_stack(machine *m, size_t slot)
{
  machine_stack *s = &m->stacks[slot];
  if (s->stack == NULL) return;
  machine_leave(m, slot, 0, NO_MARK);
  const bool is_thread = s->is_thread;
  s->stack = NULL;
  if (is_thread && ss_thread_stats().used != 0)
    machine_fail("something is live after ss_thread_free");
  if (s->host.live_bytes || s->host.live_blocks) machine_fail("memory was not given back");
}

void machine_renew_stack(machine *m, size_t slot)
{
  end_stack(m, slot);
  machine_begin_stack(m, slot);
}

// -------------------------------------------------------------------------------------------------
// Leaving scopes

void machine_enter_frame(machine *m, machine_frame *frame, size_t slot, size_t mark)
{
  frame->outer = m->frame;
  frame->mark = mark;
  frame->slot = slot;
  frame->slot_before = m->slot;
  frame->is_leave = false;
  frame->depth_before = m->depth;
  frame->guard = calls_guard;
  for (size_t i = 0; i < MACHINE_STACKS; i += 1) {
    frame->bases[i] = m->stacks[i].base;
    frame->floors[i] = m->stacks[i].floor;
    frame->kept[i] = m->stacks[i].kept;
  }
  m->frame = frame;
}

void machine_exit_frame(machine *m, machine_frame *frame)
{
  m->frame = frame->outer;
  m->slot = frame->slot_before;
  m->depth = frame->depth_before;
  calls_guard = frame->guard;
  for (size_t i = 0; i < MACHINE_STACKS; i += 1) {
    m->stacks[i].base = frame->bases[i];
    m->stacks[i].floor = frame->floors[i];
    m->stacks[i].kept = frame->kept[i];
  }
}

// Puts the model right after a longjmp to `frame`: entries that were being released are dropped,
// and releases that were left unfinished on other stacks are done again.
void machine_recover(machine *m, machine_frame *frame)
{
  size_t marks[MACHINE_STACKS];
  for (size_t i = 0; i < MACHINE_STACKS; i += 1) marks[i] = NO_MARK;
  for (machine_frame *inner = m->frame;; inner = inner->outer) {
    if (inner->mark < marks[inner->slot]) marks[inner->slot] = inner->mark;
    if (inner == frame) break;
  }
  machine_exit_frame(m, frame);
  for (size_t i = 0; i < MACHINE_STACKS; i += 1) {
    const bool is_whole = i == frame->slot && frame->mark == NO_MARK;
    if (marks[i] == NO_MARK && !is_whole) continue;
    reference_forget(&m->stacks[i].reference, is_whole ? 0 : marks[i] + 1);
    if (i != frame->slot) machine_leave(m, i, marks[i], marks[i]);
  }
}

static void leave_once(machine_stack *s, const ss_mark *mark)
{
  const call_form form = {s->stack, s->is_thread, false};
  if (mark) {
    call_restore(form, *mark);
  } else if (s->is_thread) {
    ss_thread_free();
  } else {
    ss_stack_free(s->stack);
  }
}

void machine_after_leave(machine *m, size_t slot, size_t keep_count)
{
  machine_stack *s = &m->stacks[slot];
  for (size_t i = keep_count; i < s->reference.count; i += 1) {
    if (s->reference.entries[i].kind == ENTRY_DESTRUCTOR) machine_fail("a destructor did not run");
  }
  reference_cut(&s->reference, keep_count);
}

// Checks the bytes in use after a scope has ended. These are the bytes in use when the scope began,
// the contents of outer buffers that were closed in the scope, what outer regions have handed out in
// the scope, and the kept slice, to which its alignment may have added padding. With SS_DEBUG the closed buffers and the kept slice have guard
// bytes, and the kept slice has a record.
void machine_check_used(const machine_stack *s, const entry *mark, const entry *kept)
{
  enum { GUARD_BYTES = 16, RECORD_BYTES = 256 };
  if (!mark->has_used) return;
  const call_form form = {s->stack, s->is_thread, false};
  const size_t used_bytes = call_stats(form).used;
  const size_t before_bytes =
      mark->used_bytes - mark->region_bytes +
      reference_region_bytes(&s->reference, (size_t)(mark - s->reference.entries));
  size_t least_bytes = before_bytes + reference_closed_bytes(&s->reference, mark, 0);
  size_t most_bytes =
      before_bytes + reference_closed_bytes(&s->reference, mark, SS_DEBUG ? GUARD_BYTES : 0);
  if (kept) {
    const size_t kept_bytes = (kept->size + SS_ALIGN - 1) & ~(SS_ALIGN - 1);
    least_bytes += kept_bytes;
    most_bytes += kept_bytes + (SS_DEBUG ? GUARD_BYTES + RECORD_BYTES : 0);
    if (kept->align > SS_ALIGN) most_bytes += kept->align - SS_ALIGN;
  }
  if (used_bytes < least_bytes || used_bytes > most_bytes) {
    machine_fail("a restore did not go back to what was used");
  }
}

// With SS_DEBUG, closes the buffers of a scope before the scope ends, because SS_DEBUG reports an
// open buffer as a mistake there. It does not when the stack ends.
void machine_close_buffers(machine *m, size_t slot, size_t mark)
{
  reference *list = &m->stacks[slot].reference;
  if (!SS_DEBUG || mark == NO_MARK) return;
  for (size_t i = mark + 1; i < list->count; i += 1) {
    entry *e = &list->entries[i];
    if (!e->is_open) continue;
    e->actual = ss__close(&e->buffer, SS__CALL("ss_buffer_close")).data;
    e->is_open = false;
    e->closed_at = ++m->clock;
  }
}

// Leaves the scope, again after each longjmp of a destructor, until none longjmps any more. This is
// a function of its own so that a longjmp cannot clobber its caller's variables.
static void leave_until_done(machine *m, size_t slot, size_t keep_count, size_t mark,
                             const ss_mark *saved)
{
  machine_stack *s = &m->stacks[slot];
  const size_t generation = s->generation;
  machine_frame frame;
  volatile bool is_done = false;
  while (!is_done) {
    machine_enter_frame(m, &frame, slot, mark);
    frame.is_leave = true;
    s->floor = s->generation == generation ? keep_count : 0;
    if (setjmp(frame.jump) == 0) {
      leave_once(s, saved);
      machine_exit_frame(m, &frame);
      is_done = true;
    } else {
      machine_recover(m, &frame);
    }
  }
}

void machine_leave(machine *m, size_t slot, size_t keep_count, size_t mark)
{
  machine_stack *s = &m->stacks[slot];
  const size_t generation = s->generation;
  ss_mark saved = {NULL, 0};
  if (mark != NO_MARK) saved = s->reference.entries[mark].mark;
  machine_close_buffers(m, slot, mark);
  leave_until_done(m, slot, keep_count, mark, mark != NO_MARK ? &saved : NULL);
  if (s->generation != generation) {
    // A destructor has emptied the stack, and the restore has released whatever was made after
    // that.
    keep_count = 0;
    const call_form form = {s->stack, s->is_thread, false};
    if (call_stats(form).used != 0)
      machine_fail("something is live that was made after ss_thread_free");
  } else if (mark != NO_MARK) {
    machine_check_used(s, &s->reference.entries[mark], NULL);
  }
  machine_after_leave(m, slot, keep_count);
}

bool machine_may_empty(const machine *m)
{
  const machine_frame *frame = m->frame;
  return m->slot == 0 && m->depth == 1 && !m->is_emptying && frame && frame->is_leave &&
         frame->slot == 0 && frame->outer == NULL;
}

// Empties the thread's stack from a destructor, which runs while one of its scopes is left or while
// the stack ends.
void machine_empty(machine *m)
{
  machine_stack *s = &m->stacks[0];
  machine_frame frame;
  machine_enter_frame(m, &frame, 0, NO_MARK);
  s->floor = 0;
  m->is_emptying = true;
  ss_thread_free();
  m->is_emptying = false;
  machine_exit_frame(m, &frame);
  machine_after_leave(m, 0, 0);
  s->generation += 1;
  s->base = s->floor = 0;
  s->most_used = 0;
  machine_totals.empties += 1;
  if (ss_thread_stats().used || ss_thread_stats().reserved)
    machine_fail("ss_thread_free left something");
}

// -------------------------------------------------------------------------------------------------
// Destructors

static void on_destructor(uintptr_t id, const uint32_t *element)
{
  machine *const m = running;
  // The stack that is being restored is the frame's.
  const size_t slot = m->frame->slot;
  machine_stack *s = &m->stacks[slot];
  reference *list = &s->reference;
  while (list->count && list->entries[list->count - 1].kind != ENTRY_DESTRUCTOR) {
    reference_cut(list, list->count - 1);
  }
  if (list->count <= s->floor) machine_fail("a destructor that should not run");
  entry *e = &list->entries[list->count - 1];
  if (e->id + e->next != id) machine_fail("destructors in the wrong order");
  if (e->elements && e->elements + e->next != element) machine_fail("another element");
  if (++e->next == e->count) reference_cut(list, list->count - 1);
  machine_totals.destructors += 1;
  machine_nested(m, slot, true);
}

void machine_on_defer(void *arg)
{
  on_destructor((uintptr_t)arg, NULL);
}

void machine_on_drop(void *element)
{
  on_destructor(*(uint32_t *)element, element);
}

void machine_nested(machine *m, size_t slot, bool may_jump)
{
  machine_stack *s = &m->stacks[slot];
  if (m->depth >= MACHINE_DEPTH) return;
  machine_frame *const frame = m->frame;
  const size_t slot_before = m->slot;
  const size_t base = s->base;
  const size_t floor = s->floor;
  const size_t generation = s->generation;
  const operation outer = m->operation;
  const bool was_refusing = host_is_refusing;
  call_guard *guard = calls_guard;
  host_is_refusing = false;
  calls_guard = NULL;
  s->base = s->reference.count;
  m->slot = slot;
  m->depth += 1;
  check_stack(m, slot, true);
  for (unsigned left = program_byte(m->program) % 5; left > 0; left -= 1) {
    if (!operation_run(m)) break;
    if (m->operation.kind == OP_JUMP && may_jump && frame && !m->is_emptying && !SS_DEBUG) {
      machine_frame *target = frame;
      while (target->outer && m->operation.pick & 1) target = target->outer;
      host_is_refusing = was_refusing;
      machine_totals.jumps += 1;
      longjmp(target->jump, 1);
    }
  }
  m->depth -= 1;
  m->slot = slot_before;
  s->base = s->generation == generation ? base : 0;
  s->floor = s->generation == generation ? floor : 0;
  calls_guard = guard;
  host_is_refusing = was_refusing;
  m->operation = outer;
}

// -------------------------------------------------------------------------------------------------

void machine_run(const uint8_t *bytes, size_t size)
{
  static machine state;
  memset(&state, 0, sizeof state);
  program whole = {bytes, size, 0};
  state.program = &whole;
  state.slot = 1;
  running = &state;
  calls_begin();
  for (size_t i = 0; i < MACHINE_STACKS; i += 1) machine_begin_stack(&state, i);
  while (operation_run(&state)) {
  }
  for (size_t i = 0; i < MACHINE_STACKS; i += 1) end_stack(&state, i);
  running = NULL;
  (void)ss_set_fatal(NULL);
}
