// SPDX-License-Identifier: MIT
// The demo's frame: generate, upload, draw, release, batch by batch. What JavaScript calls is
// exported from here; engine.mjs says what each call means.
#include <emscripten/emscripten.h>
#include <emscripten/html5.h>
#include <math.h>
#include <stdlib.h>

#include "arrays.h"
#include "clock.h"
#include "crew.h"
#include "memory.h"
#include "renderer.h"
#include "ring.h"
#include "scene.h"
#include "stacks.h"

#define MAX_BATCHES 4096
#define GL_THREAD 0u
// How long after a spike the stack is trimmed: long enough for a viewer to see the spike's memory.
#define TRIM_AFTER_S 0.5

static struct {
  const renderer *renderer;
  EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context;  // 0 with WebGPU
  scene_kind scene;
  source_kind source;
  unsigned triangles;
  unsigned batches;
  unsigned workers;
  uint32_t seed;
  bool trims;
  draw_mode draw;
  bool has_checksum;
  bool is_swollen;  // a spike has made the stack larger, and it is not trimmed yet
  double last_spike;
  size_t calm_bytes;  // what was reserved before the spike
} engine;

// Sums that only rise. A frame's share is the difference between two of them.
typedef struct totals {
  size_t mallocs, frees, memory_grows, growths, bytes_copied, backing_calls, ring_overflows;
} totals;

static double record[RECORD_COUNT];
static scene_batch batches[MAX_BATCHES];
static scene_frame frame;
static totals before_frame;
static size_t heap_seen;

// When another thread has grown the shared memory, the views of this thread are too short, and
// nothing tells it so. After grow(0) the memory has a new buffer, which Emscripten's
// GROWABLE_HEAP_U8 and the like notice.
EM_JS(void, refresh_memory, (void), { wasmMemory.grow(0); })

static void see_slice(ss_slice slice)
{
  const size_t end = (size_t)(uintptr_t)slice.data + slice.size;
  if (end <= heap_seen) return;
  refresh_memory();
  heap_seen = __builtin_wasm_memory_size(0) * 65536u;
}

static uint32_t checksum_of(ss_slice slice, uint32_t before)
{
  const uint32_t *words = slice.data;
  uint32_t sum = before;
  for (size_t i = 0; i < slice.size / sizeof *words; i++) sum = (sum ^ words[i]) * 16777619u;
  return sum;
}

static totals add_up(void)
{
  const memory_counts counts = memory_counts_of_thread();
  const ss_stats stats = ss_thread_stats();
  totals sum = {.mallocs = counts.mallocs,
                .frees = counts.frees,
                .memory_grows = memory_grow_count(),
                .growths = stats.growths,
                .bytes_copied = stats.bytes_copied,
                .backing_calls = stats.backing_calls};
  for (unsigned w = 0; w < crew_count(); w++) {
    const crew_report *report = crew_report_of(w);
    sum.mallocs += report->mallocs;
    sum.frees += report->frees;
    sum.growths += report->stats.growths;
    sum.bytes_copied += report->stats.bytes_copied;
    sum.backing_calls += report->stats.backing_calls;
  }
  for (unsigned thread = 0; ring_of(thread) != NULL; thread++) {
    sum.ring_overflows += ring_of(thread)->overflows;
  }
  return sum;
}

// Lets the calling thread see all of a batch.
static void see_batch(const scene_batch *batch)
{
  if (crew_count() == 0) return;
  for (int i = 0; i < SCENE_ATTRIBUTES; i++) {
    if (batch->attribute[i].size != 0) see_slice(batch->attribute[i]);
  }
}

// Copies a batch's attributes into new typed arrays, which is a part of generating, and releases the
// batch: only its sizes are read afterwards. `ops` is NULL where the worker that made the batch
// releases it.
// Returns: the time at which that is done.
static double make_arrays(scene_batch *batch, const scene_ops *ops, double now)
{
  for (int i = 0; i < SCENE_ATTRIBUTES && !batch->is_cut; i++) {
    if (batch->attribute[i].size == 0) continue;
    arrays_make((source_stream)i, batch->attribute[i]);
    record[RECORD_ARRAYS]++;
  }
  if (ops) ops->release(batch);
  const double made = clock_ms();
  record[RECORD_GENERATE_MS] += made - now;
  return made;
}

