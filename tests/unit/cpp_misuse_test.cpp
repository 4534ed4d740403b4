// SPDX-License-Identifier: MIT
// Promise 11 in C++: misuse is named, with the places in the program and not those in the header.
// Runs with SS_DEBUG: 1
// Runs as: c++17 c++20-bare
#include "secondstack.hpp"

#include <new>

#include "misuse_places.h"

namespace {

int first_line;
int second_line;
int misused_line;

void promise_11_a_closed_cpp_buffer_is_used()
{
  const ss::scope scope;
  AT(first_line) ss::buffer<int> numbers;
  numbers.push_back(1);
  AT(second_line)(void) numbers.close();
  EXPECT_FATAL(AT(misused_line) numbers.push_back(2));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_NAMES(misused_line);
  CHECK_CONTAINS(fatal_message(), "ss::buffer::push_back");
  EXPECT_FATAL(AT(misused_line)(void) numbers.extend(2));
  CHECK_NAMES(misused_line);
  // Those that can have no place give the buffer's.
  EXPECT_FATAL((void)numbers[0]);
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  EXPECT_FATAL(numbers.emplace_back(2));
  CHECK_NAMES(second_line);
  CHECK_CONTAINS(fatal_message(), "ss::buffer::emplace_back");
}

// A scope that ends when its test says so.
struct scope_by_hand {
  scope_by_hand()
  {
    ::new (static_cast<void *>(room)) ss::scope;
  }
  void end()
  {
    reinterpret_cast<ss::scope *>(room)->~scope();
  }
  alignas(ss::scope) unsigned char room[sizeof(ss::scope)];
};

void promise_11_a_buffer_outlives_its_scope()
{
  scope_by_hand scope;
  AT(first_line) ss::buffer<int> numbers;
  numbers.push_back(1);
  EXPECT_FATAL(scope.end());
  CHECK_NAMES(first_line);
  CHECK_CONTAINS(fatal_message(), "still open");
  (void)numbers.close();
  scope.end();
}

// A sanitizer would stop the program at the misuse that the library is to find.
__attribute__((no_sanitize("address"))) void write_byte(volatile char *at)
{
  *at = 1;
}

void promise_11_a_byte_is_written_past_a_cpp_slice()
{
  const ss_mark mark = ss_save();
  AT(first_line) const ss::span<char> slice = ss::uninit_slice<char>(100);
  write_byte(slice.data() + 100);
  EXPECT_FATAL(AT(second_line) ss_restore(mark));
  CHECK_NAMES(first_line);
  CHECK_NAMES(second_line);
  CHECK_CONTAINS(fatal_message(), "ss::uninit_slice");
  ss_thread_free();
}

void promise_11_scopes_end_in_the_wrong_order()
{
  scope_by_hand outer, inner;
  outer.end();
  EXPECT_FATAL(inner.end());
  CHECK_CONTAINS(fatal_message(), "outer mark was restored");
}

// None of this is misuse.
void promise_11_nothing_is_said_of_what_is_right()
{
  const ss::scope scope;
  for (int i = 0; i < 3; i++) {
    ss::buffer<int> abandoned;
    abandoned.push_back(i);
    if (i == 1) continue;
    ss::buffer<int> moved(static_cast<ss::buffer<int> &&>(abandoned));
    moved.push_back(i);
    CHECK_EQ_SIZE(moved.size(), 2);
  }
}

}  // namespace

TEST_GROUP(cpp_misuse)
{
  RUN(promise_11_a_closed_cpp_buffer_is_used);
  RUN(promise_11_a_buffer_outlives_its_scope);
  RUN(promise_11_a_byte_is_written_past_a_cpp_slice);
  RUN(promise_11_scopes_end_in_the_wrong_order);
  RUN(promise_11_nothing_is_said_of_what_is_right);
}
