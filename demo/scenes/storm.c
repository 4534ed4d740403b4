// SPDX-License-Identifier: MIT
// A whirlwind of leaves around a lamp. Their number is fixed, so that every size is known before
// anything is made: two slices for each batch, and three small ones for each leaf while it is made.
// A second stack has least to gain here, but the many calls of another allocator show.
#include "scenes/leaf.h"

#define LOW (-1.25f)
#define HIGH 1.35f

static void begin(scene_frame *frame)
{
  const float t = frame->time;
  const float orbit = 0.07f * t + 0.4f;
  const vec3 eye = {3.5f * cosf(orbit), 0.55f + 0.45f * sinf(0.15f * t), 3.5f * sinf(orbit)};
  scene_look(frame, eye, (vec3){0.0f, 0.08f, 0.0f}, 1.38f);
  // Leaves are smaller the more there are, so that the cloud stays about equally dense.
  frame->detail = 0.10f * powf(90000.0f / (float)frame->triangles, 0.4f);
  frame->elements = frame->triangles / LEAF_TRIANGLES;
  if (frame->batches > frame->elements) frame->batches = frame->elements;
}

// Amber, copper and straw, and a few of slate blue.
static void leaf_colour(float pick, float shade, vec3 colour)
{
  static const float tones[5][3] = {{0.95f, 0.46f, 0.07f},
                                    {0.72f, 0.20f, 0.04f},
                                    {0.93f, 0.70f, 0.30f},
                                    {0.55f, 0.12f, 0.03f},
                                    {0.16f, 0.34f, 0.62f}};
  const int tone = pick < 0.34f ? 0 : pick < 0.56f ? 1 : pick < 0.72f ? 2 : pick < 0.82f ? 3 : 4;
  for (int i = 0; i < 3; i++) colour[i] = tones[tone][i] * (0.65f + 0.6f * shade);
}

static leaf leaf_at(const scene_frame *frame, unsigned index)
{
  const float t = frame->time;
  float random[10];
  for (uint32_t salt = 0; salt < 10; salt++) random[salt] = scene_random(frame->seed, index, salt);

  // The leaf rises, and begins again below.
  float rise = random[0] + t * (0.035f + 0.05f * random[1]);
  rise -= floorf(rise);
  const float funnel = 0.16f + 1.05f * powf(rise, 1.7f);
  const float spread = random[2] < 0.86f ? 0.72f + 0.5f * random[3] : 1.3f + 1.5f * random[3];
  const float gust = 1.0f + 0.12f * sinf(1.7f * t + 5.0f * rise + TAU * random[4]);
  const float radius = funnel * spread * gust;
  const float angle = TAU * random[5] + t * 0.95f / (0.35f + radius) + 2.4f * rise;
  const float sway = 0.10f * sinf(0.6f * t + 3.0f * rise);

  leaf made;
  const float c = cosf(angle), s = sinf(angle);
  made.root[0] = radius * c + sway;
  made.root[1] = LOW + (HIGH - LOW) * rise + 0.10f * sinf(1.3f * t + TAU * random[6]);
  made.root[2] = radius * s + 0.7f * sway;
  const float tumble = TAU * random[7] + (0.8f + 1.8f * random[8]) * t;
  vec3 flow = {-s + 0.5f * cosf(tumble), 0.35f + 0.6f * sinf(tumble),
               c + 0.5f * sinf(0.7f * tumble)};
  leaf_turn(&made, flow, 1.3f * tumble);

  // A leaf is small where it appears and disappears, and smaller if there are more leaves.
  const float life = fminf(1.0f, 9.0f * rise * (1.0f - rise));
  made.length = life * (0.55f + 0.75f * random[9]) * frame->detail;
  made.width = 0.52f * made.length;
  made.curl = 0.15f + 0.25f * sinf(tumble);
  made.glow = 0.0f;
  leaf_colour(random[6], random[1], made.colour);
  return made;
}

static void generate(const scene_frame *frame, unsigned batch, scene_batch *out)
{
  source_begin(out, STREAM_POSITIONS, STREAM_COLOURS);
  const unsigned first = scene_share(frame, batch), end = scene_share(frame, batch + 1);
  // [lines] two slices of a known size for each batch
  const size_t vertices = (size_t)(end - first) * LEAF_VERTICES;
  scene_vector *positions = ss_uninit_slice(scene_vector, vertices);
  scene_colour *colours = ss_uninit_slice(scene_colour, vertices);
  // [/lines]
  const leaf_lamp lamp = {{0.0f, -0.35f, 0.0f}, {2.6f, 1.35f, 0.45f}};
  bool has_room = positions && colours;
  for (unsigned i = first; i < end && has_room; i++) {
    const leaf made = leaf_at(frame, i);
    const size_t at = (size_t)(i - first) * LEAF_VERTICES;
    has_room = leaf_write(frame, &made, &lamp, positions + at, colours + at);
  }
  if (has_room) {
    // [lines] close: what is uploaded
    out->attribute[STREAM_POSITIONS] = (ss_slice){positions, vertices * sizeof *positions};
    out->attribute[STREAM_COLOURS] = (ss_slice){colours, vertices * sizeof *colours};
    // [/lines]
  }
  source_end(out);
}

SCENE_DEFINE(storm);