static void add_checksum(const scene_batch *batch, unsigned index, bool is_array)
{
  uint32_t sum = 2166136261u;
  for (int i = 0; i < SCENE_ATTRIBUTES; i++) {
    const ss_slice slice = batch->attribute[i];
    if (slice.size == 0) continue;
    sum = is_array ? arrays_checksum((source_stream)i, sum) : checksum_of(slice, sum);
  }
  record[RECORD_CHECKSUM] += scene_hash(sum ^ scene_hash(index));
}

// Returns: the time at which the batch, which was made by the time `now`, is uploaded.
static double upload(const scene_batch *batch, bool is_array, double now)
{
  record[RECORD_UPLOADS] += engine.renderer->upload(batch, is_array);
  const double uploaded = clock_ms();
  record[RECORD_UPLOAD_MS] += uploaded - now;
  return uploaded;
}

// Returns: the time at which the batch, which was uploaded by the time `now`, is drawn.
static double draw(const scene_batch *batch, double now)
{
  engine.renderer->draw(batch);
  const double drawn = clock_ms();
  record[RECORD_DRAW_MS] += drawn - now;
  return drawn;
}

static size_t bytes_of(const scene_batch *batch)
{
  size_t bytes = 0;
  for (int i = 0; i < SCENE_ATTRIBUTES; i++) bytes += batch->attribute[i].size;
  return bytes;
}

static void count(const scene_batch *batch)
{
  const size_t vertices = batch->attribute[STREAM_POSITIONS].size / sizeof(scene_vector);
  const size_t indices = batch->attribute[STREAM_INDICES].size / sizeof(uint32_t);
  const size_t triangles = (indices != 0 ? indices : vertices) / 3;
  record[RECORD_BATCHES]++;
  record[RECORD_BYTES_UPLOADED] += (double)bytes_of(batch);
  record[RECORD_VERTICES] += (double)vertices;
  record[RECORD_TRIANGLES] += (double)triangles;
}

// Uploads, draws and counts a batch that was made by the time `now`. `ops` releases the batch; it is
// NULL where the worker that made the batch releases it.
static void show(scene_batch *batch, unsigned index, const scene_ops *ops, double now)
{
  const bool is_array = engine.source == SOURCE_ARRAY;
  see_batch(batch);
  if (is_array) now = make_arrays(batch, ops, now);

  if (batch->is_cut) {
    record[RECORD_DROPPED_DRAWS]++;
  } else if (bytes_of(batch) != 0) {
    if (engine.has_checksum) {
      add_checksum(batch, index, is_array);
      now = clock_ms();
    }
    now = upload(batch, is_array, now);
    now = draw(batch, now);
    count(batch);
    if (is_array) arrays_drop();
  }

  if (!is_array && ops) {
    ops->release(batch);
    record[RECORD_GENERATE_MS] += clock_ms() - now;
  }
}

static void run_here(const scene_ops *ops)
{
  ring_of_thread = ring_of(0);
  for (unsigned b = 0; b < frame.batches; b++) {
    scene_batch *batch = &batches[b];
    *batch = (scene_batch){.is_cut = false};
    const double before = clock_ms();
    ops->generate(&frame, b, batch);
    const double made = clock_ms();
    record[RECORD_GENERATE_MS] += made - before;
    stacks_look(GL_THREAD);
    show(batch, b, ops, clock_ms());
  }
}

