// SPDX-License-Identifier: MIT
// secondstack.hpp: buffers and collecting. Elements of every kind keep their values while several buffers
// grow, and are destroyed once.
// Runs with SS_DEBUG: 0 1
// Runs as: c++17 c++20-bare
#include "secondstack.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "cpp_check.h"

namespace {

// Trivially relocatable and light: what geometry is made of.
struct vertex {
  float x, y, z;
  unsigned colour;
};

// Trivially relocatable, but made in place.
struct page {
  int id;
  char bytes[4000];
};

// Knows where it is, so that its bytes must not be copied, and counts itself.
int alive;
struct anchored {
  explicit anchored(int value = 0) noexcept : self(this), id(value)
  {
    alive++;
  }
  anchored(const anchored &other) noexcept : anchored(other.id)
  {
  }
  anchored(anchored &&other) noexcept : anchored(other.id)
  {
    other.id = -1;
  }
  anchored &operator=(const anchored &other) noexcept
  {
    id = other.id;
    return *this;
  }
  ~anchored()
  {
    alive--;
    self = nullptr;
  }
  bool is(int value) const
  {
    return self == this && id == value;
  }
  const anchored *self;
  int id;
};

// Owns something without a pointer into itself.
struct boxed {
  explicit boxed(int value) : id(std::make_unique<int>(value))
  {
  }
  std::unique_ptr<int> id;
};

}  // namespace

template <>
struct ss::is_trivially_relocatable<boxed> : std::true_type {
};

