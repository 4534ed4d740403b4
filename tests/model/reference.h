// SPDX-License-Identifier: MIT
// The naive model of a stack: a list of everything that was made, in which each entry has a copy,
// in memory of its own from malloc, of what was written to it. Restoring truncates the list.
#ifndef SS_TESTS_REFERENCE_H
#define SS_TESTS_REFERENCE_H

#include "secondstack_region.h"

enum { REFERENCE_ENTRIES = 160, REGION_PIECES = 12 };

typedef enum entry_kind {
  ENTRY_MARK,
  ENTRY_SLICE,
  ENTRY_BUFFER,
  ENTRY_DESTRUCTOR,
  ENTRY_REGION
} entry_kind;

typedef struct entry {
  entry_kind kind;
  // A mark.
  ss_mark mark;
  bool is_block;  // the mark of an SS_SCOPE: only the scope's end restores it
  bool has_used;  // check used_bytes after the restore, plus buffers closed since
  size_t used_bytes;
  size_t saved_at;      // a tick of the machine's clock
  size_t region_bytes;  // of used_bytes, what regions held
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
  // A region, whose slices are entries of its own: they live as long as it does, however many scopes are open within its own.
  ss_region region;
  struct entry *pieces;
  size_t piece_count;  // at most REGION_PIECES
  size_t piece_bytes;  // by which the stack's `used` has risen for them
  bool is_given_back;  // a slice was given back since the newest one was made
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
// Adds a slice to a region.
entry *reference_add_piece(entry *region);
// Drops a region's newest slice.
void reference_drop_piece(entry *region);
// Returns the bytes in use that come from the slices of the regions among the first `count` entries.
size_t reference_region_bytes(const reference *list, size_t count);
// The index of the pick-th entry of a kind at or above `base`, counted from the newest; `count` if
// there is none. Only open buffers are picked, and only marks that may be restored.
size_t reference_pick(const reference *list, entry_kind kind, size_t base, size_t pick);

#endif
