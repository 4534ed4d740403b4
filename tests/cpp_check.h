// SPDX-License-Identifier: MIT
// What the C++ unit tests share, beside check.h.
#ifndef SS_TESTS_CPP_CHECK_H
#define SS_TESTS_CPP_CHECK_H

#include "check.h"

inline size_t used()
{
  return ss_thread_stats().used;
}

// A stack that can hold little.
inline ss_stack *new_limited_stack(size_t max_bytes)
{
  ss_config config = {};
  config.max_bytes = max_bytes;
  return ss_stack_new(&config);
}

#endif
