// SPDX-License-Identifier: MIT
// A request a frame: 12 KB of JSON become a tree, which is summed up and thrown away. Nobody knows how many values an array
// will have. With malloc its array doubles, strings are blocks, and the tree is freed node by node; on the second stack
// each open array is a buffer, and nothing is freed.
#include "program.h"

#include <cstdlib>
#include <string>

namespace {

struct value {
  enum { NUMBER, TEXT, ARRAY, OBJECT } kind;
  size_t count;  // of items, or of bytes
  double number;
  char *text;
  value *items;  // of an object: keys and values by turns
};

// --- Memory

struct malloc_memory {
  struct items {
    value *data = nullptr;
    size_t count = 0, capacity = 0;
    void push(const value &item)
    {
      if (count == capacity) {
        capacity = capacity ? 2 * capacity : 4;
        data = static_cast<value *>(std::realloc(data, capacity * sizeof *data));
        if (data == nullptr) std::abort();
      }
      data[count++] = item;
    }
    value *close()
    {
      return data;
    }
    size_t size() const
    {
      return count;
    }
  };
  struct scope {};
  static char *text(size_t size)
  {
    auto *made = static_cast<char *>(std::malloc(size));
    if (made == nullptr) std::abort();
    return made;
  }
  static void release(const value &v)
  {
    for (size_t i = 0; v.items && i < v.count; i++) release(v.items[i]);
    std::free(v.items);
    std::free(v.text);
  }
};

struct stack_memory {
  struct items {
    ss_buffer buffer = ss_buffer_open();
    void push(const value &item)
    {
      *ss_push(value, &buffer) = item;
    }
    size_t size() const
    {
      return ss_buffer_count(value, &buffer);
    }
    value *close()
    {
      return static_cast<value *>(ss_buffer_close(&buffer).data);
    }
  };
  using scope = ss::scope;
  static char *text(size_t size)
  {
    return ss_uninit_slice(char, size);
  }
  static void release(const value &)
  {
  }
};

// --- The parser

double read_number(const char **at)
{
  const bool is_negative = **at == '-';
  if (is_negative) ++*at;
  int64_t digits = 0, scale = 1;
  for (; **at >= '0' && **at <= '9'; ++*at) digits = 10 * digits + (**at - '0');
  if (**at == '.') {
    for (++*at; **at >= '0' && **at <= '9'; ++*at, scale *= 10) digits = 10 * digits + (**at - '0');
  }
  const double number = static_cast<double>(digits) / static_cast<double>(scale);
  return is_negative ? -number : number;
}

template <class Memory>
value parse(const char **at);

template <class Memory>
value read_text(const char **at)
{
  const char *first = ++*at;
  while (**at != '"') ++*at;
  const auto size = static_cast<size_t>(*at - first);
  ++*at;
  char *copy = Memory::text(size + 1);
  std::memcpy(copy, first, size);
  copy[size] = '\0';
  return {value::TEXT, size, 0, copy, nullptr};
}

template <class Memory>
value read_items(const char **at, char last)
{
  typename Memory::items items;
  ++*at;
  while (**at != last) {
    items.push(parse<Memory>(at));
    if (**at == ',' || **at == ':') ++*at;
  }
  ++*at;
  const size_t count = items.size();
  return {last == ']' ? value::ARRAY : value::OBJECT, count, 0, nullptr, items.close()};
}

template <class Memory>
value parse(const char **at)
{
  switch (**at) {
    case '"':
      return read_text<Memory>(at);
    case '[':
      return read_items<Memory>(at, ']');
    case '{':
      return read_items<Memory>(at, '}');
    default:
      return {value::NUMBER, 0, read_number(at), nullptr, nullptr};
  }
}

// --- The requests

enum { REQUESTS = 16, ORDERS = 60 };
std::string requests[REQUESTS];

std::string order(numbers &some)
{
  // One number a statement: the order in which a sum's terms are computed is the compiler's.
  std::string text = "{\"id\":" + std::to_string(some.below(1000000));
  text +=
      ",\"customer\":\"number " + std::to_string(some.below(5000)) + " of this town\",\"items\":[";
  const uint32_t count = 1 + some.below(9);
  for (uint32_t n = 0; n < count; n++) {
    text += (n ? ",[\"" : "[\"") + std::to_string(some.below(99)) + "-piece\",";
    text += std::to_string(some.below(9000)) + ".";
    text += std::to_string(some.below(90)) + "]";
  }
  return text + "],\"paid\":" + std::to_string(some.below(2)) + "}";
}

void prepare()
{
  for (uint32_t i = 0; i < REQUESTS; i++) {
    numbers some(i + 1);
    std::string text = "{\"orders\":[";
    for (uint32_t k = 0; k < ORDERS; k++) text += (k ? "," : "") + order(some);
    requests[i] = text + "]}";
  }
}

void add_up(const value &v, sum &total)
{
  total.add(v.count);
  if (v.kind == value::NUMBER) total.add_number(v.number);
  if (v.kind == value::TEXT) total.add_bytes(v.text, v.count);
  for (size_t i = 0; v.items && i < v.count; i++) add_up(v.items[i], total);
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  [[maybe_unused]] typename Memory::scope scope;
  sum total;
  const char *at = requests[seed % REQUESTS].c_str();
  const value root = parse<Memory>(&at);
  add_up(root, total);
  Memory::release(root);
  return total.value();
}

}  // namespace

const program json_program = {"JSON, a request a frame", frame<malloc_memory>, frame<stack_memory>,
                              nullptr, prepare};
