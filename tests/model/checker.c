// SPDX-License-Identifier: MIT
// What must hold of a stack after every operation.
#include "machine.h"

#include "internal.h"
#include "valid.h"

#include <stdlib.h>

static call_form form_of(const machine_stack *s)
{
  const call_form form = {s->stack, s->is_thread, false};
  return form;
}

typedef struct walked {
  size_t chunks;
  size_t used_bytes;
  size_t peak_bytes;
  size_t active_count;
  unsigned lane;  // the lane of the latest chunk
} walked;

static void add_chunk(void *context, const ss_chunk_info *info)
{
  walked *sum = context;
  if (sum->chunks == 0 || info->lane != sum->lane) {
    sum->peak_bytes += info->peak_bytes;
    sum->active_count += info->is_active;
  }
  sum->lane = info->lane;
  sum->chunks += 1;
  sum->used_bytes += info->used_bytes;
  if (info->used_bytes > info->room_bytes) machine_fail("a chunk holds more than it has room for");
}

static void check_figures(const machine_stack *s)
{
  const ss_stats stats = call_stats(form_of(s));
  walked sum = {0, 0, 0, 0, 0};
  ss_stack_walk(s->stack, add_chunk, &sum);
  if (sum.chunks != stats.chunks) machine_fail("walk and stats differ: chunks");
  if (sum.used_bytes != stats.used) machine_fail("walk and stats differ: used");
  if (sum.peak_bytes > stats.peak) machine_fail("walk and stats differ: peak");
  if (sum.active_count > 1) machine_fail("two active lanes");
  if (stats.used > stats.reserved) machine_fail("more used than reserved");
  if (stats.peak < stats.used || stats.peak < s->most_used) machine_fail("peak is too low");
  if (stats.backing_calls != s->host.calls - s->base_calls) machine_fail("backing_calls is wrong");
  if (s->config.max_bytes && stats.reserved > s->config.max_bytes) machine_fail("over max_bytes");
  // Reserved bytes that are not from the host are in the caller's own memory.
  const size_t from_host = s->host.live_bytes - s->base_bytes;
  const size_t others = stats.reserved - from_host;
  if (stats.reserved < from_host && !s->stack->pin.is_active) machine_fail("reserved is too low");
  if (stats.reserved > from_host && others > s->config.memory_bytes) {
    machine_fail("reserved is too high");
  }
  size_t live_bytes = 0;
  for (size_t i = 0; i < s->reference.count; i += 1) {
    const entry *e = &s->reference.entries[i];
    // The bytes of an open buffer are counted only after it is closed.
    if (!e->is_open) live_bytes += e->kind == ENTRY_DESTRUCTOR ? 1 : e->size;
    for (size_t k = 0; k < e->piece_count; k += 1) live_bytes += e->pieces[k].size;
  }
  if (stats.used < live_bytes) machine_fail("used is less than what is live");
}

static void check_bytes(const entry *e, const unsigned char *bytes)
{
  if (bytes == NULL) machine_fail("a slice at NULL");
  if (((uintptr_t)bytes & ((e->align > SS_ALIGN ? e->align : SS_ALIGN) - 1)) != 0) {
    machine_fail("a slice that is not aligned");
  }
  if (e->size && memcmp(bytes, e->expected, e->size) != 0) machine_fail("contents have changed");
}

static int by_address(const void *a, const void *b)
{
  const uintptr_t left = (uintptr_t)entry_bytes(*(const entry *const *)a);
  const uintptr_t right = (uintptr_t)entry_bytes(*(const entry *const *)b);
  return (left > right) - (left < right);
}

static void check_overlap(const reference *list)
{
  static const entry *sorted[REFERENCE_ENTRIES * (REGION_PIECES + 1)];
  size_t count = 0;
  for (size_t i = 0; i < list->count; i += 1) {
    const entry *e = &list->entries[i];
    if ((e->kind == ENTRY_SLICE || e->kind == ENTRY_BUFFER) && e->size) sorted[count++] = e;
    for (size_t k = 0; k < e->piece_count; k += 1) {
      if (e->pieces[k].size) sorted[count++] = &e->pieces[k];
    }
  }
  qsort(sorted, count, sizeof sorted[0], by_address);
  for (size_t i = 1; i < count; i += 1) {
    const unsigned char *end = entry_bytes(sorted[i - 1]) + sorted[i - 1]->size;
    if ((uintptr_t)end > (uintptr_t)entry_bytes(sorted[i])) machine_fail("two slices overlap");
  }
}

void check_stack(const machine *m, size_t slot, bool is_thorough)
{
  const machine_stack *s = &m->stacks[slot];
  if (s->stack == NULL) return;
  const char *why = ss__why_invalid(s->stack);
  if (why) machine_fail(why);
  check_figures(s);
  if (!is_thorough) return;
  for (size_t i = 0; i < s->reference.count; i += 1) {
    const entry *e = &s->reference.entries[i];
    for (size_t k = 0; k < e->piece_count; k += 1) check_bytes(&e->pieces[k], e->pieces[k].actual);
    if (e->kind != ENTRY_SLICE && e->kind != ENTRY_BUFFER) continue;
    if (e->is_open && ss_buffer_count(char, &e->buffer) != e->size) machine_fail("a buffer's size");
    check_bytes(e, entry_bytes(e));
  }
  if (s->kept) check_bytes(s->kept, s->kept->actual);
  check_overlap(&s->reference);
}

void check_unchanged(const machine *m, size_t slot)
{
  const machine_stack *s = &m->stacks[slot];
  const ss_stats now = call_stats(form_of(s));
  machine_totals.failures += 1;
  if (now.used != s->before.used) machine_fail("a failed call has changed used");
  // With SS_DEBUG the stack may have acquired a chunk for the record of a slice that failed, so
  // fewer figures are compared.
  if (MACHINE_IS_DEBUG) {
    check_stack(m, slot, true);
    return;
  }
  // A buffer that was open in line may have needed a row of lanes to become an event. The row stays
  // after the call has failed.
  const bool has_row = now.reserved == s->before.reserved + sizeof(ss__lane_row);
  if (now.reserved != s->before.reserved && !has_row)
    machine_fail("a failed call has changed reserved");
  if (now.chunks != s->before.chunks) machine_fail("a failed call has changed chunks");
  if (now.bytes_copied != s->before.bytes_copied) machine_fail("a failed call has copied");
  check_stack(m, slot, true);
}
