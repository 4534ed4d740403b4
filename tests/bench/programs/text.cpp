// SPDX-License-Identifier: MIT
// Formatted text: 250 labels a frame, each measured and formatted with printf's rules, then joined to one page. With
// malloc as asprintf does it: formatted twice, into a block of the length that the first pass found.
#include "program.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

enum { LABELS = 250 };

char *format_with_malloc(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
char *format_with_malloc(const char *pattern, ...)
{
  va_list arguments, again;
  va_start(arguments, pattern);
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, pattern, arguments);
  va_end(arguments);
  const auto size = static_cast<size_t>(length) + 1;
  auto *text = static_cast<char *>(std::malloc(size));
  if (length < 0 || text == nullptr) std::abort();
  (void)std::vsnprintf(text, size, pattern, again);
  va_end(again);
  return text;
}

struct parts {
  uint32_t id, percent;
  const char *unit;
};

parts parts_of(numbers &some)
{
  static const char *const units[] = {"metres", "seconds", "of all that were seen"};
  const uint32_t id = some.below(100000), percent = some.below(101);
  return {id, percent, units[some.below(3)]};
}

#define LABEL "entity %u: %3u%% %s", p.id, p.percent, p.unit

uint64_t frame_with_malloc(uint32_t seed)
{
  numbers some(seed);
  std::vector<char> page;
  for (uint32_t i = 0; i < LABELS; i++) {
    const parts p = parts_of(some);
    char *label = format_with_malloc(LABEL);
    page.insert(page.end(), label, label + std::strlen(label));
    page.push_back('\n');
    std::free(label);
  }
  sum total;
  total.add_bytes(page.data(), page.size());
  return total.value();
}

uint64_t frame_on_stack(uint32_t seed)
{
  const ss::scope scope;
  numbers some(seed);
  ss_buffer page = ss_buffer_open();
  for (uint32_t i = 0; i < LABELS; i++) {
    const parts p = parts_of(some);
    (void)ss_append_format(&page, LABEL);
    *ss_push(char, &page) = '\n';
  }
  const ss_slice all = ss_buffer_close(&page);
  sum total;
  total.add_bytes(all.data, all.size);
  return total.value();
}

}  // namespace

const program text_program = {"formatted text", frame_with_malloc, frame_on_stack, nullptr,
                              nullptr};
