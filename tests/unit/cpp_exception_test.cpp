// SPDX-License-Identifier: MIT
// secondstack.hpp: exceptions leave nothing behind, whoever throws: the program, a constructor half way
// through, or the handler that is told of a failure.
// Runs with SS_DEBUG: 0 1
// Runs as: c++17 c++20 c++17-wasm c++20-wasm
#include "secondstack.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cpp_check.h"

namespace {

int alive;

// Its constructor throws when the countdown is over.
int constructions_left = -1;
struct fragile {
  explicit fragile(int value = 0) : id(value)
  {
    if (constructions_left-- == 0) throw value;
    alive++;
  }
  fragile(const fragile &other) : fragile(other.id)
  {
  }
  fragile(fragile &&other) noexcept : id(other.id)
  {
    alive++;
  }
  fragile &operator=(const fragile &) = delete;
  ~fragile()
  {
    alive--;
  }
  int id;
};

template <class Function>
bool throws(Function function)
{
  try {
    function();
  } catch (...) {
    return true;
  }
  return false;
}

// -------------------------------------------------------------------------------------------------

void throw_out_of(int depth)
{
  const ss::scope scope;
  (void)ss::zeroed_slice<char>(1000);
  (void)ss::make<fragile>(depth);
  ss::buffer<fragile> closed;
  closed.emplace_back(depth);
  (void)closed.close();
  ss::buffer<fragile> open;
  for (int i = 0; i < depth; i++) open.emplace_back(i);
  if (depth == 0) throw std::string("thrown");
  throw_out_of(depth - 1);
}

void an_exception_ends_every_scope_and_buffer_that_it_leaves()
{
  const ss::scope scope;
  const ss::span<int> before = ss::zeroed_slice<int>(10);
  const size_t used_before = used();
  std::string caught;
  try {
    throw_out_of(20);
  } catch (const std::string &text) {
    caught = text;
  }
  CHECK_STR(caught.c_str(), "thrown");
  CHECK_EQ_INT(alive, 0);
  CHECK_EQ_SIZE(used(), used_before);
  CHECK_EQ_INT(before[9], 0);
}

// A block of C's macros in C++ does so, too, and both know of each other.
void an_exception_passes_scopes_of_both_kinds()
{
  CHECK(throws([] {
    SS_SCOPE {
      (void)ss::make<fragile>(1);
      const ss::scope inner;
      (void)ss::make<fragile>(2);
      throw 1;
    }
  }));
  CHECK_EQ_INT(alive, 0);
  CHECK_EQ_SIZE(used(), 0);
}

void a_slice_whose_constructor_throws_is_undone()
{
  for (int nth = 0; nth < 10; nth++) {
    const ss::scope scope;
    constructions_left = nth;
    CHECK(throws([] { (void)ss::zeroed_slice<fragile>(10); }));
    CHECK_EQ_INT(alive, 0);
    constructions_left = 0;
    CHECK(throws([] { (void)ss::make<fragile>(1); }));
    CHECK_EQ_INT(alive, 0);
  }
  constructions_left = -1;
}

// Also where it has to grow for the element that is not made.
void a_buffer_whose_element_throws_is_as_before()
{
  const ss::scope scope;
  ss::buffer<fragile> items;
  const std::vector<fragile> two(2);
  const int outside = alive;
  for (int i = 0; i < 20000; i++) {
    if (i % 16 == 0) {
      constructions_left = 0;
      CHECK(throws([&] { items.emplace_back(i); }));
      constructions_left = 1;
      CHECK(throws([&] { items.append(two); }));
      constructions_left = -1;
    }
    items.emplace_back(i);
  }
  CHECK_EQ_SIZE(items.size(), 20000);
  CHECK_EQ_INT(alive - outside, 20000);
  for (size_t i = 0; i < items.size(); i++) CHECK_EQ_INT(items[i].id, static_cast<int>(i));
}

// Owns memory and has no pointer into itself; copies, of which its moves are some, throw when the
// countdown is over.
template <bool has_nothrow_move>
struct owner {
  char *name;
  char rest[72];
  explicit owner(int number) : name(static_cast<char *>(std::malloc(8))), rest{}
  {
    if (name == nullptr || constructions_left-- == 0) {
      std::free(name);
      throw number;
    }
    std::snprintf(name, 8, "%d", number % 10000);
    alive += 1;
  }
  owner(const owner &other) : owner(static_cast<int>(std::strtol(other.name, nullptr, 10)))
  {
  }
  // NOLINTNEXTLINE(performance-noexcept-move-constructor,bugprone-exception-escape): throws on purpose
  owner(owner &&other) noexcept(has_nothrow_move) : owner(other, has_nothrow_move)
  {
  }
  owner &operator=(const owner &) = delete;
  ~owner()
  {
    std::free(name);
    alive -= 1;
  }

 private:
  owner(owner &other, bool is_moved) : name(other.name), rest{}
  {
    if (is_moved) {
      other.name = nullptr;
    } else {
      if (constructions_left-- == 0) throw 0;
      name = static_cast<char *>(std::malloc(8));
      if (name) std::memcpy(name, other.name, 8);
    }
    alive += 1;
  }
};
using relocated = owner<false>;
using moved = owner<true>;

}  // namespace

template <>
struct ss::is_trivially_relocatable<relocated> : std::true_type {
};

