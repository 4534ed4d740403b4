// SPDX-License-Identifier: MIT
// What a scene of the visitor's own can begin with.

/** @type {readonly { title: string, code: string }[]} */
export const PRESETS = [
  {
    title: "Parametric surface",
    code: `// triangles: a buffer of the second stack, 6 numbers a vertex: x, y, z, red, green, blue.
// time: seconds. scope: for scratch. state: an object that stays from frame to frame.
const ROWS = 120, COLUMNS = 60, TURN = 2 * Math.PI;

function push(i, j) {
  const u = (TURN * i) / ROWS, v = (TURN * j) / COLUMNS;
  const tube = 0.34 + 0.1 * Math.sin(5 * u + 2 * time) * Math.cos(3 * v);
  const ring = 0.85 + tube * Math.cos(v);
  triangles.push(
    ring * Math.cos(u), tube * Math.sin(v), ring * Math.sin(u),
    0.5 + 0.4 * Math.cos(u), 0.45, 0.6 + 0.35 * Math.sin(v),
  );
}

for (let i = 0; i < ROWS; i++) {
  for (let j = 0; j < COLUMNS; j++) {
    push(i, j); push(i + 1, j); push(i, j + 1);
    push(i, j + 1); push(i + 1, j); push(i + 1, j + 1);
  }
}
`,
  },
  {
    title: "L-system",
    code: `// A bush that is written anew in each frame; the states of its branches are scratch.
const RULE = "FF+[+F-F-F]-[-F+F+F]";
state.text ??= [..."1234"].reduce((text) => text.replaceAll("F", RULE), "F");

scope((s) => {
  const branches = s.buffer(Float32Array); // x, y and angle, a stack of them
  const bend = 0.38 + 0.06 * Math.sin(1.3 * time);
  let x = 0, y = -1.1, angle = Math.PI / 2;
  for (const letter of state.text) {
    if (letter === "+") angle += bend;
    else if (letter === "-") angle -= bend;
    else if (letter === "[") branches.push(x, y, angle);
    else if (letter === "]") {
      angle = branches.pop();
      y = branches.pop();
      x = branches.pop();
    } else {
      const dx = 0.036 * Math.cos(angle), dy = 0.036 * Math.sin(angle);
      const green = 0.45 + 0.3 * y, z = 0.25 * Math.sin(9 * angle) * (y + 1.1);
      triangles.push(x - 0.25 * dy, y + 0.25 * dx, z, 0.45, green, 0.15);
      triangles.push(x + 0.25 * dy, y - 0.25 * dx, z, 0.35, green, 0.1);
      triangles.push(x + dx, y + dy, z, 0.6, green + 0.2, 0.25);
      x += dx;
      y += dy;
    }
  }
});
`,
  },
  {
    title: "Particle fountain",
    code: `// Drops that rise and fall. How many are in the air is not known before they are made.
const DROPS = 6000, LIFE = 2.2;
const random = (n) => { const x = Math.sin(n * 127.1) * 43758.5453; return x - Math.floor(x); };

for (let i = 0; i < DROPS; i++) {
  const age = (time + LIFE * random(i)) % LIFE;
  const angle = 2 * Math.PI * random(i + 0.3), speed = 0.15 + 0.35 * random(i + 0.7);
  const y = -1 + (2 + random(i + 0.5)) * age - 1.35 * age * age;
  if (y < -1) continue;
  const x = speed * age * Math.cos(angle), z = speed * age * Math.sin(angle);
  const size = 0.012 + 0.012 * random(i + 0.9), light = 1 - age / LIFE;
  triangles.push(x, y + size, z, 0.5 + light / 2, 0.8, 1);
  triangles.push(x - size, y - size, z, 0.1, 0.3 + light / 2, 0.9);
  triangles.push(x + size, y - size, z, 0.1, 0.3 + light / 2, 0.9);
}
`,
  },
];
