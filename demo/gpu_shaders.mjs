// SPDX-License-Identifier: MIT
// The demo's shader programs for WebGPU: those of shaders.h, line by line.

export const GPU_SHADERS = /* wgsl */ `
struct Camera {
  view_projection: mat4x4f,
  eye: vec3f,
  gloss: f32,
  light: vec3f,
}
@group(0) @binding(0) var<uniform> camera: Camera;

// The camera is made for WebGL, where depths go from -1 to 1; here they go from 0 to 1.
fn project(position: vec3f) -> vec4f {
  let at = camera.view_projection * vec4f(position, 1.0);
  return vec4f(at.xy, 0.5 * (at.z + at.w), at.w);
}

struct Tinted { @builtin(position) at: vec4f, @location(0) tint: vec4f }

@vertex fn place_tinted(@location(0) position: vec3f, @location(2) colour: vec4f) -> Tinted {
  return Tinted(project(position), colour);
}

@fragment fn paint_tinted(seen: Tinted) -> @location(0) vec4f {
  return seen.tint;
}

struct Lit {
  @builtin(position) at: vec4f,
  @location(0) place: vec3f,
  @location(1) facing: vec3f,
  @location(2) tint: vec4f,
}

@vertex fn place_lit(
  @location(0) position: vec3f,
  @location(1) normal: vec3f,
  @location(2) colour: vec4f,
) -> Lit {
  return Lit(project(position), position, normal, vec4f(colour.rgb * colour.rgb, colour.a));
}

fn studio(r: vec3f) -> vec3f {
  let light = camera.light;
  let sky = mix(vec3f(0.010, 0.014, 0.026), vec3f(0.17, 0.26, 0.44), smoothstep(-0.3, 1.0, r.y));
  let horizon = exp(-24.0 * (r.y + 0.06) * (r.y + 0.06));
  let box = smoothstep(0.66, 0.98, dot(r, light));
  let strip = smoothstep(0.80, 0.99, dot(r, normalize(vec3f(-light.z, 0.18, light.x))));
  let rim = smoothstep(0.70, 0.95, dot(r, normalize(vec3f(-light.x, 0.1, -light.z))));
  return sky + horizon * vec3f(0.10, 0.13, 0.20) + box * vec3f(2.6, 2.4, 2.1)
    + strip * vec3f(0.5, 0.8, 1.3) + rim * vec3f(0.9, 0.5, 0.25);
}

@fragment fn paint_lit(seen: Lit) -> @location(0) vec4f {
  let to_eye = normalize(camera.eye - seen.place);
  var n = normalize(seen.facing);
  if (dot(n, to_eye) < 0.0) { n = -n; }
  let diffuse = max(0.0, (dot(n, camera.light) + 0.2) / 1.2);
  let ambient = mix(vec3f(0.03, 0.03, 0.05), vec3f(0.20, 0.26, 0.38), 0.5 + 0.5 * n.y);
  let edge = 1.0 - max(dot(n, to_eye), 0.0);
  let fresnel = edge * edge * edge * edge * edge;
  var base = seen.tint.rgb * (ambient + vec3f(0.95, 0.88, 0.78) * diffuse * diffuse);
  base += seen.tint.rgb * (1.0 - seen.tint.a) * 2.0;
  let mirror = mix(vec3f(0.10) + 0.25 * seen.tint.rgb, vec3f(0.85), fresnel);
  var colour = base + studio(reflect(-to_eye, n)) * mirror * camera.gloss;
  colour = colour * (1.0 + colour * 0.12) / (1.0 + colour * 0.62);
  return vec4f(sqrt(colour), 1.0);
}

struct Backdrop { @builtin(position) at: vec4f, @location(0) place: vec2f }

// A triangle that covers the canvas.
@vertex fn place_backdrop(@builtin(vertex_index) index: u32) -> Backdrop {
  let place = vec2f(select(-1.0, 3.0, index == 1u), select(-1.0, 3.0, index == 2u));
  return Backdrop(vec4f(place, 1.0, 1.0), place);
}

// The noise breaks up the bands that a dark gradient shows with 8 bits.
@fragment fn paint_backdrop(seen: Backdrop) -> @location(0) vec4f {
  let noise = fract(sin(dot(seen.at.xy, vec2f(12.9898, 78.233))) * 43758.5453);
  let edge = smoothstep(0.0, 1.5, length(seen.place));
  let colour = mix(vec3f(0.062, 0.085, 0.135), vec3f(0.014, 0.018, 0.030), edge);
  return vec4f(colour + (noise - 0.5) / 255.0, 1.0);
}
`;
