// SPDX-License-Identifier: MIT
// Decodes bytes into operations.
#include "program.h"

#include <string.h>

const size_t absurd_sizes[] = {
    SIZE_MAX,
    SIZE_MAX - 1,
    SIZE_MAX - 15,
    SIZE_MAX - 16,
    SIZE_MAX - 95,
    SIZE_MAX - 96,
    SIZE_MAX - 4096,
    SIZE_MAX / 2,
    SIZE_MAX / 2 - 15,
    SIZE_MAX / 2 + 1,
    SIZE_MAX / 2 + 16,
    SIZE_MAX / 2 - 96,
    SIZE_MAX / 4,
    (size_t)1 << 31,
    ((size_t)1 << 31) - 1,
    ((size_t)1 << 31) + 1,
    UINT32_MAX,
    (size_t)(UINT32_MAX - 15),
};
const size_t absurd_size_count = sizeof absurd_sizes / sizeof absurd_sizes[0];

// How often each kind of operation occurs. A kind that is new takes its bytes from a neighbour, so that those of the fuzzer's
// corpus mean what they did.
static const struct {
  operation_kind kind;
  unsigned weight;
} kinds[] = {
    {OP_SAVE, 28},   {OP_RESTORE, 24}, {OP_ALLOC, 26},  {OP_RESIZE, 6},  {OP_ZEROED, 6},
    {OP_COPY, 6},    {OP_FORMAT, 4},   {OP_OPEN, 22},   {OP_REGION, 6},  {OP_EXTEND, 16},
    {OP_EDIT, 6},    {OP_TAKE, 12},    {OP_APPEND, 10}, {OP_RESERVE, 8}, {OP_CLOSE, 20},
    {OP_COLLECT, 8}, {OP_DEFER, 12},   {OP_DROP, 5},    {OP_KEEP, 8},    {OP_TRIM, 6},
    {OP_SWITCH, 4},  {OP_BLOCK, 6},    {OP_JUMP, 3},    {OP_RENEW, 1},   {OP_MISUSE, 3},
};

unsigned program_byte(program *p)
{
  return p->at < p->size ? p->bytes[p->at++] : 0;
}

static operation_kind kind_of(unsigned byte)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i += 1) {
    if (byte < kinds[i].weight) return kinds[i].kind;
    byte -= kinds[i].weight;
  }
  return OP_SAVE;
}

// Returns a size, which is mostly small. `high` selects its order of magnitude, `low` the size
// within that.
static size_t size_of(unsigned high, unsigned low)
{
  if (high < 8) return 0;
  if (high < 160) return low;
  if (high < 220) return (size_t)(high - 160) * 32 + low;
  if (high < 246) return (size_t)(high - 219) * 1024 + low;
  if (high < 252) return (size_t)(high - 245) * 16384 + low - 128;
  return absurd_sizes[low % absurd_size_count];
}

bool program_next(program *p, operation *op)
{
  if (p->size - p->at < OPERATION_BYTES) return false;
  const uint8_t *byte = p->bytes + p->at;
  p->at += OPERATION_BYTES;
  op->kind = kind_of(byte[0]);
  op->is_plain = (byte[1] & 1) != 0;
  op->is_refused = (byte[1] & 0x1e) == 0x1e;
  op->count = byte[1] >> 5;
  op->pick = byte[2];
  op->size = size_of(byte[3], byte[4]);
  op->align = (size_t)1 << (byte[5] < 192 ? byte[5] % 5 : byte[5] % 13);
  return true;
}

void program_random(uint8_t *bytes, size_t size, uint64_t seed)
{
  // This is the generator splitmix64.
  for (size_t i = 0; i < size; i += 1) {
    seed += 0x9e3779b97f4a7c15u;
    uint64_t x = seed;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    bytes[i] = (uint8_t)(x >> 56);
  }
}
