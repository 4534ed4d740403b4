// SPDX-License-Identifier: MIT
// Each operation makes something on the stack and in the model, or ends something in both.
#include "operations.h"

#include <stdlib.h>

machine_stack *operation_stack(machine *m)
{
  return &m->stacks[m->slot];
}

call_form operation_form(machine *m)
{
  const machine_stack *s = operation_stack(m);
  const bool is_plain =
      machine_forms == AS_WRITTEN ? m->operation.is_plain : machine_forms == ALL_PLAIN;
  const call_form form = {s->stack, s->is_thread, is_plain};
  return form;
}

// -------------------------------------------------------------------------------------------------
// A call that may fail

call_form operation_begin(machine *m)
{
  machine_stack *s = operation_stack(m);
  const call_form form = operation_form(m);
  s->before = call_stats(form);
  s->host.has_refused = false;
  host_is_refusing = m->operation.is_refused;
  return form;
}

// Checks that the call failed for a reason and changed nothing, or that it succeeded when it could.
void operation_end(machine *m, bool is_done)
{
  machine_stack *s = operation_stack(m);
  const bool is_absurd = m->operation.size > HOST_LARGEST_BYTES;
  host_is_refusing = false;
  if (!is_done) {
    if (!is_absurd && !s->host.has_refused && s->config.max_bytes == 0) {
      machine_fail("a call failed without reason");
    }
    check_unchanged(m, m->slot);
  }
}

unsigned operation_seed(machine *m)
{
  return (unsigned)++m->next_id;
}

static void add_slice(machine *m, void *slice, size_t size, size_t align)
{
  if (slice == NULL) return;
  if (size > HOST_LARGEST_BYTES) machine_fail("memory that cannot be was given");
  entry *e = reference_add(&operation_stack(m)->reference, ENTRY_SLICE);
  e->actual = slice;
  e->align = align;
  entry_write(e, slice, size, operation_seed(m));
}

// -------------------------------------------------------------------------------------------------
// Slices

static void run_alloc(machine *m)
{
  const operation *op = &m->operation;
  const call_form form = operation_begin(m);
  void *slice = call_alloc(form, op->size, op->align);
  operation_end(m, slice != NULL);
  add_slice(m, slice, op->size, op->align);
}

static void run_zeroed(machine *m)
{
  const size_t size = m->operation.size;
  const call_form form = operation_begin(m);
  const char *slice = call_zeroed(form, size);
  operation_end(m, slice != NULL);
  for (size_t i = 0; slice && i < size; i += 1) {
    if (slice[i] != 0) machine_fail("a zeroed slice is not");
  }
  add_slice(m, (void *)(uintptr_t)slice, size, 1);
}

static void run_copy(machine *m)
{
  const size_t size = m->operation.size;
  const bool is_absurd = size > HOST_LARGEST_BYTES;
  unsigned char *source = is_absurd || size == 0 ? NULL : malloc(size);
  if (source) memset(source, 0x3c, size);
  const call_form form = operation_begin(m);
  void *slice = call_copy(form, source, size);
  operation_end(m, slice != NULL);
  if (slice && source && memcmp(slice, source, size) != 0) machine_fail("a copy differs");
  free(source);
  add_slice(m, slice, size, 1);
}

// The resize may find no room behind the slice, or a record of something else there, and fail. Then
// nothing may have changed.
static void run_resize(machine *m)
{
  machine_stack *s = operation_stack(m);
  const size_t size = m->operation.size;
  if (s->reference.count <= s->base) return;
  entry *e = &s->reference.entries[s->reference.count - 1];
  if (e->kind != ENTRY_SLICE || s->reference.count <= s->floor) return;
  const call_form form = operation_begin(m);
  const bool is_done = call_resize(form, e->actual, e->size, size);
  host_is_refusing = false;
  if (!is_done) {
    check_unchanged(m, m->slot);
    return;
  }
  if (size > HOST_LARGEST_BYTES) machine_fail("a slice has grown to what cannot be");
  if (size > e->size) {
    entry_write(e, e->actual + e->size, size - e->size, operation_seed(m));
  }
  e->size = size;
  if (memcmp(e->actual, e->expected, size) != 0)
    machine_fail("a slice changed when it was resized");
}

