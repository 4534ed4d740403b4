// SPDX-License-Identifier: MIT
// Drops that flow into each other: the surface where their fields add up to a threshold, found by
// marching cubes in a grid. Each batch is a slab of the grid. How many vertices and triangles a
// slab holds is known only when its last cell is done, so four buffers grow at once until then:
// positions, normals, colours and indices. Vertices are shared by the cells around them: a slice
// for each direction of the grid's edges, two layers of them at a time, remembers which vertex lies
// where.
#include <math.h>

#include "scenes/cubes.h"
#include "source.h"

#define TAU 6.28318531f
#define BALLS 18u
#define EXTENT 1.6f  // the grid reaches from -EXTENT to EXTENT
#define THRESHOLD 0.22f
#define MIN_CELLS 12u

typedef struct ball {
  vec3 centre;
  float radius;  // of its field
  vec3 colour;
} ball;

// A box of grid points, ends included.
typedef struct grid_box {
  int low[3];
  int high[3];
} grid_box;

// One layer of grid points in the slab's box, and the vertices on the edges within it.
typedef struct layer {
  float *field;
  uint8_t *inside;   // 1 or 0
  uint8_t *row_any;  // whether a row has anything inside
  uint32_t *x_edge;  // the vertex between a point and the next in x
  uint32_t *y_edge;
} layer;

typedef struct slab {
  ball balls[BALLS];  // those that reach into it
  unsigned ball_count;
  float step;  // between grid points
  grid_box box;
  int width;   // points in a row
  int height;  // rows in a layer
  ss_buffer positions;
  ss_buffer normals;
  ss_buffer colours;
  ss_buffer indices;
  uint32_t vertex_count;
} slab;

static void begin(scene_frame *frame)
{
  const float t = frame->time;
  const float orbit = 0.11f * t + 0.9f;
  const vec3 eye = {3.9f * cosf(orbit), 1.05f + 0.7f * sinf(0.13f * t), 3.9f * sinf(orbit)};
  scene_look(frame, eye, (vec3){0.0f, 0.0f, 0.0f}, 1.25f);
  frame->gloss = 1.0f;
  // The triangles are proportional to the square of the cells in a row; the factor was measured.
  const float cells = sqrtf((float)frame->triangles / 3.1f);
  frame->elements = (unsigned)cells < MIN_CELLS ? MIN_CELLS : (unsigned)cells;
  if (frame->batches > frame->elements / 2) frame->batches = frame->elements / 2;
  (void)cube_cases();
}

// Indigo, cerulean, aqua and amber: told apart with every common kind of colour vision.
static void ball_colour(unsigned index, vec3 colour)
{
  static const float tones[4][3] = {{0.012f, 0.165f, 0.470f},
                                    {0.930f, 0.360f, 0.020f},
                                    {0.020f, 0.480f, 0.560f},
                                    {0.045f, 0.035f, 0.230f}};
  for (int i = 0; i < 3; i++) colour[i] = tones[index % 4][i];
}

// One large drop in the middle; the others swing through it and out again.
static ball ball_at(const scene_frame *frame, unsigned index)
{
  const float t = frame->time;
  ball made;
  float random[8];
  for (uint32_t salt = 0; salt < 8; salt++) random[salt] = scene_random(frame->seed, index, salt);
  const float reach = index == 0 ? 0.12f : 0.34f + 0.58f * random[0];
  for (int axis = 0; axis < 3; axis++) {
    const float speed = 0.22f + 0.30f * random[1 + axis];
    const float phase = TAU * (random[4 + axis] + (float)index / (float)BALLS);
    made.centre[axis] = reach * sinf(speed * t + phase);
  }
  made.centre[1] *= 0.8f;
  // Balls keep out of the corners of the box: the camera sees only a sphere around the origin.
  const float distance = glm_vec3_norm(made.centre);
  if (distance > reach) glm_vec3_scale(made.centre, reach / distance, made.centre);
  // A ball is smaller the further out it is.
  made.radius = index == 0 ? 0.80f : 0.62f - 0.30f * random[0] + 0.10f * random[7];
  ball_colour(index, made.colour);
  return made;
}

// Finds the balls that reach into the slab and the box that holds them all.
static void gather_balls(const scene_frame *frame, unsigned first, unsigned last, slab *s)
{
  const int cells = (int)frame->elements;
  s->step = 2.0f * EXTENT / (float)cells;
  s->ball_count = 0;
  for (int axis = 0; axis < 2; axis++) {
    s->box.low[axis] = cells;
    s->box.high[axis] = 0;
  }
  s->box.low[2] = (int)first;
  s->box.high[2] = (int)last;
  for (unsigned i = 0; i < BALLS; i++) {
    const ball b = ball_at(frame, i);
    int low[3], high[3];
    for (int axis = 0; axis < 3; axis++) {
      low[axis] = (int)floorf((b.centre[axis] - b.radius + EXTENT) / s->step);
      high[axis] = (int)ceilf((b.centre[axis] + b.radius + EXTENT) / s->step);
      if (low[axis] < 0) low[axis] = 0;
      if (high[axis] > cells) high[axis] = cells;
    }
    if (high[2] < (int)first || low[2] > (int)last) continue;
    s->balls[s->ball_count++] = b;
    for (int axis = 0; axis < 2; axis++) {
      if (low[axis] < s->box.low[axis]) s->box.low[axis] = low[axis];
      if (high[axis] > s->box.high[axis]) s->box.high[axis] = high[axis];
    }
  }
  s->width = s->box.high[0] - s->box.low[0] + 1;
  s->height = s->box.high[1] - s->box.low[1] + 1;
}

