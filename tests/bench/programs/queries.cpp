// SPDX-License-Identifier: MIT
// Spatial queries: who is near? A grid of 3,000 things is there; 400 queries a frame return the list of what they found,
// nearest first, and each asks for the neighbours of its three nearest, lists again.
#include "program.h"

#include <algorithm>

namespace {

enum { THINGS = 3000, CELLS = 32, QUERIES = 400 };

struct thing {
  float x, y;
};
thing things[THINGS];
std::vector<uint32_t> cells[CELLS * CELLS];

uint32_t cell_of(float x)
{
  const float cell = x * CELLS;
  return cell <= 0 ? 0 : cell >= CELLS - 1 ? CELLS - 1 : static_cast<uint32_t>(cell);
}

void prepare()
{
  numbers some(1);
  for (auto &cell : cells) cell.clear();
  for (uint32_t i = 0; i < THINGS; i++) {
    things[i] = {some.unit(), some.unit()};
    cells[cell_of(things[i].y) * CELLS + cell_of(things[i].x)].push_back(i);
  }
}

struct hit {
  float distance;
  uint32_t index;
};

template <class List>
void find_near(const thing &centre, float reach, List &hits)
{
  for (uint32_t y = cell_of(centre.y - reach); y <= cell_of(centre.y + reach); y++) {
    for (uint32_t x = cell_of(centre.x - reach); x <= cell_of(centre.x + reach); x++) {
      for (const uint32_t i : cells[y * CELLS + x]) {
        const float dx = things[i].x - centre.x, dy = things[i].y - centre.y;
        const float distance = dx * dx + dy * dy;
        if (distance <= reach * reach) hits.push_back({distance, i});
      }
    }
  }
}

bool is_nearer(const hit &a, const hit &b)
{
  return a.distance < b.distance || (a.distance == b.distance && a.index < b.index);
}

template <class Memory>
uint64_t query(const thing &centre)
{
  [[maybe_unused]] typename Memory::scope scope;
  typename Memory::template list<hit> hits;
  find_near(centre, 0.03f, hits);
  std::sort(hits.begin(), hits.end(), is_nearer);
  sum total;
  for (const hit &h : hits) total.add(h.index);
  for (size_t i = 0; i < hits.size() && i < 3; i++) {
    typename Memory::template list<hit> neighbours;
    find_near(things[hits.begin()[i].index], 0.015f, neighbours);
    for (const hit &h : neighbours) total.add(h.index);
  }
  return total.value();
}

template <class Memory>
uint64_t frame(uint32_t seed)
{
  numbers some(seed);
  sum total;
  for (uint32_t i = 0; i < QUERIES; i++) {
    const float x = some.unit(), y = some.unit();
    total.add(query<Memory>({x, y}));
  }
  return total.value();
}

}  // namespace

const program query_program = {"spatial queries with lists", frame<from_malloc>, frame<from_stack>,
                               PROGRAM_WITH_PMR(frame), prepare};
