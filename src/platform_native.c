// SPDX-License-Identifier: MIT
// Memory from POSIX. A large block reserves address space beyond its size, so that it can grow in
// place; pages that are not part of it are not committed. A small block comes from malloc and does
// not grow in place.
//
//   | header | block ... size | reserved, PROT_NONE ... |
//   ^ a page-aligned mapping                             ^ header->mapped_bytes (0: from malloc)
#define _GNU_SOURCE
#include "platform.h"

#if !defined(__wasm__) && !defined(_WIN32)
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// FreeBSD and systems like it have no such flag and reserve no swap space ahead.
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

enum { SMALL_BYTES = 32 * 1024, HEADER_BYTES = 16 };

typedef struct header {
  size_t mapped_bytes;
} header;

static size_t page_up(size_t bytes)
{
  const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
  return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}

// Only a 64-bit address space is large enough to reserve much more than is committed.
static size_t reservation(size_t committed_bytes)
{
#if UINTPTR_MAX > UINT32_MAX
  const size_t least = (size_t)1 << 30;
  if (committed_bytes > SIZE_MAX / 8) return committed_bytes;
  return committed_bytes * 4 > least ? committed_bytes * 4 : least;
#else
  return committed_bytes;
#endif
}

static void *map(size_t committed_bytes, size_t mapped_bytes)
{
  void *mapping =
      mmap(NULL, mapped_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return NULL;
  if (mprotect(mapping, committed_bytes, PROT_READ | PROT_WRITE) != 0) {
    (void)munmap(mapping, mapped_bytes);
    return NULL;
  }
  ((header *)mapping)->mapped_bytes = mapped_bytes;
  return (char *)mapping + HEADER_BYTES;
}

static void *acquire(void *context, size_t size_bytes)
{
  (void)context;
  if (size_bytes > PTRDIFF_MAX - HEADER_BYTES) return NULL;
  if (size_bytes < SMALL_BYTES) {
    char *start = (char *)malloc(size_bytes + HEADER_BYTES);
    if (start == NULL) return NULL;
    ((header *)(void *)start)->mapped_bytes = 0;
    return start + HEADER_BYTES;
  }
  const size_t committed_bytes = page_up(size_bytes + HEADER_BYTES);
  void *block = map(committed_bytes, page_up(reservation(committed_bytes)));
  return block ? block : map(committed_bytes, committed_bytes);
}

static bool resize(void *context, void *block, size_t old_bytes, size_t new_bytes)
{
  (void)context;
  char *mapping = (char *)block - HEADER_BYTES;
  const size_t mapped_bytes = ((header *)(void *)mapping)->mapped_bytes;
  if (mapped_bytes == 0 || new_bytes > mapped_bytes - HEADER_BYTES) return false;
  const size_t committed_bytes = page_up(old_bytes + HEADER_BYTES);
  const size_t wanted_bytes = page_up(new_bytes + HEADER_BYTES);
  if (wanted_bytes > committed_bytes) {
    return mprotect(mapping + committed_bytes, wanted_bytes - committed_bytes,
                    PROT_READ | PROT_WRITE) == 0;
  }
  if (wanted_bytes < committed_bytes) {
    // Mapping fresh inaccessible pages over the old ones gives their memory back to the system.
    return mmap(mapping + wanted_bytes, committed_bytes - wanted_bytes, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
  }
  return true;
}

static void release(void *context, void *block, size_t size_bytes)
{
  (void)context;
  (void)size_bytes;
  char *start = (char *)block - HEADER_BYTES;
  const size_t mapped_bytes = ((header *)(void *)start)->mapped_bytes;
  if (mapped_bytes) {
    (void)munmap(start, mapped_bytes);
  } else {
    free(start);
  }
}

const ss_backing ss__platform_backing = {acquire, resize, release, NULL};

void ss__platform_print(const char *message)
{
  (void)!write(STDERR_FILENO, message, strlen(message));
  (void)!write(STDERR_FILENO, "\n", 1);
}

#endif