static void run_format(machine *m)
{
  const size_t width = m->operation.size % 5000;
  m->operation.size = width;
  const call_form form = operation_begin(m);
  char *text = call_format(form, width);
  operation_end(m, text != NULL);
  if (text == NULL) return;
  const size_t length = strlen(text);
  if (length != (width ? width : 1) || text[length - 1] != '7') machine_fail("a wrong text");
  add_slice(m, text, length + 1, 1);
}

// -------------------------------------------------------------------------------------------------
// Buffers

static entry *pick_open(machine *m)
{
  reference *list = &operation_stack(m)->reference;
  const size_t i = reference_pick(list, ENTRY_BUFFER, 0, m->operation.pick);
  return i < list->count ? &list->entries[i] : NULL;
}

static void run_open(machine *m)
{
  ss_buffer buffer;
  m->operation.size = 0;
  const call_form form = operation_begin(m);
  const bool is_open = call_open(form, &buffer);
  operation_end(m, is_open);
  if (!is_open) return;
  entry *e = reference_add(&operation_stack(m)->reference, ENTRY_BUFFER);
  e->buffer = buffer;
  e->is_open = true;
  e->align = SS_ALIGN;
}

static void run_extend(machine *m)
{
  const operation *op = &m->operation;
  entry *e = pick_open(m);
  if (e == NULL) return;
  const unsigned char *start = entry_bytes(e);
  const bool is_append = op->kind == OP_APPEND;
  const bool is_push = !is_append && op->size == 1;
  const bool is_absurd = op->size > HOST_LARGEST_BYTES;
  void *source = is_append && op->size && !is_absurd ? calloc(op->size, 1) : NULL;
  const call_form form = operation_begin(m);
  unsigned char *room = is_append ? call_append(form, &e->buffer, source, op->size)
                        : is_push ? call_push(form, &e->buffer)
                                  : call_extend(form, &e->buffer, op->size);
  free(source);
  if (room == NULL && op->size <= e->promised_bytes) machine_fail("no room where it was reserved");
  operation_end(m, room != NULL);
  if (room == NULL) return;
  if (is_absurd) machine_fail("memory that cannot be was given");
  const bool has_moved = entry_bytes(e) != start;
  // With SS_DEBUG even an append of 0 bytes may grow the buffer, for guard bytes that had no room
  // before.
  if (op->size <= e->promised_bytes && (op->size || !SS_DEBUG)) {
    if (has_moved || call_stats(form).backing_calls != operation_stack(m)->before.backing_calls) {
      machine_fail("a buffer has grown where room was reserved");
    }
    e->promised_bytes -= op->size;
  } else {
    e->promised_bytes = 0;
  }
  machine_totals.moves += has_moved;
  if (room != entry_bytes(e) + e->size) machine_fail("room that is not at the buffer's end");
  entry_write(e, room, op->size, operation_seed(m));
}

static void run_reserve(machine *m)
{
  entry *e = pick_open(m);
  if (e == NULL) return;
  const call_form form = operation_begin(m);
  const bool is_done = call_reserve(form, &e->buffer, m->operation.size);
  operation_end(m, is_done);
  if (!is_done) return;
  if (m->operation.size > HOST_LARGEST_BYTES) machine_fail("memory that cannot be was given");
  // With SS_DEBUG a refusal may leave room for the bytes, but not for the guard bytes behind them.
  if (SS_DEBUG && operation_stack(m)->host.has_refused) return;
  if (e->promised_bytes < m->operation.size) e->promised_bytes = m->operation.size;
}

static void run_close(machine *m)
{
  entry *e = pick_open(m);
  if (e == NULL) return;
  const unsigned char *start = entry_bytes(e);
  const ss_slice slice = ss_buffer_close(&e->buffer);
  if (slice.data != start || slice.size != e->size) machine_fail("closing has changed a buffer");
  e->is_open = false;
  e->closed_at = ++m->clock;
  e->actual = slice.data;
}

typedef struct iteration {
  machine *machine;
  size_t next;
  size_t count;
} iteration;

