// SPDX-License-Identifier: MIT
// The backing of a model test. Before each block lie its size and the size to which it can grow.
#include "host.h"

#include "machine.h"

#include <stdlib.h>

typedef struct block {
  size_t size;
  size_t capacity;
  size_t padding[2];  // so that what follows is aligned
} block;

size_t host_refused_call;
bool host_is_refusing_on;
size_t host_calls;
bool host_is_refusing;
bool host_is_sparing;

static bool refuses(host *h, size_t size_bytes)
{
  h->calls += 1;
  if (host_is_sparing) return false;
  host_calls += 1;
  const bool is_chosen =
      host_calls == host_refused_call ||
      (host_is_refusing_on && host_refused_call && host_calls > host_refused_call);
  if (size_bytes <= HOST_LARGEST_BYTES && !host_is_refusing && !is_chosen) return false;
  h->has_refused = true;
  return true;
}

static void *acquire(host *h, size_t size_bytes, size_t room_factor)
{
  if (size_bytes == 0) machine_fail("an empty block was asked for");
  if (refuses(h, size_bytes)) return NULL;
  block *b = malloc(sizeof *b + size_bytes * room_factor);
  if (b == NULL) abort();
  b->size = size_bytes;
  b->capacity = size_bytes * room_factor;
  h->live_bytes += size_bytes;
  h->live_blocks += 1;
  return memset(b + 1, 0xa5, size_bytes);
}

static void *acquire_exact(void *context, size_t size_bytes)
{
  return acquire(context, size_bytes, 1);
}

static void *acquire_with_room(void *context, size_t size_bytes)
{
  return acquire(context, size_bytes, 3);
}

static bool resize(void *context, void *data, size_t old_bytes, size_t new_bytes)
{
  host *h = context;
  block *b = (struct block *)data - 1;
  if (b->size != old_bytes) machine_fail("resize was told another size");
  if (new_bytes == 0) machine_fail("resize to nothing");
  if (refuses(h, new_bytes) || new_bytes > b->capacity) return false;
  if (new_bytes > old_bytes) memset((char *)data + old_bytes, 0xa5, new_bytes - old_bytes);
  if (new_bytes < old_bytes) memset((char *)data + new_bytes, 0x5a, old_bytes - new_bytes);
  b->size = new_bytes;
  h->live_bytes += new_bytes - old_bytes;
  return true;
}

static void release(void *context, void *data, size_t size_bytes)
{
  host *h = context;
  block *b = (struct block *)data - 1;
  h->calls += 1;
  if (b->size != size_bytes) machine_fail("release was told another size");
  h->live_bytes -= size_bytes;
  h->live_blocks -= 1;
  memset(data, 0x5a, size_bytes);
  free(b);
}

void host_begin(host *h, size_t room_factor)
{
  memset(h, 0, sizeof *h);
  h->backing.acquire = room_factor > 1 ? acquire_with_room : acquire_exact;
  h->backing.resize = room_factor > 1 ? resize : NULL;
  h->backing.release = release;
  h->backing.context = h;
}
