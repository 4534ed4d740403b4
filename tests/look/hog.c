// SPDX-License-Identifier: MIT
// A thousand frames, one of which makes the stack a hundred times deeper: a buffer that nobody thinks of. The tests
// beside this find it by each way that there is.
//
//   hog [report | json | limit | dump | advise | trace EVENTS]
// ADVICE is the line of code that `hog advise` prints.
#include "secondstack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAMES = 1000, ODD_FRAME = 617, PARTICLES = 128 };

typedef struct particle {
  float position[3], speed;
} particle;

static void print_line(void *context, const char *line)
{
  (void)context;
  puts(line);
}

static size_t count_living(const particle *particles, size_t count)
{
  size_t living = 0;
  for (size_t i = 0; i < count; i++) living += particles[i].speed >= 0;
  return living;
}

// Collects the pairs that touch: nearly none, but for the frame in which all stand at one place.
static size_t collide(const particle *particles, size_t count, bool is_odd, bool dumps)
{
  ss_buffer pairs = ss_buffer_open();  // the hog
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < (is_odd ? count : 1); j++) {
      size_t *pair = ss_extend(size_t, &pairs, 2);
      pair[0] = i, pair[1] = j + (particles[i].speed < 0);
    }
  }
  if (dumps) ss_dump(print_line, NULL);
  return ss_buffer_close(&pairs).size;
}

static size_t frame(int number, const char *way)
{
  const bool is_odd = number == ODD_FRAME;
  size_t sum = 0;
  SS_SCOPE {
    particle *particles = ss_zeroed_slice(particle, PARTICLES);
    sum += count_living(particles, PARTICLES);
    SS_SCOPE {  // the hog's
      char *label = ss_format("frame %d", number);
      sum += collide(particles, PARTICLES, is_odd, is_odd && strcmp(way, "dump") == 0);
      sum += strlen(label);
    }
  }
  return sum;
}

int main(int argc, char **argv)
{
  const char *way = argc > 1 ? argv[1] : "";
  const ss_config small = {.initial_bytes = 4096, .max_bytes = 64 * 1024};
  if (strcmp(way, "limit") == 0) ss_thread_configure(&small);
#ifdef ADVICE
  ADVICE
  const size_t warm_calls = ss_thread_stats().backing_calls;
#endif
  if (strcmp(way, "trace") == 0 && !ss_try_trace(strtoul(argv[2], NULL, 10))) return 1;
  size_t sum = 0;
  for (int i = 0; i < FRAMES; i++) sum += frame(i, way);
#ifdef ADVICE
  printf("%zu backing calls in all frames\n", ss_thread_stats().backing_calls - warm_calls);
#endif
  if (strcmp(way, "trace") == 0) ss_trace_json(print_line, NULL);
  if (strcmp(way, "advise") == 0) ss_advise(print_line, NULL);
  if (strcmp(way, "report") == 0) ss_report(print_line, NULL);
  if (strcmp(way, "json") == 0) ss_report_json(print_line, NULL);
  return sum == 0;
}