static unsigned char item_at(size_t i)
{
  return (unsigned char)(i * 7 + (i >> 8));
}

static bool next_item(void *iterator, void *item)
{
  iteration *at = iterator;
  if (at->next == at->count) return false;
  if (at->next % 64 == 3) machine_nested(at->machine, at->machine->slot, false);
  *(unsigned char *)item = item_at(at->next++);
  return true;
}

static void run_collect(machine *m)
{
  machine_stack *s = operation_stack(m);
  const size_t slot = m->slot;
  scope_save(m);
  const size_t mark = s->reference.count - 1;
  s->reference.entries[mark].is_block = true;
  iteration at = {m, 0, m->operation.size % 4096};
  const size_t hint = m->operation.size;
  m->operation.size = 0;
  machine_frame frame;
  machine_enter_frame(m, &frame, slot, mark);
  s->floor = mark + 1;
  ss_slice items = {NULL, 0};
  if (setjmp(frame.jump) == 0) {
    call_form form = operation_begin(m);
    // A plain call that fails leaves its buffer open.
    if (SS_DEBUG) form.is_plain = false;
    items = call_collect(form, next_item, &at, hint);
    host_is_refusing = false;
    machine_exit_frame(m, &frame);
  } else {
    machine_recover(m, &frame);
    items.data = NULL;
  }
  if (items.data == NULL) {
    // A plain call that failed has left its buffer open, along with what was made meanwhile.
    machine_totals.failures += 1;
    for (size_t i = mark + 1; SS_DEBUG && i < s->reference.count; i += 1) {
      s->reference.entries[i].is_open = false;
    }
    machine_leave(m, slot, mark, mark);
    return;
  }
  if (items.size != at.count) machine_fail("items are missing");
  for (size_t i = 0; i < at.count; i += 1) {
    if (((unsigned char *)items.data)[i] != item_at(i)) machine_fail("a wrong item");
  }
  s->reference.entries[mark].is_block = false;
  // Marks that the iterator saved and did not restore are older than the closing of the items, so
  // their used_bytes does not include the items.
  for (size_t i = mark + 1; i < s->reference.count; i += 1)
    s->reference.entries[i].has_used = false;
  add_slice(m, items.data, items.size, 1);
}

// -------------------------------------------------------------------------------------------------
// Regions

static void run_region(machine *m)
{
  ss_region region;
  m->operation.size = 0;
  const call_form form = operation_begin(m);
  const bool is_open = call_region_open(form, &region);
  operation_end(m, is_open);
  if (is_open) reference_add(&operation_stack(m)->reference, ENTRY_REGION)->region = region;
}

// Gives the region's newest slice back, as ss::region_allocator does. Its bytes are free at once, unless another slice was given
// back since it was made: that one may have left a gap behind for its alignment, or a chunk.
static void give_piece_back(machine *m, entry *e)
{
  machine_stack *s = operation_stack(m);
  if (e->piece_count == 0 || s->kept || s->stack->pin.is_active) return;
  const entry *piece = &e->pieces[e->piece_count - 1];
  const size_t bytes = (piece->size + SS_ALIGN - 1) & ~(size_t)(SS_ALIGN - 1);
  const size_t before_bytes = call_stats(operation_form(m)).used;
  ss__region_give_back(&e->region, piece->actual, piece->size);
  const size_t fall_bytes = before_bytes - call_stats(operation_form(m)).used;
  if (fall_bytes != bytes && (fall_bytes != 0 || !e->is_given_back)) {
    machine_fail("a region's newest slice was given back and is still used");
  }
  e->is_given_back = true;
  e->piece_bytes -= fall_bytes;
  reference_drop_piece(e);
}