// Where a grid point of the slab's box lies. The same point has the same place in every slab, to
// the last bit, or there would be gaps between them.
static float place_of(const slab *s, int axis, int index)
{
  const int low = axis < 2 ? s->box.low[axis] : 0;
  return (float)(index + low) * s->step - EXTENT;
}

// Adds one ball to a row of the field, over the points that it reaches.
static void add_to_row(const slab *s, const ball *b, float rest, float *row)
{
  const float span = sqrtf(rest), centre = b->centre[0] + EXTENT;
  int from = (int)ceilf((centre - span) / s->step) - s->box.low[0];
  int to = (int)floorf((centre + span) / s->step) - s->box.low[0];
  if (from < 0) from = 0;
  if (to > s->width - 1) to = s->width - 1;
  // These are copies, because for all the compiler knows, writing to the row changes slab and ball.
  const float scale = 1.0f / (b->radius * b->radius), step = s->step, middle = b->centre[0];
  const int low = s->box.low[0];
  for (int x = from; x <= to; x++) {
    const float dx = (float)(x + low) * step - EXTENT - middle;  // as place_of
    const float near = (rest - dx * dx) * scale;
    row[x] += near * near;
  }
}

static void fill_layer(const slab *s, int z, layer *out)
{
  const float place_z = place_of(s, 2, z);
  memset(out->field, 0, (size_t)s->width * (size_t)s->height * sizeof(float));
  for (unsigned i = 0; i < s->ball_count; i++) {
    const ball *b = &s->balls[i];
    const float dz = place_z - b->centre[2];
    const float rest_z = b->radius * b->radius - dz * dz;
    if (rest_z <= 0.0f) continue;
    for (int y = 0; y < s->height; y++) {
      const float dy = place_of(s, 1, y) - b->centre[1];
      const float rest = rest_z - dy * dy;
      if (rest > 0.0f) add_to_row(s, b, rest, out->field + y * s->width);
    }
  }
  const int width = s->width;
  for (int y = 0; y < s->height; y++) {
    const float *field = out->field + y * width;
    uint8_t *inside = out->inside + y * width;
    uint8_t any = 0;
    for (int x = 0; x < width; x++) {
      inside[x] = field[x] > THRESHOLD;
      any |= inside[x];
    }
    out->row_any[y] = any;
  }
}

// Adds the vertex at a place of the surface: its normal is the field's slope, its colour a mixture.
static uint32_t add_vertex(slab *s, vec3 place)
{
  vec3 normal = {0.0f, 0.0f, 0.0f}, colour = {0.0f, 0.0f, 0.0f};
  float weight = 1e-6f;
  for (unsigned i = 0; i < s->ball_count; i++) {
    const ball *b = &s->balls[i];
    vec3 away;
    glm_vec3_sub(place, (float *)b->centre, away);
    const float scale = 1.0f / (b->radius * b->radius);
    const float near = 1.0f - glm_vec3_norm2(away) * scale;
    if (near <= 0.0f) continue;
    glm_vec3_muladds(away, near * scale, normal);
    glm_vec3_muladds((float *)b->colour, near * near, colour);
    weight += near * near;
  }
  glm_vec3_normalize(normal);
  glm_vec3_scale(colour, 1.0f / weight, colour);
  // [lines] push: one vertex in three buffers
  glm_vec3_copy(place, *ss_push(scene_vector, &s->positions));
  glm_vec3_copy(normal, *ss_push(scene_vector, &s->normals));
  *ss_push(scene_colour, &s->colours) =
      (scene_colour){scene_byte(colour[0]), scene_byte(colour[1]), scene_byte(colour[2]), 255};
  // [/lines]
  return s->vertex_count++;
}

// The vertex on the edge from grid point (x, y, z) along `axis`.
static uint32_t add_on_edge(slab *s, int axis, int x, int y, int z, float from, float to)
{
  vec3 place = {place_of(s, 0, x), place_of(s, 1, y), place_of(s, 2, z)};
  place[axis] += s->step * (THRESHOLD - from) / (to - from);
  return add_vertex(s, place);
}

static void add_in_layer(slab *s, int z, layer *in)
{
  const int width = s->width;
  const float *field = in->field;
  const uint8_t *inside = in->inside;
  for (int y = 0; y < s->height; y++) {
    const bool has_next = y + 1 < s->height;
    if (!in->row_any[y] && !(has_next && in->row_any[y + 1])) continue;
    for (int x = 0; x < width; x++) {
      const int at = y * width + x;
      if (x + 1 < width && inside[at] != inside[at + 1]) {
        in->x_edge[at] = add_on_edge(s, 0, x, y, z, field[at], field[at + 1]);
      }
      if (has_next && inside[at] != inside[at + width]) {
        in->y_edge[at] = add_on_edge(s, 1, x, y, z, field[at], field[at + width]);
      }
    }
  }
}

