// SPDX-License-Identifier: MIT
// What the module's own wasm has in place of Emscripten's runtime and libc: a heap for the
// library's backing, and the configuration of the stack. The heap is simple because the library
// asks for few, large blocks.
//
// The heap is one row of blocks, from the linker's __heap_base to the end of the memory. Each block
// begins with its size. The last one has the size 0 and marks the end. Where somebody else has
// grown the memory, their part lies in a block that is never freed.
#include "bindings.h"

enum { PAGE_BYTES = 65536, HEAD_BYTES = 16 };

typedef struct block {
  size_t size;  // including this head; 0 marks the end
  bool is_free;
} block;

extern char __heap_base;
static block *first_block;
static block *end_block;

#ifdef __wasm_atomics__
static int heap_lock;
// This spins, because a browser's main thread may not wait, and the lock is held only for a moment.
static void lock_heap(void)
{
  while (__atomic_exchange_n(&heap_lock, 1, __ATOMIC_ACQUIRE)) {
  }
}
static void unlock_heap(void)
{
  __atomic_store_n(&heap_lock, 0, __ATOMIC_RELEASE);
}
#else
static void lock_heap(void)
{
}
static void unlock_heap(void)
{
}
#endif

static block *after(block *b)
{
  return (block *)(void *)((char *)b + b->size);
}

static block *put_end(char *at)
{
  end_block = (block *)(void *)at;
  end_block->size = 0;
  end_block->is_free = false;
  return end_block;
}

static void start_heap(void)
{
  char *start = &__heap_base + (-(size_t)&__heap_base & (HEAD_BYTES - 1));
  first_block = put_end(start);
  const size_t memory_bytes = __builtin_wasm_memory_size(0) * PAGE_BYTES;
  // JavaScript makes the memory at least a page longer than the static data.
  first_block->size = memory_bytes - HEAD_BYTES - (size_t)start;
  first_block->is_free = true;
  (void)put_end((char *)after(first_block));
}

static bool extend_heap(size_t bytes)
{
  const size_t pages = bytes / PAGE_BYTES + (bytes % PAGE_BYTES != 0);
  const size_t old_pages = __builtin_wasm_memory_grow(0, pages);
  if (old_pages == SIZE_MAX) return false;
  block *last = end_block;
  char *start = (char *)(old_pages * PAGE_BYTES);
  if (start != (char *)last + HEAD_BYTES) {
    last->size = (size_t)(start - (char *)last);
    last = (block *)(void *)start;
    last->size = pages * PAGE_BYTES - HEAD_BYTES;
  } else {
    last->size = pages * PAGE_BYTES;
  }
  last->is_free = true;
  (void)put_end((char *)after(last));
  return true;
}

// Joins a block with the free blocks that follow it.
static void join(block *b)
{
  while (after(b)->is_free) b->size += after(b)->size;
}

static void use(block *b, size_t size)
{
  if (b->size - size > HEAD_BYTES) {
    block *rest = (block *)(void *)((char *)b + size);
    rest->size = b->size - size;
    rest->is_free = true;
    b->size = size;
  }
  b->is_free = false;
}

static block *find(size_t size, size_t *missing)
{
  *missing = size;
  for (block *b = first_block; b->size; b = after(b)) {
    if (!b->is_free) continue;
    join(b);
    if (b->size >= size) return b;
    if (after(b) == end_block) *missing = size - b->size;
  }
  return NULL;
}

static bool to_block_size(size_t *size)
{
  if (*size > PTRDIFF_MAX) return false;
  *size = (*size + 2 * HEAD_BYTES - 1) & ~(size_t)(HEAD_BYTES - 1);
  return true;
}

void *malloc(size_t size)
{
  if (!to_block_size(&size)) return NULL;
  lock_heap();
  if (first_block == NULL) start_heap();
  size_t missing;
  block *b = find(size, &missing);
  if (b == NULL && extend_heap(missing)) b = find(size, &missing);
  if (b) use(b, size);
  unlock_heap();
  return b ? (char *)b + HEAD_BYTES : NULL;
}

void free(void *data)
{
  lock_heap();
  ((block *)(void *)((char *)data - HEAD_BYTES))->is_free = true;
  unlock_heap();
}

// Emscripten's dlmalloc has a function of this name, with which the library's backing grows chunks.
void *realloc_in_place(void *data, size_t size);
void *realloc_in_place(void *data, size_t size)
{
  if (!to_block_size(&size)) return NULL;
  block *b = (block *)(void *)((char *)data - HEAD_BYTES);
  lock_heap();
  const size_t old_size = b->size;
  join(b);
  if (b->size < size && after(b) == end_block && extend_heap(size - b->size)) join(b);
  const bool is_enough = b->size >= size;
  use(b, is_enough ? size : old_size);
  unlock_heap();
  return is_enough ? data : NULL;
}

EXPORT(ss_js_configure) void ss_js_configure(size_t initial_bytes, size_t max_bytes)
{
  // The heap takes the memory that is there now. What others add to the memory later is theirs.
  if (first_block == NULL) start_heap();
  ss_thread_configure(&(ss_config){.initial_bytes = initial_bytes, .max_bytes = max_bytes});
}

#ifdef __wasm_atomics__
// A new instance gets a block for its call stack and its thread-local variables. Until then it runs
// on the static call stack of the first instance, which only the holder of this lock may do.
int ss_js_boot_lock;

EXPORT(ss_js_thread_open) void *ss_js_thread_open(size_t size)
{
  return malloc(size);
}

EXPORT(ss_js_thread_free) void ss_js_thread_free(void)
{
  ss_thread_free();
}

EXPORT(ss_js_thread_close) void ss_js_thread_close(void *block)
{
  free(block);
}
#endif

// What the module has in place of fail.c. JavaScript makes only calls that return NULL on failure,
// and words the errors itself; the wasm has no console. So the text of a message would be read by
// nobody, and without it the optimiser drops the words that callers pass, too.
void *ss__fail(const char *call, size_t amount, const char *unit, const char *what, size_t limit);
void *ss__fail(const char *call, size_t amount, const char *unit, const char *what, size_t limit)
{
  (void)call, (void)amount, (void)unit, (void)what, (void)limit;
  return NULL;
}

void *ss__fail_count(unsigned long long n, size_t element_size, const char *call)
{
  (void)n, (void)element_size, (void)call;
  return NULL;
}

// A call of this means that the stack is broken, of which a trap tells JavaScript.
_Noreturn void ss__fatal(const char *message);
_Noreturn void ss__fatal(const char *message)
{
  (void)message;
  __builtin_trap();
}

// With -mbulk-memory each of these is one instruction of WebAssembly.
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
  return __builtin_memcpy(to, from, size);
}

void *memset(void *to, int value, size_t size)
{
  return __builtin_memset(to, value, size);
}
