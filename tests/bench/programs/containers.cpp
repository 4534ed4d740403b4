// SPDX-License-Identifier: MIT
// C++ full of temporaries: 40 calls a frame, each of which takes a line apart into a vector of strings, indexes the
// words in a map of vectors, sorts, and joins them again. All containers go when the call returns.
#include "program.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>

namespace {

enum { LINES = 64, CALLS = 40 };
std::string lines[LINES];

void prepare()
{
  for (uint32_t i = 0; i < LINES; i++) {
    numbers some(i + 7);
    for (uint32_t word = 0; word < 24; word++) {
      if (word > 0) lines[i] += ' ';
      lines[i] += "a-word-that-is-long-enough-" + std::to_string(some.below(12));
    }
  }
}

template <class Memory>
using string_of =
    std::basic_string<char, std::char_traits<char>, typename Memory::template allocator<char>>;

template <class Memory>
uint64_t call(const std::string &line)
{
  [[maybe_unused]] typename Memory::scope scope;
  using string = string_of<Memory>;
  using places = vector_of<Memory, uint32_t>;
  const typename Memory::template allocator<char> memory{};
  vector_of<Memory, string> words(memory);
  for (size_t first = 0; first < line.size();) {
    const size_t end = std::min(line.find(' ', first), line.size());
    words.push_back(string(line.data() + first, end - first, memory));
    first = end + 1;
  }
  std::map<string, places, std::less<>,
           typename Memory::template allocator<std::pair<const string, places>>>
      index(memory);
  for (uint32_t i = 0; i < words.size(); i++) {
    index.try_emplace(words[i], places(memory)).first->second.push_back(i);
  }
  string joined(memory);
  for (const auto &entry : index) {
    joined += entry.first;
    for (const uint32_t place : entry.second) joined += static_cast<char>('a' + place);
  }
  sum total;
  total.add_bytes(joined.data(), joined.size());
  return total.value();
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  sum total;
  for (uint32_t i = 0; i < CALLS; i++) total.add(call<Memory>(lines[(seed + i) % LINES]));
  return total.value();
}

}  // namespace

const program container_program = {"C++ containers per call", frame<from_malloc>, frame<from_stack>,
                                   PROGRAM_WITH_PMR(frame), prepare};
