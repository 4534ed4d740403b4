// SPDX-License-Identifier: MIT
// What the sources on malloc share: a growing vector, and blocks that are freed one by one. The
// file that includes this defines vector_regrow first: how a full block becomes a larger one.
#include <stdlib.h>

#include "memory.h"

typedef struct source_buffer {
  char *data;
  char *top;
  char *limit;
} source_buffer;

typedef struct source_scope {
  char unused;
} source_scope;

// A generous start: a std::vector begins with one element.
#define VECTOR_FIRST_BYTES ((size_t)1024)

SOURCE_INLINE void source_begin(scene_batch *out)
{
  (void)out;
}

SOURCE_INLINE void source_end(scene_batch *out)
{
  (void)out;
}

static void source_release(scene_batch *batch)
{
  for (int stream = SCENE_ATTRIBUTES; stream-- > 0;) free(batch->attribute[stream].data);
}

SOURCE_INLINE source_scope source_enter(void)
{
  return (source_scope){0};
}

SOURCE_INLINE void source_leave(source_scope scope)
{
  (void)scope;
}

SOURCE_INLINE void *source_take(source_stream stream, size_t size_bytes)
{
  (void)stream;
  void *slice = malloc(size_bytes);
  if (slice == NULL) memory_ended(size_bytes);
  return slice;
}

SOURCE_INLINE void source_give(void *slice)
{
  free(slice);
}

SOURCE_INLINE source_buffer source_open(source_stream stream)
{
  (void)stream;
  return (source_buffer){NULL, NULL, NULL};
}

// By value, as the second stack does it: the words stay in registers.
static __attribute__((cold, noinline)) source_buffer vector_grow(source_buffer buffer,
                                                                 size_t size_bytes)
{
  const size_t used = (size_t)(buffer.top - buffer.data);
  size_t room = (size_t)(buffer.limit - buffer.data);
  room = room < VECTOR_FIRST_BYTES / 2 ? VECTOR_FIRST_BYTES : 2 * room;
  if (room < used + size_bytes) room = used + size_bytes;
  char *data = vector_regrow(buffer.data, used, room);
  if (data == NULL) memory_ended(room);
  return (source_buffer){data, data + used, data + room};
}

SOURCE_INLINE void *source_extend(source_buffer *buffer, size_t size_bytes)
{
  if (__builtin_expect(size_bytes > (size_t)(buffer->limit - buffer->top), 0)) {
    *buffer = vector_grow(*buffer, size_bytes);
  }
  char *room = buffer->top;
  buffer->top = room + size_bytes;
  return room;
}

SOURCE_INLINE ss_slice source_close(source_buffer *buffer)
{
  return (ss_slice){buffer->data, (size_t)(buffer->top - buffer->data)};
}

SOURCE_INLINE void source_drop(ss_slice slice)
{
  free(slice.data);
}