// The region may be of any scope. If the slice fails, nothing has changed.
static void run_take(machine *m)
{
  machine_stack *s = operation_stack(m);
  const operation *op = &m->operation;
  const size_t i = reference_pick(&s->reference, ENTRY_REGION, 0, op->pick);
  if (i == s->reference.count) return;
  entry *e = &s->reference.entries[i];
  if (e->piece_count == REGION_PIECES || op->count == 7) {
    give_piece_back(m, e);
    return;
  }
  const call_form form = operation_begin(m);
  unsigned char *slice = call_region_alloc(form, &e->region, op->size, op->align);
  operation_end(m, slice != NULL);
  if (slice == NULL) return;
  if (op->size > HOST_LARGEST_BYTES) machine_fail("memory that cannot be was given");
  const size_t rise_bytes = call_stats(form).used - s->before.used;
  const size_t least_bytes = (op->size + SS_ALIGN - 1) & ~(size_t)(SS_ALIGN - 1);
  const size_t most_gap = op->align > SS_ALIGN ? op->align - SS_ALIGN : 0;
  if (rise_bytes < least_bytes || rise_bytes > least_bytes + most_gap) {
    machine_fail("a region's slice takes other than its bytes");
  }
  e->piece_bytes += rise_bytes;
  e->is_given_back = false;
  entry *piece = reference_add_piece(e);
  piece->actual = slice;
  piece->align = op->align;
  entry_write(piece, slice, op->size, operation_seed(m));
  machine_totals.takes += 1;
  machine_totals.outer_takes +=
      reference_pick(&s->reference, ENTRY_MARK, i, 0) < s->reference.count;
}

// -------------------------------------------------------------------------------------------------
// Destructors

static void add_destructor(machine *m, uintptr_t id, const uint32_t *elements, size_t count)
{
  entry *e = reference_add(&operation_stack(m)->reference, ENTRY_DESTRUCTOR);
  e->id = id;
  e->elements = elements;
  e->count = count;
}

static void run_defer(machine *m)
{
  const uintptr_t id = ++m->next_id;
  m->operation.size = 0;
  const call_form form = operation_begin(m);
  const bool is_done = call_defer(form, machine_on_defer, (void *)id);
  operation_end(m, is_done);
  if (is_done) add_destructor(m, id, NULL, 1);
}

static void run_drop(machine *m)
{
  const size_t count = m->operation.count;
  m->operation.size = count * sizeof(uint32_t);
  call_form form = operation_begin(m);
  uint32_t *elements = call_uninit(form, count);
  operation_end(m, elements != NULL);
  if (elements == NULL) return;
  const uintptr_t id = m->next_id + 1;
  m->next_id += count;
  entry *e = reference_add(&operation_stack(m)->reference, ENTRY_SLICE);
  e->actual = (unsigned char *)elements;
  e->expected = malloc(count * sizeof *elements + 1);
  if (e->expected == NULL) abort();
  e->size = count * sizeof *elements;
  for (size_t i = 0; i < count; i += 1) elements[i] = (uint32_t)(id + i);
  memcpy(e->expected, elements, e->size);
  form = operation_begin(m);
  const bool is_done = call_drop(form, elements, count, machine_on_drop);
  operation_end(m, is_done);
  if (is_done && count) add_destructor(m, id, elements, count);
}

// -------------------------------------------------------------------------------------------------

static void run_trim(machine *m)
{
  machine_stack *s = operation_stack(m);
  const call_form form = operation_form(m);
  const ss_stats before = call_stats(form);
  host_is_refusing = m->operation.is_refused;
  call_trim(form, m->operation.size);
  host_is_refusing = false;
  const ss_stats after = call_stats(form);
  if (after.used != before.used) machine_fail("a trim has changed what is used");
  if (after.reserved > before.reserved) machine_fail("a trim has taken memory");
  // During a keep ss_trim does nothing.
  if (!s->stack->pin.is_active) s->most_used = after.used;
  if (after.used == 0 && s->reference.count == 0 && m->operation.size == 0 && after.reserved != 0 &&
      m->depth == 0) {
    machine_fail("an idle stack keeps memory");
  }
  check_stack(m, m->slot, true);
}

