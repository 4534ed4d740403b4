// SPDX-License-Identifier: MIT
// secondstack_adapt: puts a second stack under C libraries that let you replace malloc, realloc and
// free.
//
//   SS_SCOPE {
//     ss_adapter scratch = ss_adapt(ss_thread_stack());
//     z_stream z = {.zalloc = ss_adapt_zlib_alloc, .zfree = ss_adapt_free, .opaque = &scratch};
//     ...                                             // deflateInit, deflate, deflateEnd
//   }                                                 // releases whatever the library has not freed
//
// Freeing the newest block releases it at once. Any other block is released when all blocks above
// it are freed, or at the end of the scope: until then its memory is wasted, and counted as such.
// Reallocating the newest block grows or shrinks it in place. Each block costs 16 bytes, which hold
// its size.
//
// Do not use it where a library keeps blocks for longer than the scope, or has few of them alive and
// frees them in no order for a long time, as an interpreter with a collector does: see
// docs/with-libraries.md. Header only. An adapter belongs to one thread at a time.
//
// Contents, in this order:
//   Adapters          ss_adapter  ss_adapt
//   User data first   ss_adapt_alloc  ss_adapt_alloc_aligned  ss_adapt_resize
//                     ss_adapt_resize_aligned  ss_adapt_free
//   By library        ss_adapt_zlib_alloc  ss_adapt_miniz_alloc  ss_adapt_miniz_resize
//                     ss_adapt_tess_alloc  ss_adapt_tess_resize  ss_adapt_lua
//                     SS_ADAPT_FREETYPE
//   User data last    ss_adapt_user_last_alloc  ss_adapt_user_last_free
//   No user data      SS_ADAPT_MALLOC
#ifndef SECONDSTACK_ADAPT_H
#define SECONDSTACK_ADAPT_H

#include "secondstack.h"

