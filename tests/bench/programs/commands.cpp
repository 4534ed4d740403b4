// SPDX-License-Identifier: MIT
// Command buffers of an entity-component system: systems note 1,500 commands a frame, each with a payload of its own size,
// and these are applied in order when all systems are done. With malloc a payload is a block and the list of commands
// doubles; on the second stack payloads are slices and the list is a buffer.
#include "program.h"

#include <cstdlib>

namespace {

enum { COMMANDS = 1500, ENTITIES = 512 };

enum command_kind : uint32_t { SPAWN, SET, RENAME, DESTROY };

struct command {
  command_kind kind;
  uint32_t entity;
  void *payload;
  size_t size;
};

struct malloc_memory {
  struct scope {};
  struct list {
    command *data = nullptr;
    size_t count = 0, capacity = 0;
    void push(const command &c)
    {
      if (count == capacity) {
        capacity = capacity ? 2 * capacity : 16;
        data = static_cast<command *>(std::realloc(data, capacity * sizeof *data));
        if (data == nullptr) std::abort();
      }
      data[count++] = c;
    }
    const command *begin() const
    {
      return data;
    }
    const command *end() const
    {
      return data + count;
    }
    ~list()
    {
      for (const command &c : *this) std::free(c.payload);
      std::free(data);
    }
  };
  static void *take(size_t size)
  {
    void *made = std::malloc(size);
    if (made == nullptr) std::abort();
    return made;
  }
};

struct stack_memory {
  using scope = ss::scope;
  struct list {
    ss_buffer buffer = ss_buffer_open();
    void push(const command &c)
    {
      ss_push_value(command, &buffer, c);
    }
    const command *begin() const
    {
      return ss_buffer_at(command, &buffer, 0);
    }
    const command *end() const
    {
      return begin() + ss_buffer_count(command, &buffer);
    }
    ~list()
    {
      (void)ss_buffer_close(&buffer);
    }
  };
  static void *take(size_t size)
  {
    return ss_uninit_slice(char, size);
  }
};

struct world {
  uint64_t state[ENTITIES];
};

void apply(world &w, const command &c)
{
  uint64_t word = 0;
  for (size_t i = 0; i + sizeof word <= c.size; i += sizeof word) {
    uint64_t part;
    std::memcpy(&part, static_cast<const char *>(c.payload) + i, sizeof part);
    word += part;
  }
  uint64_t &state = w.state[c.entity];
  state = c.kind == DESTROY ? 0 : state * 31 + word + c.kind;
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  static constexpr size_t sizes[] = {64, 16, 40, 0};
  numbers some(seed);
  world w = {};
  {
    [[maybe_unused]] typename Memory::scope scope;
    typename Memory::list commands;
    for (uint32_t i = 0; i < COMMANDS; i++) {
      const auto kind = static_cast<command_kind>(some.below(4));
      size_t size = sizes[kind];
      if (kind == SPAWN) size += 8 * static_cast<size_t>(some.below(12));
      command c = {kind, some.below(ENTITIES), nullptr, size};
      if (size > 0) {
        c.payload = Memory::take(size);
        std::memset(c.payload, static_cast<int>(i & 255), size);
      }
      commands.push(c);
    }
    for (const command &c : commands) apply(w, c);
  }
  sum total;
  for (const uint64_t state : w.state) total.add(state);
  return total.value();
}

}  // namespace

const program command_program = {"command buffers", frame<malloc_memory>, frame<stack_memory>,
                                 nullptr, nullptr};