static void run_on_crew(const scene_ops *ops)
{
  for (unsigned b = 0; b < frame.batches; b++) batches[b] = (scene_batch){.is_cut = false};
  double before = clock_ms();
  crew_post(&frame, ops, batches);
  for (unsigned b = 0; b < frame.batches; b++) {
    crew_wait(b);
    const double made = clock_ms();
    record[RECORD_GENERATE_MS] += made - before;
    show(&batches[b], b, NULL, made);
    before = clock_ms();
  }
  crew_release();
  crew_finish();
  record[RECORD_GENERATE_MS] += clock_ms() - before;
  for (unsigned w = 0; w < crew_count(); w++) {
    record[RECORD_WORKER_MS] = fmax(record[RECORD_WORKER_MS], crew_report_of(w)->busy_ms);
  }
}

static void trim_all(size_t keep_bytes)
{
  // [lines] trim: what a spike has left goes back, on every thread
  ss_trim(keep_bytes);
  crew_trim(keep_bytes);
  // [/lines]
  record[RECORD_TRIMS]++;
}

// Does what a program with rare large frames does at a frame's end: it keeps the memory that the
// other frames need, and gives back the rest.
static void trim_after_spike(double time)
{
  if (frame.level > 1) {
    engine.is_swollen = true;
    engine.last_spike = time;
  } else if (!engine.is_swollen) {
    engine.calm_bytes = ss_thread_stats().reserved;
  } else if (engine.trims && fabs(time - engine.last_spike) >= TRIM_AFTER_S) {
    trim_all(engine.calm_bytes);
    engine.is_swollen = false;
  }
}

static void write_stack_of(const ss_stats *stats, size_t deepest)
{
  record[RECORD_USED] += (double)stats->used;
  record[RECORD_DEEPEST] += (double)deepest;
  record[RECORD_PEAK] += (double)stats->peak;
  record[RECORD_RESERVED] += (double)stats->reserved;
  record[RECORD_CHUNKS] += (double)stats->chunks;
}

static void write_record(void)
{
  const totals now = add_up();
  const ss_stats stats = ss_thread_stats();
  write_stack_of(&stats, stacks_deepest(GL_THREAD));
  for (unsigned w = 0; w < crew_count(); w++) {
    write_stack_of(&crew_report_of(w)->stats, crew_report_of(w)->deepest);
  }
  record[RECORD_CHECKSUM] = (uint32_t)fmod(record[RECORD_CHECKSUM], 4294967296.0);
  record[RECORD_MALLOCS] = (double)(now.mallocs - before_frame.mallocs);
  record[RECORD_FREES] = (double)(now.frees - before_frame.frees);
  record[RECORD_MEMORY_GROWS] = (double)(now.memory_grows - before_frame.memory_grows);
  record[RECORD_MEMORY_BYTES] = (double)__builtin_wasm_memory_size(0) * 65536.0;
  record[RECORD_RING_OVERFLOWS] = (double)(now.ring_overflows - before_frame.ring_overflows);
  record[RECORD_GROWTHS] = (double)(now.growths - before_frame.growths);
  record[RECORD_BYTES_COPIED] = (double)(now.bytes_copied - before_frame.bytes_copied);
  record[RECORD_BACKING_CALLS] = (double)(now.backing_calls - before_frame.backing_calls);
  record[RECORD_LEVEL] = frame.level;
  record[RECORD_WORKERS] = crew_count();
  before_frame = now;
}

static bool make_context(void)
{
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = false;
  attributes.antialias = true;
  attributes.preserveDrawingBuffer = false;
  attributes.powerPreference = EM_WEBGL_POWER_PREFERENCE_HIGH_PERFORMANCE;
  engine.context = emscripten_webgl_create_context("#canvas", &attributes);
  if (engine.context <= 0) return false;
  return emscripten_webgl_make_context_current(engine.context) == EMSCRIPTEN_RESULT_SUCCESS;
}

/// Begins to draw with an API: with WebGL2 in a context that is made on the canvas that the CSS selector
/// #canvas finds, with WebGPU in what gpu_renderer.mjs has made.
/// Returns: 0; 1 if there is no WebGL2; 2 if a shader is refused.
EMSCRIPTEN_KEEPALIVE int engine_start(int api)
{
  engine.renderer = api == RENDERER_WEBGPU ? &renderer_webgpu : &renderer_webgl2;
  if (api == RENDERER_WEBGL2 && !make_context()) return 1;
  return engine.renderer->init() ? 0 : 2;
}

