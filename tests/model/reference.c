// SPDX-License-Identifier: MIT
// The naive model of a stack.
#include "reference.h"

#include <stdlib.h>

entry *reference_add(reference *list, entry_kind kind)
{
  entry *e = &list->entries[list->count++];
  memset(e, 0, sizeof *e);
  e->kind = kind;
  return e;
}

bool reference_is_full(const reference *list)
{
  // An operation makes at most three entries, and the destructors that it runs make some more.
  return list->count > REFERENCE_ENTRIES - 16;
}

static void drop(entry *e)
{
  while (e->piece_count > 0) reference_drop_piece(e);
  free(e->pieces);
  free(e->expected);
}

void reference_cut(reference *list, size_t count)
{
  while (list->count > count) drop(&list->entries[--list->count]);
}

void reference_forget(reference *list, size_t count)
{
  size_t left = count;
  for (size_t i = count; i < list->count; i += 1) {
    if (list->entries[i].kind == ENTRY_DESTRUCTOR) {
      list->entries[left++] = list->entries[i];
    } else {
      drop(&list->entries[i]);
    }
  }
  list->count = left < list->count ? left : list->count;
}

void entry_write(entry *e, unsigned char *actual, size_t size, unsigned seed)
{
  unsigned char *expected = realloc(e->expected, e->size + size + 1);
  if (expected == NULL) abort();
  for (size_t i = 0; i < size; i += 1) {
    expected[e->size + i] = actual[i] = (unsigned char)(seed * 37 + i * 11 + (i >> 8));
  }
  e->expected = expected;
  e->size += size;
}

unsigned char *entry_bytes(const entry *e)
{
  return e->is_open ? ss_buffer_at(unsigned char, &e->buffer, 0) : e->actual;
}

size_t reference_closed_bytes(const reference *list, const entry *mark, size_t guard_bytes)
{
  size_t bytes = 0;
  for (const entry *e = list->entries; e < mark; e += 1) {
    if (e->kind == ENTRY_BUFFER && !e->is_open && e->closed_at > mark->saved_at) {
      bytes += (e->size + guard_bytes + SS_ALIGN - 1) & ~(SS_ALIGN - 1);
    }
  }
  return bytes;
}

entry *reference_add_piece(entry *region)
{
  if (region->pieces == NULL) {
    region->pieces = calloc(REGION_PIECES, sizeof *region->pieces);
    if (region->pieces == NULL) abort();
  }
  entry *piece = &region->pieces[region->piece_count++];
  memset(piece, 0, sizeof *piece);
  piece->kind = ENTRY_SLICE;
  return piece;
}

void reference_drop_piece(entry *region)
{
  free(region->pieces[--region->piece_count].expected);
}

size_t reference_region_bytes(const reference *list, size_t count)
{
  size_t bytes = 0;
  for (size_t i = 0; i < count; i += 1) bytes += list->entries[i].piece_bytes;
  return bytes;
}

static bool can_be_picked(const entry *e, entry_kind kind)
{
  if (e->kind != kind) return false;
  if (kind == ENTRY_BUFFER) return e->is_open;
  return !e->is_block;
}

size_t reference_pick(const reference *list, entry_kind kind, size_t base, size_t pick)
{
  size_t found = 0;
  for (size_t i = base; i < list->count; i += 1) {
    found += can_be_picked(&list->entries[i], kind);
  }
  if (found == 0) return list->count;
  size_t left = pick % found;
  for (size_t i = list->count; i-- > base;) {
    if (can_be_picked(&list->entries[i], kind) && left-- == 0) return i;
  }
  return list->count;
}
