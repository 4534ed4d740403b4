// SPDX-License-Identifier: MIT
// Each ribbon is cut twice. Along its length, by halving segments until their projection is short
// enough: that gives the spine, whose length nobody knows beforehand. Across, into a power of two
// of strips that follows its width on the screen. Two rows of vertices with equally many strips are
// joined by a block of triangles; where the number changes, by single ones.
#include <math.h>

#include "source.h"

#define TAU 6.28318531f
#define RIBBONS 63u
#define SPINE_SEGMENTS 24  // before any halving
#define MAX_HALVINGS 9
#define MAX_STRIPS 32u

// One place along a ribbon.
typedef struct spine_point {
  float along;  // 0 at the tail, 1 at the head
  uint32_t strips;
  bool is_gap;  // nothing is drawn from here to the next point
} spine_point;

// What makes one ribbon differ from the others.
typedef struct ribbon_shape {
  float start;        // angle around the ring at the tail
  float sweep;        // angle around the ring from tail to head
  float winding;      // turns around the tube for each turn around the ring
  float phase;        // angle around the tube
  float tube_radius;  // distance from the ring
  float half_width;
  float twist_phase;
  float hue;      // 0 blue to 1 orange
  float emitted;  // light of its own
} ribbon_shape;

typedef struct row {
  scene_vector *positions;
  scene_colour *colours;
  uint32_t strips;
} row;

typedef struct ribbon_frame {
  vec3 centre;
  vec3 tangent;
  vec3 across;
  vec3 normal;
} ribbon_frame;

static void begin(scene_frame *frame)
{
  const float t = frame->time;
  const float orbit = 0.13f * t + 0.6f;
  const float height = 1.15f + 0.75f * sinf(0.21f * t);
  const float distance = 3.05f + 0.55f * sinf(0.17f * t + 1.0f);
  // A narrow window sees the whole ring too.
  const float field = frame->aspect < 1.5f ? 2.0f * atanf(0.621f / frame->aspect) : glm_rad(45.0f);

  frame->eye[0] = distance * cosf(orbit);
  frame->eye[1] = height;
  frame->eye[2] = distance * sinf(orbit);
  mat4 view, projection;
  glm_lookat(frame->eye, (vec3){0.0f, -0.28f, 0.0f}, (vec3){0.0f, 1.0f, 0.0f}, view);
  glm_perspective(field, frame->aspect, 0.1f, 20.0f, projection);
  glm_mat4_mul(projection, view, frame->view_projection);

  frame->elements = RIBBONS;
  if (frame->batches > RIBBONS) frame->batches = RIBBONS;
  // The longest edge wanted, in halves of the screen's height. The number of triangles is
  // proportional to its inverse square; the factor was measured.
  frame->detail = sqrtf(33.0f / (float)frame->triangles);
}

static ribbon_shape shape_of(const scene_frame *frame, uint32_t ribbon)
{
  const uint32_t shell = ribbon % 3u;
  const uint32_t strand = ribbon / 3u;
  const uint32_t strands = RIBBONS / 3u;
  const float around = (float)strand / (float)strands;
  const float direction = shell == 1u ? -1.0f : 1.0f;
  const float jitter = scene_random(frame->seed, ribbon, 0);
  const float pulse = sinf(0.4f * frame->time + TAU * scene_random(frame->seed, ribbon, 1));

  ribbon_shape shape;
  shape.start = TAU * jitter + direction * (0.16f + 0.05f * (float)shell) * frame->time;
  shape.sweep = direction * TAU * (0.62f + 0.2f * pulse);
  shape.winding = direction * (shell == 2u ? 1.0f : 2.0f);
  shape.phase = TAU * around;
  shape.tube_radius = 0.2f + 0.2f * (float)shell;
  shape.half_width = 0.018f + 0.030f * scene_random(frame->seed, ribbon, 2);
  shape.twist_phase = TAU * scene_random(frame->seed, ribbon, 3);
  shape.hue = 0.94f - 0.38f * (float)shell + 0.30f * (scene_random(frame->seed, ribbon, 4) - 0.5f);
  shape.emitted = shell == 0u ? 0.55f : 0.0f;
  return shape;
}

