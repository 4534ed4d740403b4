// SPDX-License-Identifier: MIT
// secondstack_region: slices of an outer scope, taken while inner scopes come and go.
//
//   SS_SCOPE {
//     ss_region results = ss_region_open();                 // belongs to this scope
//     for (int i = 0; i < count; i++) {
//       SS_SCOPE {                                          // scratch, released in each turn
//         float *scratch = ss_uninit_slice(float, 1000);
//         keep[i] = ss_region_slice(point, &results, find_points(scratch));
//       }                                                   // keep[i] is still there
//     }
//   }                                                       // it is released here
//
// An ordinary slice lives as long as the scope that is innermost when it is made. A slice from a
// region lives as long as the scope in which the region was opened, however many scopes are open
// within it. This serves out-parameters, lists of what inner scopes have found, and containers that
// grow in inner scopes (ss::region_allocator in secondstack_allocator.hpp). A region has a lane of
// its own, as an open buffer has, so other slices and scopes are as fast as before, and slices from
// a region never move. Several regions may be open at once.
#ifndef SECONDSTACK_REGION_H
#define SECONDSTACK_REGION_H

#include "secondstack.h"

/// Where slices of an outer scope are taken from, made by ss_region_open. Its fields are private; copy it freely.
typedef struct ss_region {
  ss_stack *stack;
  struct ss__lane *lane;  // NULL: the region could not be opened
  char *first;            // the region's first byte
  size_t version;         // of the region's event in the undo log
} ss_region;

/// ss_region ss_region_open(void): opens a region on the calling thread's own stack. It ends with the scope in which
/// it is opened; there is no call to close it.
/// Errors:  aborts through ss_set_fatal when memory ends; ss_try_region_open returns a region on which every
///          ss_region_try_alloc returns NULL.
#define ss_region_open() ss__open_region(ss_thread_stack(), SS__CALL("ss_region_open"))
#define ss_try_region_open() ss__open_region(ss_thread_stack(), SS__TRY("ss_try_region_open"))
#define ss_stack_region_open(stack) ss__open_region((stack), SS__CALL("ss_stack_region_open"))
#define ss_stack_try_region_open(stack) \
  ss__open_region((stack), SS__TRY("ss_stack_try_region_open"))

/// void *ss_region_alloc(const ss_region *region, size_t size, size_t align): uninitialised bytes that live as long
/// as the scope of the region.
/// Units:   align in bytes, a power of two; up to 16 means 16.
/// Errors:  aborts through ss_set_fatal when memory ends or when align is no power of two; ss_region_try_alloc returns
///          NULL instead. To use a region after its scope has ended is a mistake, as it is with a slice: SS_DEBUG names
///          the places where the region was opened and where the scope ended. Without SS_DEBUG such a call fails only
///          while no later region has the same lane, and otherwise takes from that one.
#define ss_region_alloc(region, size, align) \
  ss__alloc_in_region((region), (size), (align), SS__CALL("ss_region_alloc"))
#define ss_region_try_alloc(region, size, align) \
  ss__alloc_in_region((region), (size), (align), SS__TRY("ss_region_try_alloc"))

/// T *ss_region_slice(T, const ss_region *region, size_t n): n uninitialised elements that live as long as the scope
/// of the region.
/// Errors:  as ss_region_alloc.
#define ss_region_slice(T, region, n) \
  ((T *)ss__slice_in_region((region), (n), sizeof(T), SS__ALIGNOF(T), SS__CALL("ss_region_slice")))

// -------------------------------------------------------------------------------------------------
// What the macros above call

#ifdef __cplusplus
extern "C" {
#endif

ss_region ss__region_open(ss_stack *stack, const char *call);
void *ss__region_alloc(const ss_region *region, size_t size, size_t align, const char *call);
// Releases a slice if it is the region's last one.
void ss__region_give_back(const ss_region *region, void *data, size_t size);
ss_region ss__debug_region_open(ss_stack *user, ss_stack *stack, ss__site site);
void *ss__debug_region_alloc(ss_stack *user, const ss_region *region, size_t size, size_t align,
                             ss__site site);

SS__INLINE ss_region ss__open_region(ss_stack *stack, ss__call call)
{
#if SS_DEBUG
  return ss__debug_region_open(ss_thread_stack(), stack, call);
#else
  return ss__region_open(stack, ss__name(call));
#endif
}

SS__INLINE void *ss__alloc_in_region(const ss_region *region, size_t size, size_t align,
                                     ss__call call)
{
#if SS_DEBUG
  return ss__result(ss__debug_region_alloc(ss_thread_stack(), region, size, align, call), call);
#else
  return ss__result(ss__region_alloc(region, size, align, ss__name(call)), call);
#endif
}

SS__INLINE void *ss__slice_in_region(const ss_region *region, ss__count n, size_t element_size,
                                     size_t align, ss__call call)
{
  if (SS__UNLIKELY(ss__overflows(n, element_size))) {
    return ss__result(ss__fail_count(n, element_size, ss__name(call)), call);
  }
  return ss__alloc_in_region(region, (size_t)n * element_size, align, call);
}

#ifdef __cplusplus
}  // extern "C"
#endif

#endif
