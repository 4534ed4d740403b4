// SPDX-License-Identifier: MIT
// Promise 8: slices and buffers are aligned to 16 bytes at least, and to any larger power of two.
// Runs with SS_DEBUG: 0 1
#include "../counted_backing.h"

typedef struct lines {
  _Alignas(64) unsigned char bytes[192];
} lines;

static void promise_8_every_slice_is_aligned_to_16(void)
{
  static const char source[300];
  for (size_t size = 1; size < 300; size += 1) {
    SS_SCOPE {
      CHECK_ALIGNED(ss_alloc(size, 1), 16);
      CHECK_ALIGNED(ss_alloc(size, 8), 16);
      CHECK_ALIGNED(ss_uninit_slice(char, size), 16);
      CHECK_ALIGNED(ss_zeroed_slice(char, size), 16);
      CHECK_ALIGNED(ss_copy_slice(char, source, size), 16);
      CHECK_ALIGNED(ss_format("%*d", (int)size, 1), 16);
      CHECK_ALIGNED(ss_uninit(char), 16);
    }
  }
}

static void promise_8_every_buffer_is_aligned_to_16(void)
{
  SS_SCOPE {
    for (size_t size = 1; size < 200; size += 1) {
      (void)ss_uninit_slice(char, size);
      ss_buffer b = ss_buffer_open();
      memset(ss_extend(char, &b, size), 1, size);
      CHECK_ALIGNED(ss_buffer_at(char, &b, 0), 16);
      ss_reserve(&b, 50 * size);
      CHECK_ALIGNED(ss_buffer_at(char, &b, 0), 16);
      memset(ss_extend(char, &b, 10 * size), 1, 10 * size);
      CHECK_ALIGNED(ss_buffer_close(&b).data, 16);
    }
  }
}

// Backings align for standard types only, which can be less than 16.
static void *acquire_off_by_8(void *context, size_t size_bytes)
{
  char *block = counted_acquire(context, size_bytes + 16);
  const size_t off = (uintptr_t)block % 16 == 0 ? 8 : 0;
  return block ? block + off : NULL;
}

static void release_off_by_8(void *context, void *data, size_t size_bytes)
{
  char *block = data;
  counted_release(context, counted_find(context, block) ? block : block - 8, size_bytes + 16);
}

static void promise_8_holds_on_a_backing_that_aligns_to_8(void)
{
  static counted_backing counted;
  (void)counted_begin(&counted, 1);
  counted.backing.acquire = acquire_off_by_8;
  counted.backing.release = release_off_by_8;
  const ss_config config = {.initial_bytes = 1000, .backing = &counted.backing};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != NULL)) return;
  SS_STACK_SCOPE(stack) {
    ss_buffer b = ss_stack_buffer_open(stack);
    for (size_t i = 1; i < 500; i += 1) {
      CHECK_ALIGNED(memset(ss_stack_alloc(stack, i, 1), 1, i), 16);
      *ss_push(char, &b) = 1;
      CHECK_ALIGNED(ss_buffer_at(char, &b, 0), 16);
      memset(ss_extend(char, &b, i), 1, i);
    }
    CHECK_ALIGNED(ss_buffer_close(&b).data, 16);
    CHECK_VALID(stack);
  }
  ss_stack_free(stack);
  counted_end(&counted);
}

static void promise_8_larger_alignments_are_met_from_any_place(void)
{
  for (size_t align = 32; align <= 65536; align *= 2) {
    SS_SCOPE {
      for (size_t before = 0; before < 10; before += 1) {
        char *outer = memset(ss_uninit_slice(char, 1 + before * 16), 0x3a, 1 + before * 16);
        char *slice = ss_alloc(100, align);
        CHECK_ALIGNED(slice, align);
        memset(slice, 0x3b, 100);
        CHECK_ALIGNED(ss_try_alloc(1, align), align);
        CHECK_FILLED(outer, 0x3a, 1 + before * 16);
        CHECK_FILLED(slice, 0x3b, 100);
      }
    }
  }
}

static void promise_8_an_alignment_of_a_mebibyte_works(void)
{
  SS_SCOPE {
    const size_t align = (size_t)1 << 20;
    CHECK_ALIGNED(memset(ss_alloc(100, align), 1, 100), align);
    CHECK_ALIGNED(memset(ss_alloc(1000000, align), 1, 1000000), align);
    CHECK_VALID(ss_thread_stack());
  }
}

static void promise_8_aligned_types_are_aligned(void)
{
  SS_SCOPE {
    for (int i = 0; i < 20; i += 1) {
      (void)ss_uninit_slice(char, 1);
      CHECK_ALIGNED(ss_uninit(lines), 64);
      CHECK_ALIGNED(ss_uninit_slice(lines, 3), 64);
      CHECK_ALIGNED(ss_zeroed_slice(lines, 3), 64);
      static const lines source[2];
      CHECK_ALIGNED(ss_copy_slice(lines, source, 2), 64);
    }
  }
}

// An aligned slice that just fits into the room that is left, and one that just does not.
static void promise_8_an_aligned_slice_at_a_chunks_end(void)
{
  static counted_backing counted;
  const ss_config config = {.initial_bytes = 2048, .backing = counted_begin(&counted, 1)};
  for (size_t below = 0; below < 2048; below += 16) {
    ss_stack *stack = ss_stack_new(&config);
    if (!CHECK(stack != NULL)) return;
    char *outer = memset(ss_stack_alloc(stack, below, 1), 0x4d, below);
    char *slice = ss_stack_alloc(stack, 128, 128);
    CHECK_ALIGNED(slice, 128);
    memset(slice, 0x4e, 128);
    CHECK_FILLED(outer, 0x4d, below);
    CHECK_VALID(stack);
    ss_stack_free(stack);
  }
  counted_end(&counted);
}

TEST_GROUP(align)
{
  RUN(promise_8_every_slice_is_aligned_to_16);
  RUN(promise_8_every_buffer_is_aligned_to_16);
  RUN(promise_8_holds_on_a_backing_that_aligns_to_8);
  RUN(promise_8_larger_alignments_are_met_from_any_place);
  RUN(promise_8_an_alignment_of_a_mebibyte_works);
  RUN(promise_8_aligned_types_are_aligned);
  RUN(promise_8_an_aligned_slice_at_a_chunks_end);
}