// A point of the ribbon's middle line, and the nearest point of the ring that it winds around.
static void middle_at(const scene_frame *frame, const ribbon_shape *shape, float along, vec3 centre,
                      vec3 ring)
{
  const float angle = shape->start + shape->sweep * along;
  const float tube =
      shape->phase + shape->winding * angle + 0.35f * sinf(2.0f * angle + frame->time);
  const float swell = 1.0f + 0.22f * sinf(3.0f * angle - 0.7f * frame->time);
  const float radius = shape->tube_radius * swell;
  const float c = cosf(angle), s = sinf(angle);
  const float out = 1.0f + radius * cosf(tube);
  glm_vec3_copy((vec3){c, 0.12f * sinf(2.0f * angle + 0.5f * frame->time), s}, ring);
  glm_vec3_copy((vec3){out * c, ring[1] + radius * sinf(tube), out * s}, centre);
}

static ribbon_frame frame_at(const scene_frame *frame, const ribbon_shape *shape, float along)
{
  ribbon_frame at;
  vec3 ring, next, next_ring, outward, side;
  middle_at(frame, shape, along, at.centre, ring);
  middle_at(frame, shape, along + 1e-3f, next, next_ring);
  glm_vec3_sub(next, at.centre, at.tangent);
  glm_vec3_normalize(at.tangent);
  glm_vec3_sub(at.centre, ring, outward);
  glm_vec3_cross(at.tangent, outward, side);
  glm_vec3_normalize(side);
  glm_vec3_cross(side, at.tangent, outward);

  const float twist = 0.9f * sinf(5.0f * along + 0.8f * frame->time + shape->twist_phase);
  const float c = cosf(twist), s = sinf(twist);
  for (int i = 0; i < 3; i++) {
    at.across[i] = c * side[i] + s * outward[i];
    at.normal[i] = c * outward[i] - s * side[i];
  }
  return at;
}

// Half the width of a ribbon, which is thin at both ends.
static float half_width_at(const ribbon_shape *shape, float along)
{
  const float end = 4.0f * along * (1.0f - along);
  return shape->half_width * sqrtf(fmaxf(end, 0.0f));
}

// Where a point lies on the screen, in halves of its height, and its distance in `out[2]`.
static void project(const scene_frame *frame, vec3 point, vec3 out)
{
  vec4 clip;
  glm_mat4_mulv((vec4 *)frame->view_projection, (vec4){point[0], point[1], point[2], 1.0f}, clip);
  const float w = fmaxf(clip[3], 0.05f);
  out[0] = clip[0] / w * frame->aspect;
  out[1] = clip[1] / w;
  out[2] = w;
}

static bool is_out_of_view(const scene_frame *frame, const vec3 a, const vec3 b)
{
  const float x = frame->aspect + 0.2f, y = 1.2f;
  return (a[0] > x && b[0] > x) || (a[0] < -x && b[0] < -x) || (a[1] > y && b[1] > y) ||
         (a[1] < -y && b[1] < -y);
}

// Pushes the points from `from` up to, but not including, `to`.
// NOLINTNEXTLINE(misc-no-recursion): MAX_HALVINGS deep at most
static void cut_segment(const scene_frame *frame, const ribbon_shape *shape, float from,
                        const vec3 from_screen, float to, const vec3 to_screen, int halvings,
                        ss_buffer *spine)
{
  const bool is_gap = is_out_of_view(frame, from_screen, to_screen);
  const float dx = to_screen[0] - from_screen[0], dy = to_screen[1] - from_screen[1];
  if (!is_gap && halvings < MAX_HALVINGS && dx * dx + dy * dy > frame->detail * frame->detail) {
    const float middle = 0.5f * (from + to);
    vec3 centre, ring, middle_screen;
    middle_at(frame, shape, middle, centre, ring);
    project(frame, centre, middle_screen);
    cut_segment(frame, shape, from, from_screen, middle, middle_screen, halvings + 1, spine);
    cut_segment(frame, shape, middle, middle_screen, to, to_screen, halvings + 1, spine);
    return;
  }
  const float width_on_screen = 2.0f * 2.414f * half_width_at(shape, from) / from_screen[2];
  uint32_t strips = 1;
  while (strips < MAX_STRIPS && width_on_screen > frame->detail * (float)strips) strips *= 2;
  *ss_push(spine_point, spine) = (spine_point){from, strips, is_gap};
}

