// SPDX-License-Identifier: MIT
// Functions that several C++ unit tests use, beside those of check.h.
#ifndef SS_TESTS_CPP_CHECK_H
#define SS_TESTS_CPP_CHECK_H

#include "check.h"

inline size_t used()
{
  return ss_thread_stats().used;
}

// Makes a stack that runs out of memory after max_bytes.
inline ss_stack *new_limited_stack(size_t max_bytes)
{
  ss_config config = {};
  config.max_bytes = max_bytes;
  return ss_stack_new(&config);
}

#endif
