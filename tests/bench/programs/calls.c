// SPDX-License-Identifier: MIT
// Counts the calls of malloc and its kind, for `calls` of main.cpp. Linked with --wrap for each of them, and with main
// programs that are not timed.
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
size_t calls_count(void);

static size_t count;

size_t calls_count(void)
{
  return count;
}

void *__wrap_malloc(size_t size)
{
  count++;
  return __real_malloc(size);
}

void *__wrap_realloc(void *block, size_t size)
{
  count++;
  return __real_realloc(block, size);
}

void __wrap_free(void *block)
{
  if (block) count++;
  __real_free(block);
}
