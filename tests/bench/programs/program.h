// SPDX-License-Identifier: MIT
// Programs whose work is mostly allocation. A program does the work of a frame, and everything that
// it allocates is released when the frame ends. Each program is written twice: with malloc in the usual way, where each block is
// freed by its owner, and with the second stack in its usual way. The results go into a checksum,
// which is the same for all variants of a program.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <secondstack.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

/// Does the work of one frame, which depends on `seed`.
/// Returns: the checksum of what was computed.
typedef uint64_t program_frame(uint32_t seed);

struct program {
  const char *name;
  program_frame *with_malloc;
  program_frame *on_stack;
  program_frame *with_pmr;  // std::pmr containers on the second stack; NULL: no such variant
  void (*prepare)();        // makes what must exist before the first frame; NULL: nothing
};

extern const program json_program, container_program, formula_program, triangle_program,
    cubes_program, query_program, command_program, text_program;
#if BENCH_HAS_LUA
extern const program lua_program;
#endif

/// Prints each outline of a frame of triangle_program and its triangles, for each variant, as a line of JSON.
void print_triangles(uint32_t seed);

// --- The sources of memory, for programs that are one template for all variants

/// The containers of the standard library with their default allocator: operator new, which calls
/// malloc.
struct from_malloc {
  struct scope {};
  template <class T>
  using allocator = std::allocator<T>;
  /// The container for a result that grows until it is read.
  template <class T>
  using list = std::vector<T>;
};

/// Memory from the calling thread's second stack. The end of a scope releases what was made in it.
struct from_stack {
  using scope = ss::scope;
  template <class T>
  using allocator = ss::allocator<T>;
  template <class T>
  using list = ss::buffer<T>;
};

#if SS_HAS_MEMORY_RESOURCE
/// std::pmr, whose default resource main.cpp has set to the second stack.
struct from_pmr {
  using scope = ss::scope;
  template <class T>
  using allocator = std::pmr::polymorphic_allocator<T>;
  template <class T>
  using list = std::vector<T, allocator<T>>;
};
#define PROGRAM_WITH_PMR(frame) frame<from_pmr>
#else
#define PROGRAM_WITH_PMR(frame) nullptr
#endif

template <class Memory, class T>
using vector_of = std::vector<T, typename Memory::template allocator<T>>;

// --- What all programs use

/// Pseudo-random numbers, the same on every platform.
class numbers {
 public:
  explicit numbers(uint32_t seed) : state_(seed * 2654435761u + 1)
  {
  }
  uint32_t next()
  {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  uint32_t below(uint32_t limit)
  {
    return static_cast<uint32_t>((static_cast<uint64_t>(next()) * limit) >> 32);
  }
  float unit()
  {
    return static_cast<float>(next() >> 8) / 16777216.0f;
  }

 private:
  uint32_t state_;
};

/// The checksum. It is fast, so that it contributes little to the measured times.
class sum {
 public:
  void add(uint64_t value)
  {
    value_ = (value_ << 7 | value_ >> 57) + value;
  }
  void add_bytes(const void *bytes, size_t size)
  {
    const auto *at = static_cast<const unsigned char *>(bytes);
    uint64_t word = 0;
    for (; size >= 8; size -= 8, at += 8) {
      std::memcpy(&word, at, 8);
      add(word);
    }
    word = size;
    for (size_t i = 0; i < size; i++) word = word << 8 | at[i];
    add(word);
  }
  void add_number(double value)
  {
    add_bytes(&value, sizeof value);
  }
  uint64_t value() const
  {
    return value_;
  }

 private:
  uint64_t value_ = 1;
};

#endif
