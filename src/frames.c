// SPDX-License-Identifier: MIT
// Frames: a ring of stacks, the oldest of which is emptied when the next frame begins.
#include "internal.h"

typedef struct frame {
  ss_stack *stack;
  ss_mark start;
} frame;

// This struct lies on the first frame's stack, below the mark to which that frame is restored.
struct ss_frames {
  size_t count;
  size_t current;
  bool has_begun;
  frame ring[];
};

void ss_frames_free(ss_frames *frames)
{
  if (frames == NULL) return;
  for (size_t i = frames->count; i-- > 1;) ss_stack_free(frames->ring[i].stack);
  ss_stack_free(frames->ring[0].stack);
}

ss_frames *ss_frames_new(size_t count, const ss_config *config)
{
  if (count == 0 || count > (SIZE_MAX / 2 - sizeof(ss_frames)) / sizeof(frame)) return NULL;
  ss_stack *first = ss_stack_new(config);
  if (first == NULL) return NULL;
  const size_t size = sizeof(ss_frames) + count * sizeof(frame);
  ss_frames *frames = (ss_frames *)ss__alloc(first, size, SS_ALIGN, NULL);
  if (frames == NULL) {
    ss_stack_free(first);
    return NULL;
  }
  memset(frames, 0, size);
  frames->count = count;
  ss_config others = {0};
  if (config) others = *config;
  others.memory = NULL;  // the first frame's stack has it
  for (size_t i = 0; i < count; i += 1) {
    ss_stack *stack = i == 0 ? first : ss_stack_new(&others);
    if (stack == NULL) {
      ss_frames_free(frames);
      return NULL;
    }
    frames->ring[i].stack = stack;
    frames->ring[i].start = ss_stack_save(stack);
  }
  return frames;
}

ss_stack *ss_frames_begin(ss_frames *frames)
{
  if (frames->has_begun) frames->current = (frames->current + 1) % frames->count;
  frames->has_begun = true;
  const frame *now = &frames->ring[frames->current];
  const size_t version =
      ss__is_in_line(now->stack) ? now->stack->mark_version : now->stack->version;
  ss__restore(now->stack, now->start.top, now->start.version);
  // With SS_DEBUG no mark of an earlier frame may have the version of one of this frame: see
  // keep_versions_apart in debug.c.
  if (now->stack->watch && version <= SIZE_MAX / 2) {
    ss__set_version(now->stack, (version | 1) + 1);
  }
  return now->stack;
}

ss_stack *ss_frames_stack(const ss_frames *frames, size_t ago)
{
  if (!frames->has_begun || ago >= frames->count) return NULL;
  return frames->ring[(frames->current + frames->count - ago) % frames->count].stack;
}
