// SPDX-License-Identifier: MIT
// An urchin that bristles: every 4 seconds it has ten times as many spines for a moment. Frames
// between need a tenth of the memory, and the engine trims the stack then, so that one can watch it
// grow and shrink. Every spine is a tapered tube whose rings follow its length, so that no batch
// knows its size beforehand: positions, normals, colours and indices grow together, with scratch
// beside them.
#include <math.h>

#include "source.h"

#define TAU 6.28318531f
#define PERIOD_S 4.0f
#define SPIKE_S 1.0f  // how long a spike lasts in each period
#define FACTOR 10u
#define SIDES 6u
#define MAX_RINGS 14
#define CORE_RADIUS 0.50f
#define CORE_ROWS 2u          // in each batch
#define CORE_SHARE 0.1f       // of all triangles
#define SPINE_AVERAGE 142.0f  // triangles of a spine; measured

// The buffers that a batch grows.
typedef struct bristles {
  ss_buffer positions;
  ss_buffer normals;
  ss_buffer colours;
  ss_buffer indices;
  uint32_t vertex_count;
} bristles;

// One place along a spine.
typedef struct spine_ring {
  vec3 centre;
  float radius;
  float along;  // 0 at the root, 1 at the tip
} spine_ring;

// From 0 to 1 and back while a spike lasts, else 0.
static float burst_at(float time)
{
  const float phase = time - PERIOD_S * floorf(time / PERIOD_S);
  const float left = phase - (PERIOD_S - SPIKE_S) * 0.5f;
  if (left <= 0.0f || left >= SPIKE_S) return 0.0f;
  return sinf(TAU * 0.5f * left / SPIKE_S);
}

static void begin(scene_frame *frame)
{
  const float t = frame->time;
  const float orbit = 0.12f * t + 0.3f;
  const vec3 eye = {3.3f * cosf(orbit), 1.0f + 0.4f * sinf(0.2f * t), 3.3f * sinf(orbit)};
  scene_look(frame, eye, (vec3){0.0f, 0.0f, 0.0f}, 1.36f);
  frame->detail = burst_at(t);
  frame->level = frame->detail > 0.0f ? FACTOR : 1;
  frame->gloss = 0.5f;
  const float spines = (1.0f - CORE_SHARE) * (float)frame->triangles / SPINE_AVERAGE;
  frame->elements = ((unsigned)spines + 1) * frame->level;
  if (frame->batches > frame->elements) frame->batches = frame->elements;
}

static void add_vertex(bristles *to, vec3 place, vec3 normal, scene_colour colour)
{
  // [lines] push: one vertex in three buffers
  glm_vec3_copy(place, *ss_push(scene_vector, &to->positions));
  glm_vec3_copy(normal, *ss_push(scene_vector, &to->normals));
  *ss_push(scene_colour, &to->colours) = colour;
  // [/lines]
  to->vertex_count++;
}

// Joins two rows of `count` vertices each, the second behind the first.
static void join_rows(bristles *to, uint32_t first, uint32_t count, bool is_closed)
{
  const uint32_t quads = is_closed ? count : count - 1;
  const size_t index_count = (size_t)quads * 6;
  uint32_t *index = ss_extend(uint32_t, &to->indices, index_count);
  for (uint32_t i = 0; i < quads; i++) {
    const uint32_t a = first + i, b = first + (i + 1) % count;
    const uint32_t corners[6] = {a, b, a + count, a + count, b, b + count};
    memcpy(index, corners, sizeof corners);
    index += 6;
  }
}

// Adds a batch's band of the ball in the middle.
static void add_core(const scene_frame *frame, unsigned batch, bristles *to)
{
  const float triangles = CORE_SHARE * (float)(frame->triangles * frame->level);
  const uint32_t wanted = (uint32_t)(triangles / (2.0f * CORE_ROWS * (float)frame->batches));
  const uint32_t columns = wanted < 12 ? 12 : wanted > 1024 ? 1024 : wanted;
  for (unsigned row = 0; row <= CORE_ROWS; row++) {
    const float turn = (float)(batch * CORE_ROWS + row) / (float)(frame->batches * CORE_ROWS);
    const float y = cosf(0.5f * TAU * turn), out = sinf(0.5f * TAU * turn);
    for (uint32_t i = 0; i <= columns; i++) {
      const float angle = TAU * (float)i / (float)columns;
      vec3 normal = {out * cosf(angle), y, out * sinf(angle)}, place;
      glm_vec3_scale(normal, CORE_RADIUS, place);
      add_vertex(to, place, normal, (scene_colour){38, 26, 62, 255});
    }
    if (row > 0) join_rows(to, to->vertex_count - 2 * (columns + 1), columns + 1, false);
  }
}

// Points spread evenly over a sphere: each lies the golden angle further, and a little lower.
static void spine_direction(unsigned index, unsigned count, vec3 out)
{
  const float y = 1.0f - 2.0f * ((float)index + 0.5f) / (float)count;
  const float radius = sqrtf(1.0f - y * y);
  // The angle is reduced in integers: floats run out of digits.
  const float angle = TAU * (float)(index * 2654435769u) / 4294967296.0f;
  out[0] = radius * cosf(angle);
  out[1] = y;
  out[2] = radius * sinf(angle);
}

