// SPDX-License-Identifier: MIT
// Source: a ring of fixed size, as many renderers have for their transient vertices. The ring is divided
// beforehand into parts, one for each use of its bytes. What does not fit into its part is written to
// a block that is never read, and the batch is not drawn. An append is at most RING_SPILL_BYTES
// long. Within a scope everything is scratch; outside, a batch's slices and buffers are made in the
// order that the batch's source_begin names.
#include "ring.h"

typedef struct ring_buffer {
  char *data;
  char *top;
  char *limit;
  source_stream stream;
} ring_buffer;

typedef char *ring_mark;

SOURCE_INLINE void ring_begin(const source_stream *streams)
{
  ring_of_thread->streams = streams;
  ring_of_thread->is_cut = false;
}

#define source_begin(out, ...) ((void)(out), ring_begin((const source_stream[]){__VA_ARGS__}))

SOURCE_INLINE void source_end(scene_batch *out)
{
  ring_of_thread->streams = NULL;
  out->is_cut = ring_of_thread->is_cut;
}

static void source_release(scene_batch *batch)
{
  (void)batch;  // the next frame but one writes there again
}

SOURCE_INLINE ring_mark ring_save(void)
{
  ring_of_thread->scopes++;
  return ring_of_thread->part[STREAM_SCRATCH].top;
}

SOURCE_INLINE void ring_restore(ring_mark mark)
{
  ring_of_thread->scopes--;
  ring_of_thread->part[STREAM_SCRATCH].top = mark;
}

// What the next slice or buffer is for.
SOURCE_INLINE source_stream ring_stream(void)
{
  return ring_of_thread->scopes > 0 ? STREAM_SCRATCH : *ring_of_thread->streams++;
}

SOURCE_INLINE void *ring_take(size_t size_bytes)
{
  ring_part *part = &ring_of_thread->part[ring_stream()];
  if (__builtin_expect(size_bytes > (size_t)(part->limit - part->top), 0)) {
    ring_overflow();
    return NULL;
  }
  char *slice = part->top;
  // Parts are multiples of 16, so a size that fits still fits when it is rounded up.
  part->top = slice + ((size_bytes + 15) & ~(size_t)15);
  return slice;
}

SOURCE_INLINE void source_give(void *slice)
{
  (void)slice;  // the scope ends it
}

SOURCE_INLINE ring_buffer ring_open(void)
{
  const source_stream stream = ring_stream();
  const ring_part *part = &ring_of_thread->part[stream];
  return (ring_buffer){part->top, part->top, part->limit, stream};
}

SOURCE_INLINE void *ring_extend(ring_buffer *buffer, size_t size_bytes)
{
  if (__builtin_expect(size_bytes > (size_t)(buffer->limit - buffer->top), 0)) {
    ring_overflow();
    // Each stream has a spill block of its own, so that scratch that is read again holds values that are
    // valid for its type.
    buffer->data = buffer->top = ring_of_thread->spill[buffer->stream];
    buffer->limit = buffer->data + RING_SPILL_BYTES;
  }
  char *room = buffer->top;
  buffer->top = room + size_bytes;
  return room;
}

SOURCE_INLINE ss_slice ring_close(ring_buffer *buffer)
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

// The library's names, for a scene that is compiled for this source.
#undef ss_uninit_slice
#undef ss_extend
#undef ss_push
#define ss_mark ring_mark
#define ss_save ring_save
#define ss_restore ring_restore
#define ss_uninit_slice(T, n) ((T *)ring_take((size_t)(n) * sizeof(T)))
#define ss_buffer ring_buffer
#define ss_buffer_open ring_open
#define ss_extend(T, buffer, n) ((T *)ring_extend((buffer), (size_t)(n) * sizeof(T)))
#define ss_push(T, buffer) ss_extend(T, buffer, 1)
#define ss_buffer_close ring_close
