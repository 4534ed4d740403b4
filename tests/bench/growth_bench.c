// SPDX-License-Identifier: MIT
// The first growth of a buffer: 64 MiB of 16-byte items, one by one, from a cold heap.
//
// Each run of this program measures one way once, because a second time is not cold; micro.mjs runs
// it several times, the ways in turn. The code is warmed up with small buffers, the memory is not. Besides the
// time it prints how far the heap was taken and how many bytes were copied, per byte of data.
//   growth_bench WAY COUNT
#define _GNU_SOURCE
#include "vertices.h"

#include <secondstack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __EMSCRIPTEN__
#include <emscripten/heap.h>
#include <unistd.h>

// The allocator's top: what is below it has been taken, used or not.
static size_t heap_bytes(void)
{
  return (size_t)(uintptr_t)sbrk(0);
}

// What the page's memory has grown to. Emscripten adds up to a fifth to spare.
static size_t memory_bytes(void)
{
  return emscripten_get_heap_size();
}
#else
#ifdef __linux__
// The most that was ever resident since this program started: pages that were touched.
static size_t heap_bytes(void)
{
  size_t kilobytes = 0;
  char line[200];
  FILE *status = fopen("/proc/self/status", "r");
  if (status == NULL) abort();
  while (fgets(line, sizeof line, status) && sscanf(line, "VmHWM: %zu", &kilobytes) != 1) {
  }
  fclose(status);
  return kilobytes * 1024;
}
#else
#include <sys/resource.h>

static size_t heap_bytes(void)
{
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (size_t)usage.ru_maxrss;
}
#endif

static size_t memory_bytes(void)
{
  return heap_bytes();
}
#endif

enum { WARM_UP_ITEMS = 1000, WARM_UP_NS = 50 * 1000 * 1000 };

static size_t build_push(size_t count)
{
  const size_t copied_before = ss_thread_stats().bytes_copied;
  SS_SCOPE {
    ss_buffer vertices = ss_buffer_open();
    for (size_t i = 0; i < count; i++) set_vertex(ss_push(vertex, &vertices), i);
    const ss_slice slice = ss_buffer_close(&vertices);
    BENCH_ESCAPE(slice.data);
  }
  return ss_thread_stats().bytes_copied - copied_before;
}

static size_t build_reserve(size_t count)
{
  const size_t copied_before = ss_thread_stats().bytes_copied;
  SS_SCOPE {
    ss_buffer vertices = ss_buffer_open();
    ss_reserve(&vertices, count * sizeof(vertex));
    for (size_t i = 0; i < count; i++) set_vertex(ss_push(vertex, &vertices), i);
    const ss_slice slice = ss_buffer_close(&vertices);
    BENCH_ESCAPE(slice.data);
  }
  return ss_thread_stats().bytes_copied - copied_before;
}

static size_t build_malloc(size_t count)
{
  vertex *vertices = (vertex *)malloc(count * sizeof *vertices);
  if (vertices == NULL) abort();
  for (size_t i = 0; i < count; i++) set_vertex(&vertices[i], i);
  BENCH_ESCAPE(vertices);
  free(vertices);
  return 0;
}

// Copied: what realloc moved elsewhere. (Native realloc moves large blocks by remapping their pages.)
static size_t build_realloc(size_t count)
{
  vertex *vertices = NULL;
  size_t capacity = 0, copied = 0;
  for (size_t i = 0; i < count; i++) {
    if (i == capacity) {
      const uintptr_t before = (uintptr_t)vertices;
      capacity = capacity ? capacity * 2 : 16;
      vertices = (vertex *)realloc(vertices, capacity * sizeof *vertices);
      if (vertices == NULL) abort();
      if ((uintptr_t)vertices != before) copied += i * sizeof *vertices;
    }
    set_vertex(&vertices[i], i);
  }
  BENCH_ESCAPE(vertices);
  free(vertices);
  return copied;
}

static const struct {
  const char *name;
  size_t (*build)(size_t count);  // returns how many bytes were copied
} ways[] = {
    {"exact size malloc", build_malloc},  {"secondstack reserve", build_reserve},
    {"secondstack push", build_push},     {"realloc-doubling", build_realloc},
    {"std::vector", growth_build_vector},
};

int main(int argc, char **argv)
{
  size_t way = 0;
  const size_t way_count = sizeof ways / sizeof *ways;
  while (argc == 3 && way < way_count && strcmp(ways[way].name, argv[1]) != 0) way++;
  const size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
  if (way == way_count || count == 0) {
    fprintf(stderr, "usage: growth_bench WAY COUNT\n");
    return 2;
  }

  const double start = bench_now_ns();
  while (bench_now_ns() - start < WARM_UP_NS) {
    for (size_t i = 0; i < 20; i++) (void)ways[way].build(WARM_UP_ITEMS);
  }
  ss_trim(0);

  const size_t heap_before = heap_bytes(), memory_before = memory_bytes();
  const double begin = bench_now_ns();
  const size_t copied = ways[way].build(count);
  const double ns = bench_now_ns() - begin;
  const double data = (double)(count * sizeof(vertex));
  printf("{\"case\":\"first growth\",\"variant\":\"%s\",\"size\":%zu,\"count\":%zu,\"threads\":1,",
         ways[way].name, sizeof(vertex), count);
  printf("\"ns\":%.4f,\"heap_ratio\":%.4f,\"memory_ratio\":%.4f,\"copied_ratio\":%.4f}\n",
         ns / (double)count, (double)(heap_bytes() - heap_before) / data,
         (double)(memory_bytes() - memory_before) / data, (double)copied / data);
  return 0;
}
