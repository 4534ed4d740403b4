// SPDX-License-Identifier: MIT
// The naive model of a stack: a list of everything that was made, in which each entry has a copy,
// in memory of its own from malloc, of what was written to it. Restoring truncates the list.
#ifndef SS_TESTS_REFERENCE_H
#define SS_TESTS_REFERENCE_H

#include "secondstack.h"

enum { REFERENCE_ENTRIES = 160 };

typedef enum entry_kind { ENTRY_MARK, ENTRY_SLICE, ENTRY_BUFFER, ENTRY_DESTRUCTOR } entry_kind;

typedef struct entry {
  entry_kind kind;
  // A mark.
  ss_mark mark;
  bool is_block;  // the mark of an SS_SCOPE: only the scope's end restores it
  bool has_used;  // check used_bytes after the restore, plus buffers closed since
  size_t used_bytes;
  size_t saved_at;  // a tick of the machine's clock
  // A slice or a buffer.
  unsigned char *actual;  // on the stack; an open buffer's are found through `buffer`
  unsigned char *expected;
  size_t size;
  size_t align;
  bool is_open;
  ss_buffer buffer;
  size_t closed_at;       // a tick of the machine's clock
  size_t promised_bytes;  // may still be written without moving, because of ss_reserve
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

// Adds a zeroed entry at the end. There must be room: see reference_is_full.
entry *reference_add(reference *list, entry_kind kind);
bool reference_is_full(const reference *list);
// Removes all entries from `count` on.
void reference_cut(reference *list, size_t count);
// Removes all entries from `count` on except destructors, after a restore of them that was left
// unfinished.
void reference_forget(reference *list, size_t count);
// Writes `size` bytes that depend on `seed` to `actual`, and appends them to the entry's copy.
void entry_write(entry *e, unsigned char *actual, size_t size, unsigned seed);
// Returns the current address of the entry's bytes.
unsigned char *entry_bytes(const entry *e);
// Returns the bytes in use that come from buffers that were open when `mark` was saved and are
// closed now, with `guard_bytes` behind each.
size_t reference_closed_bytes(const reference *list, const entry *mark, size_t guard_bytes);
// The index of the pick-th entry of a kind at or above `base`, counted from the newest; `count` if
// there is none. Only open buffers are picked, and only marks that may be restored.
size_t reference_pick(const reference *list, entry_kind kind, size_t base, size_t pick);

#endif
