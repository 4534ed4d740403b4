// SPDX-License-Identifier: MIT
// Regions: slices of an outer scope while inner ones are open. A region is a buffer that becomes an
// event at once, so it holds a lane of its own and the stack's slices are made in another lane.
// Unlike a buffer, a region has its next slice at its lane's top, and when there is no room it gets
// a new chunk while the old one stays, since slices must not move. The event undoes a region as it
// undoes a buffer: chunks that were added since are stamped with the event's version.
//
// This is a file of its own so that a program without regions does not link it. Other files know of
// regions only where a lane's top is taken for a buffer's first byte (ss__lane.is_region).
#include "records.h"
#include "secondstack_region.h"

void ss__undo_region(ss_stack *stack, ss__event *event, size_t version)
{
  event->lane_before->is_region = false;
  ss__undo_open(stack, event, version);
}

// Makes sure of a lane for the stack's slices beside the region's own, which is the active one. It is made before the region is
// opened, so that nothing has to be given back where memory ends. A buffer that is open in line takes a lane, too, as
// whatever is made beside it does.
static bool has_lanes(ss_stack *stack, ss__limit_met *limit)
{
  if (ss__is_in_line(stack) && !ss__settle(stack, limit)) return false;
  return ss__free_lane(stack, limit) != NULL;
}

ss_region ss__region_open(ss_stack *stack, const char *call)
{
  const ss_region failed = {stack, NULL, NULL, 0};
  ss__limit_met limit = {"memory has ended, reserved so far are", stack->reserved};
  if (!has_lanes(stack, &limit)) {
    (void)ss__fail(call, SS__BUFFER_HEAD, "bytes", limit.what, limit.bytes);
    return failed;
  }
  const ss_buffer room = ss__open(stack, call);
  // The second can only fail for want of a lane.
  if (room.lane == &ss__unopened_lane || !ss__settle(stack, &limit)) return failed;
  ss__buffer_record *record = ss__record_of(room.lane);
  record->opened.undo = ss__undo_region;
  room.lane->is_region = true;
  const ss_region region = {stack, room.lane, room.lane->top, record->opened.version};
  return region;
}

void *ss__region_alloc(const ss_region *region, size_t size, size_t align, const char *call)
{
  ss_stack *stack = region->stack;
  ss__lane *lane = region->lane;
  ss__limit_met limit = {"the region is not open, its room is", 0};
  if (lane == NULL || !lane->is_region) {
    return ss__fail(call, size, "bytes", limit.what, limit.bytes);
  }
  if (align > SS_ALIGN && (align & (align - 1)) != 0) return ss__fail_align(align, call);
  const size_t most_gap = align > SS_ALIGN ? align - SS_ALIGN : 0;
  const size_t room = (size_t)(lane->chunk->limit - lane->top);
  size_t gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  if (gap > room || size > room - gap) {
    // Where the sum would overflow, SIZE_MAX replaces it: no address space can hold that many
    // bytes.
    const size_t wanted = size <= SIZE_MAX - most_gap ? size + most_gap : SIZE_MAX;
    if (!ss__grow_lane(stack, lane, lane->top, 0, wanted, false, region->version, &limit)) {
      return ss__fail(call, size, "bytes", limit.what, limit.bytes);
    }
    gap = (size_t)(0 - (uintptr_t)lane->top) & most_gap;
  }
  char *slice = lane->top + gap;
  ss__raise(lane, slice + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)));
  SS__UNPOISON(slice, size);
  // The caller may be compiled with AddressSanitizer while the library is not.
  if (stack->watch) stack->watch->unpoison(slice, size);
  return slice;
}

void ss__region_give_back(const ss_region *region, void *data, size_t size)
{
  ss__lane *lane = region->lane;
  char *first = (char *)data;
  if (lane == NULL || !lane->is_region || (uintptr_t)first < (uintptr_t)lane->chunk) return;
  if (first + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1)) == lane->top) lane->top = first;
}