// Walks along the spine, in shorter steps where it bends and tapers.
static ss_slice cut_spine(const vec3 root, float length, float thickness, const vec3 sway)
{
  ss_buffer rings = ss_buffer_open();
  const int steps = 2 + (int)fminf(MAX_RINGS * sqrtf(length), MAX_RINGS - 2);
  for (int i = 0; i <= steps; i++) {
    const float along = (float)i / (float)steps;
    spine_ring *ring = ss_push(spine_ring, &rings);
    for (int axis = 0; axis < 3; axis++) {
      ring->centre[axis] =
          root[axis] * (CORE_RADIUS * 0.97f + length * along) + sway[axis] * along * along;
    }
    ring->radius = thickness * (1.0f - along) * (1.0f - 0.45f * along) + 0.0004f;
    ring->along = along;
  }
  return ss_buffer_close(&rings);
}

static scene_colour spine_colour(float along, float tint, float burst)
{
  // From indigo through rose to straw.
  static const float stops[4][3] = {
      {0.035f, 0.020f, 0.110f}, {0.24f, 0.05f, 0.30f}, {0.90f, 0.26f, 0.16f}, {1.0f, 0.76f, 0.40f}};
  const float place = glm_clamp(along * (0.85f + 0.3f * tint), 0.0f, 0.9999f) * 3.0f;
  const int stop = (int)place;
  float rgb[3];
  for (int i = 0; i < 3; i++) {
    rgb[i] = glm_lerp(stops[stop][i], stops[stop + 1][i], place - (float)stop);
  }
  const float glow = along * along * (0.12f + 0.25f * burst);
  return (scene_colour){scene_byte(rgb[0]), scene_byte(rgb[1]), scene_byte(rgb[2]),
                        (uint8_t)(255.0f * (1.0f - glow))};
}

static void add_spine(const scene_frame *frame, unsigned index, bristles *to)
{
  // Some spines are always there; in a spike the others grow between them, and disappear again.
  const bool is_always = frame->level == 1 || index % FACTOR == 0;
  const unsigned level = is_always ? frame->level : 1;
  const unsigned place = index / level, count = frame->elements / level;
  const float t = frame->time, burst = frame->detail;
  const float tint = scene_random(frame->seed, place, 0);
  vec3 direction, sway, side, top;
  spine_direction(place, count, direction);
  const float wave = sinf(3.0f * direction[1] + 2.0f * direction[0] - 1.3f * t) * 0.5f + 0.5f;
  const float reach = 0.34f + 0.26f * wave + 0.12f * tint;
  const float length = is_always ? reach * (1.0f + 0.25f * burst) : reach * burst * 0.95f;
  const float density = sqrtf(240.0f * (float)frame->level / (float)frame->elements);
  const float thickness = (is_always ? 0.030f : 0.021f) * density;
  for (int axis = 0; axis < 3; axis++) {
    const float phase = TAU * scene_random(frame->seed, place, 1 + (uint32_t)axis);
    sway[axis] = 0.10f * length * sinf(1.1f * t + phase);
  }
  glm_vec3_cross(direction, fabsf(direction[1]) < 0.9f ? GLM_YUP : GLM_XUP, side);
  glm_vec3_normalize(side);
  glm_vec3_cross(side, direction, top);

  // NOLINTNEXTLINE(misc-misplaced-const): in one source of vertices it is a pointer
  const ss_mark scratch = ss_save();
  const ss_slice rings = cut_spine(direction, length, thickness, sway);
  const spine_ring *ring = rings.data;
  const size_t ring_count = rings.size / sizeof *ring;
  for (size_t i = 0; i < ring_count; i++) {
    const scene_colour colour = spine_colour(ring[i].along, tint, burst);
    for (unsigned corner = 0; corner < SIDES; corner++) {
      const float angle = TAU * (float)corner / (float)SIDES;
      vec3 normal, at;
      for (int axis = 0; axis < 3; axis++) {
        normal[axis] = cosf(angle) * side[axis] + sinf(angle) * top[axis];
        at[axis] = ring[i].centre[axis] + ring[i].radius * normal[axis];
      }
      glm_vec3_muladds(direction, 0.12f, normal);
      add_vertex(to, at, normal, colour);
    }
    if (i > 0) join_rows(to, to->vertex_count - 2 * SIDES, SIDES, true);
  }
  source_drop(rings);
  ss_restore(scratch);
}

static void generate(const scene_frame *frame, unsigned batch, scene_batch *out)
{
  source_begin(out, STREAM_POSITIONS, STREAM_NORMALS, STREAM_COLOURS, STREAM_INDICES);
  // [lines] open and close: four buffers at once
  bristles made;
  made.vertex_count = 0;
  made.positions = ss_buffer_open();
  made.normals = ss_buffer_open();
  made.colours = ss_buffer_open();
  made.indices = ss_buffer_open();
  add_core(frame, batch, &made);
  const unsigned end = scene_share(frame, batch + 1);
  for (unsigned i = scene_share(frame, batch); i < end; i++) add_spine(frame, i, &made);
  out->attribute[STREAM_POSITIONS] = ss_buffer_close(&made.positions);
  out->attribute[STREAM_NORMALS] = ss_buffer_close(&made.normals);
  out->attribute[STREAM_COLOURS] = ss_buffer_close(&made.colours);
  out->attribute[STREAM_INDICES] = ss_buffer_close(&made.indices);
  // [/lines]
  source_end(out);
}

SCENE_DEFINE(spike);
