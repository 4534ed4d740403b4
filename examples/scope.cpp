// SPDX-License-Identifier: MIT
// The library from C++: a buffer of strings that are destroyed at the scope's end, a kept result, a standard container.
//
//   c++ -std=c++17 -I ../include scope.cpp -L LIB -lsecondstack -pthread && ./a.out
#include <algorithm>
#include <cstdio>
#include <secondstack.hpp>
#include <string>
#include <vector>

struct word {
  const char *first;
  std::size_t size;
};

// Returns: the words of a text. scope.keep hands the result to the caller's scope.
static ss::span<word> words_of(const std::string &text)
{
  ss::scope scope;
  ss::buffer<word> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back({text.data() + at, end - at});
    at = end + 1;
  }
  return scope.keep(words.close());
}

int main()
{
  const ss::scope scope;
  const std::string text = "every word of this text on the second stack";
  const auto words = words_of(text);
  ss::buffer<std::string> longest;  // their destructors run when the scope ends
  std::vector<std::size_t, ss::allocator<std::size_t>> lengths;
  for (const auto &[first, size] : words) {
    lengths.push_back(size);
    if (size > 5) longest.emplace_back(first, size);
  }
  std::printf("%zu words, %s is a long one\n", lengths.size(), longest[0].c_str());
  return words.size() == 9 && longest.size() == 1 ? 0 : 1;
}
