// SPDX-License-Identifier: MIT
// Chunks: how a lane gets its memory and gives it back. This is the only file that calls the
//         backing, so max_bytes is enforced and the statistics are kept here.
//
// Where the backing can resize in place, a lane's newest chunk grows by an eighth: nothing is
// copied and little memory is reserved ahead. Otherwise the lane gets a new chunk, which is twice
// as large as the last one, or exactly as large as the request if that needs more.
#include "internal.h"

enum { DEFAULT_INITIAL_BYTES = 64 * 1024, DEFAULT_STEP_BYTES = 64 * 1024 };

// A block may begin and end at any address, while its first slice and its limit are aligned: the
// two SS_ALIGN are what the alignment of both may cost.
static const size_t overhead_bytes = sizeof(ss__chunk) + 2 * SS_ALIGN;

static const ss_backing *backing_of(const ss_stack *stack)
{
  return stack->config.backing ? stack->config.backing : &ss__platform_backing;
}

static size_t allowed_bytes(const ss_stack *stack)
{
  const size_t max_bytes = stack->config.max_bytes;
  if (max_bytes == 0) return PTRDIFF_MAX;
  return max_bytes > stack->reserved ? max_bytes - stack->reserved : 0;
}

void *ss__acquire(ss_stack *stack, size_t size_bytes, ss__limit_met *limit)
{
  if (size_bytes > allowed_bytes(stack)) {
    limit->what = "max_bytes is";
    limit->bytes = stack->config.max_bytes;
    return NULL;
  }
  const ss_backing *backing = backing_of(stack);
  stack->backing_calls++;
  void *block = backing->acquire(backing->context, size_bytes);
  if (block) {
    stack->reserved += size_bytes;
  } else {
    limit->what = "memory has ended, reserved so far are";
    limit->bytes = stack->reserved;
  }
  return block;
}

// Subtracts a block that is about to be released from the statistics, and removes the poison that
// debug.c put on it.
static void uncount(ss_stack *stack, void *block, size_t size_bytes)
{
  if (stack->watch) stack->watch->unpoison(block, size_bytes);
  stack->reserved -= size_bytes;
}

void ss__release(ss_stack *stack, void *block, size_t size_bytes)
{
  const ss_backing *backing = backing_of(stack);
  uncount(stack, block, size_bytes);
  stack->backing_calls++;
  backing->release(backing->context, block, size_bytes);
}

static void set_size(ss__chunk *chunk, size_t size_bytes)
{
  chunk->size_bytes = size_bytes;
  chunk->limit = ss__align_down((char *)chunk + size_bytes);
}

static ss__chunk *make_chunk(void *block, size_t size_bytes)
{
  ss__chunk *chunk = (ss__chunk *)block;
  memset(chunk, 0, sizeof *chunk);
  set_size(chunk, size_bytes);
  return chunk;
}

bool ss__resize_chunk(ss_stack *stack, ss__chunk *chunk, size_t size_bytes)
{
  const ss_backing *backing = backing_of(stack);
  const size_t old_bytes = chunk->size_bytes;
  if (chunk->is_callers || backing->resize == NULL) return false;
  if (size_bytes < old_bytes && stack->watch) {
    stack->watch->unpoison((char *)chunk + size_bytes, old_bytes - size_bytes);
  }
  stack->backing_calls++;
  if (!backing->resize(backing->context, chunk, old_bytes, size_bytes)) return false;
  stack->reserved = stack->reserved - old_bytes + size_bytes;
  if (size_bytes > old_bytes) stack->growths++;
  set_size(chunk, size_bytes);
  return true;
}

void ss__release_chunk(ss_stack *stack, ss__chunk *chunk)
{
  if (stack->pin.chunk == chunk) {
    stack->pin.is_released = true;
  } else if (chunk->is_callers) {
    stack->is_memory_taken = false;
    uncount(stack, chunk, chunk->size_bytes);
  } else {
    ss__release(stack, chunk, chunk->size_bytes);
  }
}

static ss__chunk *callers_chunk(ss_stack *stack, size_t least_bytes)
{
  char *memory = (char *)stack->config.memory;
  if (memory == NULL || stack->is_memory_taken) return NULL;
  char *block = ss__align_up(memory);
  const size_t gap = (size_t)(block - memory);
  const size_t size_bytes = stack->config.memory_bytes - gap;  // wraps if gap is larger
  if (gap > stack->config.memory_bytes || size_bytes < least_bytes ||
      size_bytes > allowed_bytes(stack)) {
    return NULL;
  }
  ss__chunk *chunk = make_chunk(block, size_bytes);
  chunk->is_callers = stack->is_memory_taken = true;
  stack->reserved += size_bytes;
  return chunk;
}

