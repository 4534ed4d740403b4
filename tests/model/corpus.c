// SPDX-License-Identifier: MIT
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 8, HEAD_BYTES = MAGIC_BYTES + 8 };

static const char magic[] = "SSCORP1\n";

void *corpus_memory(size_t size)
{
  void *memory = malloc(size ? size : 1);
  if (memory == NULL) {
    fprintf(stderr, "model-replay: memory has ended\n");
    exit(2);
  }
  return memory;
}

// The hash function is FNV-1a.
static uint64_t digest(const uint8_t *bytes, size_t size)
{
  uint64_t value = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; i += 1) value = (value ^ bytes[i]) * 0x100000001b3;
  return value;
}

static uint64_t get_number(const uint8_t *bytes, size_t byte_count)
{
  uint64_t number = 0;
  while (byte_count > 0) number = number << 8 | bytes[--byte_count];
  return number;
}

static uint8_t *put_number(uint8_t *at, uint64_t number, size_t byte_count)
{
  for (size_t i = 0; i < byte_count; i += 1) *at++ = (uint8_t)(number >> 8 * i);
  return at;
}

bool corpus_begins(const uint8_t *bytes, size_t size)
{
  return size >= MAGIC_BYTES && memcmp(bytes, magic, MAGIC_BYTES) == 0;
}

const char *corpus_parse(const uint8_t *bytes, size_t size, corpus *out)
{
  *out = (corpus){NULL, 0};
  if (!corpus_begins(bytes, size)) return "it does not begin as a corpus does";
  if (size < HEAD_BYTES + 4) return "it is cut short";
  if (get_number(bytes + MAGIC_BYTES, 8) != digest(bytes + HEAD_BYTES, size - HEAD_BYTES)) {
    return "its bytes do not have the digest that it names";
  }
  const uint8_t *at = bytes + HEAD_BYTES;
  const uint8_t *const end = bytes + size;
  const size_t count = (size_t)get_number(at, 4);
  at += 4;
  // Each program takes at least the 4 bytes of its length.
  if (count > (size_t)(end - at) / 4) return "it has fewer programs than it names";
  corpus_program *programs = corpus_memory(count * sizeof *programs);
  for (size_t i = 0; i < count; i += 1) {
    if (end - at < 4 || get_number(at, 4) > (size_t)(end - at - 4)) {
      free(programs);
      return "it has fewer programs than it names";
    }
    programs[i].size = (size_t)get_number(at, 4);
    programs[i].bytes = at + 4;
    at += 4 + programs[i].size;
  }
  if (at != end) {
    free(programs);
    return "there is more behind its last program";
  }
  *out = (corpus){programs, count};
  return NULL;
}

static int compare(const void *left, const void *right)
{
  const corpus_program *a = left;
  const corpus_program *b = right;
  if (a->size != b->size) return a->size < b->size ? -1 : 1;
  return a->size == 0 ? 0 : memcmp(a->bytes, b->bytes, a->size);
}

uint8_t *corpus_pack(corpus *programs, size_t *size)
{
  corpus_program *all = programs->programs;
  if (programs->count > 1) qsort(all, programs->count, sizeof *all, compare);
  size_t count = 0;
  *size = HEAD_BYTES + 4;
  for (size_t i = 0; i < programs->count; i += 1) {
    if (count > 0 && compare(&all[count - 1], &all[i]) == 0) continue;
    all[count++] = all[i];
    *size += 4 + all[i].size;
  }
  programs->count = count;
  uint8_t *file = corpus_memory(*size);
  uint8_t *at = put_number(file + HEAD_BYTES, count, 4);
  for (size_t i = 0; i < count; i += 1) {
    at = put_number(at, all[i].size, 4);
    if (all[i].size) memcpy(at, all[i].bytes, all[i].size);
    at += all[i].size;
  }
  memcpy(file, magic, MAGIC_BYTES);
  (void)put_number(file + MAGIC_BYTES, digest(file + HEAD_BYTES, *size - HEAD_BYTES), 8);
  return file;
}