EMSCRIPTEN_KEEPALIVE void engine_configure(int scene, int source, unsigned triangles,
                                           unsigned uploads, unsigned workers, uint32_t seed,
                                           int trims)
{
  engine.scene = (scene_kind)scene;
  engine.source = (source_kind)source;
  engine.triangles = triangles;
  engine.batches = uploads < MAX_BATCHES ? uploads : MAX_BATCHES;
  engine.workers = workers;
  engine.seed = seed;
  engine.trims = trims != 0;
  engine.is_swollen = false;
  engine.calm_bytes = 0;
  crew_configure(scene == SCENE_WORKERS && crew_max() > 0 ? workers : 0);
  ss_thread_free();
  ring_configure(source != SOURCE_RING ? 0 : crew_count() > 0 ? crew_count() : 1);
  for (int i = 0; i < RECORD_COUNT; i++) record[i] = 0;
  before_frame = add_up();
}

EMSCRIPTEN_KEEPALIVE void engine_frame(double time, int width, int height)
{
  const scene_ops *ops = scene_ops_of(engine.scene, engine.source);
  for (int i = 0; i < RECORD_COUNT; i++) record[i] = 0;
  stacks_begin(GL_THREAD);
  ring_next_frame();

  frame = (scene_frame){.time = (float)time,
                        .aspect = (float)width / (float)height,
                        .seed = engine.seed,
                        .triangles = engine.triangles,
                        .batches = engine.batches,
                        .workers = engine.workers,
                        .light = {0.37f, 0.84f, 0.40f},
                        .level = 1};
  const double before = clock_ms();
  ops->begin(&frame);
  const double begun = clock_ms();
  engine.renderer->begin(&frame, width, height, engine.draw);
  record[RECORD_GENERATE_MS] += begun - before;
  record[RECORD_DRAW_MS] += clock_ms() - begun;

  if (crew_count() > 0) {
    run_on_crew(ops);
  } else {
    run_here(ops);
  }
  engine.renderer->end();
  trim_after_spike(time);
  write_record();
}

EMSCRIPTEN_KEEPALIVE const double *engine_record(void)
{
  return record;
}

EMSCRIPTEN_KEEPALIVE unsigned engine_record_count(void)
{
  return RECORD_COUNT;
}

EMSCRIPTEN_KEEPALIVE const double *engine_stacks(void)
{
  return stacks_rows[0];
}

EMSCRIPTEN_KEEPALIVE unsigned engine_stack_count(void)
{
  return 1 + crew_count();
}

EMSCRIPTEN_KEEPALIVE unsigned engine_max_workers(void)
{
  return crew_max() > 0 ? crew_max() : 1;
}

EMSCRIPTEN_KEEPALIVE void engine_set_draw(int mode)
{
  engine.draw = (draw_mode)mode;
}

EMSCRIPTEN_KEEPALIVE void engine_set_checksum(int is_on)
{
  engine.has_checksum = is_on != 0;
}

EMSCRIPTEN_KEEPALIVE unsigned engine_gl_errors(void)
{
  return engine.renderer->errors();
}

EMSCRIPTEN_KEEPALIVE double engine_heap_bytes(void)
{
  return (double)memory_in_use();
}

EMSCRIPTEN_KEEPALIVE void engine_finish(void)
{
  engine.renderer->finish();
}

EMSCRIPTEN_KEEPALIVE void engine_trim(double keep_bytes)
{
  trim_all((size_t)keep_bytes);
}

EMSCRIPTEN_KEEPALIVE int engine_restore_context(void)
{
  return engine.renderer->init();
}

EMSCRIPTEN_KEEPALIVE void engine_dispose(void)
{
  crew_dispose();
  ss_thread_free();
  ring_configure(0);
  if (engine.context > 0) emscripten_webgl_destroy_context(engine.context);
}
