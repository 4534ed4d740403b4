// SPDX-License-Identifier: MIT
// Memory from Windows. A large block reserves address space beyond its size, so that it can grow in place; what is
// not part of it is not committed. A small block comes from the C library and does not grow in
// place.
//
//   | header | block ... size | reserved, not committed ... |
//   ^ a reservation                                          ^ header->reserved_bytes (0: from _aligned_malloc)
#include "platform.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <malloc.h>
#include <windows.h>

// Windows reserves address space in multiples of 64 KiB.
enum { SMALL_BYTES = 32 * 1024, HEADER_BYTES = 16, PAGE_BYTES = 4096, RESERVE_BYTES = 65536 };

typedef struct header {
  size_t reserved_bytes;
} header;

// Pages have 4096 bytes on every processor that Windows runs on.
static size_t page_up(size_t bytes)
{
  return (bytes + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
}

// Only a 64-bit address space is large enough to reserve much more than is committed.
static size_t reservation(size_t committed_bytes)
{
#if UINTPTR_MAX > UINT32_MAX
  const size_t least = (size_t)1 << 30;
  if (committed_bytes > SIZE_MAX / 8) return committed_bytes;
  return committed_bytes * 4 > least ? committed_bytes * 4 : least;
#else
  return (committed_bytes + RESERVE_BYTES - 1) & ~(size_t)(RESERVE_BYTES - 1);
#endif
}

static void *reserve(size_t committed_bytes, size_t reserved_bytes)
{
  void *start = VirtualAlloc(NULL, reserved_bytes, MEM_RESERVE, PAGE_NOACCESS);
  if (start == NULL) return NULL;
  if (VirtualAlloc(start, committed_bytes, MEM_COMMIT, PAGE_READWRITE) == NULL) {
    (void)VirtualFree(start, 0, MEM_RELEASE);
    return NULL;
  }
  ((header *)start)->reserved_bytes = reserved_bytes;
  return (char *)start + HEADER_BYTES;
}

static void *acquire(void *context, size_t size_bytes)
{
  (void)context;
  if (size_bytes > PTRDIFF_MAX - HEADER_BYTES - RESERVE_BYTES) return NULL;
  if (size_bytes < SMALL_BYTES) {
    char *start = (char *)_aligned_malloc(size_bytes + HEADER_BYTES, SS_ALIGN);
    if (start == NULL) return NULL;
    ((header *)(void *)start)->reserved_bytes = 0;
    return start + HEADER_BYTES;
  }
  const size_t committed_bytes = page_up(size_bytes + HEADER_BYTES);
  void *block = reserve(committed_bytes, reservation(committed_bytes));
  return block ? block : reserve(committed_bytes, committed_bytes);
}

static bool resize(void *context, void *block, size_t old_bytes, size_t new_bytes)
{
  (void)context;
  char *start = (char *)block - HEADER_BYTES;
  const size_t reserved_bytes = ((header *)(void *)start)->reserved_bytes;
  if (reserved_bytes == 0 || new_bytes > reserved_bytes - HEADER_BYTES) return false;
  const size_t committed_bytes = page_up(old_bytes + HEADER_BYTES);
  const size_t wanted_bytes = page_up(new_bytes + HEADER_BYTES);
  if (wanted_bytes > committed_bytes) {
    return VirtualAlloc(start + committed_bytes, wanted_bytes - committed_bytes, MEM_COMMIT,
                        PAGE_READWRITE) != NULL;
  }
  if (wanted_bytes < committed_bytes) {
    return VirtualFree(start + wanted_bytes, committed_bytes - wanted_bytes, MEM_DECOMMIT) != 0;
  }
  return true;
}

static void release(void *context, void *block, size_t size_bytes)
{
  (void)context;
  (void)size_bytes;
  char *start = (char *)block - HEADER_BYTES;
  if (((header *)(void *)start)->reserved_bytes) {
    (void)VirtualFree(start, 0, MEM_RELEASE);
  } else {
    _aligned_free(start);
  }
}

const ss_backing ss__platform_backing = {acquire, resize, release, NULL};

void ss__platform_print(const char *message)
{
  const HANDLE file = GetStdHandle(STD_ERROR_HANDLE);
  DWORD written;
  (void)WriteFile(file, message, (DWORD)strlen(message), &written, NULL);
  (void)WriteFile(file, "\n", 1, &written, NULL);
}

#endif