static void add_between(slab *s, int z, const layer *low, const layer *high, uint32_t *z_edge)
{
  const int width = s->width;
  const uint8_t *below = low->inside, *above = high->inside;
  for (int y = 0; y < s->height; y++) {
    if (!low->row_any[y] && !high->row_any[y]) continue;
    for (int x = 0; x < width; x++) {
      const int at = y * width + x;
      if (below[at] == above[at]) continue;
      z_edge[at] = add_on_edge(s, 2, x, y, z, low->field[at], high->field[at]);
    }
  }
}

static void add_triangles(slab *s, const layer *low, const layer *high, const uint32_t *z_edge)
{
  const cube_case *cases = cube_cases();
  const int w = s->width;
  // Where the vertex of each of a cell's edges is kept, for the cell at 0. See cubes.h.
  const uint32_t *edge[CUBE_EDGES] = {
      low->x_edge,  low->x_edge + w,  high->x_edge, high->x_edge + w, low->y_edge, low->y_edge + 1,
      high->y_edge, high->y_edge + 1, z_edge,       z_edge + 1,       z_edge + w,  z_edge + w + 1,
  };
  for (int y = 0; y + 1 < s->height; y++) {
    if (!(low->row_any[y] | low->row_any[y + 1] | high->row_any[y] | high->row_any[y + 1]))
      continue;
    const uint8_t *corner = low->inside + y * w, *above = high->inside + y * w;
    unsigned inside = 0;
    for (int x = 0; x < w; x++) {
      // The corners on the right become those on the left.
      inside = (inside >> 1 & 0x55u) | (unsigned)corner[x] << 1 | (unsigned)corner[x + w] << 3 |
               (unsigned)above[x] << 5 | (unsigned)above[x + w] << 7;
      if (x == 0 || inside == 0 || inside == 255) continue;
      // [lines] push: a cell's triangles
      const cube_case *found = &cases[inside];
      const int cell = y * w + x - 1;
      const size_t count = found->triangle_count * 3u;
      uint32_t *index = ss_extend(uint32_t, &s->indices, count);
      for (size_t i = 0; i < count; i++) index[i] = edge[found->edges[i]][cell];
      // [/lines]
    }
  }
}

static bool take_layer(const slab *s, layer *out)
{
  const size_t points = (size_t)s->width * (size_t)s->height;
  out->field = ss_uninit_slice(float, points);
  out->inside = ss_uninit_slice(uint8_t, points);
  out->row_any = ss_uninit_slice(uint8_t, (size_t)s->height);
  out->x_edge = ss_uninit_slice(uint32_t, points);
  out->y_edge = ss_uninit_slice(uint32_t, points);
  return out->field && out->inside && out->row_any && out->x_edge && out->y_edge;
}

static void give_layer(layer *taken)
{
  source_give(taken->y_edge);
  source_give(taken->x_edge);
  source_give(taken->row_any);
  source_give(taken->inside);
  source_give(taken->field);
}

static void march(slab *s)
{
  layer low, high;
  const size_t points = (size_t)s->width * (size_t)s->height;
  uint32_t *z_edge;
  if (!take_layer(s, &low) || !take_layer(s, &high)) return;
  z_edge = ss_uninit_slice(uint32_t, points);
  if (z_edge == NULL) return;

  fill_layer(s, s->box.low[2], &low);
  add_in_layer(s, s->box.low[2], &low);
  for (int z = s->box.low[2]; z < s->box.high[2]; z++) {
    fill_layer(s, z + 1, &high);
    add_in_layer(s, z + 1, &high);
    add_between(s, z, &low, &high, z_edge);
    add_triangles(s, &low, &high, z_edge);
    const layer swapped = low;
    low = high;
    high = swapped;
  }
  source_give(z_edge);
  give_layer(&high);
  give_layer(&low);
}

static void generate(const scene_frame *frame, unsigned batch, scene_batch *out)
{
  source_begin(out, STREAM_POSITIONS, STREAM_NORMALS, STREAM_COLOURS, STREAM_INDICES);
  slab s;
  gather_balls(frame, scene_share(frame, batch), scene_share(frame, batch + 1), &s);
  s.vertex_count = 0;
  // [lines] open and close: four buffers at once
  s.positions = ss_buffer_open();
  s.normals = ss_buffer_open();
  s.colours = ss_buffer_open();
  s.indices = ss_buffer_open();
  if (s.ball_count > 0) {
    const ss_mark scratch = ss_save();
    march(&s);
    ss_restore(scratch);
  }
  out->attribute[STREAM_POSITIONS] = ss_buffer_close(&s.positions);
  out->attribute[STREAM_NORMALS] = ss_buffer_close(&s.normals);
  out->attribute[STREAM_COLOURS] = ss_buffer_close(&s.colours);
  out->attribute[STREAM_INDICES] = ss_buffer_close(&s.indices);
  // [/lines]
  source_end(out);
}

SCENE_DEFINE(metaballs);
