// SPDX-License-Identifier: MIT
// A snapshot of a stack, which a call that fails must not change.
#ifndef SS_TESTS_SNAPSHOT_H
#define SS_TESTS_SNAPSHOT_H

#include "secondstack_region.h"

typedef struct snapshot {
  ss_stats stats;
  size_t contents;  // a checksum of all bytes in use
} snapshot;

// `buffer`: the open buffer that the call will grow, whose bytes are part of the checksum; or NULL.
snapshot snapshot_take(const ss_stack *stack, const ss_buffer *buffer);

// Bytes left in the newest chunk of `buffer`, or of the stack's active lane.
size_t snapshot_room_bytes(const ss_stack *stack, const ss_buffer *buffer);
// The same of a region's newest chunk.
size_t snapshot_region_room_bytes(const ss_region *region);
// The size of a row of lanes, which is made for a fifth open buffer.
size_t snapshot_row_bytes(void);

#endif
