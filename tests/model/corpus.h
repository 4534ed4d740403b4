// SPDX-License-Identifier: MIT
// The fuzzer's corpus as one file: a set of programs, in an order that only their bytes decide, so that the
// same set is the same file.
//
//   | "SSCORP1\n" | digest, 8 bytes | count, 4 bytes | length, 4 bytes | program | length | program ...
//                                   ^ the digest is of what begins here, up to the end of the file
//
// Numbers are little-endian.
#ifndef SS_TESTS_CORPUS_H
#define SS_TESTS_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct corpus_program {
  const uint8_t *bytes;
  size_t size;
} corpus_program;

typedef struct corpus {
  corpus_program *programs;
  size_t count;
} corpus;

// Whether a file begins like a corpus.
bool corpus_begins(const uint8_t *bytes, size_t size);
// Finds the programs in a file's bytes, which must outlive them. Returns NULL, or what is wrong with the
// file; then `out` is empty.
const char *corpus_parse(const uint8_t *bytes, size_t size, corpus *out);
// Sorts the programs, drops duplicates and returns the contents of the file, of *size bytes.
uint8_t *corpus_pack(corpus *programs, size_t *size);
// malloc that aborts instead of returning NULL.
void *corpus_memory(size_t size);

#endif
