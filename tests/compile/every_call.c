// SPDX-License-Identifier: MIT
// Every public function and macro of secondstack.h once, in the common language of C and C++.
// It is compiled, never run.
#include "secondstack.h"
#include "secondstack.h"  // twice does no harm. NOLINT(readability-duplicate-include)

typedef struct vertex {
  float position[4];
  unsigned char colour[4];
} vertex;

typedef struct countdown {
  int left;
} countdown;

#if SS_VERSION != SS_VERSION_MAJOR * 10000 + SS_VERSION_MINOR * 100 + SS_VERSION_PATCH || SS_ABI < 1
#error "the version's parts are not its parts"
#endif

bool next_number(void *iterator, void *item);
void drop_vertex(void *arg);
void look_at_chunk(void *context, const ss_chunk_info *chunk);
void look_at_line(void *context, const char *line);
void on_fatal(const char *message);
size_t stacks(void *memory, size_t memory_bytes);
size_t scopes(ss_stack *stack, int n);
size_t slices(const vertex *src, size_t n);
size_t slices_of(ss_stack *stack, const vertex *src, size_t n);
ss_slice buffers(ss_stack *stack, const vertex *src, size_t n);
size_t changing(ss_stack *stack, char *data);
size_t framing(const ss_config *config);
size_t collecting(ss_stack *stack);
bool destructors(ss_stack *stack, vertex *data, size_t n);
size_t keeping(ss_stack *stack, ss_slice slice);

bool next_number(void *iterator, void *item)
{
  countdown *numbers = (countdown *)iterator;
  if (numbers->left == 0) return false;
  *(int *)item = numbers->left;
  numbers->left -= 1;
  return true;
}

void drop_vertex(void *arg)
{
  ((vertex *)arg)->colour[3] = 0;
}

void look_at_chunk(void *context, const ss_chunk_info *chunk)
{
  ((ss_config *)context)->initial_bytes += chunk->room_bytes;
}

void look_at_line(void *context, const char *line)
{
  ((ss_config *)context)->initial_bytes += strlen(line);
}

void on_fatal(const char *message)
{
  (void)message;
}

size_t stacks(void *memory, size_t memory_bytes)
{
  ss_config config = {0, 0, NULL, 0, NULL};
  config.initial_bytes = 4096;
  config.memory = memory;
  config.memory_bytes = memory_bytes;
  ss_fatal_fn *before = ss_set_fatal(on_fatal);
  ss_stack *stack = ss_stack_new(&config);
  ss_thread_configure(&config);
  ss_stack_trim(stack, 0);
  ss_trim(0);
  ss_stack_walk(stack, look_at_chunk, &config);
  ss_thread_walk(look_at_chunk, &config);
  ss_stack_dump(stack, look_at_line, &config);
  ss_dump(look_at_line, &config);
  if (ss_stack_try_trace(stack, 100) && ss_try_trace(100)) ss_trace_json(look_at_line, &config);
  ss_stack_trace_json(stack, look_at_line, &config);
  ss_stack_advise(stack, look_at_line, &config);
  ss_advise(look_at_line, &config);
  ss_stack_prewarm(stack, 4096, 2);
  if (ss_stack_try_prewarm(stack, 4096, 2) && ss_try_prewarm(4096, 2)) ss_prewarm(4096, 2);
  ss_stack_report(stack, look_at_line, &config);
  ss_report(look_at_line, &config);
  ss_stack_report_json(stack, look_at_line, &config);
  ss_report_json(look_at_line, &config);
  const ss_stats own = ss_stack_stats(stack);
  const ss_stats thread = ss_thread_stats();
  ss_stack_free(stack);
  ss_thread_free();
  ss_set_fatal(before);
  return own.used + own.reserved + own.peak + own.chunks + thread.growths + thread.bytes_copied +
         thread.backing_calls + (size_t)(ss_thread_stack() != NULL) + SS_ALIGN + ss_version();
}

size_t scopes(ss_stack *stack, int n)
{
  size_t sum = 0;
  const ss_mark mark = ss_save();
  const ss_mark own_mark = ss_stack_save(stack);
  SS_SCOPE {
    SS_STACK_SCOPE(stack) {
      sum += (size_t)(ss_uninit(int) != NULL);
      if (n == 1) break;
      if (n == 2) continue;
      if (n == 3) goto out;
      if (n == 4) return sum;
    }
    SS_SCOPE
      sum += 1;
  }
  for (int i = 0; i < n; i += 1) {
    SS_GUARD();
    SS_STACK_GUARD(stack);
    if (i == 1) continue;
    if (i == 5) break;
    sum += (size_t)(ss_uninit(char) != NULL);
  }
out:
  ss_stack_restore(stack, own_mark);
  ss_restore(mark);
  return sum;
}

size_t slices(const vertex *src, size_t n)
{
  SS_GUARD();
  const void *pointers[] = {
      ss_alloc(n, 64),
      ss_try_alloc(n, 1),
      ss_uninit_slice(vertex, n),
      ss_try_uninit_slice(vertex, n),
      ss_uninit(vertex),
      ss_try_uninit(vertex),
      ss_zeroed_slice(vertex, n),
      ss_try_zeroed_slice(vertex, n),
      ss_copy_slice(vertex, src, n),
      ss_try_copy_slice(vertex, src, n),
      ss_format("plain"),
      ss_format("%d and %s", 1, "two"),
      ss_try_format("%zu", n),
  };
  ss_slice received = {ss_alloc(n, 1), n};
  received = ss_make_visible(received);
  return sizeof pointers + (size_t)(pointers[0] == pointers[1]) + received.size;
}

