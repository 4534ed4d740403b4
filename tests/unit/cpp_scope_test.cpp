// SPDX-License-Identifier: MIT
// secondstack.hpp: scopes, slices and single values, and where they end.
// Runs with SS_DEBUG: 0 1
// Runs as: c++17 c++20-bare c++17-plain
#include "secondstack.hpp"

#include <array>
#include <string>
#include <vector>

#include "cpp_check.h"

namespace {

static_assert(!std::is_copy_constructible_v<ss::scope> && !std::is_move_constructible_v<ss::scope>);
static_assert(!std::is_copy_assignable_v<ss::scope> && !std::is_move_assignable_v<ss::scope>);
static_assert(sizeof(ss::scope) == sizeof(ss__scope));
static_assert(std::is_trivially_copyable_v<ss::span<int>>);

// Counts itself, and writes down in which order it went.
std::vector<int> gone;
int alive;

struct counted {
  explicit counted(int value = 0) : id(value)
  {
    alive++;
  }
  counted(const counted &other) : id(other.id)
  {
    alive++;
  }
  counted &operator=(const counted &) = default;
  ~counted()
  {
    alive--;
    gone.push_back(id);
  }
  int id;
};

struct vec3 {
  float x, y, z;
};

struct alignas(64) cache_line {
  float values[16];
};

struct huge {
  unsigned char bytes[64 << 20];
};

// -------------------------------------------------------------------------------------------------

void return_early(int depth)
{
  const ss::scope scope;
  (void)ss::make<counted>(depth);
  if (depth == 0) return;
  return_early(depth - 1);
}

void a_scope_ends_at_its_brace_by_return_and_by_continue()
{
  return_early(10);
  CHECK_EQ_INT(alive, 0);
  for (int i = 0; i < 3; i++) {
    const ss::scope scope;
    (void)ss::zeroed_slice<float>(1000);
    if (i == 1) continue;
    (void)ss::make<counted>(i);
  }
  CHECK_EQ_INT(alive, 0);
  CHECK_EQ_SIZE(used(), 0);
}

void scopes_of_c_and_of_cpp_nest()
{
  const ss::scope outer;
  const ss::span<int> numbers = ss::zeroed_slice<int>(10);
  SS_SCOPE {
    (void)ss_uninit_slice(int, 1000);
    const ss::scope inner;
    (void)ss::make<counted>(1);
  }
  CHECK_EQ_INT(alive, 0);
  numbers[9] = 7;
  CHECK_EQ_INT(ss::zeroed_slice<int>(1)[0], 0);
  CHECK_EQ_INT(numbers[9], 7);
}

void a_scope_on_a_given_stack_leaves_the_thread_s_alone()
{
  ss_stack *stack = ss_stack_new(nullptr);
  {
    const ss::scope scope(stack);
    (void)ss::zeroed_slice<float>(stack, 1000);
    (void)ss::uninit_slice<float>(stack, 1000);
    (void)ss::uninit<vec3>(stack);
    (void)ss::make<counted>(stack, 3);
    CHECK_EQ_SIZE(ss_thread_stats().reserved, 0);
    CHECK_EQ_INT(alive, 1);
  }
  CHECK_EQ_INT(alive, 0);
  CHECK_EQ_SIZE(ss_stack_stats(stack).used, 0);
  ss_stack_free(stack);
}

void destructors_run_last_made_first_and_first_to_last_in_a_slice()
{
  gone.clear();
  {
    const ss::scope scope;
    (void)ss::make<counted>(1);
    const ss::span<counted> three = ss::zeroed_slice<counted>(3);
    for (int i = 0; i < 3; i++) three[static_cast<size_t>(i)].id = 10 + i;
    (void)ss::make<counted>(2);
  }
  CHECK(gone == std::vector<int>({2, 10, 11, 12, 1}));
}

// What a constructor makes on the stack is still there when the destructor runs.
struct owner {
  owner() : owned(ss::make<counted>(1))
  {
  }
  owner(const owner &) = delete;
  owner &operator=(const owner &) = delete;
  ~owner()
  {
    gone.push_back(owned->id == 1 ? 100 : -1);
  }
  counted *owned;
};

void a_destructor_runs_before_those_of_what_its_constructor_made()
{
  gone.clear();
  {
    const ss::scope scope;
    (void)ss::make<owner>();
  }
  CHECK(gone == std::vector<int>({100, 1}));
}

// -------------------------------------------------------------------------------------------------

void slices_are_value_initialised()
{
  for (int round = 0; round < 2; round++) {
    const ss::scope scope;
    for (const int number : ss::zeroed_slice<int>(1000)) CHECK_EQ_INT(number, 0);
    for (const vec3 &point : ss::zeroed_slice<vec3>(1000)) {
      CHECK(point.x == 0.0f && point.y == 0.0f && point.z == 0.0f);
    }
    for (int vec3::*member : ss::zeroed_slice<int vec3::*>(10)) CHECK(member == nullptr);
    for (const std::string &text : ss::zeroed_slice<std::string>(10)) CHECK(text.empty());
    // So that the second round finds old bytes.
    memset(ss::uninit_slice<char>(100000).data(), 0x5a, 100000);
  }
}

void values_are_made_where_they_stay()
{
  const ss::scope scope;
  const vec3 *point = ss::make<vec3>(1.0f, 2.0f, 3.0f);  // an aggregate
  CHECK(point->z == 3.0f);
  std::string *text = ss::make<std::string>("a text that is too long to lie in the string itself");
  *text += '!';
  CHECK_EQ_INT(text->back(), '!');
  const int *zero = ss::make<int>();
  CHECK_EQ_INT(*zero, 0);
  CHECK_ALIGNED(ss::make<cache_line>(), 64);
  CHECK_ALIGNED(ss::zeroed_slice<cache_line>(3).data(), 64);
  CHECK_ALIGNED(ss::uninit_slice<char>(3).data(), 16);
  huge *big = ss::uninit<huge>();
  big->bytes[sizeof big->bytes - 1] = 1;
  CHECK_EQ_INT(ss::make<huge>()->bytes[sizeof big->bytes - 1], 0);
}

void nothing_is_asked_for()
{
  const ss::scope scope;
  CHECK(ss::zeroed_slice<int>(0).empty());
  CHECK(ss::zeroed_slice<std::string>(0).empty());
  CHECK(ss::uninit_slice<int>(0).empty());
  CHECK_ALIGNED(ss::uninit_slice<int>(0).data(), 16);
}

void copies_are_made_and_destroyed()
{
  const counted source[] = {counted(1), counted(2), counted(3)};
  const int before = alive;
  {
    const ss::scope scope;
    const ss::span<counted> copies = ss::copy_slice(source, 3);
    CHECK_EQ_SIZE(copies.size(), 3);
    CHECK_EQ_INT(copies[2].id, 3);
    CHECK_EQ_INT(alive, before + 3);
    CHECK(ss::copy_slice<int>(nullptr, 0).empty());
    const int numbers[] = {4, 5};
    CHECK_EQ_INT(ss::copy_slice(std::nothrow, numbers, 2)[1], 5);
  }
  CHECK_EQ_INT(alive, before);
}

// Everywhere that a stack's pointer goes, to overloads with any arguments, too.
void a_stack_of_its_own_is_freed_with_its_name()
{
  const int before = alive;
  {
    ss_config config = {};
    config.max_bytes = 100000;
    ss::stack first(config);
    CHECK(first);
    const ss::stack second = static_cast<ss::stack &&>(first);
    CHECK(
        !first);  // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move): it says that it is empty
    CHECK(ss_stack_stats(second).used == 0);
    const ss::scope scope(second);
    CHECK_EQ_INT(ss::make<counted>(second, 7)->id, 7);
    CHECK_EQ_INT(ss::make<counted>(std::nothrow, second, 8)->id, 8);
    CHECK_EQ_SIZE(ss::zeroed_slice<int>(second, 9).size(), 9);
    CHECK(ss::uninit<huge>(std::nothrow, second) == nullptr);
    CHECK_EQ_SIZE(ss::collect(second, std::vector<int>{1, 2}).size(), 2);
    CHECK(ss_stack_stats(second).used > 0);
    CHECK_EQ_INT(alive, before + 2);
  }
  CHECK_EQ_INT(alive, before);
}

void failures_name_the_call_and_try_reports_them()
{
  ss_stack *stack = new_limited_stack(100000);
  const volatile size_t far_too_many = SIZE_MAX / 4;  // unknown to the compiler, which would warn
  EXPECT_FATAL((void)ss::zeroed_slice<double>(far_too_many));
  CHECK_CONTAINS(fatal_message(), "ss::zeroed_slice");
  EXPECT_FATAL((void)ss::uninit_slice<char>(stack, 100001));
  CHECK_CONTAINS(fatal_message(), "ss::uninit_slice");
  CHECK_CONTAINS(fatal_message(), "max_bytes");
  EXPECT_FATAL((void)ss::make<huge>(stack));
  CHECK_CONTAINS(fatal_message(), "ss::make");

  const ss_stats before = ss_stack_stats(stack);
  CHECK(ss::zeroed_slice<counted>(std::nothrow, stack, 100000).data() == nullptr);
  CHECK(ss::zeroed_slice<int>(std::nothrow, stack, far_too_many + 1).data() == nullptr);
  CHECK(ss::uninit_slice<char>(std::nothrow, stack, 100001).data() == nullptr);
  CHECK(ss::uninit_slice<char>(std::nothrow, stack, 100001).empty());
  CHECK(ss::uninit<huge>(std::nothrow, stack) == nullptr);
  CHECK(ss::make<huge>(std::nothrow, stack) == nullptr);
  const ss_stats after = ss_stack_stats(stack);
  CHECK_SAME_STATS(before, after);
  CHECK_EQ_INT(alive, 0);
  {
    const ss::scope scope(stack);
    CHECK(ss::zeroed_slice<counted>(std::nothrow, stack, 10).size() == 10);
    CHECK(ss::make<counted>(std::nothrow, stack, 10) != nullptr);
  }
  CHECK_EQ_INT(alive, 0);
  ss_stack_free(stack);

  const ss::scope scope;
  CHECK(ss::zeroed_slice<int>(std::nothrow, 10).size() == 10);
  CHECK(ss::uninit_slice<int>(std::nothrow, 10).size() == 10);
  CHECK(ss::uninit<int>(std::nothrow) != nullptr);
  CHECK(ss::make<int>(std::nothrow, 10) != nullptr);
}

// The elements are there, and there is no room for the record of their destructors.
void a_slice_whose_destructors_have_no_room_is_destroyed_at_once()
{
  for (size_t count = 1; count < 200; count++) {
    ss_stack *stack = new_limited_stack(sizeof(ss_stack) + 4096);
    CHECK_EQ_INT(alive, 0);
    {
      const ss::scope scope(stack);
      const ss::span<counted> slice = ss::zeroed_slice<counted>(std::nothrow, stack, count * 16);
      CHECK_EQ_SIZE(static_cast<size_t>(alive), slice.size());
    }
    ss_stack_free(stack);
  }
}

// -------------------------------------------------------------------------------------------------

ss::span<int> squares_below(int limit)
{
  ss::scope scope;
  (void)ss::zeroed_slice<float>(10000);
  const ss::span<int> squares = ss::uninit_slice<int>(static_cast<size_t>(limit));
  for (int i = 0; i < limit; i++) squares[static_cast<size_t>(i)] = i * i;
  const ss::span<int> kept = scope.keep(squares);
  (void)ss::zeroed_slice<float>(10000);  // released with what is left of the scope
  return kept;
}

void a_kept_result_belongs_to_the_scope_around()
{
  const ss::scope scope;
  const ss::span<int> few = squares_below(100);
  const ss::span<int> more = squares_below(1000);
  CHECK_EQ_SIZE(few.size(), 100);
  CHECK_EQ_INT(few[99], 99 * 99);
  CHECK_EQ_INT(more[999], 999 * 999);
#if !SS_DEBUG
  CHECK_LE_SIZE(used(), 1100 * sizeof(int) + 64);
#endif
}

int sum(ss::span<const int> numbers)
{
  int total = 0;
  for (const int number : numbers) total += number;
  return total;
}

void spans_view_what_is_contiguous()
{
  const ss::scope scope;
  const std::vector<int> vector = {1, 2, 3};
  const std::array<int, 2> array = {{4, 5}};
  const int numbers[] = {6, 7, 8};
  CHECK_EQ_INT(sum(vector), 6);
  CHECK_EQ_INT(sum(array), 9);
  CHECK_EQ_INT(sum(numbers), 21);
  const ss::span<int> slice = ss::uninit_slice<int>(4);
  for (size_t i = 0; i < slice.size(); i++) slice[i] = static_cast<int>(i);
  CHECK_EQ_INT(sum(slice), 6);
  CHECK_EQ_INT(sum(slice.first(3)), 3);
  CHECK_EQ_INT(sum(slice.last(2)), 5);
  CHECK_EQ_INT(sum(slice.subspan(1)), 6);
  CHECK_EQ_INT(sum(slice.subspan(1, 2)), 3);
  CHECK_EQ_INT(slice.front() + slice.back(), 3);
  CHECK_EQ_SIZE(slice.size_bytes(), 4 * sizeof(int));
  CHECK(ss::span<int>().empty());
}

struct alignas(64) wide {
  float lanes[16];
};

ss::span<wide> make_wide(size_t n)
{
  ss::scope scope;
  const ss::span<wide> all = ss::zeroed_slice<wide>(n);
  for (size_t i = 0; i < n; i++) all[i].lanes[15] = static_cast<float>(i);
  return scope.keep(all);
}

void a_kept_result_keeps_the_alignment_of_its_type()
{
  const ss::scope scope;
  for (size_t gap = 0; gap < 80; gap += 16) {
    (void)ss::uninit_slice<char>(gap);
    for (size_t n = 1; n < 2000; n = n * 3 + 1) {
      const ss::span<wide> kept = make_wide(n);
      CHECK_ALIGNED(static_cast<const void *>(kept.data()), alignof(wide));
      CHECK(kept.back().lanes[15] == static_cast<float>(n - 1));
    }
  }
}

}  // namespace

TEST_GROUP(cpp_scope)
{
  RUN(a_scope_ends_at_its_brace_by_return_and_by_continue);
  RUN(scopes_of_c_and_of_cpp_nest);
  RUN(a_scope_on_a_given_stack_leaves_the_thread_s_alone);
  RUN(destructors_run_last_made_first_and_first_to_last_in_a_slice);
  RUN(a_destructor_runs_before_those_of_what_its_constructor_made);
  RUN(slices_are_value_initialised);
  RUN(values_are_made_where_they_stay);
  RUN(nothing_is_asked_for);
  RUN(copies_are_made_and_destroyed);
  RUN(a_stack_of_its_own_is_freed_with_its_name);
  RUN(failures_name_the_call_and_try_reports_them);
  RUN(a_slice_whose_destructors_have_no_room_is_destroyed_at_once);
  RUN(a_kept_result_belongs_to_the_scope_around);
  RUN(a_kept_result_keeps_the_alignment_of_its_type);
  RUN(spans_view_what_is_contiguous);
}
