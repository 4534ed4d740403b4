// SPDX-License-Identifier: MIT
// What SS_ABI stands for: the layouts and the functions that compiled code has built in. A change here
// needs a higher SS_ABI, so that code compiled before does not link with what is compiled after it.
// Runs with SS_DEBUG: 0 1
#include "../check.h"

// Of SS_ABI 1, which is that of 0.1 and may change until that is released, for pointers of 8 and of 4 bytes.
static const uint32_t known_hash = sizeof(void *) == 8 ? 0x79919e8bu : 0xdbf102ebu;

// The functions that the inline ones call, as they call them.
typedef struct inline_calls {
  void *(*refill)(ss_stack *, size_t, size_t, const char *);
  void *(*fail_count)(unsigned long long, size_t, const char *);
  void (*restore)(ss_stack *, char *, size_t);
  ss_slice (*restore_keep)(ss_stack *, char *, size_t, void *, size_t, size_t, const char *);
  bool (*buffer_prepare)(ss_stack *, const char *);
  char *(*buffer_grow)(ss_stack *, ss__lane *, char *, size_t, bool, const char *);
  void *(*buffer_close)(ss_stack *, ss__lane *, char *);
  bool (*defer)(ss_stack *, void *, size_t, size_t, ss_destructor *, const char *);
  void *(*debug_alloc)(ss_stack *, ss_stack *, size_t, size_t, ss__site);
  ss_mark (*debug_save)(ss_stack *, ss_stack *, ss__site);
  void (*debug_restore)(ss_stack *, ss_stack *, ss_mark, ss__site, bool);
  ss_buffer (*debug_buffer_extend)(ss_stack *, ss_buffer, size_t, size_t, ss__site);
} inline_calls;

static const inline_calls calls = {
    ss__refill,         ss__fail_count,  ss__restore,       ss__restore_keep,
    ss__buffer_prepare, ss__buffer_grow, ss__buffer_close,  ss__defer,
    ss__debug_alloc,    ss__debug_save,  ss__debug_restore, ss__debug_buffer_extend,
};

#define FIELD(type, field) offsetof(type, field), sizeof(((type *)NULL)->field)

static const size_t layout[] = {
    FIELD(ss_stack, top),
    FIELD(ss_stack, limit),
    FIELD(ss_stack, version),
    FIELD(ss_stack, mark_version),
    FIELD(ss_stack, undo_log),
    FIELD(ss_stack, active),
    FIELD(ss_stack, is_thread_stack),
    FIELD(ss_stack, is_memory_taken),
    FIELD(ss_stack, watch),
    FIELD(ss_stack, notes),
    FIELD(ss_stack, site),
    FIELD(ss_stack, user),
    FIELD(ss_stack, lanes),
    FIELD(ss_stack, more_lanes),
    FIELD(ss_stack, config),
    FIELD(ss_stack, reserved),
    FIELD(ss_stack, growths),
    FIELD(ss_stack, bytes_copied),
    FIELD(ss_stack, backing_calls),
    FIELD(ss_stack, pin),
    sizeof(ss_stack),
    FIELD(ss__site, name),
    FIELD(ss__site, file),
    FIELD(ss__site, line),
    FIELD(ss__site, is_try),
    sizeof(ss__site),
    FIELD(ss__lane, chunk),
    FIELD(ss__lane, top),
    FIELD(ss__lane, limit),
    FIELD(ss__lane, peak),
    FIELD(ss__lane, is_open),
    sizeof(ss__lane),
    FIELD(ss_buffer, top),
    FIELD(ss_buffer, lane),
    FIELD(ss_buffer, stack),
    FIELD(ss_buffer, first),
    sizeof(ss_buffer),
    FIELD(ss_mark, top),
    FIELD(ss_mark, version),
    sizeof(ss_mark),
    FIELD(ss_slice, data),
    FIELD(ss_slice, size),
    sizeof(ss_slice),
    FIELD(ss_backing, acquire),
    FIELD(ss_backing, resize),
    FIELD(ss_backing, release),
    FIELD(ss_backing, context),
    FIELD(ss_config, initial_bytes),
    FIELD(ss_config, max_bytes),
    FIELD(ss_config, memory),
    FIELD(ss_config, memory_bytes),
    FIELD(ss_config, backing),
    sizeof(ss_config),
    FIELD(ss_stats, used),
    FIELD(ss_stats, reserved),
    FIELD(ss_stats, peak),
    FIELD(ss_stats, chunks),
    FIELD(ss_stats, growths),
    FIELD(ss_stats, bytes_copied),
    FIELD(ss_stats, backing_calls),
    sizeof(ss_stats),
    FIELD(ss_chunk_info, lane),
    FIELD(ss_chunk_info, is_active),
    FIELD(ss_chunk_info, is_open),
    FIELD(ss_chunk_info, used_bytes),
    FIELD(ss_chunk_info, room_bytes),
    FIELD(ss_chunk_info, peak_bytes),
    sizeof(ss_chunk_info),
    SS__INLINE_LANES,
    SS__ROW_LANES,
    SS__BUFFER_HEAD,
    (size_t)SS__NOWHERE,
    SS_ALIGN,
};

// FNV-1a, a number at a time.
static uint32_t hash(const size_t *numbers, size_t count)
{
  uint32_t value = 2166136261u;
  for (size_t i = 0; i < count; i += 1) value = (value ^ (uint32_t)numbers[i]) * 16777619u;
  return value;
}

static void a_layout_has_its_number(void)
{
  const uint32_t found = hash(layout, sizeof layout / sizeof layout[0]);
  if (!CHECK(found == known_hash && SS_ABI == 1)) {
    fprintf(stderr, "  the layout's hash is 0x%08xu: raise SS_ABI and write both here\n", found);
  }
}

static void calls_are_there(void)
{
  CHECK(calls.refill != NULL && calls.debug_buffer_extend != NULL);
}

static void the_archive_says_its_version(void)
{
  CHECK_EQ_SIZE(ss_version(), SS_VERSION);
}

TEST_GROUP(abi)
{
  RUN(a_layout_has_its_number);
  RUN(calls_are_there);
  RUN(the_archive_says_its_version);
}