namespace {

static_assert(ss::is_trivially_relocatable<vertex>::value);
static_assert(ss::is_trivially_relocatable<std::pair<int, float>>::value);
static_assert(!ss::is_trivially_relocatable<anchored>::value);
static_assert(!ss::is_trivially_relocatable<std::string>::value);
static_assert(!std::is_copy_constructible_v<ss::buffer<int>>);
static_assert(std::is_nothrow_move_constructible_v<ss::buffer<int>>);
#if !SS_DEBUG
static_assert(sizeof(ss::buffer<int>) == sizeof(ss_buffer));
#endif

// -------------------------------------------------------------------------------------------------

void light_elements_are_kept_in_order()
{
  const ss::scope scope;
  ss::buffer<vertex> vertices;
  for (int i = 0; i < 100000; i++) {
    const float x = static_cast<float>(i);
    if (i % 2) {
      vertices.push_back({x, x, x, 7});
    } else {
      vertices.emplace_back(x, x, x, 7u);
    }
  }
  CHECK_EQ_SIZE(vertices.size(), 100000);
  const ss::span<vertex> all = vertices.close();
  CHECK_EQ_SIZE(all.size(), 100000);
  for (size_t i = 0; i < all.size(); i++) CHECK(all[i].y == static_cast<float>(i));
  CHECK_ALIGNED(all.data(), 16);
}

// Of each kind, pushed while its neighbours grow; checked at the end.
void elements_of_every_kind_keep_their_values()
{
  {
    const ss::scope scope;
    ss::buffer<std::string> texts;
    ss::buffer<anchored> anchors;
    ss::buffer<boxed> boxes;
    ss::buffer<page> pages;
    for (int i = 0; i < 3000; i++) {
      texts.push_back("text number " + std::to_string(i));
      (void)ss::zeroed_slice<char>(100);
      anchors.emplace_back(i);
      boxes.emplace_back(i);
      page &last = pages.emplace_back();
      last.id = i;
      last.bytes[3999] = static_cast<char>(i);
    }
    for (const anchored &anchor : anchors) CHECK(anchor.self == &anchor);
    const ss::span<page> all_pages = pages.close();
    const ss::span<anchored> all_anchors = anchors.close();
    const ss::span<boxed> all_boxes = boxes.close();
    const ss::span<std::string> all_texts = texts.close();
    CHECK_EQ_INT(alive, 3000);
    for (int i = 0; i < 3000; i++) {
      const size_t at = static_cast<size_t>(i);
      CHECK(all_texts[at] == "text number " + std::to_string(i));
      CHECK(all_anchors[at].is(i));
      CHECK(*all_boxes[at].id == i);
      CHECK(all_pages[at].id == i && all_pages[at].bytes[3999] == static_cast<char>(i));
    }
  }
  CHECK_EQ_INT(alive, 0);
}

// Whenever there is no room left, the argument lies where the buffer no longer is.
template <class T, class Make>
void push_own_elements(Make make)
{
  const ss::scope scope;
  ss::buffer<T> items;
  items.push_back(make(1));
  for (int i = 0; i < 3000; i++) {
    items.push_back(items[0]);
    items.emplace_back(items.front());
    (void)ss::uninit<int>();
  }
  CHECK_EQ_SIZE(items.size(), 6001);
  for (const T &item : items) CHECK(item == make(1));
}

bool operator==(const page &a, const page &b)
{
  return a.id == b.id && memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool operator==(const anchored &a, const anchored &b)
{
  return a.is(b.id);
}

void own_elements_can_be_pushed()
{
  push_own_elements<int>([](int i) { return i; });
  push_own_elements<std::string>(
      [](int i) { return "a text of some length: " + std::to_string(i); });
  push_own_elements<anchored>([](int i) { return anchored(i); });
  push_own_elements<page>([](int i) {
    page made = {};
    made.id = i;
    return made;
  });
  CHECK_EQ_INT(alive, 0);
}

void blocks_are_extended_and_appended()
{
  const ss::scope scope;
  ss::buffer<int> numbers;
  const ss::span<int> block = numbers.extend(1000);
  std::iota(block.begin(), block.end(), 0);
  const std::vector<int> more = {1000, 1001, 1002};
  numbers.append(more);
  numbers.append(ss::span<const int>());
  const ss::span<int> last = numbers.extend(2);
  last[0] = 1003, last[1] = 1004;
  CHECK(numbers.extend(0).empty());
  CHECK_EQ_SIZE(numbers.size(), 1005);
  for (size_t i = 0; i < numbers.size(); i++) CHECK_EQ_INT(numbers[i], static_cast<int>(i));

  ss::buffer<std::string> texts;
  const std::vector<std::string> words = {"one", "two", "a third text that is not a short one"};
  for (int i = 0; i < 2000; i++) texts.append(words);
  CHECK_EQ_SIZE(texts.size(), 6000);
  for (size_t i = 0; i < texts.size(); i++) CHECK(texts[i] == words[i % 3]);
}

template <class T>
void check_reserve()
{
  const ss::scope scope;
  ss::buffer<T> items;
  items.reserve(50000);
  items.emplace_back(1);
  const T *first = items.data();
  const size_t growths = ss_thread_stats().growths;
  items.reserve(100);
  for (int i = 1; i < 50000; i++) items.emplace_back(i);
  CHECK_EQ_PTR(items.data(), first);
#if !SS_DEBUG
  CHECK_EQ_SIZE(ss_thread_stats().growths, growths);
#endif
  (void)growths;
  items.reserve(200000);
  CHECK_EQ_SIZE(items.size(), 50000);
}

void what_was_reserved_does_not_grow()
{
  check_reserve<int>();
  check_reserve<anchored>();
  CHECK_EQ_INT(alive, 0);
}

// -------------------------------------------------------------------------------------------------

void elements_live_as_long_as_the_scope_that_opened_the_buffer()
{
  {
    const ss::scope outer;
    ss::buffer<anchored> items;
    items.emplace_back(1);
    ss::span<anchored> all;
    {
      const ss::scope inner;
      items.emplace_back(2);
      all = items.close();
    }
    CHECK_EQ_INT(alive, 2);
    CHECK(all[0].is(1) && all[1].is(2));
    CHECK(!items.is_open());
  }
  CHECK_EQ_INT(alive, 0);
}

void one_that_is_abandoned_gives_all_back()
{
  const ss::scope scope;
  size_t used_after_one = 0;
  for (int round = 0; round < 100; round++) {
    ss::buffer<int> numbers;
    ss::buffer<anchored> items;
    for (int i = 0; i < 1000; i++) {
      numbers.push_back(i);
      items.emplace_back(i);
    }
    if (round % 3 == 0) continue;
    items.clear();
    CHECK(items.empty());
    CHECK_EQ_INT(alive, 0);
    if (round == 1) used_after_one = used();
  }
  CHECK_EQ_INT(alive, 0);
#if !SS_DEBUG
  // Of each, the record of its destructors stays.
  CHECK_LE_SIZE(used(), used_after_one + 100 * 16 * sizeof(void *) * 4);
#endif
  (void)used_after_one;
}

void one_can_be_moved()
{
  {
    const ss::scope scope;
    const auto make = [](int count) {
      ss::buffer<anchored> items;
      for (int i = 0; i < count; i++) items.emplace_back(i);
      return items;
    };
    ss::buffer<anchored> items = make(10);
    ss::buffer<anchored> moved(std::move(items));
    moved.emplace_back(10);
    CHECK_EQ_SIZE(moved.close().size(), 11);
    CHECK_EQ_INT(alive, 11);
    std::vector<ss::buffer<int>> many;
    for (int i = 0; i < 20; i++) {
      many.emplace_back();
      for (ss::buffer<int> &each : many) each.push_back(i);
    }
    for (size_t i = 0; i < 20; i++) CHECK_EQ_SIZE(many[i].close().size(), 20 - i);
  }
  CHECK_EQ_INT(alive, 0);
}

void it_is_a_container()
{
  const ss::scope scope;
  ss::buffer<int> numbers;
  const std::list<int> some = {3, 1, 2};
  std::copy(some.begin(), some.end(), std::back_inserter(numbers));
  std::sort(numbers.begin(), numbers.end());
  CHECK_EQ_INT(numbers.front(), 1);
  CHECK_EQ_INT(numbers.back(), 3);
  numbers.pop_back();
  const ss::buffer<int> &same = numbers;
  CHECK_EQ_INT(std::accumulate(same.begin(), same.end(), 0), 3);
  CHECK_EQ_INT(same[1], 2);
  CHECK_EQ_SIZE(same.size_bytes(), 2 * sizeof(int));
  numbers.clear();
  CHECK(same.empty() && same.is_open());
  CHECK(numbers.close().data() != nullptr);
}

// A thousand random steps on a buffer and on a std::vector, which must agree.
template <class T>
void run_beside_a_vector(uint32_t seed)
{
  {
    const ss::scope scope;
    ss::buffer<T> items;
    std::vector<T> model;
    for (int step = 0; step < 1000; step++) {
      const size_t what = random_below(&seed, 100);
      const int value = static_cast<int>(random_next(&seed));
      if (what < 60) {
        items.emplace_back(value);
        model.emplace_back(value);
      } else if (what < 75 && !model.empty()) {
        items.pop_back();
        model.pop_back();
      } else if (what < 85) {
        const std::vector<T> block(random_below(&seed, 300), T(value));
        items.append(block);
        model.insert(model.end(), block.begin(), block.end());
      } else if (what < 90 && !model.empty()) {
        const size_t at = random_below(&seed, model.size());
        items.push_back(items[at]);
        const T copy = model[at];
        model.push_back(copy);
      } else if (what == 90) {
        items.clear();
        model.clear();
      } else {
        (void)ss::zeroed_slice<char>(random_below(&seed, 2000));
      }
      if (what % 10 == 0) CHECK(std::equal(items.begin(), items.end(), model.begin(), model.end()));
    }
    const ss::span<T> all = items.close();
    CHECK(std::equal(all.begin(), all.end(), model.begin(), model.end()));
  }
  CHECK_EQ_INT(alive, 0);
}

void random_steps_agree_with_a_vector()
{
  for (uint32_t seed = 1; seed <= 20; seed++) {
    run_beside_a_vector<int>(seed);
    run_beside_a_vector<anchored>(seed);
  }
}

// -------------------------------------------------------------------------------------------------

void a_warm_frame_moves_nothing()
{
  ss_stats warm = {};
  for (int frame = 0; frame < 8; frame++) {
    const ss::scope scope;
    ss::buffer<vertex> vertices;
    ss::buffer<anchored> items;
    for (int i = 0; i < 20000; i++) {
      vertices.emplace_back(1.0f, 2.0f, 3.0f, 4u);
      items.emplace_back(i);
    }
    (void)vertices.close();
    (void)items.close();
    if (frame == 4) warm = ss_thread_stats();
  }
  const ss_stats after = ss_thread_stats();
  CHECK_EQ_SIZE(after.backing_calls, warm.backing_calls);
  CHECK_EQ_SIZE(after.bytes_copied, warm.bytes_copied);
}

template <class T>
void fill_up_to_a_limit()
{
  ss_stack *stack = new_limited_stack(300000);
  {
    const ss::scope scope(stack);
    ss::buffer<T> items(stack);
    int count = 0;
    while (items.try_emplace_back(count)) count++;
    CHECK_LE_SIZE(1000, items.size());
    CHECK_EQ_SIZE(items.size(), static_cast<size_t>(count));
    CHECK(items.try_push_back(T(1)) == nullptr);
    CHECK(!items.try_reserve(items.size() * 10));
    CHECK(!items.try_reserve(SIZE_MAX));
    CHECK(!items.try_append(std::vector<T>(100000, T(1))));
    CHECK_VALID(stack);
    for (int i = 0; i < count; i++) CHECK(items[static_cast<size_t>(i)] == T(i));
    EXPECT_FATAL(items.emplace_back(1));
    CHECK_CONTAINS(fatal_message(), "ss::buffer::emplace_back");
    EXPECT_FATAL(items.reserve(300001));
    CHECK_CONTAINS(fatal_message(), "ss::buffer::reserve");
    items.clear();
    items.push_back(T(3));
    CHECK(items.close()[0] == T(3));
  }
  ss_stack_free(stack);
}

// Whatever it is that fails: opening, the record of the destructors, or the first element.
void open_with_little_memory(size_t limit_bytes)
{
  ss_stack *stack = new_limited_stack(limit_bytes);
  if (limit_bytes == 100) {
    ss::buffer<int> unopened(std::nothrow, stack);
    CHECK(unopened.try_push_back(1) == nullptr);
    CHECK(unopened.try_extend(1).data() == nullptr);
    CHECK(!unopened.try_reserve(1));
    CHECK(unopened.close().data() == nullptr);
  }
  {
    const ss::scope scope;
    ss::buffer<anchored> items(std::nothrow, stack);
    (void)items.try_emplace_back(1);
    CHECK(!items.try_append(std::vector<anchored>(1000)));
    const int before = alive;
    CHECK_EQ_INT(before, static_cast<int>(items.close().size()));
  }
  CHECK(ss::collect(std::nothrow, stack, std::vector<int>(1000)).data() == nullptr);
  CHECK(ss::collect(std::nothrow, stack, std::list<std::string>(1000)).data() == nullptr);
  CHECK_VALID(stack);
  ss_stack_free(stack);
  CHECK_EQ_INT(alive, 0);
}

void failure_changes_nothing()
{
  fill_up_to_a_limit<int>();
  for (size_t limit_bytes = 100; limit_bytes < 3000; limit_bytes += 50) {
    open_with_little_memory(limit_bytes);
  }
  CHECK_EQ_INT(alive, 0);
}

void a_closed_buffer_is_refused()
{
  const ss::scope scope;
  ss::buffer<int> numbers;
  numbers.push_back(1);
  (void)numbers.close();
  EXPECT_FATAL(numbers.push_back(2));
  CHECK_CONTAINS(fatal_message(), "ss::buffer::push_back");
  CHECK_CONTAINS(fatal_message(), "closed");
  EXPECT_FATAL((void)numbers.close());
}

// -------------------------------------------------------------------------------------------------

// Counts down without saying how far.
struct countdown {
  struct sentinel {};
  struct iterator {
    using iterator_category = std::input_iterator_tag;
    using value_type = int;
    using difference_type = ptrdiff_t;
    using pointer = const int *;
    using reference = int;
    int operator*() const
    {
      (void)ss::zeroed_slice<char>(100);  // a range may use the stack
      return left;
    }
    iterator &operator++()
    {
      left--;
      return *this;
    }
    bool operator!=(sentinel) const
    {
      return left != 0;
    }
    int left;
  };
  iterator begin() const
  {
    return {from};
  }
  sentinel end() const
  {
    return {};
  }
  int from;
};
void ranges_of_every_kind_are_collected()
{
  const ss::scope scope;
  const std::vector<int> vector = {1, 2, 3};
  const int array[] = {4, 5};
  const std::vector<bool> bits = {true, false, true};
  const std::map<std::string, int> map = {{"one", 1}, {"two", 2}};
  CHECK(std::equal(vector.begin(), vector.end(), ss::collect(vector).begin()));
  CHECK_EQ_INT(ss::collect(array)[1], 5);
  const ss::span<bool> flags = ss::collect(bits);
  CHECK(flags.size() == 3 && flags[0] && !flags[1] && flags[2]);
  const auto pairs = ss::collect<std::pair<std::string, int>>(map);
  CHECK(pairs.size() == 2 && pairs[1].first == "two");
  const ss::span<std::string> texts = ss::collect<std::string>(std::list<const char *>{"a", "b"});
  CHECK(texts.size() == 2 && texts[1] == "b");
  CHECK(ss::collect(std::vector<float>()).empty());
  CHECK_EQ_SIZE(ss::collect(std::nothrow, vector).size(), 3);
  const ss::span<int> numbers = ss::collect(countdown{5000});
  CHECK_EQ_SIZE(numbers.size(), 5000);
  CHECK_EQ_INT(numbers[0], 5000);
  CHECK_EQ_INT(numbers[4999], 1);
  ss_stack *stack = ss_stack_new(nullptr);
  CHECK_EQ_SIZE(ss::collect(stack, vector).size(), 3);
  ss_stack_free(stack);
}

}  // namespace

TEST_GROUP(cpp_buffer)
{
  RUN(light_elements_are_kept_in_order);
  RUN(elements_of_every_kind_keep_their_values);
  RUN(own_elements_can_be_pushed);
  RUN(blocks_are_extended_and_appended);
  RUN(what_was_reserved_does_not_grow);
  RUN(elements_live_as_long_as_the_scope_that_opened_the_buffer);
  RUN(one_that_is_abandoned_gives_all_back);
  RUN(one_can_be_moved);
  RUN(it_is_a_container);
  RUN(random_steps_agree_with_a_vector);
  RUN(a_warm_frame_moves_nothing);
  RUN(failure_changes_nothing);
  RUN(a_closed_buffer_is_refused);
  RUN(ranges_of_every_kind_are_collected);
}
