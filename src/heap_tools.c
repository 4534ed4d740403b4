// SPDX-License-Identifier: MIT
// What SS_DEBUG=1 tells tools that watch the heap: AddressSanitizer then names the slice and the
// restore in its report of a use after a restore. Valgrind then treats each slice as a heap block;
// this must be asked for by the environment variable SS_VALGRIND.
#include "records.h"

#include <stdlib.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif

// -------------------------------------------------------------------------------------------------
// AddressSanitizer

// Only a program with AddressSanitizer has these functions; debug.c explains the weak references.
#if ((defined(_WIN32) || defined(__APPLE__)) && !SS__ASAN) || SS__IS_DYNAMIC
#define __asan_set_error_report_callback ((void (*)(void (*)(const char *)))NULL)
#define __asan_get_report_address ((void *(*)(void))NULL)
#else
void __asan_set_error_report_callback(void (*callback)(const char *text)) __attribute__((weak));
void *__asan_get_report_address(void) __attribute__((weak));
#endif

enum { RELEASED_NOTES = 1024 };

typedef struct released {
  const char *data;
  size_t size;
  ss__site made;
  ss__site end;
} released;

// The newest notes of all threads. The array is allocated with the first note, and only in a
// program with AddressSanitizer. It is never freed, since AddressSanitizer may report at the very
// end of the program.
static released *notes;
static size_t note_count;

// AddressSanitizer calls this at the end of a report, when the program is about to die. It
// therefore reads the notes without a lock, although another thread may be writing one.
static void tell_of_address(const char *text)
{
  (void)text;
  const char *address = (const char *)__asan_get_report_address();
  const size_t count = __atomic_load_n(&note_count, __ATOMIC_ACQUIRE);
  const released *ring = __atomic_load_n(&notes, __ATOMIC_ACQUIRE);
  for (size_t back = 1; ring && back <= RELEASED_NOTES && back <= count; back++) {
    const released *note = &ring[(count - back) % RELEASED_NOTES];
    if ((uintptr_t)address - (uintptr_t)note->data >= note->size) continue;
    const ss__listener to = {NULL, NULL};
    ss__tell(&to,
             "secondstack: the address is in a slice of %zu bytes, %s at %s:%d, which was released "
             "by %s at %s:%d",
             note->size, note->made.name, note->made.file, note->made.line, note->end.name,
             note->end.file, note->end.line);
    return;
  }
}

static released *notes_of_program(void)
{
  released *ring = __atomic_load_n(&notes, __ATOMIC_ACQUIRE);
  if (ring) return ring;
  released *made = (released *)calloc(RELEASED_NOTES, sizeof *made);
  if (made == NULL) return NULL;
  if (!__atomic_compare_exchange_n(&notes, &ring, made, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE)) {
    free(made);
    return ring;
  }
  __asan_set_error_report_callback(tell_of_address);
  return made;
}

static void note_released(const debug_record *record, ss__site end)
{
  if (!__asan_set_error_report_callback || !__asan_get_report_address) return;
  released *ring = notes_of_program();
  if (ring == NULL) return;
  const size_t at = __atomic_fetch_add(&note_count, 1, __ATOMIC_ACQ_REL);
  ring[at % RELEASED_NOTES] = (released){record->data, record->size, record->made, end};
}

// -------------------------------------------------------------------------------------------------
// Valgrind

#ifdef VALGRIND_MALLOCLIKE_BLOCK
// Whether the program runs under Valgrind and the environment asks for slices as blocks.
static bool wants_blocks(void)
{
  static int answer;
  if (__atomic_load_n(&answer, __ATOMIC_RELAXED) == 0) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets variables
    const char *asked = RUNNING_ON_VALGRIND ? getenv("SS_VALGRIND") : NULL;
    __atomic_store_n(&answer, asked && asked[0] == '1' ? 1 : -1, __ATOMIC_RELAXED);
  }
  return __atomic_load_n(&answer, __ATOMIC_RELAXED) == 1;
}
#endif

void ss__tools_made(debug_record *record, const char *data, size_t size, bool is_written)
{
  // Without Valgrind's header the function is empty and uses none of its parameters.
  (void)record;
  (void)data;
  (void)size;
  (void)is_written;
#ifdef VALGRIND_MALLOCLIKE_BLOCK
  if (size == 0 || !wants_blocks()) return;
  record->is_block = true;
  VALGRIND_MALLOCLIKE_BLOCK(data, size, 0, is_written);
#endif
}

void ss__tools_resized(debug_record *record, size_t new_size)
{
  (void)record;
  (void)new_size;
#ifdef VALGRIND_MALLOCLIKE_BLOCK
  if (!record->is_block || new_size == record->size) return;
  // A slice of size 0 is no block.
  record->is_block = new_size > 0;
  if (new_size == 0)
    VALGRIND_FREELIKE_BLOCK(record->data, 0);
  else
    VALGRIND_RESIZEINPLACE_BLOCK(record->data, record->size, new_size, 0);
#endif
}

void ss__tools_released(debug_record *record, ss__site end, bool is_kept)
{
#ifdef VALGRIND_MALLOCLIKE_BLOCK
  if (record->is_block) {
    record->is_block = false;
    VALGRIND_FREELIKE_BLOCK(record->data, 0);
    if (is_kept) VALGRIND_MAKE_MEM_DEFINED(record->data, record->size);
  }
#endif
  if (!is_kept) note_released(record, end);
}