static void run_misuse(machine *m)
{
  const operation op = m->operation;
  machine_stack *s = operation_stack(m);
  const call_form form = operation_begin(m);
  host_is_refusing = false;
  bool has_failed = true;
  switch (op.pick % 5) {
    case 0: {  // no power of two
      const size_t align = 24 + op.align * 2 * 3 * 5;
      const size_t i = reference_pick(&s->reference, ENTRY_REGION, 0, op.pick);
      has_failed = call_alloc(form, op.count, align) == NULL;
      if (has_failed && i < s->reference.count) {
        const ss_region *region = &s->reference.entries[i].region;
        has_failed = call_region_alloc(form, region, op.count, align) == NULL;
      }
      break;
    }
    case 1:  // no memory has such an alignment
      has_failed = call_alloc(form, op.count, SIZE_MAX / 2 + 1) == NULL;
      break;
    case 2:  // the size overflows
      has_failed = call_uninit(form, SIZE_MAX / sizeof(uint32_t) + 1 + op.count) == NULL;
      break;
    case 3: {  // a closed buffer, for which SS_DEBUG aborts even in a try_ call
      if (SS_DEBUG) break;
      ss_buffer closed = {SS__NOWHERE, &ss__closed_lane, s->stack, NULL};
      has_failed = call_extend(form, &closed, op.count + 1) == NULL;
      break;
    }
    default:
      if (s->is_thread && s->before.used) has_failed = call_configure(NULL);
  }
  if (!has_failed) machine_fail("a misuse was not refused");
  check_unchanged(m, m->slot);
}

static void run_one(machine *m)
{
  const operation *op = &m->operation;
  machine_stack *s = operation_stack(m);
  switch (op->kind) {
    case OP_SAVE:
      scope_save(m);
      return;
    case OP_RESTORE:
      scope_restore(m);
      return;
    case OP_ALLOC:
      run_alloc(m);
      return;
    case OP_ZEROED:
      run_zeroed(m);
      return;
    case OP_COPY:
      run_copy(m);
      return;
    case OP_RESIZE:
      run_resize(m);
      return;
    case OP_FORMAT:
      run_format(m);
      return;
    case OP_OPEN:
      run_open(m);
      return;
    case OP_EXTEND:
    case OP_APPEND:
      run_extend(m);
      return;
    case OP_RESERVE:
      run_reserve(m);
      return;
    case OP_CLOSE:
      run_close(m);
      return;
    case OP_EDIT:
      edit_run(m);
      return;
    case OP_REGION:
      run_region(m);
      return;
    case OP_TAKE:
      run_take(m);
      return;
    case OP_COLLECT:
      run_collect(m);
      return;
    case OP_DEFER:
      run_defer(m);
      return;
    case OP_DROP:
      run_drop(m);
      return;
    case OP_KEEP:
      scope_keep(m);
      return;
    case OP_TRIM:
      run_trim(m);
      return;
    case OP_SWITCH:
      if (op->pick >= 128 && machine_may_empty(m)) {
        machine_empty(m);
      } else {
        m->slot = op->pick % MACHINE_STACKS;
      }
      return;
    case OP_BLOCK:
      if (m->depth < MACHINE_DEPTH) scope_block(m);
      return;
    case OP_JUMP:
      return;  // the caller that runs the operations handles it
    case OP_RENEW:
      // A stack is not renewed while it is being restored: there only a destructor may empty it.
      if (m->depth == 0 && s->base == 0) {
        machine_renew_stack(m, m->slot);
      } else if (machine_may_empty(m)) {
        machine_empty(m);
      }
      return;
    case OP_MISUSE:
      run_misuse(m);
      return;
  }
}

bool operation_run(machine *m)
{
  if (!program_next(m->program, &m->operation)) return false;
  machine_totals.operations += 1;
  machine_stack *s = operation_stack(m);
  const operation_kind kind = m->operation.kind;
  if (s->stack == NULL && kind != OP_SWITCH && kind != OP_RENEW) return true;
  // The model is full, so only operations that end something are run.
  if (reference_is_full(&s->reference) && kind != OP_RESTORE && kind != OP_CLOSE &&
      kind != OP_SWITCH && kind != OP_TRIM && kind != OP_JUMP) {
    m->operation.pick = 255;
    if (s->base < s->reference.count) scope_restore(m);
    return true;
  }
  run_one(m);
  s = operation_stack(m);
  if (s->stack == NULL) return true;
  const size_t used = call_stats(operation_form(m)).used;
  if (used > s->most_used) s->most_used = used;
  check_stack(m, m->slot, machine_totals.operations % 16 == 0);
  m->operation.kind = kind;
  return true;
}
