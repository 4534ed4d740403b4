// SPDX-License-Identifier: MIT
// OP_EDIT: the calls that remove from an open buffer or put something into it.
#include "operations.h"

#include <stdlib.h>

// Removes n bytes of the model's copy. The room that they leave can be written again without growth.
static void remove_bytes(entry *e, size_t at, size_t n)
{
  memmove(e->expected + at, e->expected + at + n, e->size - at - n);
  e->size -= n;
  e->promised_bytes += n;
}

static void run_pop(entry *e)
{
  const unsigned char *popped = ss_pop(unsigned char, &e->buffer);
  if ((popped == NULL) != (e->size == 0)) machine_fail("a pop of another size");
  if (popped == NULL) return;
  if (popped != entry_bytes(e) + e->size - 1 || *popped != e->expected[e->size - 1]) {
    machine_fail("a pop of another element");
  }
  remove_bytes(e, e->size - 1, 1);
}

static void run_truncate(entry *e, size_t n)
{
  ss_truncate(unsigned char, &e->buffer, n);
  if (n < e->size) remove_bytes(e, n, e->size - n);
}

static void run_swap_remove(entry *e, size_t i)
{
  const bool is_there = i < e->size;
  if (ss_swap_remove(unsigned char, &e->buffer, i) != is_there) {
    machine_fail("a swap_remove of another size");
  }
  if (!is_there) return;
  e->expected[i] = e->expected[e->size - 1];
  remove_bytes(e, e->size - 1, 1);
}

static void run_insert(machine *m, entry *e, size_t i)
{
  const size_t n = m->operation.size;
  const size_t at = i < e->size ? i : e->size;
  const call_form form = operation_begin(m);
  unsigned char *gap = call_insert(form, &e->buffer, i, n);
  if (gap == NULL && n <= e->promised_bytes) machine_fail("no room where it was reserved");
  operation_end(m, gap != NULL);
  if (gap == NULL) return;
  if (n > HOST_LARGEST_BYTES) machine_fail("memory that cannot be was given");
  if (gap != entry_bytes(e) + at) machine_fail("a gap at another place");
  e->promised_bytes -= n < e->promised_bytes ? n : e->promised_bytes;
  // The bytes are appended to the model's copy, and then moved to where they are in the buffer.
  unsigned char *moved = malloc(e->size - at + 1);
  if (moved == NULL) abort();
  memcpy(moved, e->expected ? e->expected + at : moved, e->size - at);
  const size_t moved_bytes = e->size - at;
  e->size = at;
  entry_write(e, gap, n, operation_seed(m));
  e->expected = realloc(e->expected, e->size + moved_bytes + 1);
  if (e->expected == NULL) abort();
  memcpy(e->expected + e->size, moved, moved_bytes);
  e->size += moved_bytes;
  free(moved);
}

void edit_run(machine *m)
{
  reference *list = &operation_stack(m)->reference;
  const size_t picked = reference_pick(list, ENTRY_BUFFER, 0, m->operation.pick);
  if (picked == list->count) return;
  entry *e = &list->entries[picked];
  // At times beyond the end.
  const size_t i = m->operation.pick * 37 % (e->size + 3);
  switch (m->operation.count % 4) {
    case 0:
      run_pop(e);
      return;
    case 1:
      run_truncate(e, i);
      return;
    case 2:
      run_swap_remove(e, i);
      return;
    default:
      run_insert(m, e, i);
  }
}
