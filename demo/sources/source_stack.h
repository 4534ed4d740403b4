// SPDX-License-Identifier: MIT
// Source: the thread's second stack. Releasing is one restore for the whole batch.
#include "secondstack.h"

typedef ss_buffer source_buffer;
typedef ss_mark source_scope;

SOURCE_INLINE void source_begin(scene_batch *out)
{
  out->before = ss_save();
}

SOURCE_INLINE void source_end(scene_batch *out)
{
  (void)out;
}

static void source_release(scene_batch *batch)
{
  ss_restore(batch->before);
}

SOURCE_INLINE source_scope source_enter(void)
{
  return ss_save();
}

SOURCE_INLINE void source_leave(source_scope scope)
{
  ss_restore(scope);
}

SOURCE_INLINE void *source_take(source_stream stream, size_t size_bytes)
{
  (void)stream;
  return ss_alloc(size_bytes, SS_ALIGN);
}

SOURCE_INLINE void source_give(void *slice)
{
  (void)slice;  // the scope ends it
}

SOURCE_INLINE source_buffer source_open(source_stream stream)
{
  (void)stream;
  return ss_buffer_open();
}

SOURCE_INLINE void *source_extend(source_buffer *buffer, size_t size_bytes)
{
  return ss_extend(char, buffer, size_bytes);
}

SOURCE_INLINE ss_slice source_close(source_buffer *buffer)
{
  return ss_buffer_close(buffer);
}

SOURCE_INLINE void source_drop(ss_slice slice)
{
  (void)slice;  // the scope ends it
}
