// SPDX-License-Identifier: MIT
// Marks, and the ways in which a scope ends: by a restore, by a keep, at the end of a block, or by
// a longjmp.
#include "operations.h"

#include <stdlib.h>

void scope_save(machine *m)
{
  machine_stack *s = operation_stack(m);
  const call_form form = operation_form(m);
  entry *e = reference_add(&s->reference, ENTRY_MARK);
  e->used_bytes = call_stats(form).used;
  e->region_bytes = reference_region_bytes(&s->reference, s->reference.count);
  e->mark = call_save(form);
  e->saved_at = ++m->clock;
  e->has_used = !s->stack->pin.is_active;
}

void scope_restore(machine *m)
{
  machine_stack *s = operation_stack(m);
  const operation *op = &m->operation;
  const size_t mark =
      reference_pick(&s->reference, ENTRY_MARK, s->base, op->pick < 128 ? 0 : op->pick);
  if (mark == s->reference.count) return;
  check_stack(m, m->slot, true);
  machine_leave(m, m->slot, mark, mark);
  check_stack(m, m->slot, true);
}

// A slice of the region at index i, or of one that is older: which one, the operation says. NULL: there is none.
static const entry *piece_at(const reference *list, size_t i, size_t pick)
{
  for (i += 1; i-- > 0;) {
    const entry *region = &list->entries[i];
    if (region->piece_count > 0) return &region->pieces[pick % region->piece_count];
  }
  return NULL;
}

// The bytes that a keep at `mark` keeps. NULL: memory outside the stack.
static const entry *pick_kept(const machine_stack *s, size_t mark, const operation *op)
{
  const reference *list = &s->reference;
  const size_t i = mark + 1 + op->pick % (list->count - mark);
  // Half of the keeps that would keep memory outside the stack keep a slice of a region of an outer scope.
  if (i == list->count) return op->count & 1 ? piece_at(list, mark, op->count) : NULL;
  const entry *e = &list->entries[i];
  if (e->kind == ENTRY_REGION && e->piece_count > 0) return piece_at(list, i, op->count);
  return !e->is_open && (e->kind == ENTRY_SLICE || e->kind == ENTRY_BUFFER) ? e : NULL;
}

// The slice to keep may be any part of a slice made in the scope, a region's included, one of a region of an outer scope, or
// memory outside the stack.
void scope_keep(machine *m)
{
  static _Alignas(16) unsigned char elsewheres[MACHINE_DEPTH + 1][256];
  unsigned char *elsewhere = elsewheres[m->depth];
  machine_stack *s = operation_stack(m);
  const operation op = m->operation;
  const size_t slot = m->slot;
  const size_t mark = reference_pick(&s->reference, ENTRY_MARK, s->base, op.pick & 3);
  if (mark == s->reference.count) return;
  machine_close_buffers(m, slot, mark);
  entry kept = {.kind = ENTRY_SLICE};
  const entry *e = pick_kept(s, mark, &op);
  if (e) {
    const size_t skipped = op.count == 7 ? e->size / 2 & ~(SS_ALIGN - 1) : 0;
    kept.actual = e->actual + skipped;
    kept.size = e->size - skipped;
    kept.expected = malloc(kept.size + 1);
    if (kept.expected == NULL) abort();
    if (kept.size) memcpy(kept.expected, e->expected + skipped, kept.size);
  } else {
    entry_write(&kept, elsewhere, op.pick, operation_seed(m));
    kept.actual = elsewhere;
  }
  check_stack(m, slot, true);
  m->operation.size = kept.size;
  const entry *marked = &s->reference.entries[mark];
  machine_frame frame;
  machine_enter_frame(m, &frame, slot, mark);
  s->floor = mark;
  const size_t destructors = machine_totals.destructors;
  if (setjmp(frame.jump) == 0) {
    const call_form form = operation_begin(m);
    // Only the outermost keep pins its bytes: a keep within a keep copies its bytes out of the way
    // first.
    if (s->kept == NULL) s->kept = &kept;
    const ss_slice slice = {kept.actual, kept.size};
    kept.align = 1;  // the alignment before the keep
    const ss_slice result = call_keep(form, marked->mark, slice, op.align);
    machine_exit_frame(m, &frame);
    if (result.data == NULL) {
      if (machine_totals.destructors != destructors) machine_fail("a failed keep ran destructors");
      operation_end(m, false);
    } else {
      host_is_refusing = false;
      machine_totals.keeps += 1;
      kept.align = op.align;
      machine_check_used(s, marked, &kept);
      machine_after_leave(m, slot, mark);
      entry *new_entry = reference_add(&s->reference, ENTRY_SLICE);
      new_entry->actual = result.data;
      new_entry->expected = kept.expected;
      new_entry->size = kept.size;
      new_entry->align = op.align;
      kept.expected = NULL;
      if (result.size != kept.size) machine_fail("a kept slice of another size");
      check_stack(m, slot, true);
    }
  } else {
    host_is_refusing = false;
    machine_recover(m, &frame);
    machine_leave(m, slot, mark, mark);
  }
  free(kept.expected);
}

// --- Blocks that end with a restore: SS_SCOPE and SS_GUARD, left in each way.

static void run_some(machine *m, machine_frame *frame)
{
  host_is_sparing = false;  // the block has saved
  for (size_t left = m->operation.count + 1; left > 0; left -= 1) {
    if (!operation_run(m)) break;
    if (m->operation.kind == OP_JUMP && m->frame == frame && !SS_DEBUG) longjmp(frame->jump, 1);
  }
  machine_close_buffers(m, frame->slot, frame->mark);
}

static void guarded(machine *m, machine_frame *frame, call_form form)
{
  if (form.is_thread) {
    SS_GUARD();
    run_some(m, frame);
    return;
  }
  SS_STACK_GUARD(form.stack);
  run_some(m, frame);
}

static void scoped(machine *m, machine_frame *frame, call_form form, size_t way)
{
  if (form.is_thread) {
    SS_SCOPE {
      run_some(m, frame);
    }
    return;
  }
  SS_STACK_SCOPE(form.stack) {
    run_some(m, frame);
    if (way == 1) return;
#if SS_DEBUG  // SS_DEBUG reports a break as a mistake
    if (way == 2) continue;
#else
    if (way == 2) break;
#endif
    if (way == 3) goto out;
  }
out:;
}

void scope_block(machine *m)
{
  machine_stack *s = operation_stack(m);
  const operation op = m->operation;
  const size_t slot = m->slot;
  const call_form form = operation_form(m);
  scope_save(m);
  const size_t mark = s->reference.count - 1;
  s->reference.entries[mark].is_block = true;
  machine_frame frame;
  machine_enter_frame(m, &frame, slot, mark);
  s->floor = s->base = mark + 1;
  m->depth += 1;
  m->slot = slot;
  if (setjmp(frame.jump) == 0) {
    host_is_sparing = SS_DEBUG;
    if (op.pick % 5 == 4) {
      guarded(m, &frame, form);
    } else {
      scoped(m, &frame, form, op.pick % 5);
    }
    machine_exit_frame(m, &frame);
    // With SS_DEBUG the record of the mark from before the block counts as used, too.
    if (!SS_DEBUG) machine_check_used(s, &s->reference.entries[mark], NULL);
    machine_after_leave(m, slot, mark + 1);
  } else {
    machine_totals.jumps += 1;
    machine_recover(m, &frame);
  }
  // Restoring the mark from before the block releases what the longjmp skipped.
  machine_leave(m, slot, mark, mark);
}