size_t slices_of(ss_stack *stack, const vertex *src, size_t n)
{
  SS_STACK_GUARD(ss_stack_make_visible(stack));
  const void *pointers[] = {
      ss_stack_alloc(stack, n, 64),
      ss_stack_try_alloc(stack, n, 1),
      ss_stack_uninit_slice(stack, vertex, n),
      ss_stack_try_uninit_slice(stack, vertex, n),
      ss_stack_uninit(stack, vertex),
      ss_stack_try_uninit(stack, vertex),
      ss_stack_zeroed_slice(stack, vertex, n),
      ss_stack_try_zeroed_slice(stack, vertex, n),
      ss_stack_copy_slice(stack, vertex, src, n),
      ss_stack_try_copy_slice(stack, vertex, src, n),
      ss_stack_format(stack, "%d and %s", 1, "two"),
      ss_stack_try_format(stack, "%zu", n),
  };
  return sizeof pointers + (size_t)(pointers[0] == pointers[1]);
}

ss_slice buffers(ss_stack *stack, const vertex *src, size_t n)
{
  ss_buffer vertices = ss_buffer_open();
  ss_buffer maybe = ss_try_buffer_open();
  ss_buffer own = ss_stack_buffer_open(stack);
  ss_buffer own_maybe = ss_stack_try_buffer_open(stack);

  *ss_push(vertex, &vertices) = src[0];
  ss_push_value(vertex, &vertices, *ss_buffer_at(vertex, &vertices, 0));
  if (ss_try_push_value(vertex, &maybe, src[0]) == NULL) n = 0;
  int *number = ss_try_push(int, &own);
  if (number) *number = 7;
  vertex *block = ss_extend(vertex, &vertices, n);
  for (size_t i = 0; i < n; i += 1) block[i] = src[i];
  const bool has_room = ss_try_extend(vertex, &maybe, n) != NULL;
  ss_append(&own_maybe, src, n * sizeof *src);
  const bool is_appended = ss_try_append(&own_maybe, src, n) != NULL;
  ss_reserve(&vertices, 4096);
  const bool is_reserved = ss_try_reserve(&vertices, 4096);

  size_t count = ss_buffer_count(vertex, &vertices);
  if (count > n) ss_buffer_at(vertex, &vertices, n)->colour[0] = 255;
  if (has_room && is_appended && is_reserved) count += 1;
  ss_buffer_close(&own_maybe);
  ss_buffer_close(&own);
  ss_buffer_close(&maybe);
  ss_slice slice = ss_buffer_close(&vertices);
  slice.size += count;
  return slice;
}

size_t changing(ss_stack *stack, char *data)
{
  ss_buffer b = ss_stack_buffer_open(stack);
  *ss_insert(int, &b, 0, 1) = 1;
  const bool has_room = ss_try_insert(int, &b, 0, 2) && ss_fill(int, &b, 3, 4) &&
                        ss_try_fill(int, &b, 3, 4) && ss_pop(int, &b) && ss_swap_remove(int, &b, 0);
  ss_truncate(int, &b, 2);
  const char *text = ss_append_format(&b, "%d", 3);
  const char *more = ss_try_append_format(&b, "%d", 3);
  const size_t size = ss_buffer_close(&b).size + (text && more && has_room);
  return size + ss_try_resize_last(data, 1, 2) + ss_stack_try_resize_last(stack, data, 1, 2);
}

size_t framing(const ss_config *config)
{
  ss_frames *frames = ss_frames_new(3, config);
  if (frames == NULL) return 0;
  const bool is_present = ss_frames_begin(frames) == ss_frames_stack(frames, 0);
  ss_frames_free(frames);
  return is_present;
}

size_t collecting(ss_stack *stack)
{
  countdown numbers = {3};
  return ss_collect(int, next_number, &numbers, 0).size +
         ss_try_collect(int, next_number, &numbers, 3).size +
         ss_stack_collect(stack, int, next_number, &numbers, 3).size +
         ss_stack_try_collect(stack, int, next_number, &numbers, 3).size;
}

bool destructors(ss_stack *stack, vertex *data, size_t n)
{
  ss_defer(drop_vertex, data);
  ss_stack_defer(stack, drop_vertex, data);
  ss_defer_each(vertex, data, n, drop_vertex);
  ss_stack_defer_each(stack, vertex, data, n, drop_vertex);
  return ss_try_defer(drop_vertex, data) && ss_stack_try_defer(stack, drop_vertex, data) &&
         ss_try_defer_each(vertex, data, n, drop_vertex) &&
         ss_stack_try_defer_each(stack, vertex, data, n, drop_vertex);
}

size_t keeping(ss_stack *stack, ss_slice slice)
{
  const ss_mark mark = ss_save();
  const ss_mark own_mark = ss_stack_save(stack);
  return ss_stack_restore_keep(stack, own_mark, slice).size +
         ss_stack_try_restore_keep(stack, own_mark, slice).size +
         ss_restore_keep(mark, slice).size + ss_try_restore_keep(mark, slice).size +
         ss_stack_restore_keep_aligned(stack, own_mark, slice, 64).size +
         ss_stack_try_restore_keep_aligned(stack, own_mark, slice, 64).size +
         ss_restore_keep_aligned(mark, slice, 64).size +
         ss_try_restore_keep_aligned(mark, slice, 64).size;
}
