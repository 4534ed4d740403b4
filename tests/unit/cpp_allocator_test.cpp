// SPDX-License-Identifier: MIT
// secondstack.hpp: containers of the standard library on the second stack.
// Runs with SS_DEBUG: 0 1
// Runs as: c++17 c++20-bare
#include "secondstack.hpp"

#include <list>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpp_check.h"

namespace {

template <class T>
using stack_vector = std::vector<T, ss::allocator<T>>;

void containers_live_on_the_thread_s_stack()
{
  const ss::scope scope;
  stack_vector<int> numbers;
  for (int i = 0; i < 10000; i++) numbers.push_back(i);
  std::basic_string<char, std::char_traits<char>, ss::allocator<char>> text;
  for (int i = 0; i < 1000; i++) text += "abc";
  std::unordered_map<int, int, std::hash<int>, std::equal_to<int>,
                     ss::allocator<std::pair<const int, int>>>
      squares;
  for (int i = 0; i < 1000; i++) squares[i] = i * i;
  std::list<float, ss::allocator<float>> list(100, 1.0f);
  CHECK_EQ_INT(std::accumulate(numbers.begin(), numbers.end(), 0), 49995000);
  CHECK_EQ_SIZE(text.size(), 3000);
  CHECK_EQ_INT(squares[31], 961);
  CHECK_LE_SIZE(10000 * sizeof(int), used());
  const stack_vector<int> copy = numbers;
  CHECK(copy == numbers && copy.get_allocator() == numbers.get_allocator());
}

void containers_live_on_a_given_stack()
{
  ss_stack *stack = ss_stack_new(nullptr);
  {
    const ss::scope thread_scope;
    const ss::scope scope(stack);
    stack_vector<int> numbers(1000, 7, ss::allocator<int>(stack));
    stack_vector<int> others(numbers, ss::allocator<int>());
    CHECK_LE_SIZE(1000 * sizeof(int), ss_stack_stats(stack).used);
    CHECK_LE_SIZE(1000 * sizeof(int), used());
    CHECK(numbers.get_allocator() != others.get_allocator());
    others = std::move(numbers);  // element by element, as the memory stays where it is
    CHECK_EQ_INT(others[999], 7);
  }
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_free(stack);
}

// Without a scope, temporaries that go in the order of a stack do not pile up.
void what_was_made_last_is_given_back()
{
#if !SS_DEBUG
  const ss::scope scope;
  const ss::span<int> below = ss::zeroed_slice<int>(4);
  const size_t before = used();
  for (int round = 0; round < 1000; round++) {
    stack_vector<int> first(100, round);
    const stack_vector<int> second(200, round);
    CHECK_EQ_INT(first[99] + second[199], 2 * round);
    CHECK_EQ_INT(below[3], 0);
  }
  CHECK_EQ_SIZE(used(), before);

  // In the other order nothing is given back before its time.
  ss::allocator<int> allocator;
  int *first = allocator.allocate(100);
  int *second = allocator.allocate(100);
  second[0] = 5;
  allocator.deallocate(first, 100);
  int *third = allocator.allocate(100);
  CHECK(third > second);
  CHECK_EQ_INT(second[0], 5);
  allocator.deallocate(third, 100);
  allocator.deallocate(second, 100);
  CHECK_EQ_SIZE(used(), before + 100 * sizeof(int));
#endif
}

// Giving back below the mark of a scope that is open must not confuse it, with chunks coming and going.
void giving_back_keeps_scopes_in_order()
{
  uint32_t seed = 1;
  for (int round = 0; round < 300; round++) {
    const ss::scope outer;
    ss::allocator<char> allocator;
    const size_t size = random_below(&seed, 100000);
    char *early = allocator.allocate(size);
    {
      const ss::scope inner;
      allocator.deallocate(early, size);
      const ss::span<unsigned char> slice =
          ss::uninit_slice<unsigned char>(random_below(&seed, 200000));
      memset(slice.data(), 0x31, slice.size());
      ss::buffer<int> numbers;
      while (numbers.size() < 1000 * (random_below(&seed, 20) + 1)) numbers.push_back(1);
      {
        const stack_vector<char> last(random_below(&seed, 50000), 2);
        CHECK_FILLED(slice.data(), 0x31, slice.size());
      }
      CHECK_VALID(ss_thread_stack());
      CHECK_EQ_INT(numbers.close().back(), 1);
    }
    CHECK_VALID(ss_thread_stack());
    CHECK_FILLED(ss::zeroed_slice<char>(1000).data(), 0, 1000);
  }
}

void a_buffer_that_is_open_is_not_disturbed()
{
  const ss::scope scope;
  ss::allocator<int> allocator;
  int *before = allocator.allocate(4);
  ss::buffer<int> numbers;
  numbers.push_back(1);
  allocator.deallocate(before, 4);
  stack_vector<int> beside;
  for (int i = 0; i < 10000; i++) {
    beside.push_back(i);
    numbers.push_back(i);
  }
  const ss::span<int> all = numbers.close();
  CHECK_EQ_SIZE(all.size(), 10001);
  CHECK_EQ_INT(all[10000], 9999);
  CHECK_EQ_INT(beside[9999], 9999);
}

void a_container_bound_to_its_scope_grows_in_inner_ones()
{
  const ss::scope scope;
  const ss::region results;
  std::vector<int, ss::region_allocator<int>> numbers(results);
  std::unordered_map<int, int, std::hash<int>, std::equal_to<int>,
                     ss::region_allocator<std::pair<const int, int>>>
      squares(16, std::hash<int>(), std::equal_to<int>(), results);
  for (int i = 0; i < 2000; i++) {
    const ss::scope inner;
    (void)ss::zeroed_slice<int>(100);
    numbers.push_back(i);
    squares[i] = i * i;
  }
  CHECK_EQ_INT(std::accumulate(numbers.begin(), numbers.end(), 0), 1999000);
  CHECK_EQ_INT(squares[1999], 1999 * 1999);
#if SS_HAS_MEMORY_RESOURCE
  ss::region_resource memory(results);
  std::pmr::vector<std::pmr::string> texts(&memory);
  for (int i = 0; i < 100; i++) {
    const ss::scope inner;
    texts.emplace_back("a text that is longer than a string holds in itself");
  }
  CHECK_EQ_SIZE(texts.back().size(), 51);
#endif
}

#if SS_DEBUG
void a_container_that_grew_in_an_inner_scope_is_named()
{
  const ss::scope scope;
  stack_vector<int> numbers(4);
  int *const data = numbers.data();
  {
    const ss::scope inner;
    numbers.reserve(100);
  }
  // What its destructor would do.
  ss::allocator<int> memory;
  EXPECT_FATAL(memory.deallocate(numbers.data(), 100));
  CHECK_CONTAINS(fatal_message(), "ss::region_allocator");
  CHECK_CONTAINS(fatal_message(), "cpp_allocator_test.cpp");
  memory.deallocate(data, 4);  // the first block is still there
  ::new (&numbers) stack_vector<int>();
}
#endif

#if SS_HAS_MEMORY_RESOURCE
void containers_of_pmr_live_on_the_stack()
{
  const ss::scope scope;
  ss::memory_resource memory;
  std::pmr::vector<std::pmr::string> texts(&memory);
  for (int i = 0; i < 1000; i++) texts.emplace_back("text number " + std::to_string(i));
  std::pmr::unordered_map<std::pmr::string, int> lengths(&memory);
  for (const std::pmr::string &text : texts) lengths[text] = static_cast<int>(text.size());
  CHECK_EQ_INT(lengths["text number 999"], 15);
  CHECK_EQ_PTR(texts[0].get_allocator().resource(), &memory);
  CHECK_LE_SIZE(1000 * sizeof(std::pmr::string), used());
  CHECK(memory == memory);
  CHECK_ALIGNED(memory.allocate(100, 256), 256);

  ss_stack *stack = ss_stack_new(nullptr);
  {
    const ss::scope own(stack);
    ss::memory_resource of_stack(stack);
    const std::pmr::vector<int> numbers(1000, 3, &of_stack);
    CHECK_LE_SIZE(1000 * sizeof(int), ss_stack_stats(stack).used);
    CHECK(of_stack != memory);
  }
  ss_stack_free(stack);
}
#endif

}  // namespace

TEST_GROUP(cpp_allocator)
{
  RUN(containers_live_on_the_thread_s_stack);
  RUN(containers_live_on_a_given_stack);
  RUN(what_was_made_last_is_given_back);
  RUN(giving_back_keeps_scopes_in_order);
  RUN(a_buffer_that_is_open_is_not_disturbed);
  RUN(a_container_bound_to_its_scope_grows_in_inner_ones);
#if SS_DEBUG
  RUN(a_container_that_grew_in_an_inner_scope_is_named);
#endif
#if SS_HAS_MEMORY_RESOURCE
  RUN(containers_of_pmr_live_on_the_stack);
#else
  check_note("std::pmr, which this standard library does not have");
#endif
}
