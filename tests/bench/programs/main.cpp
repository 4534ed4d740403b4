// SPDX-License-Identifier: MIT
// Runs the programs of this folder. What ../programs.mjs asks for:
//
//   check                        eight frames of each, every variant: the checksums must agree
//   time NAME THREADS [--quick]  bench.h's rows, malloc as the limit; each thread does whole frames
//   pace NAME FRAMES             the variants by turns, frame by frame: 99th percentile and worst
//   heap NAME VARIANT FRAMES     what the heap is after 100 frames and after FRAMES, with blocks from malloc that
//                                live for some frames between them, as a program's other parts have
//   triangles SEED               outlines and their triangles, for triangulation.mjs
//   calls NAME VARIANT           allocator calls of a warm frame; only where calls.c is linked
#include "../bench.h"
#include "program.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#ifdef __EMSCRIPTEN__
#include <emscripten/heap.h>
#else
#include <malloc.h>
#endif

extern "C" {
// Of calls.c, where it is linked.
extern size_t calls_count(void) __attribute__((weak));
}

namespace {

enum { MOST_THREADS = 4, CHECKED_FRAMES = 8 };

const program *const programs[] = {
    &json_program,  &container_program, &formula_program, &triangle_program,
    &cubes_program, &query_program,     &command_program, &text_program,
#if BENCH_HAS_LUA
    &lua_program,
#endif
};

struct variant {
  const char *name;
  program_frame *const program::*frame;
};
const variant variants[] = {
    {"malloc", &program::with_malloc}, {"stack", &program::on_stack}, {"pmr", &program::with_pmr}};

const program *chosen;

[[noreturn]] void refuse(const char *what, const char *name)
{
  std::fprintf(stderr, "programs: no %s '%s'\n", what, name);
  std::exit(2);
}

void choose(const char *name)
{
  for (const program *p : programs) {
    if (std::strcmp(p->name, name) == 0) chosen = p;
  }
  if (chosen == nullptr) refuse("program", name);
  if (chosen->prepare) chosen->prepare();
}

program_frame *frame_of(const char *name)
{
  for (const variant &v : variants) {
    if (std::strcmp(v.name, name) == 0 && chosen->*v.frame) return chosen->*v.frame;
  }
  refuse("variant", name);
}

// --- Checking

// Prints a line a program: its name, a checksum of all frames, and what is wrong, if anything.
int check()
{
  int failed = 0;
  for (const program *p : programs) {
    choose(p->name);
    const char *verdict = "";
    sum all;
    for (uint32_t i = 0; i < CHECKED_FRAMES; i++) {
      const uint64_t expected = p->with_malloc(i);
      all.add(expected);
      for (const variant &v : variants) {
        if (p->*v.frame && (p->*v.frame)(i) != expected)
          verdict = "another checksum than with malloc";
      }
    }
    if (ss_thread_stats().used != 0) verdict = "the stack is not empty";
    std::printf("%s\t%016llx\t%s\n", p->name, static_cast<unsigned long long>(all.value()),
                verdict);
    failed += *verdict != '\0';
  }
  return failed > 0;
}

// --- Time

// So that no variant is left out as not being used.
volatile uint64_t seen;

void run_frames(program_frame *frame, size_t repeat, uint32_t first)
{
  uint64_t all = 0;
  for (size_t i = 0; i < repeat; i++) all += frame(first + static_cast<uint32_t>(i));
  seen = all;
}

struct {
  pthread_barrier_t begin, end;
  program_frame *frame;  // NULL: the threads end
  size_t repeat;
} team;

void *work(void *index)
{
  const auto first = *static_cast<const uint32_t *>(index);
  for (;;) {
    pthread_barrier_wait(&team.begin);
    if (team.frame == nullptr) return nullptr;
    run_frames(team.frame, team.repeat, first);
    pthread_barrier_wait(&team.end);
  }
}

template <program_frame *const program::*frame>
void alone(size_t repeat, size_t, size_t)
{
  run_frames(chosen->*frame, repeat, 0);
}

template <program_frame *const program::*frame>
void together(size_t repeat, size_t, size_t)
{
  team.frame = chosen->*frame;
  team.repeat = repeat;
  pthread_barrier_wait(&team.begin);
  run_frames(team.frame, repeat, 0);
  pthread_barrier_wait(&team.end);
}

void time_alone()
{
  const bench_variant all[] = {{"malloc", alone<&program::with_malloc>},
                               {"stack", alone<&program::on_stack>},
                               {chosen->with_pmr ? "pmr" : nullptr, alone<&program::with_pmr>},
                               {nullptr, nullptr}};
  bench_case c = {};
  c.name = chosen->name;
  c.threads = 1;
  c.variants = all;
  bench_run(&c);
}

int time_together()
{
  const bench_variant all[] = {{"malloc", together<&program::with_malloc>},
                               {"stack", together<&program::on_stack>},
                               {chosen->with_pmr ? "pmr" : nullptr, together<&program::with_pmr>},
                               {nullptr, nullptr}};
  pthread_t threads[MOST_THREADS];
  static uint32_t first[MOST_THREADS];
  pthread_barrier_init(&team.begin, nullptr, MOST_THREADS);
  pthread_barrier_init(&team.end, nullptr, MOST_THREADS);
  for (uint32_t i = 1; i < MOST_THREADS; i++) {
    first[i] = 1000 * i;
    if (pthread_create(&threads[i], nullptr, work, &first[i]) != 0) return 1;
  }
  bench_case c = {};
  c.name = chosen->name;
  c.threads = MOST_THREADS;
  c.variants = all;
  c.is_whole = true;
  bench_run(&c);
  team.frame = nullptr;
  pthread_barrier_wait(&team.begin);
  for (size_t i = 1; i < MOST_THREADS; i++) pthread_join(threads[i], nullptr);
  return 0;
}

// --- Pace

int pace(uint32_t frames)
{
  for (const variant &v : variants) {
    if (chosen->*v.frame) run_frames(chosen->*v.frame, 200, 0);
  }
  std::vector<double> taken[std::size(variants)];
  for (auto &some : taken) some.reserve(frames);
  for (uint32_t i = 0; i < frames; i++) {
    for (size_t k = 0; k < std::size(variants); k++) {
      const size_t turn = (i + k) % std::size(variants);
      if (chosen->*variants[turn].frame == nullptr) continue;
      const double start = bench_now_ns();
      seen = (chosen->*variants[turn].frame)(i);
      taken[turn].push_back(bench_now_ns() - start);
    }
  }
  for (size_t k = 0; k < std::size(variants); k++) {
    if (taken[k].empty()) continue;
    std::sort(taken[k].begin(), taken[k].end());
    std::printf(
        "{\"case\":\"%s\",\"variant\":\"%s\",\"median_us\":%.2f,\"p99_us\":%.2f,\"worst_us\":%.2f}"
        "\n",
        chosen->name, variants[k].name, taken[k][frames / 2] / 1e3,
        taken[k][frames / 100 * 99] / 1e3, taken[k].back() / 1e3);
  }
  return 0;
}

// --- The heap

// How far the heap has been taken, bytes that the library has from the system by itself included.
size_t heap_bytes()
{
#ifdef __EMSCRIPTEN__
  return reinterpret_cast<size_t>(sbrk(0));
#else
  const struct mallinfo2 info = mallinfo2();
  return info.arena + info.hblkhd + ss_thread_stats().reserved;
#endif
}

// Blocks from malloc that outlive their frame, as some part of every program makes them: in both variants.
class neighbours {
 public:
  void frame()
  {
    for (unsigned i = 0; i < 4; i++) {
      void *&block = blocks_[some_.below(COUNT)];
      std::free(block);
      block = std::malloc(16 + some_.below(some_.below(16) ? 400 : 20000));
      if (block == nullptr) std::abort();
      std::memset(block, 1, 16);
    }
  }
  ~neighbours()
  {
    for (void *block : blocks_) std::free(block);
  }

