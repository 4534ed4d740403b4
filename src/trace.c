// SPDX-License-Identifier: MIT
// What happens on a stack over time, for viewers of the JSON trace-event format (Perfetto,
// chrome://tracing): profile.c reports each scope that ends and each growth. The events lie in a
// ring buffer on a stack of its own, which keeps the newest events, so that memory does not grow
// however long a program runs. A scope is one event, recorded when it ends, so that no begin or end
// in the ring lacks its counterpart.
#include "records.h"

typedef struct trace_event {
  const ss__place *place;
  unsigned long long begin_ns;
  unsigned long long elapsed_ns;
  bool is_growth;
  size_t bytes;  // made in the scope; reserved after the growth
  size_t bytes_copied;
} trace_event;

struct ss__trace {
  ss_stack *memory;
  trace_event *ring;
  size_t capacity;
  size_t count;  // of all events so far
  unsigned long long begin_ns;
};

void ss__trace_end(ss__trace *trace)
{
  if (trace) ss_stack_free(trace->memory);
}

bool ss_stack_try_trace(ss_stack *stack, size_t event_count)
{
  if (!ss__set_trace(stack, NULL)) return event_count == 0;
  if (event_count == 0) return true;
  ss_stack *memory = ss_stack_new(NULL);
  if (memory == NULL) return false;
  ss__trace *trace = ss_stack_try_uninit(memory, ss__trace);
  trace_event *ring = ss_stack_try_uninit_slice(memory, trace_event, event_count);
  if (trace == NULL || ring == NULL) {
    ss_stack_free(memory);
    return false;
  }
  *trace = (ss__trace){memory, ring, event_count, 0, ss__profile_now()};
  return ss__set_trace(stack, trace);
}

static trace_event *add_event(ss__trace *trace, const ss__place *place)
{
  trace_event *event = &trace->ring[trace->count++ % trace->capacity];
  memset(event, 0, sizeof *event);
  event->place = place;
  return event;
}

void ss__trace_scope(ss__trace *trace, const ss__place *place, unsigned long long begin_ns,
                     size_t bytes)
{
  trace_event *event = add_event(trace, place);
  // A scope that began before the trace is shown as beginning with the trace.
  event->begin_ns = begin_ns > trace->begin_ns ? begin_ns : trace->begin_ns;
  event->elapsed_ns = ss__profile_now() - event->begin_ns;
  event->bytes = bytes;
}

void ss__trace_growth(ss__trace *trace, const ss_stack *stack, const ss__place *place,
                      size_t bytes_copied)
{
  trace_event *event = add_event(trace, place);
  event->is_growth = true;
  event->begin_ns = ss__profile_now();
  event->bytes = stack->reserved;
  event->bytes_copied = bytes_copied;
}

static void tell_trace_event(const ss__listener *to, const trace_event *event,
                             unsigned long long begin_ns, unsigned thread)
{
  const ss__site *site = &event->place->site;
  const unsigned long long at_ns = event->begin_ns - begin_ns;
  char file[256];
  (void)ss__quoted(site->file, file, sizeof file);
  if (event->is_growth) {
    ss__tell(
        to,
        ",{\"name\": \"growth\", \"cat\": \"growth\", \"ph\": \"i\", \"s\": \"t\", \"pid\": 1, "
        "\"tid\": %u, \"ts\": %llu.%03llu, \"args\": {\"place\": \"%s at %s:%d\", "
        "\"reserved\": %zu, \"bytes_copied\": %zu}}",
        thread, at_ns / 1000, at_ns % 1000, site->name, file, site->line, event->bytes,
        event->bytes_copied);
    ss__tell(to,
             ",{\"name\": \"reserved\", \"ph\": \"C\", \"pid\": 1, \"tid\": %u, \"ts\": "
             "%llu.%03llu, \"args\": {\"bytes\": %zu}}",
             thread, at_ns / 1000, at_ns % 1000, event->bytes);
  } else {
    ss__tell(to,
             ",{\"name\": \"%s at %s:%d\", \"cat\": \"scope\", \"ph\": \"X\", \"pid\": 1, \"tid\": "
             "%u, \"ts\": %llu.%03llu, \"dur\": %llu.%03llu, \"args\": {\"bytes\": %zu}}",
             site->name, file, site->line, thread, at_ns / 1000, at_ns % 1000,
             event->elapsed_ns / 1000, event->elapsed_ns % 1000, event->bytes);
  }
}

void ss_stack_trace_json(const ss_stack *stack, ss_line_fn *fn, void *context)
{
  const ss__listener to = {fn, context};
  // Each stack has a track of its own in the viewer.
  const unsigned thread = (unsigned)((uintptr_t)stack >> 4 & 0x7FFFFFFF);
  const ss__trace *trace = stack->profile ? ss__trace_of(stack) : NULL;
  const size_t count = trace ? trace->count : 0;
  size_t i = count && count > trace->capacity ? count - trace->capacity : 0;
  const unsigned long long now_ns = trace ? ss__profile_now() - trace->begin_ns : 0;
  ss__tell(&to,
           "{\"displayTimeUnit\": \"ns\", \"otherData\": {\"left_out\": %zu, \"now\": "
           "%llu.%03llu}, \"traceEvents\": [",
           i, now_ns / 1000, now_ns % 1000);
  ss__tell(
      &to,
      "{\"name\": \"thread_name\", \"ph\": \"M\", \"pid\": 1, \"tid\": %u, \"args\": {\"name\": "
      "\"secondstack %p\"}}",
      thread, (const void *)stack);
  for (; i < count; i++) {
    tell_trace_event(&to, &trace->ring[i % trace->capacity], trace->begin_ns, thread);
  }
  ss__tell(&to, "]}");
}