#ifdef __cplusplus
extern "C" {
#endif

// -------------------------------------------------------------------------------------------------
// Adapters

/// The blocks that a library has on a stack. Programs may read the counts; `newest` is private.
typedef struct ss_adapter {
  ss_stack *stack;
  size_t live_count;    ///< blocks that were not freed yet
  size_t live_bytes;    ///< the sizes that were asked for, of those blocks
  size_t wasted_bytes;  ///< of blocks that were freed but not released yet
  void *newest;         ///< the newest block that was not released yet
} ss_adapter;

/// Returns an adapter without blocks. The adapter and its blocks are valid until the scope ends
/// that is innermost on `stack` now. A block that is made in an inner scope ends with the inner
/// scope, so do not let a library allocate in an inner scope what it uses longer.
static inline ss_adapter ss_adapt(ss_stack *stack);

// -------------------------------------------------------------------------------------------------
// User data first: `adapter` is the address of an ss_adapter, which the library hands back. For
// example, cgltf takes these functions as memory_options.alloc_func and free_func.

/// Returns `size` uninitialised bytes, aligned to 16.
/// Shape:   size may be 0, which gives a block that is not NULL.
/// Errors:  returns NULL and changes nothing when memory or max_bytes ends, or the size overflows.
static inline void *ss_adapt_alloc(void *adapter, size_t size);

/// ss_adapt_alloc, aligned to `align`, which is a power of two; up to 16 means 16.
static inline void *ss_adapt_alloc_aligned(void *adapter, size_t size, size_t align);

/// Gives `block` a new size: in place if it is the newest block or need not grow, else by a copy.
/// Shape:   for a block of NULL a new block is made. A size of 0 does not free the block.
/// Returns: the block, which may have moved. Its contents stay, up to the smaller of both sizes.
/// Errors:  returns NULL and leaves the block as it was when it must grow and memory ends.
///          Shrinking never fails.
static inline void *ss_adapt_resize(void *adapter, void *block, size_t size);

/// ss_adapt_resize for a block of ss_adapt_alloc_aligned, with the same `align`.
static inline void *ss_adapt_resize_aligned(void *adapter, void *block, size_t size, size_t align);

/// Frees a block; NULL does nothing. With SS_DEBUG its bytes are overwritten, and hardly any block
/// is released before the scope ends.
static inline void ss_adapt_free(void *adapter, void *block);

// -------------------------------------------------------------------------------------------------
// By library. A hook that is not listed here is one of the functions above. In particular, free is
// always ss_adapt_free.

/// zlib: z_stream.zalloc; zfree is ss_adapt_free, opaque the adapter.
static inline void *ss_adapt_zlib_alloc(void *adapter, unsigned count, unsigned size);

/// miniz: mz_alloc_func, as in mz_stream and mz_zip_archive; mz_free_func is ss_adapt_free.
static inline void *ss_adapt_miniz_alloc(void *adapter, size_t count, size_t size);
/// miniz: mz_realloc_func.
static inline void *ss_adapt_miniz_resize(void *adapter, void *block, size_t count, size_t size);

/// libtess2: TESSalloc.memalloc; memfree is ss_adapt_free, userData the adapter.
static inline void *ss_adapt_tess_alloc(void *adapter, unsigned size);
/// libtess2: TESSalloc.memrealloc.
static inline void *ss_adapt_tess_resize(void *adapter, void *block, unsigned size);

/// Lua: lua_Alloc, which lua_newstate takes together with the adapter. A new_size of 0 frees.
static inline void *ss_adapt_lua(void *adapter, void *block, size_t old_size, size_t new_size);

/// SS_ADAPT_FREETYPE(name, FT_Memory): defines the functions name_alloc, name_free and name_realloc of
/// an FT_MemoryRec_, whose field `user` is the adapter:
///   SS_ADAPT_FREETYPE(font, FT_Memory)
///   struct FT_MemoryRec_ memory = {&adapter, font_alloc, font_free, font_realloc};
#define SS_ADAPT_FREETYPE(name, Memory) SS__ADAPT_FREETYPE(name, Memory)

// -------------------------------------------------------------------------------------------------
// User data last: Dear ImGui's SetAllocatorFunctions, and stb_truetype's
//   #define STBTT_malloc(size, user) ss_adapt_user_last_alloc(size, user)
//   #define STBTT_free(block, user) ss_adapt_user_last_free(block, user)

/// ss_adapt_alloc with the adapter last.
static inline void *ss_adapt_user_last_alloc(size_t size, void *adapter);
/// ss_adapt_free with the adapter last.
static inline void ss_adapt_user_last_free(void *block, void *adapter);

// -------------------------------------------------------------------------------------------------
// No user data

/// SS_ADAPT_MALLOC(name): defines a thread's variable name_adapter and functions that use the adapter
/// it points to: name_malloc(size), name_calloc(count, size), name_realloc(block, size),
/// name_free(block), name_free_sized(block, size), name_aligned_alloc(align, size). Libraries that
/// take a pair of functions and free last in, first out (meshoptimizer) get name_malloc and
/// name_free; the libraries of stb get the functions by macros. All functions are static, so write
/// the macro in the one file that includes the library's code or sets its hooks.
///   SS_ADAPT_MALLOC(png)
///   #define STBIW_MALLOC(size) png_malloc(size)
///   ...
///   SS_SCOPE { ss_adapter scratch = ss_adapt(ss_thread_stack()); png_adapter = &scratch; ... }
/// Errors:  while name_adapter is NULL every allocation fails. name_calloc checks for overflow.
#define SS_ADAPT_MALLOC(name) SS__ADAPT_MALLOC(name)

// -------------------------------------------------------------------------------------------------
// Private: the bodies.
//
// A block: [where its slice begins, if it is aligned more] ... [size][below, flags] bytes. Its slice begins
// SS_ALIGN bytes before it, or further away if it is aligned more. The slice itself is aligned to SS_ALIGN,
// so that the slices of consecutive blocks touch: releasing a block leaves no gap.

typedef struct ss__adapted {
  size_t size;
  uintptr_t below;  // address of the block made before this one, combined with the flags
} ss__adapted;

typedef struct ss__adapted_slice {
  size_t offset;  // from the slice's start to the block
  size_t extra;   // bytes by which the slice is larger than the block
} ss__adapted_slice;

#define SS__ADAPT_FREED ((uintptr_t)1)
#define SS__ADAPT_ALIGNED ((uintptr_t)2)
#define SS__ADAPT_FLAGS (SS__ADAPT_FREED | SS__ADAPT_ALIGNED)

SS__INLINE ss__adapted *ss__adapted_of(void *block)
{
  return (ss__adapted *)(void *)((char *)block - sizeof(ss__adapted));
}

SS__INLINE ss__adapted_slice *ss__adapted_slice_of(void *block)
{
  return (ss__adapted_slice *)(void *)((char *)block - 2 * SS_ALIGN);
}

// Resizes the slice of the newest block, or releases it.
SS__INLINE bool ss__adapt_resize_newest(ss_adapter *a, size_t size, bool is_end)
{
  const ss__adapted *head = ss__adapted_of(a->newest);
  ss__adapted_slice slice = {SS_ALIGN, SS_ALIGN};
  if (head->below & SS__ADAPT_ALIGNED) slice = *ss__adapted_slice_of(a->newest);
  return size <= PTRDIFF_MAX - slice.extra &&
         ss_stack_try_resize_last(a->stack, (char *)a->newest - slice.offset,
                                  slice.extra + head->size, is_end ? 0 : slice.extra + size);
}

static inline ss_adapter ss_adapt(ss_stack *stack)
{
  ss_adapter adapter = {stack, 0, 0, 0, NULL};
  return adapter;
}

static inline void *ss_adapt_alloc_aligned(void *adapter, size_t size, size_t align)
{
  ss_adapter *a = (ss_adapter *)adapter;
  const bool is_aligned = align > SS_ALIGN;
  if (a == NULL || align > PTRDIFF_MAX / 2 || (align & (align - 1)) != 0) return NULL;
  const size_t extra = is_aligned ? align + SS_ALIGN : SS_ALIGN;
  if (size > PTRDIFF_MAX - extra) return NULL;
  char *slice = (char *)ss_stack_try_alloc(a->stack, extra + size, SS_ALIGN);
  if (slice == NULL) return NULL;
  char *block = slice + SS_ALIGN;
  if (is_aligned) block += SS_ALIGN + ((0 - (uintptr_t)block - SS_ALIGN) & (align - 1));
  ss__adapted *head = ss__adapted_of(block);
  head->size = size;
  head->below = (uintptr_t)a->newest | (is_aligned ? SS__ADAPT_ALIGNED : 0);
  if (is_aligned) {
    ss__adapted_slice *place = ss__adapted_slice_of(block);
    place->offset = (size_t)(block - slice);
    place->extra = extra;
  }
  a->newest = block;
  a->live_count += 1;
  a->live_bytes += size;
  return block;
}

static inline void *ss_adapt_alloc(void *adapter, size_t size)
{
  return ss_adapt_alloc_aligned(adapter, size, SS_ALIGN);
}

static inline void ss_adapt_free(void *adapter, void *block)
{
  ss_adapter *a = (ss_adapter *)adapter;
  if (block == NULL) return;
  ss__adapted *head = ss__adapted_of(block);
  a->live_count -= 1;
  a->live_bytes -= head->size;
  a->wasted_bytes += head->size;
  head->below |= SS__ADAPT_FREED;
#if SS_DEBUG
  memset(block, 0xdd, head->size);
#endif
  // Freed blocks below the newest one may be released now, too, down to the first block that is not
  // freed or that cannot be released.
  while (a->newest != NULL) {
    const ss__adapted newest = *ss__adapted_of(a->newest);
    if (!(newest.below & SS__ADAPT_FREED) || !ss__adapt_resize_newest(a, 0, true)) return;
    a->wasted_bytes -= newest.size;
    a->newest = (void *)(newest.below & ~SS__ADAPT_FLAGS);
  }
}

static inline void *ss_adapt_resize_aligned(void *adapter, void *block, size_t size, size_t align)
{
  ss_adapter *a = (ss_adapter *)adapter;
  if (block == NULL) return ss_adapt_alloc_aligned(adapter, size, align);
  ss__adapted *head = ss__adapted_of(block);
  const size_t old_size = head->size;
  if (block == a->newest && ss__adapt_resize_newest(a, size, false)) {
    head->size = size;
    a->live_bytes += size - old_size;
    return block;
  }
  // The slice stays as large as it was, and so does the block's recorded size.
  if (size <= old_size) return block;
  void *copy = ss_adapt_alloc_aligned(adapter, size, align);
  if (copy == NULL) return NULL;
  memcpy(copy, block, old_size);
  ss_adapt_free(adapter, block);
  return copy;
}

static inline void *ss_adapt_resize(void *adapter, void *block, size_t size)
{
  return ss_adapt_resize_aligned(adapter, block, size, SS_ALIGN);
}

// Allocates or resizes a block of `count` elements. NULL if the product overflows.
SS__INLINE void *ss__adapt_counted(void *adapter, void *block, size_t count, size_t size)
{
  if (ss__overflows(count, size)) return NULL;
  return ss_adapt_resize(adapter, block, count * size);
}

static inline void *ss_adapt_zlib_alloc(void *adapter, unsigned count, unsigned size)
{
  return ss__adapt_counted(adapter, NULL, count, size);
}

static inline void *ss_adapt_miniz_alloc(void *adapter, size_t count, size_t size)
{
  return ss__adapt_counted(adapter, NULL, count, size);
}

static inline void *ss_adapt_miniz_resize(void *adapter, void *block, size_t count, size_t size)
{
  return ss__adapt_counted(adapter, block, count, size);
}

static inline void *ss_adapt_tess_alloc(void *adapter, unsigned size)
{
  return ss_adapt_alloc(adapter, size);
}

static inline void *ss_adapt_tess_resize(void *adapter, void *block, unsigned size)
{
  return ss_adapt_resize(adapter, block, size);
}

static inline void *ss_adapt_lua(void *adapter, void *block, size_t old_size, size_t new_size)
{
  (void)old_size;  // Lua passes a kind of object here for a new block
  if (new_size != 0) return ss_adapt_resize(adapter, block, new_size);
  ss_adapt_free(adapter, block);
  return NULL;
}

static inline void *ss_adapt_user_last_alloc(size_t size, void *adapter)
{
  return ss_adapt_alloc(adapter, size);
}

static inline void ss_adapt_user_last_free(void *block, void *adapter)
{
  ss_adapt_free(adapter, block);
}

#define SS__ADAPT_FREETYPE(name, Memory)                                                       \
  SS__UNUSED static void *name##_alloc(Memory memory, long size)                               \
  {                                                                                            \
    return size < 0 ? NULL : ss_adapt_alloc(memory->user, (size_t)size);                       \
  }                                                                                            \
  SS__UNUSED static void name##_free(Memory memory, void *block)                               \
  {                                                                                            \
    ss_adapt_free(memory->user, block);                                                        \
  }                                                                                            \
  SS__UNUSED static void *name##_realloc(Memory memory, long old_size, long size, void *block) \
  {                                                                                            \
    (void)old_size;                                                                            \
    return size < 0 ? NULL : ss_adapt_resize(memory->user, block, (size_t)size);               \
  }

#define SS__ADAPT_MALLOC(name)                                            \
  static SS__THREAD_LOCAL ss_adapter *name##_adapter;                     \
  SS__UNUSED static void *name##_malloc(size_t size)                      \
  {                                                                       \
    return ss_adapt_alloc(name##_adapter, size);                          \
  }                                                                       \
  SS__UNUSED static void *name##_calloc(size_t count, size_t size)        \
  {                                                                       \
    void *block = ss__adapt_counted(name##_adapter, NULL, count, size);   \
    return block ? memset(block, 0, count * size) : NULL;                 \
  }                                                                       \
  SS__UNUSED static void *name##_realloc(void *block, size_t size)        \
  {                                                                       \
    return ss_adapt_resize(name##_adapter, block, size);                  \
  }                                                                       \
  SS__UNUSED static void name##_free(void *block)                         \
  {                                                                       \
    ss_adapt_free(name##_adapter, block);                                 \
  }                                                                       \
  SS__UNUSED static void name##_free_sized(void *block, size_t size)      \
  {                                                                       \
    (void)size;                                                           \
    ss_adapt_free(name##_adapter, block);                                 \
  }                                                                       \
  SS__UNUSED static void *name##_aligned_alloc(size_t align, size_t size) \
  {                                                                       \
    return ss_adapt_alloc_aligned(name##_adapter, size, align);           \
  }

#ifdef __cplusplus
}  // extern "C"
#endif

#endif
