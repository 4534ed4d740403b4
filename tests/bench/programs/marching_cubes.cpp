// SPDX-License-Identifier: MIT
// Marching cubes with welded vertices: a hash table knows which vertex lies on which edge of the grid, and positions and
// indices grow until the last cell is done. Four surfaces a frame, with the cases of the demo's metaballs.
#include "program.h"

#include <unordered_map>

extern "C" {
#include "../../../demo/scenes/cubes.h"
}

namespace {

enum { POINTS = 13, SURFACES = 4 };

struct position {
  float x, y, z;
};

struct hash {
  size_t operator()(uint32_t edge) const
  {
    return static_cast<size_t>(edge * 2654435769u);
  }
};

struct balls {
  position centres[3];
};

float field_at(const balls &b, float x, float y, float z)
{
  float field = 0;
  for (const position &c : b.centres) {
    const float dx = x - c.x, dy = y - c.y, dz = z - c.z;
    field += 6.0f / (1.0f + dx * dx + dy * dy + dz * dz);
  }
  return field - 1.0f;
}

uint32_t index_of(uint32_t x, uint32_t y, uint32_t z)
{
  return (z * POINTS + y) * POINTS + x;
}

// Of an edge of a cube: the axis, and the grid point at its lower end.
struct grid_edge {
  uint32_t axis, x, y, z;
};

grid_edge edge_at(uint32_t edge, uint32_t x, uint32_t y, uint32_t z)
{
  const uint32_t low = edge & 1u, high = edge >> 1 & 1u;
  switch (edge / 4) {
    case 0:
      return {0, x, y + low, z + high};
    case 1:
      return {1, x + low, y, z + high};
    default:
      return {2, x + low, y + high, z};
  }
}

position crossing(const float *field, const grid_edge &e)
{
  const uint32_t steps[3] = {1, POINTS, POINTS * POINTS};
  const uint32_t first = index_of(e.x, e.y, e.z);
  const float a = field[first], b = field[first + steps[e.axis]], t = a / (a - b);
  position at = {static_cast<float>(e.x), static_cast<float>(e.y), static_cast<float>(e.z)};
  (e.axis == 0 ? at.x : e.axis == 1 ? at.y : at.z) += t;
  return at;
}

uint32_t corners_inside(const float *field, uint32_t x, uint32_t y, uint32_t z)
{
  uint32_t inside = 0;
  for (uint32_t c = 0; c < 8; c++) {
    if (field[index_of(x + (c & 1u), y + (c >> 1 & 1u), z + (c >> 2))] > 0) inside |= 1u << c;
  }
  return inside;
}

template <class Memory>
uint64_t surface(const balls &b)
{
  [[maybe_unused]] typename Memory::scope scope;
  const cube_case *cases = cube_cases();
  vector_of<Memory, float> field(typename Memory::template allocator<float>{});
  field.reserve(POINTS * POINTS * POINTS);
  for (uint32_t z = 0; z < POINTS; z++) {
    for (uint32_t y = 0; y < POINTS; y++) {
      for (uint32_t x = 0; x < POINTS; x++) {
        field.push_back(
            field_at(b, static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)));
      }
    }
  }
  using entry = std::pair<const uint32_t, uint32_t>;
  std::unordered_map<uint32_t, uint32_t, hash, std::equal_to<>,
                     typename Memory::template allocator<entry>>
      vertices(16, hash(), std::equal_to<>(), typename Memory::template allocator<entry>{});
  vector_of<Memory, position> positions(typename Memory::template allocator<position>{});
  vector_of<Memory, uint32_t> indices(typename Memory::template allocator<uint32_t>{});
  for (uint32_t cell = 0; cell < (POINTS - 1) * (POINTS - 1) * (POINTS - 1); cell++) {
    const uint32_t x = cell % (POINTS - 1), y = cell / (POINTS - 1) % (POINTS - 1);
    const uint32_t z = cell / ((POINTS - 1) * (POINTS - 1));
    const cube_case &cut = cases[corners_inside(field.data(), x, y, z)];
    for (uint32_t i = 0; i < 3u * cut.triangle_count; i++) {
      const grid_edge e = edge_at(cut.edges[i], x, y, z);
      const auto found = vertices.try_emplace(3 * index_of(e.x, e.y, e.z) + e.axis,
                                              static_cast<uint32_t>(positions.size()));
      if (found.second) positions.push_back(crossing(field.data(), e));
      indices.push_back(found.first->second);
    }
  }
  sum total;
  total.add_bytes(positions.data(), positions.size() * sizeof(position));
  total.add_bytes(indices.data(), indices.size() * sizeof(uint32_t));
  return total.value();
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  sum total;
  numbers some(seed);
  for (uint32_t i = 0; i < SURFACES; i++) {
    balls b;
    for (position &c : b.centres) {
      const float reach = POINTS - 1;
      c.x = reach * some.unit();
      c.y = reach * some.unit();
      c.z = reach * some.unit();
    }
    total.add(surface<Memory>(b));
  }
  return total.value();
}

void prepare()
{
  (void)cube_cases();
}

}  // namespace

const program cubes_program = {"marching cubes, welded by hash", frame<from_malloc>,
                               frame<from_stack>, PROGRAM_WITH_PMR(frame), prepare};
