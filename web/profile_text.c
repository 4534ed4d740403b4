// SPDX-License-Identifier: MIT
// What a program that is compiled with SS_PROFILE=1 tells JavaScript: its report and its trace, as JSON. The file is a
// member of the archive by itself: secondstack_attach.h refers to it only in such a program, so no other one links it.
//
// The text is a buffer on a stack that is made for it, so that making the text does not change the stack that it
// describes. The head before the text says which stack the text lies on.
#include "bindings.h"

typedef struct text_head {
  ss_stack *memory;
} text_head;

typedef struct text {
  ss_buffer buffer;
  bool is_whole;
} text;

static void add_line(void *context, const char *line)
{
  text *to = (text *)context;
  const size_t length = strlen(line);
  to->is_whole = to->is_whole && ss_try_append(&to->buffer, line, length) &&
                 ss_try_append(&to->buffer, "\n", 1);
}

static const char *text_of(const ss_stack *stack,
                           void (*tell)(const ss_stack *stack, ss_line_fn *fn, void *context))
{
  ss_stack *memory = ss_stack_new(NULL);
  if (memory == NULL) return NULL;
  text made = {ss_stack_try_buffer_open(memory), false};
  text_head *head = ss_try_extend(text_head, &made.buffer, 1);
  if (head) {
    head->memory = memory;
    made.is_whole = true;
    tell(stack, add_line, &made);
    made.is_whole = made.is_whole && ss_try_append(&made.buffer, "", 1);
  }
  if (!made.is_whole) {
    ss_stack_free(memory);
    return NULL;
  }
  return (const char *)ss_buffer_close(&made.buffer).data + sizeof(text_head);
}

// Returns: the JSON of ss_stack_report_json, to be given back by ss_js_text_free; NULL if memory ends.
EXPORT(ss_js_report) const char *ss_js_report(const ss_stack *stack)
{
  return text_of(stack, ss_stack_report_json);
}

EXPORT(ss_js_trace_begin) bool ss_js_trace_begin(ss_stack *stack, size_t event_count)
{
  return ss_stack_try_trace(stack, event_count);
}

// Returns: the JSON of ss_stack_trace_json, under the same conditions.
EXPORT(ss_js_trace) const char *ss_js_trace(const ss_stack *stack)
{
  return text_of(stack, ss_stack_trace_json);
}

EXPORT(ss_js_text_free) void ss_js_text_free(const char *made)
{
  ss_stack_free(((const text_head *)(const void *)(made - sizeof(text_head)))->memory);
}
