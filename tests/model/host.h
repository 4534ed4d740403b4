// SPDX-License-Identifier: MIT
// The backing of a model test: malloc that counts, fills with garbage what it hands out and takes
// back, grows in place or not, and refuses on request.
#ifndef SS_TESTS_HOST_H
#define SS_TESTS_HOST_H

#include "secondstack.h"

// More than any program means to get.
#define HOST_LARGEST_BYTES ((size_t)4 << 20)

typedef struct host {
  ss_backing backing;
  size_t calls;  // acquire, resize and release
  size_t live_bytes;
  size_t live_blocks;
  bool has_refused;  // since someone last looked
} host;

// Over all hosts: the acquire or resize call, counted from 1, that is refused; 0: none.
extern size_t host_refused_call;
extern bool host_is_refusing_on;  // the calls after that one too
extern size_t host_calls;         // so far
extern bool host_is_refusing;     // all of them, for now

// room_factor: a block can grow in place to this many times its first size; 1: never.
void host_begin(host *h, size_t room_factor);

#endif