namespace {

// Random programs: each call may throw at its nth construction, and then nothing has changed.
template <class Owner>
void run_random_calls(uint32_t seed)
{
  const ss_config config = {256, 0, nullptr, 0, nullptr};
  ss_stack *stack = ss_stack_new(&config);
  if (!CHECK(stack != nullptr)) return;
  alive = 0;
  {
    ss::scope scope(stack);
    ss::buffer<Owner> items(stack);
    std::vector<int> expected;
    int next = 1;
    for (int call = 0; call < 300; call++) {
      const size_t what = random_below(&seed, 6);
      if (what == 5) (void)ss::uninit_slice<char>(stack, random_below(&seed, 200));
      constructions_left = -1;
      const Owner two[2] = {Owner(next), Owner(next + 1)};
      constructions_left = static_cast<int>(random_below(&seed, 8)) - 1;
      const size_t own = expected.empty() ? 0 : random_below(&seed, expected.size());
      try {
        if (what == 0) {
          items.emplace_back(next);
          expected.push_back(next);
        } else if (what == 1) {
          items.push_back(two[0]);
          expected.push_back(next);
        } else if (what == 2 && !expected.empty()) {
          items.push_back(items[own]);
          expected.push_back(int(expected[own]));
        } else if (what == 3) {
          items.append(ss::span<const Owner>(two, 2));
          expected.push_back(next);
          expected.push_back(next + 1);
        } else if (what == 4 && !expected.empty()) {
          items.pop_back();
          expected.pop_back();
        }
        next += 2;
      } catch (int) {
      }
      constructions_left = -1;
      if (!CHECK_EQ_SIZE(items.size(), expected.size())) std::abort();
      for (size_t i = 0; i < expected.size(); i++) {
        CHECK_EQ_INT(static_cast<int>(std::strtol(items[i].name, nullptr, 10)),
                     expected[i] % 10000);
      }
      CHECK_EQ_INT(alive, static_cast<int>(expected.size()) + 2);
      CHECK_VALID(stack);
    }
  }
  CHECK_EQ_INT(alive, 0);
  ss_stack_free(stack);
}

void a_call_that_throws_changes_nothing_whatever_came_before()
{
  for (uint32_t seed = 1; seed <= 40; seed++) {
    run_random_calls<relocated>(seed);
    run_random_calls<moved>(seed);
  }
}

void collecting_stops_where_the_range_throws()
{
  const ss::scope scope;
  const std::vector<fragile> items(10);
  constructions_left = 5;
  CHECK(throws([&] { (void)ss::collect(items); }));
  constructions_left = -1;
  CHECK_EQ_INT(alive, 10);
}

// -------------------------------------------------------------------------------------------------

void throw_bad_alloc(const char *)
{
  throw std::bad_alloc();
}

// Thrown through the library's own C functions.
void the_handler_of_failures_may_throw()
{
  ss_config config = {};
  config.max_bytes = 200000;
  ss_stack *stack = ss_stack_new(&config);
  ss_fatal_fn *before = ss_set_fatal(throw_bad_alloc);
  {
    const ss::scope scope(stack);
    ss::buffer<int> numbers(stack);
    ss::buffer<std::string> texts(stack);
    size_t count = 0;
    bool is_full = false;
    while (!is_full) {
      try {
        texts.push_back("a text of more than a few letters");
        numbers.push_back(static_cast<int>(count++));
      } catch (const std::bad_alloc &) {
        is_full = true;
      }
    }
    CHECK_VALID(stack);
    CHECK_LE_SIZE(500, count);
    CHECK_EQ_SIZE(numbers.size(), count);
    for (const std::string &text : texts) CHECK(text == "a text of more than a few letters");
    CHECK(throws([&] { (void)ss::zeroed_slice<int>(stack, 100000); }));
    CHECK_EQ_SIZE(numbers.close().size(), count);
    CHECK(throws([&] { numbers.push_back(1); }));
  }
  (void)ss_set_fatal(before);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_free(stack);
}

void allocators_throw_bad_alloc()
{
  ss_config config = {};
  config.max_bytes = 100000;
  ss_stack *stack = ss_stack_new(&config);
  {
    const ss::scope scope(stack);
    std::vector<int, ss::allocator<int>> numbers{ss::allocator<int>(stack)};
    bool is_caught = false;
    try {
      for (int i = 0;; i++) numbers.push_back(i);
    } catch (const std::bad_alloc &) {
      is_caught = true;
    }
    CHECK(is_caught && numbers.size() > 1000);
    CHECK(throws([&] { (void)ss::allocator<int>(stack).allocate(SIZE_MAX / 2); }));
#if SS_HAS_MEMORY_RESOURCE
    ss::memory_resource memory(stack);
    CHECK(throws([&] { (void)std::pmr::vector<int>(1000000, &memory); }));
#endif
  }
  ss_stack_free(stack);
}

}  // namespace

TEST_GROUP(cpp_exception)
{
  RUN(an_exception_ends_every_scope_and_buffer_that_it_leaves);
  RUN(an_exception_passes_scopes_of_both_kinds);
  RUN(a_slice_whose_constructor_throws_is_undone);
  RUN(a_buffer_whose_element_throws_is_as_before);
  RUN(a_call_that_throws_changes_nothing_whatever_came_before);
  RUN(collecting_stops_where_the_range_throws);
  RUN(the_handler_of_failures_may_throw);
  RUN(allocators_throw_bad_alloc);
}
