// SPDX-License-Identifier: MIT
// Every call of secondstack_adapt.h once, in the common language of C and C++, and given to hooks of the types that
// the libraries have. It is compiled, never run.
#include "secondstack_adapt.h"

// As zlib, cgltf, miniz, libtess2, Lua, FreeType and Dear ImGui declare them.
typedef void *zlib_alloc(void *opaque, unsigned items, unsigned size);
typedef void *user_alloc(void *user, size_t size);
typedef void user_free(void *user, void *block);
typedef void *miniz_alloc(void *opaque, size_t items, size_t size);
typedef void *miniz_realloc(void *opaque, void *block, size_t items, size_t size);
typedef void *tess_alloc(void *user, unsigned size);
typedef void *tess_realloc(void *user, void *block, unsigned size);
typedef void *lua_alloc(void *user, void *block, size_t old_size, size_t new_size);
typedef struct font_memory *font_memory_pointer;
typedef void *imgui_alloc(size_t size, void *user);
typedef void imgui_free(void *block, void *user);
struct font_memory {
  void *user;
  void *(*alloc)(font_memory_pointer memory, long size);
  void (*free)(font_memory_pointer memory, void *block);
  void *(*realloc)(font_memory_pointer memory, long old_size, long new_size, void *block);
};

typedef struct hooks {
  zlib_alloc *zlib;
  user_alloc *user;
  user_free *release;
  miniz_alloc *miniz;
  miniz_realloc *miniz_again;
  tess_alloc *tess;
  tess_realloc *tess_again;
  lua_alloc *lua;
  imgui_alloc *imgui;
  imgui_free *imgui_release;
} hooks;

SS_ADAPT_FREETYPE(font, font_memory_pointer)
SS_ADAPT_MALLOC(scratch)

hooks all_hooks(void);
struct font_memory font_hooks(ss_adapter *adapter);
size_t adapting(ss_stack *stack);

hooks all_hooks(void)
{
  const hooks all = {ss_adapt_zlib_alloc,    ss_adapt_alloc,        ss_adapt_free,
                     ss_adapt_miniz_alloc,   ss_adapt_miniz_resize, ss_adapt_tess_alloc,
                     ss_adapt_tess_resize,   ss_adapt_lua,          ss_adapt_user_last_alloc,
                     ss_adapt_user_last_free};
  return all;
}

struct font_memory font_hooks(ss_adapter *adapter)
{
  const struct font_memory memory = {adapter, font_alloc, font_free, font_realloc};
  return memory;
}

size_t adapting(ss_stack *stack)
{
  ss_adapter adapter = ss_adapt(stack);
  scratch_adapter = &adapter;
  scratch_free(scratch_realloc(scratch_malloc(1), 2));
  scratch_free_sized(scratch_calloc(1, 2), 2);
  scratch_free(scratch_aligned_alloc(64, 128));
  void *block = ss_adapt_resize(&adapter, ss_adapt_alloc(&adapter, 1), 2);
  ss_adapt_free(&adapter, block);
  block = ss_adapt_alloc_aligned(&adapter, 1, 32);
  ss_adapt_free(&adapter, ss_adapt_resize_aligned(&adapter, block, 2, 32));
  scratch_adapter = NULL;
  return adapter.live_count + adapter.live_bytes + adapter.wasted_bytes;
}
