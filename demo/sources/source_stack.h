// SPDX-License-Identifier: MIT
// Source: the thread's second stack. A scene's calls are the library's own, so there is nothing to
// define but what surrounds a batch. Releasing is one restore for all of it.

// [lines] begin: before a batch is made
#define source_begin(out, ...) ((out)->before = ss_save())
// [/lines]

SOURCE_INLINE void source_end(scene_batch *out)
{
  (void)out;
}

// [lines] release: after its upload
static void source_release(scene_batch *batch)
{
  ss_restore(batch->before);
}
// [/lines]

SOURCE_INLINE void source_give(void *slice)
{
  (void)slice;  // the scope ends it
}

SOURCE_INLINE void source_drop(ss_slice slice)
{
  (void)slice;  // the scope ends it
}
