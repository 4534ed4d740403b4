// SPDX-License-Identifier: MIT
// Triangulation of many small polygons: ears are cut off a ring of nodes, as npm's earcut does, 150 outlines of 5 to 20
// points a frame. Each outline has its nodes and its triangles in containers of its own. triangulation.mjs compares the
// triangles with those of earcut.
#include "program.h"

#include <cstdio>
#include <list>

namespace {

enum { OUTLINES = 150 };

struct point {
  float x, y;
};

float cross(const point &a, const point &b, const point &c)
{
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool is_in(const point &a, const point &b, const point &c, const point &p)
{
  return cross(a, b, p) >= 0 && cross(b, c, p) >= 0 && cross(c, a, p) >= 0;
}

struct corner {
  point at;
  uint32_t index;
};

template <class Ring>
typename Ring::iterator after(Ring &ring, typename Ring::iterator at)
{
  return ++at == ring.end() ? ring.begin() : at;
}

template <class Ring>
bool is_ear(Ring &ring, typename Ring::iterator a, typename Ring::iterator b,
            typename Ring::iterator c)
{
  if (cross(a->at, b->at, c->at) <= 0) return false;
  for (auto p = after(ring, c); p != a; p = after(ring, p)) {
    if (is_in(a->at, b->at, c->at, p->at)) return false;
  }
  return true;
}

template <class Memory>
void triangulate(const vector_of<Memory, point> &outline, vector_of<Memory, uint32_t> &triangles)
{
  using ring_type = std::list<corner, typename Memory::template allocator<corner>>;
  ring_type ring(typename Memory::template allocator<corner>{});
  for (uint32_t i = 0; i < outline.size(); i++) ring.push_back({outline[i], i});
  auto a = ring.begin();
  for (size_t tries = ring.size(); ring.size() > 2 && tries > 0; tries--) {
    const auto b = after(ring, a), c = after(ring, b);
    if (is_ear(ring, a, b, c)) {
      triangles.push_back(a->index);
      triangles.push_back(b->index);
      triangles.push_back(c->index);
      ring.erase(b);
      tries = ring.size() + 1;
      a = c;
    } else {
      a = b;
    }
  }
}

template <class Memory>
void make_outline(vector_of<Memory, point> &outline, numbers &some)
{
  const uint32_t count = 5 + some.below(16);
  for (uint32_t k = 0; k < count; k++) {
    // Around a square: no sine, so that all platforms see the same bits.
    const float along = 4.0f * static_cast<float>(k) / static_cast<float>(count);
    const float x = along < 1 ? 1 - 2 * along : along < 2 ? -1 : along < 3 ? 2 * along - 5 : 1;
    const float y = along < 1 ? 1 : along < 2 ? 3 - 2 * along : along < 3 ? -1 : 2 * along - 7;
    const float reach = 0.4f + 0.6f * some.unit();
    outline.push_back({x * reach, y * reach});
  }
}

/// Calls `use` with each outline of a frame and its triangles.
template <class Memory, class Use>
void triangulate_all(uint32_t seed, Use use)
{
  numbers some(seed);
  for (uint32_t i = 0; i < OUTLINES; i++) {
    [[maybe_unused]] typename Memory::scope scope;
    vector_of<Memory, point> outline(typename Memory::template allocator<point>{});
    make_outline<Memory>(outline, some);
    vector_of<Memory, uint32_t> triangles(typename Memory::template allocator<uint32_t>{});
    triangulate<Memory>(outline, triangles);
    use(outline, triangles);
  }
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  sum total;
  triangulate_all<Memory>(seed, [&total](const auto &, const auto &triangles) {
    total.add_bytes(triangles.data(), triangles.size() * sizeof(uint32_t));
  });
  return total.value();
}

template <class Memory>
void print_all(const char *variant, uint32_t seed)
{
  triangulate_all<Memory>(seed, [variant](const auto &outline, const auto &triangles) {
    std::printf("{\"variant\":\"%s\",\"points\":[", variant);
    const char *comma = "";
    for (const point &p : outline) {
      // Nine digits give a float back bit by bit.
      std::printf("%s%.9g,%.9g", comma, static_cast<double>(p.x), static_cast<double>(p.y));
      comma = ",";
    }
    std::printf("],\"triangles\":[");
    comma = "";
    for (const uint32_t index : triangles) {
      std::printf("%s%u", comma, static_cast<unsigned>(index));
      comma = ",";
    }
    std::puts("]}");
  });
}

}  // namespace

void print_triangles(uint32_t seed)
{
  print_all<from_malloc>("malloc", seed);
  print_all<from_stack>("stack", seed);
#if SS_HAS_MEMORY_RESOURCE
  print_all<from_pmr>("pmr", seed);
#endif
}

const program triangle_program = {"triangulation of small polygons", frame<from_malloc>,
                                  frame<from_stack>, PROGRAM_WITH_PMR(frame), nullptr};
