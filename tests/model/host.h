// SPDX-License-Identifier: MIT
// The backing of a model test. It calls malloc, counts its calls, fills blocks with garbage when
// they are acquired and when they are released, grows blocks in place or not, and refuses on
// request.
#ifndef SS_TESTS_HOST_H
#define SS_TESTS_HOST_H

#include "secondstack.h"

// Larger than any block that a program really needs; larger ones are refused.
#define HOST_LARGEST_BYTES ((size_t)4 << 20)

typedef struct host {
  ss_backing backing;
  size_t calls;  // of acquire, resize and release
  size_t live_bytes;
  size_t live_blocks;
  bool has_refused;  // since the model last read and reset this
} host;

// These are for all hosts together. The call of acquire or resize, counted from 1, that is refused;
// 0: none.
extern size_t host_refused_call;
extern bool host_is_refusing_on;  // refuse the later calls, too
extern size_t host_calls;         // so far
extern bool host_is_refusing;     // refuse all calls until this is reset
// Refuse and count none: with SS_DEBUG a save needs memory for its record, and has no form that can fail.
extern bool host_is_sparing;

// room_factor: a block can grow in place to this many times its first size; 1: never.
void host_begin(host *h, size_t room_factor);

#endif