ss__chunk *ss__new_chunk(ss_stack *stack, size_t size_bytes, size_t wanted_bytes,
                         bool may_be_callers, ss__limit_met *limit)
{
  if (size_bytes > PTRDIFF_MAX - overhead_bytes) {
    limit->what = "the address space ends at";
    limit->bytes = PTRDIFF_MAX;
    return NULL;
  }
  const size_t least_bytes = size_bytes + overhead_bytes;
  ss__chunk *chunk = may_be_callers ? callers_chunk(stack, least_bytes) : NULL;
  if (chunk == NULL) {
    const size_t allowed = allowed_bytes(stack);
    size_t block_bytes = wanted_bytes > least_bytes ? wanted_bytes : least_bytes;
    if (block_bytes > allowed && allowed >= least_bytes) block_bytes = allowed;
    chunk = (ss__chunk *)ss__acquire(stack, block_bytes, limit);
    if (chunk == NULL && block_bytes > least_bytes) {
      block_bytes = least_bytes;
      chunk = (ss__chunk *)ss__acquire(stack, block_bytes, limit);
    }
    if (chunk == NULL) return NULL;
    make_chunk(chunk, block_bytes);
  }
  stack->growths++;
  return chunk;
}

// If `is_generous`, the chunk grows by at least an eighth, so that the backing is not called often.
bool ss__grow_in_place(ss_stack *stack, ss__chunk *chunk, size_t extra_bytes, bool is_generous)
{
  const size_t size_bytes = chunk->size_bytes;
  size_t allowed = allowed_bytes(stack);
  if (allowed > PTRDIFF_MAX - size_bytes) allowed = PTRDIFF_MAX - size_bytes;
  if (extra_bytes > allowed || allowed - extra_bytes < SS_ALIGN) return false;
  extra_bytes += SS_ALIGN;  // the end is rounded down
  if (is_generous) {
    const size_t step = size_bytes / 8 < DEFAULT_STEP_BYTES ? DEFAULT_STEP_BYTES : size_bytes / 8;
    if (extra_bytes < step) extra_bytes = step < allowed ? step : allowed;
  }
  return ss__resize_chunk(stack, chunk, size_bytes + extra_bytes);
}

size_t ss__wanted_bytes(const ss_stack *stack, const ss__chunk *newest)
{
  const size_t initial_bytes = stack->config.initial_bytes;
  const size_t wanted_bytes = initial_bytes ? initial_bytes : DEFAULT_INITIAL_BYTES;
  return newest && wanted_bytes < 2 * newest->size_bytes ? 2 * newest->size_bytes : wanted_bytes;
}

char *ss__grow_lane(ss_stack *stack, ss__lane *lane, char *start, size_t used_bytes,
                    size_t size_bytes, bool is_exact, size_t version, ss__limit_met *limit)
{
  ss__chunk *old = lane->chunk;
  size_t missing_bytes = 0;
  if (old) {
    missing_bytes = size_bytes - ((size_t)(old->limit - start) - used_bytes);
    if (ss__grow_in_place(stack, old, missing_bytes, !is_exact)) return start;
  }
  // Where the sum would overflow, SIZE_MAX replaces it: no address space can hold that many bytes.
  const size_t needed_bytes =
      size_bytes <= SIZE_MAX - used_bytes ? used_bytes + size_bytes : SIZE_MAX;
  ss__chunk *chunk =
      ss__new_chunk(stack, needed_bytes, ss__wanted_bytes(stack, old), old == NULL, limit);
  if (chunk == NULL) {
    // The chunk may still be able to grow in place by exactly the bytes that are missing.
    return old && ss__grow_in_place(stack, old, missing_bytes, false) ? start : NULL;
  }
  chunk->version = version;
  chunk->below = old;
  char *new_start = ss__chunk_start(chunk);
  if (old) {
    if (used_bytes) memcpy(new_start, start, used_bytes);
    stack->bytes_copied += used_bytes;
    old->top = start;
    // Keep the old chunk only if slices still live in it.
    if (start == ss__chunk_start(old)) {
      chunk->below = old->below;
      ss__release_chunk(stack, old);
    }
  }
  lane->chunk = chunk;
  lane->top = lane->limit = new_start;
  return new_start;
}
