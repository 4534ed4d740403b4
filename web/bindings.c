// SPDX-License-Identifier: MIT
// What JavaScript calls: the public API, with one line per export. The file is part of the archive,
// too, so that a program that is linked with -lsecondstack can export these names for attach().
//
// The words of a stack that the JavaScript side reads itself are `top`, `limit`, `version` and
// `mark_version`, in this order, and it writes the first. A slice is taken by comparing the room
// and moving the top; a scope saves the top and mark_version, and puts the top back if that is what
// `version` is. The header's inline functions ss__alloc, ss_stack_save and ss_stack_restore do the
// same.
#include "bindings.h"

#if !SS_JS_ONE_STACK
#include <emscripten/emscripten.h>
#endif

_Static_assert(offsetof(ss_stack, top) == 0, "scopes.mjs reads top as word 0");
_Static_assert(offsetof(ss_stack, limit) == sizeof(size_t), "scopes.mjs reads limit as word 1");
_Static_assert(offsetof(ss_stack, version) == 2 * sizeof(size_t), "and version as word 2");
_Static_assert(offsetof(ss_stack, mark_version) == 3 * sizeof(size_t),
               "and mark_version as word 3");
_Static_assert(SS_ALIGN == 16, "scopes.mjs rounds sizes up to 16");

#if !SS_JS_ONE_STACK
// The versions of Emscripten export the memory in different ways, and some only under a name that
// the optimiser has chosen. So the program hands its memory over itself.
// clang-format off
EM_JS(void, ss_js_publish, (int abi), {
  Module["ss_js_memory"] = wasmMemory;
  Module["ss_js_abi"] = abi;
})
// clang-format on

EXPORT(ss_js_attach) void ss_js_attach(void)
{
  ss_js_publish(SS_ABI);
}
#endif

EXPORT(ss_js_stack) ss_stack *ss_js_stack(bool is_shared)
{
#if SS_JS_ONE_STACK
  (void)is_shared;
  return ss_thread_stack();
#else
  return is_shared ? ss_js_stack_of_thread() : ss_js_stack_of_program();
#endif
}

EXPORT(ss_js_alloc) void *ss_js_alloc(ss_stack *stack, size_t size, size_t align)
{
  return ss_stack_try_alloc(stack, size, align);
}

EXPORT(ss_js_restore) void ss_js_restore(ss_stack *stack, char *top, size_t version)
{
  ss_stack_restore(stack, (ss_mark){top, version});
}

// The ss_buffer itself lies on the stack, below the room of the buffer.
// Returns: NULL when memory ends, with nothing changed.
EXPORT(ss_js_buffer_open) ss_buffer *ss_js_buffer_open(ss_stack *stack)
{
  const ss_mark before = ss_stack_save(stack);
  ss_buffer *buffer = (ss_buffer *)ss_stack_try_alloc(stack, sizeof *buffer, SS_ALIGN);
  if (buffer) *buffer = ss_stack_try_buffer_open(stack);
  if (buffer && ss_try_reserve(buffer, 1)) return buffer;
  ss_stack_restore(stack, before);
  return NULL;
}

// JavaScript writes into reserved room and takes elements away without telling C, and says only
// here how long the buffer is by now. Only the ss_buffer knows where the buffer ends.
static void set_size(ss_buffer *buffer, size_t size)
{
  const size_t known = ss_buffer_count(char, buffer);
  ss_truncate(char, buffer, size);
  if (size > known) (void)ss_try_extend(char, buffer, size - known);
}

EXPORT(ss_js_buffer_room) char *ss_js_buffer_room(ss_buffer *buffer, size_t size, size_t more)
{
  set_size(buffer, size);
  return ss_try_reserve(buffer, more) ? ss_buffer_at(char, buffer, 0) : NULL;
}

EXPORT(ss_js_buffer_close) void *ss_js_buffer_close(ss_buffer *buffer, size_t size)
{
  set_size(buffer, size);
  return ss_buffer_close(buffer).data;
}

EXPORT(ss_js_trim) void ss_js_trim(ss_stack *stack, size_t keep_bytes)
{
  ss_stack_trim(stack, keep_bytes);
}

// All fields of ss_stats are of type size_t; `index` is the number of the field.
EXPORT(ss_js_stat) size_t ss_js_stat(const ss_stack *stack, unsigned index)
{
  const ss_stats stats = ss_stack_stats(stack);
  return ((const size_t *)&stats)[index];
}

// What JavaScript asks for: a field of the chunk with this index. answer_chunk numbers the fields.
typedef struct chunk_question {
  unsigned index;
  unsigned field;
  size_t answer;
} chunk_question;

static void answer_chunk(void *context, const ss_chunk_info *chunk)
{
  chunk_question *asked = (chunk_question *)context;
  const size_t fields[] = {chunk->lane, chunk->used_bytes, chunk->room_bytes, chunk->peak_bytes};
  if (asked->index-- == 0) asked->answer = fields[asked->field];
}

// Returns: the nth chunk's lane, used, room or peak bytes, SIZE_MAX if there is no such chunk. A lane's newest comes first.
EXPORT(ss_js_chunk) size_t ss_js_chunk(const ss_stack *stack, unsigned index, unsigned field)
{
  chunk_question asked = {index, field, SIZE_MAX};
  ss_stack_walk(stack, answer_chunk, &asked);
  return asked.answer;
}
