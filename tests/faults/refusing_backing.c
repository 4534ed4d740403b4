// SPDX-License-Identifier: MIT
// Takes the place of the platform's backing, which CMake compiles under another name.
#include "refusing_backing.h"

#include "platform.h"

#include <stdatomic.h>

extern const ss_backing ss__real_platform_backing;

// Counted relaxed: ThreadSanitizer must not take a counter for an agreement between threads.
static atomic_size_t call_count;
static atomic_size_t live_blocks;
static atomic_size_t refused_call;
static atomic_bool is_refusing_on;
static atomic_size_t refusal_count;
static _Thread_local size_t own_refusal_count;

void refusing_arm(size_t n, bool is_on)
{
  atomic_store(&call_count, 0);
  atomic_store(&is_refusing_on, is_on);
  atomic_store(&refused_call, n);
}

bool refusing_is_armed(void)
{
  return atomic_load(&refused_call) != 0;
}

bool refusing_refuses(void)
{
  const size_t call = atomic_fetch_add_explicit(&call_count, 1, memory_order_relaxed) + 1;
  const size_t refused = atomic_load_explicit(&refused_call, memory_order_relaxed);
  if (refused == 0 || call < refused) return false;
  if (call > refused && !atomic_load(&is_refusing_on)) return false;
  own_refusal_count += 1;
  atomic_fetch_add(&refusal_count, 1);
  return true;
}

size_t refusing_refusals(void)
{
  return atomic_load(&refusal_count);
}

size_t refusing_own_refusals(void)
{
  return own_refusal_count;
}

size_t refusing_live_blocks(void)
{
  return atomic_load(&live_blocks);
}

static void *acquire(void *context, size_t size_bytes)
{
  (void)context;
  if (refusing_refuses()) return NULL;
  const ss_backing *real = &ss__real_platform_backing;
  void *block = real->acquire(real->context, size_bytes);
  if (block) (void)atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
  return block;
}

static bool resize(void *context, void *block, size_t old_bytes, size_t new_bytes)
{
  (void)context;
  if (refusing_refuses()) return false;
  const ss_backing *real = &ss__real_platform_backing;
  return real->resize(real->context, block, old_bytes, new_bytes);
}

static void release(void *context, void *block, size_t size_bytes)
{
  (void)context;
  const ss_backing *real = &ss__real_platform_backing;
  real->release(real->context, block, size_bytes);
  (void)atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
}

const ss_backing ss__platform_backing = {acquire, resize, release, NULL};
