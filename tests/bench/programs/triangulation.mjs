// SPDX-License-Identifier: MIT
// Are the triangles of triangles.cpp right? Of each outline they must be a triangulation, and those that npm's earcut makes of the
// same outline must be one, too, of the same area and of as many triangles. The triangles themselves may differ, since
// an outline has many triangulations.
import earcut from "earcut";

// The sums of areas are of doubles, the points are floats: only the additions round.
const AREA_TOLERANCE = 1e-12;

const outlineOf = (points) => Array.from({ length: points.length / 2 }, (_, i) => i);

/** Twice the signed area of a ring of indices into flat points. */
function twiceArea(points, ring) {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 1) {
    const a = 2 * ring[i];
    const b = 2 * ring[(i + 1) % ring.length];
    sum += points[a] * points[b + 1] - points[b] * points[a + 1];
  }
  return sum;
}

/**
 * What keeps triangles from being a triangulation of an outline, or "". They are one if all are turned as the outline is,
 * if just the outline's edges have a triangle on one side only, and if they have the outline's area.
 */
export function whyNoTriangulation(points, triangles) {
  const count = points.length / 2;
  const outline = outlineOf(points);
  const whole = twiceArea(points, outline);
  if (triangles.length !== 3 * (count - 2)) {
    return `${triangles.length / 3} triangles of ${count} points`;
  }
  const open = new Set();
  let sum = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const corners = triangles.slice(i, i + 3);
    if (corners.some((index) => !(index >= 0 && index < count))) return `no point ${corners}`;
    const area = twiceArea(points, corners);
    if (area * whole <= 0) return `triangle ${corners} is empty or turned over`;
    sum += area;
    for (let k = 0; k < 3; k += 1) {
      const [from, to] = [corners[k], corners[(k + 1) % 3]];
      if (open.has(`${from} ${to}`)) return `two triangles on the same side of ${from} to ${to}`;
      // An edge that a neighbour has the other way round lies inside.
      if (!open.delete(`${to} ${from}`)) open.add(`${from} ${to}`);
    }
  }
  const edges = outline.map((i) => `${i} ${(i + 1) % count}`);
  if (open.size !== count || !edges.every((edge) => open.has(edge))) {
    return "the triangles' outer edges are not the outline";
  }
  const wrong = Math.abs(sum - whole) > AREA_TOLERANCE * Math.abs(whole);
  return wrong ? `an area of ${sum / 2} instead of ${whole / 2}` : "";
}

/** earcut turns all triangles one way, whichever way the outline is turned. */
function turnedAs(points, triangles) {
  const whole = twiceArea(points, outlineOf(points));
  const turned = [];
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = triangles.slice(i, i + 3);
    turned.push(...(twiceArea(points, [a, b, c]) * whole < 0 ? [a, c, b] : [a, b, c]));
  }
  return turned;
}

/** What is wrong with the triangles of an outline, or with earcut's, or "". */
export function compare(points, triangles) {
  const wrong = whyNoTriangulation(points, triangles);
  if (wrong) return wrong;
  const others = turnedAs(points, earcut(points));
  const wrongOthers = whyNoTriangulation(points, others);
  return wrongOthers && `earcut's: ${wrongOthers}`;
}

const FAULTS = {
  "a triangle is missing": (triangles) => triangles.slice(3),
  "a triangle is there twice": (triangles) => [...triangles.slice(3), ...triangles.slice(-3)],
  "a triangle is turned over": ([a, b, c, ...rest]) => [a, c, b, ...rest],
  "a corner is another point": ([a, b, c, ...rest]) => [
    a,
    b,
    rest.find((i) => i > c) ?? 0,
    ...rest,
  ],
  "a corner is no point": ([a, b, , ...rest]) => [a, b, 1000, ...rest],
};

/** Checks what a program has printed. `note` takes a name and what is wrong, or "". */
export function checkTriangles(where, lines, variants, note) {
  const printed = lines.map((line) => JSON.parse(line));
  for (const variant of variants) {
    const own = printed.filter((one) => one.variant === variant);
    const count = own.reduce((sum, { triangles }) => sum + triangles.length / 3, 0);
    const wrong = own.map(({ points, triangles }) => compare(points, triangles)).find(Boolean);
    note(
      `${where}, ${variant}: ${own.length} outlines, ${count} triangles, against npm's earcut`,
      wrong ?? (own.length < 100 ? "too few" : ""),
    );
  }
  // What has planted faults must be refused, or the checks above say nothing.
  for (const [name, spoil] of Object.entries(FAULTS)) {
    const missed = printed.filter(
      ({ points, triangles }) => !whyNoTriangulation(points, spoil(triangles)),
    );
    note(
      `${where}: ${name}, which must be noticed`,
      missed.length ? `${missed.length} times not` : "",
    );
  }
}
