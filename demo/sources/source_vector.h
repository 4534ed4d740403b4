// SPDX-License-Identifier: MIT
// What the sources on malloc share: a growing vector, and blocks that are freed one by one. The
// file that includes this defines vector_regrow first: how a full block becomes a larger one.
#include <stdlib.h>

#include "memory.h"

typedef struct vector {
  char *data;
  char *top;
  char *limit;
} vector;

typedef struct vector_mark {
  char unused;
} vector_mark;

// The first capacity. It is generous, since a std::vector begins with one element.
#define VECTOR_FIRST_BYTES ((size_t)1024)

#define source_begin(out, ...) ((void)(out))

SOURCE_INLINE void source_end(scene_batch *out)
{
  (void)out;
}

static void source_release(scene_batch *batch)
{
  for (int stream = SCENE_ATTRIBUTES; stream-- > 0;) free(batch->attribute[stream].data);
}

SOURCE_INLINE vector_mark vector_save(void)
{
  return (vector_mark){0};
}

SOURCE_INLINE void vector_restore(vector_mark mark)
{
  (void)mark;  // each slice is freed by itself
}

SOURCE_INLINE void *vector_take(size_t size_bytes)
{
  void *slice = malloc(size_bytes);
  if (slice == NULL) memory_ended(size_bytes);
  return slice;
}

SOURCE_INLINE void source_give(void *slice)
{
  free(slice);
}

SOURCE_INLINE vector vector_open(void)
{
  return (vector){NULL, NULL, NULL};
}

// The vector is passed by value, as the second stack passes its buffers, so its words stay in registers.
static __attribute__((cold, noinline)) vector vector_grow(vector buffer, size_t size_bytes)
{
  const size_t used = (size_t)(buffer.top - buffer.data);
  size_t room = (size_t)(buffer.limit - buffer.data);
  room = room < VECTOR_FIRST_BYTES / 2 ? VECTOR_FIRST_BYTES : 2 * room;
  if (room < used + size_bytes) room = used + size_bytes;
  char *data = vector_regrow(buffer.data, used, room);
  if (data == NULL) memory_ended(room);
  return (vector){data, data + used, data + room};
}

SOURCE_INLINE void *vector_extend(vector *buffer, size_t size_bytes)
{
  if (__builtin_expect(size_bytes > (size_t)(buffer->limit - buffer->top), 0)) {
    *buffer = vector_grow(*buffer, size_bytes);
  }
  char *room = buffer->top;
  buffer->top = room + size_bytes;
  return room;
}

SOURCE_INLINE ss_slice vector_close(vector *buffer)
{
  return (ss_slice){buffer->data, (size_t)(buffer->top - buffer->data)};
}

SOURCE_INLINE void source_drop(ss_slice slice)
{
  free(slice.data);
}

// The library's names, for a scene that is compiled for this source.
#undef ss_uninit_slice
#undef ss_extend
#undef ss_push
#define ss_mark vector_mark
#define ss_save vector_save
#define ss_restore vector_restore
#define ss_uninit_slice(T, n) ((T *)vector_take((size_t)(n) * sizeof(T)))
#define ss_buffer vector
#define ss_buffer_open vector_open
#define ss_extend(T, buffer, n) ((T *)vector_extend((buffer), (size_t)(n) * sizeof(T)))
#define ss_push(T, buffer) ss_extend(T, buffer, 1)
#define ss_buffer_close vector_close
