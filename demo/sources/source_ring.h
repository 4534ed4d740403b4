// SPDX-License-Identifier: MIT
// Source: a ring of fixed size, as many renderers have for their transient vertices. It is divided
// up beforehand by what the bytes are for. What does not fit is written where nobody looks, and the
// batch is not drawn. An append is at most RING_SPILL_BYTES long.
#include "ring.h"

typedef struct source_buffer {
  char *data;
  char *top;
  char *limit;
  source_stream stream;
} source_buffer;

typedef char *source_scope;

SOURCE_INLINE void source_begin(scene_batch *out)
{
  (void)out;
  ring_of_thread->is_cut = false;
}

SOURCE_INLINE void source_end(scene_batch *out)
{
  out->is_cut = ring_of_thread->is_cut;
}

static void source_release(scene_batch *batch)
{
  (void)batch;  // the next frame but one writes there again
}

SOURCE_INLINE source_scope source_enter(void)
{
  return ring_of_thread->part[STREAM_SCRATCH].top;
}

SOURCE_INLINE void source_leave(source_scope scope)
{
  ring_of_thread->part[STREAM_SCRATCH].top = scope;
}

SOURCE_INLINE void *source_take(source_stream stream, size_t size_bytes)
{
  ring_part *part = &ring_of_thread->part[stream];
  if (__builtin_expect(size_bytes > (size_t)(part->limit - part->top), 0)) {
    ring_overflow();
    return NULL;
  }
  char *slice = part->top;
  // Parts are multiples of 16: what fits, fits rounded up.
  part->top = slice + ((size_bytes + 15) & ~(size_t)15);
  return slice;
}

SOURCE_INLINE void source_give(void *slice)
{
  (void)slice;  // the scope ends it
}

SOURCE_INLINE source_buffer source_open(source_stream stream)
{
  const ring_part *part = &ring_of_thread->part[stream];
  return (source_buffer){part->top, part->top, part->limit, stream};
}

SOURCE_INLINE void *source_extend(source_buffer *buffer, size_t size_bytes)
{
  if (__builtin_expect(size_bytes > (size_t)(buffer->limit - buffer->top), 0)) {
    ring_overflow();
    // Each stream has its own, so that scratch that is read again holds what its type can hold.
    buffer->data = buffer->top = ring_of_thread->spill[buffer->stream];
    buffer->limit = buffer->data + RING_SPILL_BYTES;
  }
  char *room = buffer->top;
  buffer->top = room + size_bytes;
  return room;
}

SOURCE_INLINE ss_slice source_close(source_buffer *buffer)
{
  ring_part *part = &ring_of_thread->part[buffer->stream];
  const ss_slice slice = {buffer->data, (size_t)(buffer->top - buffer->data)};
  if (buffer->data == part->top) part->top += (slice.size + 15) & ~(size_t)15;
  return slice;
}

SOURCE_INLINE void source_drop(ss_slice slice)
{
  (void)slice;  // the scope ends it
}
