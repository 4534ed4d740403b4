// SPDX-License-Identifier: MIT
// The slow path of allocating a slice: the active lane's newest chunk has no room left for it.
#include "internal.h"

void *ss__refill(ss_stack *stack, size_t size, size_t align, const char *call)
{
  SS__STAY_OUT_OF_LINE(ss__refill);
  if (align > SS_ALIGN && (align & (align - 1)) != 0) {
    return ss__fail_align(align, call);
  }
  const size_t most_gap = align > SS_ALIGN ? align - SS_ALIGN : 0;
  // Where the sum would overflow, SIZE_MAX replaces it: no address space can hold that many bytes.
  const size_t wanted = size <= SIZE_MAX - most_gap ? size + most_gap : SIZE_MAX;
#if !SS__IS_KEYED
  ss_destructor *const end = stack->end;
  if (end) {
    stack->end = NULL;
    if (&ss__at_thread_exit) ss__at_thread_exit(end, stack);
  }
#endif
  ss__limit_met limit = {NULL, 0};
  if (ss__is_in_line(stack) && !ss__settle(stack, &limit)) {
    return ss__fail(call, size, "bytes", limit.what, limit.bytes);
  }
  ss__lane *lane = ss__park(stack);
  const ss__chunk *before = lane->chunk;
  const size_t room = before ? (size_t)(before->limit - lane->top) : 0;
  size_t gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  if (before == NULL || gap > room || size > room - gap) {
    const size_t version = ss__next_version(stack);
    if (!ss__grow_lane(stack, lane, lane->top, 0, wanted, false, version, &limit)) {
      return ss__fail(call, size, "bytes", limit.what, limit.bytes);
    }
    // The tops of marks that were saved earlier lie in another chunk now, so the version must
    // change.
    if (lane->chunk != before) ss__set_version(stack, version);
    gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  }
  char *slice = lane->top + gap;
  ss__raise(lane, slice + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  ss__activate(stack, lane);
  SS__UNPOISON(slice, size);
  // The caller may be compiled with AddressSanitizer while the library is not.
  if (stack->watch) stack->watch->unpoison(slice, size);
  return slice;
}

void *ss__claim(ss_stack *stack, size_t size, const char *call)
{
  void *record = ss__alloc(stack, size, SS_ALIGN, call);
  if (record && stack->watch) stack->watch->unpoison(record, size);
  return record;
}
