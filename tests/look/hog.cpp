// SPDX-License-Identifier: MIT
// hog.c's collisions in C++.
#include "secondstack.hpp"

#include <cstdio>

namespace {

struct pair {
  std::size_t first, second;
};

std::size_t collide(std::size_t count, bool is_odd)
{
  ss::buffer<pair> pairs;  // the hog
  for (std::size_t i = 0; i < count; i++) {
    for (std::size_t j = 0; j < (is_odd ? count : 1); j++) pairs.push_back({i, j});
  }
  return pairs.close().size();
}

void print_line(void *, const char *line)
{
  std::puts(line);
}

}  // namespace

int main()
{
  std::size_t sum = 0;
  for (int i = 0; i < 1000; i++) {
    ss::scope frame;
    const auto weights = ss::zeroed_slice<float>(512);
    sum += collide(128, i == 617) + weights.size();
  }
  ss_report_json(print_line, nullptr);
  return sum == 0;
}
