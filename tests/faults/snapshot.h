// SPDX-License-Identifier: MIT
// What must not change when a call fails.
#ifndef SS_TESTS_SNAPSHOT_H
#define SS_TESTS_SNAPSHOT_H

#include "secondstack.h"

typedef struct snapshot {
  ss_stats stats;
  size_t contents;  // a sum over what is handed out
} snapshot;

// `buffer`: an open one that the call is to grow, whose own bytes count too; or NULL.
snapshot snapshot_take(const ss_stack *stack, const ss_buffer *buffer);

// Bytes left in the newest chunk of `buffer`, or of the stack's active lane.
size_t snapshot_room_bytes(const ss_stack *stack, const ss_buffer *buffer);
// What a row of lanes takes, made for a fifth open buffer.
size_t snapshot_row_bytes(void);

#endif
