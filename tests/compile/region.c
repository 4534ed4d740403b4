// SPDX-License-Identifier: MIT
// Every call of secondstack_region.h once, in the common language of C and C++. It is compiled, never run.
#include "secondstack_region.h"

size_t regions(ss_stack *stack, size_t n);

size_t regions(ss_stack *stack, size_t n)
{
  const ss_region own = ss_stack_region_open(stack), maybe = ss_stack_try_region_open(stack);
  const ss_region region = ss_region_open(), other = ss_try_region_open();
  float *numbers = ss_region_slice(float, &region, n);
  const char *bytes = (const char *)ss_region_alloc(&own, n, 8);
  return ss_region_try_alloc(&maybe, n, 64) && ss_region_try_alloc(&other, 1, 1)
             ? (size_t)numbers[0]
             : (size_t)bytes[0];
}