static ss_slice cut_spine(const scene_frame *frame, const ribbon_shape *shape)
{
  ss_buffer spine = ss_buffer_open();
  vec3 centre, ring, from_screen, to_screen;
  middle_at(frame, shape, 0.0f, centre, ring);
  project(frame, centre, from_screen);
  for (int i = 0; i < SPINE_SEGMENTS; i++) {
    const float from = (float)i / SPINE_SEGMENTS, to = (float)(i + 1) / SPINE_SEGMENTS;
    middle_at(frame, shape, to, centre, ring);
    project(frame, centre, to_screen);
    cut_segment(frame, shape, from, from_screen, to, to_screen, 0, &spine);
    glm_vec3_copy(to_screen, from_screen);
  }
  *ss_push(spine_point, &spine) = (spine_point){1.0f, 1, true};
  return ss_buffer_close(&spine);
}

// Blue, pale, orange: told apart with every common kind of colour vision.
static void palette(float hue, vec3 colour)
{
  static const float stops[5][3] = {{0.010f, 0.085f, 0.420f},
                                    {0.045f, 0.400f, 0.800f},
                                    {0.720f, 0.800f, 0.780f},
                                    {0.900f, 0.420f, 0.035f},
                                    {0.700f, 0.110f, 0.010f}};
  const float place = glm_clamp(hue, 0.0f, 0.9999f) * 4.0f;
  const int stop = (int)place;
  const float mix = place - (float)stop;
  for (int i = 0; i < 3; i++) {
    colour[i] = stops[stop][i] + mix * (stops[stop + 1][i] - stops[stop][i]);
  }
}

static scene_colour shade(const scene_frame *frame, const vec3 albedo, float glow, vec3 position,
                          vec3 normal, vec3 tangent)
{
  vec3 to_eye, half;
  glm_vec3_sub((float *)frame->eye, position, to_eye);
  const float distance = glm_vec3_norm(to_eye);
  glm_vec3_scale(to_eye, 1.0f / distance, to_eye);
  float facing = glm_vec3_dot(normal, to_eye);
  const float side = facing < 0.0f ? -1.0f : 1.0f;
  facing *= side;

  vec3 light = {0.37f, 0.84f, 0.40f};
  const float diffuse = fmaxf(side * glm_vec3_dot(normal, light), 0.0f);
  glm_vec3_add(to_eye, light, half);
  glm_vec3_normalize(half);
  // Silk shines across its threads, which run along the ribbon.
  const float thread = glm_vec3_dot(tangent, half);
  float shine = 1.0f - thread * thread;
  shine *= shine;
  shine *= shine;
  shine *= shine;
  shine *= shine;
  const float rim = (1.0f - facing) * (1.0f - facing);
  const float lit = 0.10f + 0.85f * diffuse + 0.40f * rim + glow;
  const float gleam = 0.22f * shine * (0.25f + diffuse);
  const float fog = glm_clamp((distance - 2.2f) / 3.2f, 0.0f, 0.82f);
  static const float air[3] = {0.0022f, 0.0045f, 0.011f};
  uint8_t channels[3];
  for (int i = 0; i < 3; i++) {
    channels[i] = scene_byte((albedo[i] * lit + gleam) * (1.0f - fog) + air[i] * fog);
  }
  return (scene_colour){channels[0], channels[1], channels[2], 255};
}

static void fill_row(const scene_frame *frame, const ribbon_shape *shape, spine_point point,
                     row *out)
{
  ribbon_frame at = frame_at(frame, shape, point.along);
  const float half_width = half_width_at(shape, point.along);
  const float ruffle = 0.8f * sinf(34.0f * point.along - 2.2f * frame->time + shape->twist_phase);
  // A pulse of light runs along each ribbon.
  const float lag = point.along - 0.5f - 0.6f * sinf(0.5f * frame->time + shape->twist_phase);
  const float glow = shape->emitted + 0.9f * expf(-90.0f * lag * lag);
  vec3 albedo;
  palette(shape->hue + 0.14f * (point.along - 0.5f), albedo);

  out->strips = point.strips;
  for (uint32_t i = 0; i <= point.strips; i++) {
    const float s = 2.0f * (float)i / (float)point.strips - 1.0f;
    const float lift = 0.45f * (s * s - 0.33f) + ruffle * s * s * s;
    const float slope = 0.90f * s + 3.0f * ruffle * s * s;
    vec3 normal;
    for (int axis = 0; axis < 3; axis++) {
      out->positions[i][axis] =
          at.centre[axis] + half_width * (s * at.across[axis] + lift * at.normal[axis]);
      normal[axis] = at.normal[axis] - slope * at.across[axis];
    }
    glm_vec3_normalize(normal);
    const float edge = s * s * s * s;
    out->colours[i] =
        shade(frame, albedo, glow + 0.6f * edge * edge, out->positions[i], normal, at.tangent);
  }
}

