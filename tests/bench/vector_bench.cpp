// SPDX-License-Identifier: MIT
// The variants of buffer_bench.c and growth_bench.c that use std::vector: fresh in every repetition, or cleared and used
// again, which keeps its memory.
#include "vertices.h"

#include <vector>

namespace {

template <typename Work>
void repeat_fresh(size_t repeat, Work work)
{
  for (size_t left = repeat; left != 0; left--) {
    std::vector<vertex> items;
    work(items);
    BENCH_ESCAPE(items.data());
  }
}

template <typename Work>
void repeat_reused(size_t repeat, Work work)
{
  static std::vector<vertex> items;
  for (size_t left = repeat; left != 0; left--) {
    items.clear();
    work(items);
    BENCH_ESCAPE(items.data());
  }
}

inline void append(std::vector<vertex> &items, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    vertex value;
    set_vertex(&value, i);
    items.push_back(value);
  }
}

// std::vector cannot leave new items uninitialised: resize writes zeros first.
inline void fill_block(std::vector<vertex> &items, size_t begin, size_t count)
{
  items.resize(begin + count);
  vertex *block = items.data() + begin;
  for (size_t i = 0; i < count; i++) set_vertex(&block[i], begin + i);
}

struct three {
  std::vector<position> positions;
  std::vector<uint32_t> colours, indices;
};

inline void append_three(three &all, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    position value;
    set_position(&value, i);
    all.positions.push_back(value);
    all.colours.push_back(static_cast<uint32_t>(i) ^ 0xff00ffu);
    all.indices.push_back(static_cast<uint32_t>(i));
  }
  BENCH_ESCAPE(all.positions.data());
  BENCH_ESCAPE(all.colours.data());
  BENCH_ESCAPE(all.indices.data());
}

}  // namespace

extern "C" {

void append_vector_fresh(size_t repeat, size_t, size_t count)
{
  repeat_fresh(repeat, [=](std::vector<vertex> &items) { append(items, count); });
}

void append_vector_reused(size_t repeat, size_t, size_t count)
{
  repeat_reused(repeat, [=](std::vector<vertex> &items) { append(items, count); });
}

void block_vector_fresh(size_t repeat, size_t, size_t count)
{
  repeat_fresh(repeat, [=](std::vector<vertex> &items) { fill_block(items, 0, count); });
}

void block_vector_reused(size_t repeat, size_t, size_t count)
{
  repeat_reused(repeat, [=](std::vector<vertex> &items) { fill_block(items, 0, count); });
}

void blocks_vector_reused(size_t repeat, size_t, size_t count)
{
  repeat_reused(repeat, [=](std::vector<vertex> &items) {
    for (size_t i = 0; i < count; i += BLOCK_ITEMS) fill_block(items, i, BLOCK_ITEMS);
  });
}

void three_vectors_fresh(size_t repeat, size_t, size_t count)
{
  for (size_t left = repeat; left != 0; left--) {
    three all;
    append_three(all, count);
  }
}

void three_vectors_reused(size_t repeat, size_t, size_t count)
{
  static three all;
  for (size_t left = repeat; left != 0; left--) {
    all.positions.clear();
    all.colours.clear();
    all.indices.clear();
    append_three(all, count);
  }
}

void collect_vector_fresh(size_t repeat, size_t, size_t count)
{
  repeat_fresh(repeat, [=](std::vector<vertex> &items) {
    counter c = {0, count};
    vertex value;
    while (next_item(&c, &value)) items.push_back(value);
  });
}

size_t growth_build_vector(size_t count)
{
  std::vector<vertex> vertices;
  size_t copied = 0;
  for (size_t i = 0; i < count; i++) {
    if (vertices.size() == vertices.capacity()) copied += i * sizeof(vertex);
    vertex value;
    set_vertex(&value, i);
    vertices.push_back(value);
  }
  BENCH_ESCAPE(vertices.data());
  return copied;
}

}  // extern "C"