 private:
  enum { COUNT = 400 };
  void *blocks_[COUNT] = {};
  numbers some_{5};
};

int heap(const char *variant_name, uint32_t frames)
{
  program_frame *frame = frame_of(variant_name);
  const size_t before = heap_bytes();
  size_t early = 0;
  neighbours others;
  for (uint32_t i = 0; i < frames; i++) {
    others.frame();
    seen = frame(i);
    if (i == 99) early = heap_bytes() - before;
  }
  std::printf(
      "{\"case\":\"%s\",\"variant\":\"%s\",\"frames\":%u,\"heap_early\":%zu,\"heap_late\":%zu}\n",
      chosen->name, variant_name, frames, early, heap_bytes() - before);
  return 0;
}

int calls(const char *variant_name)
{
  if (!calls_count) refuse("counter in this build for", variant_name);
  enum { FRAMES = 128 };
  program_frame *frame = frame_of(variant_name);
  run_frames(frame, 2 * FRAMES, 0);
  const size_t before = calls_count();
  run_frames(frame, FRAMES, 0);
  std::printf("{\"case\":\"%s\",\"variant\":\"%s\",\"calls\":%.1f}\n", chosen->name, variant_name,
              static_cast<double>(calls_count() - before) / FRAMES);
  return 0;
}

uint32_t count_of(const char *text)
{
  return static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

}  // namespace

int main(int argc, char **argv)
{
#if SS_HAS_MEMORY_RESOURCE
  static ss::memory_resource memory;  // of the thread that calls
  std::pmr::set_default_resource(&memory);
#endif
  const char *mode = argc > 1 ? argv[1] : "check";
  if (std::strcmp(mode, "check") == 0) return check();
  if (std::strcmp(mode, "list") == 0) {
    for (const program *p : programs) std::printf("%s%s\n", p->name, p->with_pmr ? "\tpmr" : "");
    return 0;
  }
  if (std::strcmp(mode, "triangles") == 0 && argc > 2) {
    print_triangles(count_of(argv[2]));
    return 0;
  }
  if (argc < 4) refuse("complete arguments for", mode);
  choose(argv[2]);
  if (std::strcmp(mode, "pace") == 0) return pace(count_of(argv[3]));
  if (std::strcmp(mode, "heap") == 0 && argc > 4) return heap(argv[3], count_of(argv[4]));
  if (std::strcmp(mode, "calls") == 0) return calls(argv[3]);
  if (std::strcmp(mode, "time") != 0) refuse("mode", mode);
  bench_begin(argc - 3, argv + 3);
  if (count_of(argv[3]) > 1) return time_together();
  time_alone();
  return 0;
}
