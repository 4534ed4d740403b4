// SPDX-License-Identifier: MIT
// What a scene is: a function from time, seed and settings to batches of triangles. No GL here.
//
// Each scene is one file in scenes/. It is compiled once for each vertex source (source.h), so that
// every source's way of appending is inlined into the same loops. A frame is a function of its
// scene_frame only: equal frames give equal bytes, whatever memory they are made in.
#ifndef SCENE_H
#define SCENE_H

#include <cglm/cglm.h>
#include <stdint.h>

#include "secondstack.h"

// scene_kind and source_kind: what can be chosen. The header is generated from lists.mjs.
#include "lists.h"

/// What bytes are for. The first four are a batch's attributes.
typedef enum source_stream {
  STREAM_POSITIONS,
  STREAM_NORMALS,
  STREAM_COLOURS,
  STREAM_INDICES,
  STREAM_SCRATCH,
  STREAM_COUNT,
} source_stream;

#define SCENE_ATTRIBUTES 4

/// Place or direction of a vertex.
typedef vec3 scene_vector;

/// Colour of a vertex, 8 bits a channel, ready for the screen. It is aligned because checksums read words.
typedef struct scene_colour {
  _Alignas(uint32_t) uint8_t r;
  uint8_t g, b, a;
} scene_colour;

/// What all batches of one frame share.
typedef struct scene_frame {
  // Set by the engine.
  float time;    // seconds
  float aspect;  // width / height
  uint32_t seed;
  unsigned triangles;  // wanted
  unsigned batches;    // at most; `begin` may lower it
  unsigned workers;    // threads that share the batches: batch b is made by worker b % workers
  // Set by `begin`.
  mat4 view_projection;
  vec3 eye;
  vec3 light;         // towards the light, of length 1
  unsigned elements;  // what the batches share out: ribbons, leaves, slabs
  unsigned level;     // factor on the number of triangles wanted
  float detail;       // the scene's own measure of fineness
  float gloss;        // of lit surfaces, 0 to 1
} scene_frame;

/// One upload: attributes of as many vertices each, ready for glBufferData.
typedef struct scene_batch {
  // By source_stream: scene_vector positions; scene_vector normals, or none if colours are lit
  // already; scene_colour; uint32_t indices, or none if every three vertices make a triangle.
  ss_slice attribute[SCENE_ATTRIBUTES];
  ss_mark before;  // of the second stack, for sources that use it
  bool is_cut;     // the batch did not fit, so there is nothing to draw
} scene_batch;

/// One scene on one source.
typedef struct scene_ops {
  /// Sets the camera and what the batches share.
  void (*begin)(scene_frame *frame);
  /// Makes one batch, in memory of the calling thread's source. An empty batch is fine.
  void (*generate)(const scene_frame *frame, unsigned batch, scene_batch *out);
  /// Gives a batch's memory back, on the thread that made it; last made, first given back.
  void (*release)(scene_batch *batch);
} scene_ops;

/// Returns the scene compiled for the source.
const scene_ops *scene_ops_of(scene_kind scene, source_kind source);

/// Sets up a camera that sees `radius` around the origin, in wide windows and in narrow ones.
void scene_look(scene_frame *frame, const vec3 eye, const vec3 centre, float radius);

/// The first element of a batch when all elements are shared out evenly. That of batch + 1 is its end.
static inline unsigned scene_share(const scene_frame *frame, unsigned batch)
{
  return (unsigned)((uint64_t)frame->elements * batch / frame->batches);
}

/// The same mixing as in MurmurHash3: equal seeds give equal scenes everywhere.
static inline uint32_t scene_hash(uint32_t value)
{
  value ^= value >> 16;
  value *= 0x85ebca6bu;
  value ^= value >> 13;
  value *= 0xc2b2ae35u;
  value ^= value >> 16;
  return value;
}

/// A number from 0 up to 1 for each seed, element and salt (0 to 15).
static inline float scene_random(uint32_t seed, uint32_t element, uint32_t salt)
{
  return (float)(scene_hash(seed ^ scene_hash(element * 16u + salt + 1u)) >> 8) / 16777216.0f;
}

static inline uint8_t scene_byte(float linear)
{
  // A square root is close enough to the screen's transfer curve.
  return (uint8_t)(sqrtf(glm_clamp(linear, 0.0f, 1.0f)) * 255.0f + 0.5f);
}

#endif