static void push_vertex(const row *from, uint32_t i, ss_buffer *positions, ss_buffer *colours)
{
  // [lines] push: one vertex in two buffers
  glm_vec3_copy(from->positions[i], *ss_push(scene_vector, positions));
  *ss_push(scene_colour, colours) = from->colours[i];
  // [/lines]
}

// Joins rows with equally many strips: the number of triangles is known, so room is made once.
static void join_by_block(const row *a, const row *b, ss_buffer *positions, ss_buffer *colours)
{
  const size_t vertices = (size_t)a->strips * 6;
  scene_vector *position = ss_extend(scene_vector, positions, vertices);
  scene_colour *colour = ss_extend(scene_colour, colours, vertices);
  for (uint32_t i = 0; i < a->strips; i++) {
    const row *rows[6] = {a, b, a, a, b, b};
    const uint32_t steps[6] = {0, 0, 1, 1, 0, 1};
    for (int corner = 0; corner < 6; corner++) {
      glm_vec3_copy(rows[corner]->positions[i + steps[corner]], *position++);
      *colour++ = rows[corner]->colours[i + steps[corner]];
    }
  }
}

// Joins rows with different numbers of strips: the row that lags behind moves on by one vertex.
static void join_by_one(const row *a, const row *b, ss_buffer *positions, ss_buffer *colours)
{
  uint32_t i = 0, j = 0;
  while (i < a->strips || j < b->strips) {
    const bool moves_a =
        j == b->strips || (i < a->strips && (i + 1) * b->strips <= (j + 1) * a->strips);
    push_vertex(a, i, positions, colours);
    push_vertex(b, j, positions, colours);
    if (moves_a) {
      push_vertex(a, ++i, positions, colours);
    } else {
      push_vertex(b, ++j, positions, colours);
    }
  }
}

static bool take_row(row *out)
{
  out->positions = ss_uninit_slice(scene_vector, MAX_STRIPS + 1);
  out->colours = ss_uninit_slice(scene_colour, MAX_STRIPS + 1);
  return out->positions != NULL && out->colours != NULL;
}

static void give_row(row *taken)
{
  source_give(taken->colours);
  source_give(taken->positions);
}

static void fill_ribbon(const scene_frame *frame, const ribbon_shape *shape, ss_slice spine,
                        row *previous, row *next, ss_buffer *positions, ss_buffer *colours)
{
  const spine_point *points = spine.data;
  const size_t count = spine.size / sizeof(spine_point);
  fill_row(frame, shape, points[0], previous);
  for (size_t i = 1; i < count; i++) {
    fill_row(frame, shape, points[i], next);
    if (!points[i - 1].is_gap) {
      if (previous->strips == next->strips) {
        join_by_block(previous, next, positions, colours);
      } else {
        join_by_one(previous, next, positions, colours);
      }
    }
    row *swapped = previous;
    previous = next;
    next = swapped;
  }
}

static void generate(const scene_frame *frame, unsigned batch, scene_batch *out)
{
  source_begin(out, STREAM_POSITIONS, STREAM_COLOURS);
  // [lines] open and close, with scratch between
  ss_buffer positions = ss_buffer_open();
  ss_buffer colours = ss_buffer_open();
  const unsigned end = scene_share(frame, batch + 1);
  for (unsigned ribbon = scene_share(frame, batch); ribbon < end; ribbon++) {
    const ribbon_shape shape = shape_of(frame, ribbon);
    // Scratch of its own, beside the two buffers that are open.
    const ss_mark scratch = ss_save();
    const ss_slice spine = cut_spine(frame, &shape);
    row a, b;
    if (take_row(&a) && take_row(&b)) {
      fill_ribbon(frame, &shape, spine, &a, &b, &positions, &colours);
      give_row(&b);
      give_row(&a);
    }
    source_drop(spine);
    ss_restore(scratch);
  }
  out->attribute[STREAM_POSITIONS] = ss_buffer_close(&positions);
  out->attribute[STREAM_COLOURS] = ss_buffer_close(&colours);
  // [/lines]
  source_end(out);
}

SCENE_DEFINE(ribbons);
