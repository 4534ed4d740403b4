// SPDX-License-Identifier: MIT
// Every public class and function of secondstack.hpp once. It is compiled, never run.
#include "secondstack.hpp"
#include "secondstack.hpp"  // twice does no harm

#include <list>
#include <string>
#include <vector>

struct vertex {
  float position[4];
  unsigned char colour[4];
};

size_t scopes(ss_stack *stack);
size_t slices(ss_stack *stack, size_t n);
size_t values(ss_stack *stack);
size_t buffers(ss_stack *stack, const vertex *src, size_t n);
size_t collecting(ss_stack *stack, const std::list<std::string> &texts);
size_t allocators(ss_stack *stack);
size_t spans(const std::vector<vertex> &vertices);

size_t scopes(ss_stack *stack)
{
  ss::scope scope;
  const ss::scope of_stack(stack);
  return scope.keep(ss::zeroed_slice<vertex>(3)).size();
}

size_t slices(ss_stack *stack, size_t n)
{
  size_t count =
      ss::zeroed_slice<std::string>(n).size() + ss::zeroed_slice<vertex>(std::nothrow, n).size();
  count += ss::zeroed_slice<float>(stack, n).size() +
           ss::zeroed_slice<char>(std::nothrow, stack, n).size();
  count += ss::uninit_slice<vertex>(n).size() + ss::uninit_slice<vertex>(std::nothrow, n).size();
  count += ss::uninit_slice<vertex>(stack, n).size();
  count += ss::uninit_slice<vertex>(std::nothrow, stack, n).size();
  const std::string texts[] = {"a", "b"};
  count += ss::copy_slice(texts, 2).size() + ss::copy_slice(std::nothrow, texts, 2).size();
  count += ss::copy_slice(stack, texts, 2).size();
  count += ss::copy_slice(std::nothrow, stack, texts, 2).size();
  return count;
}

size_t values(ss_stack *stack)
{
  const vertex *of_thread = ss::uninit<vertex>();
  const vertex *of_stack = ss::uninit<vertex>(stack);
  size_t count = ss::uninit<vertex>(std::nothrow) == of_thread;
  count += ss::uninit<vertex>(std::nothrow, stack) == of_stack;
  count +=
      ss::make<std::string>("text")->size() + ss::make<std::string>(std::nothrow, 3u, 'a')->size();
  count += ss::make<std::string>(stack)->size();
  const ss::stack own;
  const ss::stack small(ss_config{});
  if (own)
    count += ss::make<std::string>(own, "own")->size() + ss::zeroed_slice<int>(small, 2).size();
  count += ss::make<std::vector<int>>(std::nothrow, stack)->size();
  return count;
}

size_t buffers(ss_stack *stack, const vertex *src, size_t n)
{
  ss::buffer<vertex> vertices;
  ss::buffer<std::string> texts(stack);
  ss::buffer<int> numbers(std::nothrow);
  ss::buffer<int> others(std::nothrow, stack);
  vertices.reserve(n);
  vertices.push_back(*src);
  vertices.push_back(vertex());
  vertices.emplace_back();
  vertices.append({src, n});
  vertices.extend(n)[0] = *src;
  const std::string text = "text";
  texts.push_back(text);
  texts.push_back("text");
  texts.emplace_back(3u, 'a').pop_back();
  size_t count = numbers.try_push_back(7) != nullptr;
  count += numbers.try_push_back(numbers[0]) != nullptr;
  count += texts.try_emplace_back() != nullptr;
  count += numbers.try_extend(n).size();
  count += numbers.try_append(ss::span<const int>()) && numbers.try_reserve(n);
  const ss::buffer<int> &same = numbers;
  count += same.data() == numbers.data() && same.begin() != same.end();
  count += same.size() + same.size_bytes() + static_cast<size_t>(same[0] + same.front());
  count += static_cast<size_t>(same.back() + numbers.front() + numbers.back());
  for (const int number : same) count += static_cast<size_t>(number);
  for (int &number : numbers) number = 0;
  numbers.pop_back();
  numbers.clear();
  ss::buffer<int> moved(static_cast<ss::buffer<int> &&>(others));
  count += numbers.empty() && !others.is_open();
  return count + vertices.close().size() + texts.close().size() + moved.close().size();
}

size_t collecting(ss_stack *stack, const std::list<std::string> &texts)
{
  size_t count = ss::collect(texts).size() + ss::collect(std::nothrow, texts).size();
  count += ss::collect(stack, std::vector<int>()).size();
  count += ss::collect<std::string>(std::nothrow, stack, std::vector<const char *>()).size();
  return count;
}

size_t allocators(ss_stack *stack)
{
  const std::vector<int, ss::allocator<int>> numbers(3);
  const std::vector<int, ss::allocator<int>> others(3, ss::allocator<int>(stack));
  size_t count = numbers.get_allocator() == ss::allocator<char>();
  count += others.get_allocator() != ss::allocator<int>(stack);
#if SS_HAS_MEMORY_RESOURCE
  ss::memory_resource memory, of_stack(stack);
  const std::pmr::vector<int> of_memory(3, &memory);
  count += of_memory.size() + (memory == of_stack);
#endif
  return count;
}

size_t spans(const std::vector<vertex> &vertices)
{
  const ss::span<const vertex> all = vertices;
  size_t count = all.size() + all.size_bytes() + all.empty() + all.first(0).size();
  count += all.last(0).size() + all.subspan(0).size() + all.subspan(0, 0).size();
  count += all.data() == &all.front() && &all[0] == &all.back();
  for (const vertex &each : all) count += each.colour[0];
  return count;
}
