// SPDX-License-Identifier: MIT
// What secondstack.hpp costs: each function is here twice, by the C macros and by C++. same_code.mjs
// compares what the compilers make of the two. It is compiled, never run.
#include "secondstack.h"
#include "secondstack.hpp"

struct vertex {
  float x, y, z;
  unsigned colour;
};

extern "C" {
void use(void *memory, size_t size);
void use_one(void *value);
bool next_vertex(vertex *vertex);

void c_scope();
void cpp_scope();
void c_stack_scope(ss_stack *stack);
void cpp_stack_scope(ss_stack *stack);
void c_uninit_slice(size_t n);
void cpp_uninit_slice(size_t n);
void c_zeroed_slice(size_t n);
void cpp_zeroed_slice(size_t n);
void c_uninit();
void cpp_uninit();
void c_push(size_t n);
void cpp_push(size_t n);
void c_push_vertex(size_t n);
void cpp_push_vertex(size_t n);
void c_extend(size_t n);
void cpp_extend(size_t n);
void c_append(const vertex *vertices, size_t n);
void cpp_append(const vertex *vertices, size_t n);
void c_three_buffers(size_t n);
void cpp_three_buffers(size_t n);
}

void c_scope()
{
  SS_GUARD();
  use_one(ss_uninit_slice(char, 256));
}
void cpp_scope()
{
  const ss::scope scope;
  use_one(ss::uninit_slice<char>(256).data());
}

void c_stack_scope(ss_stack *stack)
{
  SS_STACK_GUARD(stack);
  use_one(ss_stack_uninit_slice(stack, char, 256));
}
void cpp_stack_scope(ss_stack *stack)
{
  const ss::scope scope(stack);
  use_one(ss::uninit_slice<char>(stack, 256).data());
}

void c_uninit_slice(size_t n)
{
  use(ss_uninit_slice(vertex, n), n);
}
void cpp_uninit_slice(size_t n)
{
  const ss::span<vertex> slice = ss::uninit_slice<vertex>(n);
  use(slice.data(), slice.size());
}

void c_zeroed_slice(size_t n)
{
  use(ss_zeroed_slice(float, n), n);
}
void cpp_zeroed_slice(size_t n)
{
  const ss::span<float> slice = ss::zeroed_slice<float>(n);
  use(slice.data(), slice.size());
}

void c_uninit()
{
  use_one(ss_uninit(vertex));
}
void cpp_uninit()
{
  use_one(ss::uninit<vertex>());
}

void c_push(size_t n)
{
  SS_GUARD();
  ss_buffer items = ss_buffer_open();
  for (size_t i = 0; i < n; i++) *ss_push(size_t, &items) = i;
  const ss_slice all = ss_buffer_close(&items);
  use(all.data, all.size / sizeof(size_t));
}
void cpp_push(size_t n)
{
  const ss::scope scope;
  ss::buffer<size_t> items;
  for (size_t i = 0; i < n; i++) items.push_back(i);
  const ss::span<size_t> all = items.close();
  use(all.data(), all.size());
}

void c_push_vertex(size_t n)
{
  SS_GUARD();
  ss_buffer vertices = ss_buffer_open();
  for (size_t i = 0; i < n; i++) {
    const float x = static_cast<float>(i);
    *ss_push(vertex, &vertices) = vertex{x, x, x, 0};
  }
  const ss_slice all = ss_buffer_close(&vertices);
  use(all.data, all.size);
}
void cpp_push_vertex(size_t n)
{
  const ss::scope scope;
  ss::buffer<vertex> vertices;
  for (size_t i = 0; i < n; i++) {
    const float x = static_cast<float>(i);
    vertices.push_back({x, x, x, 0});
  }
  const ss::span<vertex> all = vertices.close();
  use(all.data(), all.size_bytes());
}

void c_extend(size_t n)
{
  SS_GUARD();
  ss_buffer items = ss_buffer_open();
  use(ss_extend(vertex, &items, n), n);
  const ss_slice all = ss_buffer_close(&items);
  use(all.data, all.size);
}
void cpp_extend(size_t n)
{
  const ss::scope scope;
  ss::buffer<vertex> items;
  use(items.extend(n).data(), n);
  const ss::span<vertex> all = items.close();
  use(all.data(), all.size_bytes());
}

void c_append(const vertex *vertices, size_t n)
{
  SS_GUARD();
  ss_buffer items = ss_buffer_open();
  (void)ss_append(&items, vertices, n * sizeof *vertices);
  const ss_slice all = ss_buffer_close(&items);
  use(all.data, all.size);
}
void cpp_append(const vertex *vertices, size_t n)
{
  const ss::scope scope;
  ss::buffer<vertex> items;
  items.append({vertices, n});
  const ss::span<vertex> all = items.close();
  use(all.data(), all.size_bytes());
}

void c_three_buffers(size_t n)
{
  SS_GUARD();
  ss_buffer positions = ss_buffer_open(), colours = ss_buffer_open(), indices = ss_buffer_open();
  for (size_t i = 0; i < n; i++) {
    *ss_push(float, &positions) = static_cast<float>(i);
    *ss_push(unsigned, &colours) = 0xff00ffffu;
    *ss_push(size_t, &indices) = i;
  }
  const ss_slice p = ss_buffer_close(&positions);
  const ss_slice c = ss_buffer_close(&colours);
  const ss_slice i = ss_buffer_close(&indices);
  use(p.data, p.size);
  use(c.data, c.size);
  use(i.data, i.size);
}
void cpp_three_buffers(size_t n)
{
  const ss::scope scope;
  ss::buffer<float> positions;
  ss::buffer<unsigned> colours;
  ss::buffer<size_t> indices;
  for (size_t i = 0; i < n; i++) {
    positions.push_back(static_cast<float>(i));
    colours.push_back(0xff00ffffu);
    indices.push_back(i);
  }
  const ss::span<float> p = positions.close();
  const ss::span<unsigned> c = colours.close();
  const ss::span<size_t> i = indices.close();
  use(p.data(), p.size_bytes());
  use(c.data(), c.size_bytes());
  use(i.data(), i.size_bytes());
}
