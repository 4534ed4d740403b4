// SPDX-License-Identifier: MIT
// The naive model of a stack: a list of what was made, each with its own malloced copy of what was
// written to it. Restoring cuts the list.
#ifndef SS_TESTS_REFERENCE_H
#define SS_TESTS_REFERENCE_H

#include "secondstack.h"

enum { REFERENCE_ENTRIES = 160 };

typedef enum entry_kind { ENTRY_MARK, ENTRY_SLICE, ENTRY_BUFFER, ENTRY_DESTRUCTOR } entry_kind;

typedef struct entry {
  entry_kind kind;
  // A mark.
  ss_mark mark;
  bool is_block;  // an SS_SCOPE's own: only its end restores it
  bool has_used;  // used_bytes is to be met again, but for the buffers that were closed since
  size_t used_bytes;
  size_t saved_at;  // a tick of the machine's clock
  // A slice or a buffer.
  unsigned char *actual;  // on the stack; of an open buffer the buffer knows
  unsigned char *expected;
  size_t size;
  size_t align;
  bool is_open;
  ss_buffer buffer;
  size_t closed_at;       // likewise
  size_t promised_bytes;  // may still be written without moving: ss_reserve
  // A destructor.
  uintptr_t id;              // of the first element
  const uint32_t *elements;  // NULL: ss_defer
  size_t next;
  size_t count;
} entry;

typedef struct reference {
  entry entries[REFERENCE_ENTRIES];
  size_t count;
} reference;

// A new entry at the end, zeroed. There must be room: reference_is_full.
entry *reference_add(reference *list, entry_kind kind);
bool reference_is_full(const reference *list);
// Forgets all entries from `count` on.
void reference_cut(reference *list, size_t count);
// Forgets all entries from `count` on but the destructors: a restore of them was left half done.
void reference_forget(reference *list, size_t count);
// Writes `size` bytes that depend on `seed` to `actual` and to the end of the entry's copy.
void entry_write(entry *e, unsigned char *actual, size_t size, unsigned seed);
// Where the entry's bytes are now.
unsigned char *entry_bytes(const entry *e);
// What the buffers that were open when `mark` was saved, and are closed now, have added to what is used,
// with `guard_bytes` behind each.
size_t reference_closed_bytes(const reference *list, const entry *mark, size_t guard_bytes);
// The index of the pick-th entry of a kind at or above `base`, counted from the newest; `count` if
// there is none. Of buffers: the open ones. Of marks: those that may be restored.
size_t reference_pick(const reference *list, entry_kind kind, size_t base, size_t pick);

#endif
