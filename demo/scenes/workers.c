// SPDX-License-Identifier: MIT
// Strands of leaves woven around a ring. Each batch is one strand, and has the colour of the thread
// that made it. What a strand needs is known beforehand, as in the storm: many small slices. With
// one lock around the allocator the threads wait for each other here; a second stack has none.
#include "scenes/leaf.h"

static void begin(scene_frame *frame)
{
  const float t = frame->time;
  const float orbit = 0.09f * t + 0.5f;
  const vec3 eye = {2.9f * cosf(orbit), 1.75f + 0.35f * sinf(0.17f * t), 2.9f * sinf(orbit)};
  scene_look(frame, eye, (vec3){0.0f, -0.12f, 0.0f}, 1.36f);
  frame->detail = 0.085f * powf(90000.0f / (float)frame->triangles, 0.4f);
  frame->elements = frame->triangles / LEAF_TRIANGLES;
  if (frame->batches > frame->elements) frame->batches = frame->elements;
}

// Blue, orange, bluish green, pink, sky blue, vermilion, straw, grey: told apart with every common
// kind of colour vision (after Okabe and Ito).
static void worker_colour(unsigned worker, float shade, vec3 colour)
{
  static const float tones[8][3] = {
      {0.03f, 0.22f, 0.62f}, {0.95f, 0.42f, 0.02f}, {0.01f, 0.46f, 0.26f}, {0.72f, 0.26f, 0.46f},
      {0.16f, 0.58f, 0.92f}, {0.80f, 0.14f, 0.02f}, {0.86f, 0.78f, 0.28f}, {0.50f, 0.52f, 0.55f}};
  for (int i = 0; i < 3; i++) colour[i] = tones[worker % 8][i] * (0.55f + 0.75f * shade);
}

// A strand winds twice around the tube while it goes around the ring. Computes where it is, and its
// direction by the chain rule.
static void strand_at(const scene_frame *frame, float phase, float shell, float along, leaf *out)
{
  const float angle = TAU * along;
  const float tube = phase + 2.0f * angle + 0.22f * frame->time;
  const float c = cosf(angle), s = sinf(angle), tc = cosf(tube), ts = sinf(tube);
  const float swell = 3.0f * angle - 0.8f * frame->time;
  const float radius = shell * (1.0f + 0.16f * sinf(swell));
  const float ring = 1.0f + radius * tc;
  const float ring_slope = -2.0f * radius * ts;
  out->root[0] = ring * c;
  out->root[1] = radius * ts;
  out->root[2] = ring * s;
  out->along[0] = ring_slope * c - ring * s;
  out->along[1] = 2.0f * radius * tc;
  out->along[2] = ring_slope * s + ring * c;
}

static leaf leaf_at(const scene_frame *frame, unsigned batch, unsigned index)
{
  float random[6];
  for (uint32_t salt = 0; salt < 6; salt++) random[salt] = scene_random(frame->seed, index, salt);
  const float phase = TAU * (float)batch / (float)frame->batches;
  const float shell = 0.24f + 0.20f * (float)(batch % 3) / 2.0f + 0.05f * random[0];
  float along = random[1] + (0.020f + 0.008f * (float)(batch % 5)) * frame->time;
  along -= floorf(along);

  leaf made;
  strand_at(frame, phase, shell, along, &made);
  const float flutter = sinf((1.5f + 2.0f * random[2]) * frame->time + TAU * random[3]);
  leaf_turn(&made, made.along, TAU * random[4] + 0.9f * flutter);
  made.length = (0.7f + 0.6f * random[5]) * frame->detail;
  made.width = 0.34f * made.length;
  made.curl = 0.2f + 0.2f * flutter;
  // A pulse of light runs along each strand.
  float lag = along - 0.15f * frame->time - random[0] * 0.05f - (float)batch * 0.13f;
  lag -= floorf(lag) + 0.5f;
  const float dark = 1.0f - 80.0f * lag * lag;
  made.glow = dark > 0.0f ? 1.1f * dark * dark : 0.0f;
  worker_colour(batch % frame->workers, random[2], made.colour);
  return made;
}

static void generate(const scene_frame *frame, unsigned batch, scene_batch *out)
{
  source_begin(out, STREAM_POSITIONS, STREAM_COLOURS);
  const unsigned first = scene_share(frame, batch), end = scene_share(frame, batch + 1);
  // [lines] the thread's own stack: two slices for each strand
  const size_t vertices = (size_t)(end - first) * LEAF_VERTICES;
  scene_vector *positions = ss_uninit_slice(scene_vector, vertices);
  scene_colour *colours = ss_uninit_slice(scene_colour, vertices);
  // [/lines]
  const leaf_lamp lamp = {{0.0f, 0.1f, 0.0f}, {1.1f, 1.0f, 0.9f}};
  bool has_room = positions && colours;
  for (unsigned i = first; i < end && has_room; i++) {
    const leaf made = leaf_at(frame, batch, i);
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

SCENE_DEFINE(workers);
