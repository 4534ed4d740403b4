// SPDX-License-Identifier: MIT
// The demo's shader programs, as text.
#ifndef SHADERS_H
#define SHADERS_H

// For scenes that have lit their colours already.
static const char tinted_vertex_shader[] =
    "#version 300 es\n"
    "layout(location = 0) in vec3 position;\n"
    "layout(location = 2) in vec4 colour;\n"
    "uniform mat4 view_projection;\n"
    "out vec4 tint;\n"
    "void main() {\n"
    "  tint = colour;\n"
    "  gl_Position = view_projection * vec4(position, 1.0);\n"
    "}\n";

static const char tinted_fragment_shader[] =
    "#version 300 es\n"
    "precision mediump float;\n"
    "in vec4 tint;\n"
    "out vec4 pixel;\n"
    "void main() { pixel = tint; }\n";

static const char lit_vertex_shader[] =
    "#version 300 es\n"
    "layout(location = 0) in vec3 position;\n"
    "layout(location = 1) in vec3 normal;\n"
    "layout(location = 2) in vec4 colour;\n"
    "uniform mat4 view_projection;\n"
    "out vec3 place;\n"
    "out vec3 facing;\n"
    "out vec4 tint;\n"
    "void main() {\n"
    "  place = position;\n"
    "  facing = normal;\n"
    "  tint = vec4(colour.rgb * colour.rgb, colour.a);\n"
    "  gl_Position = view_projection * vec4(position, 1.0);\n"
    "}\n";

// A small studio: a sky above a dark floor, one large soft box, one narrow one behind. Alpha is
// light of the surface's own. The boxes' edges are soft: normals between vertices are only nearly right,
// and a sharp edge would show every triangle as a tooth.
static const char lit_fragment_shader[] =
    "#version 300 es\n"
    "precision highp float;\n"
    "uniform vec3 eye;\n"
    "uniform vec3 light;\n"
    "uniform float gloss;\n"
    "in vec3 place;\n"
    "in vec3 facing;\n"
    "in vec4 tint;\n"
    "out vec4 pixel;\n"
    "vec3 studio(vec3 r) {\n"
    "  vec3 sky = mix(vec3(0.010, 0.014, 0.026), vec3(0.17, 0.26, 0.44), smoothstep(-0.3, 1.0, "
    "r.y));\n"
    "  float horizon = exp(-24.0 * (r.y + 0.06) * (r.y + 0.06));\n"
    "  float box = smoothstep(0.66, 0.98, dot(r, light));\n"
    "  float strip = smoothstep(0.80, 0.99, dot(r, normalize(vec3(-light.z, 0.18, light.x))));\n"
    "  float rim = smoothstep(0.70, 0.95, dot(r, normalize(vec3(-light.x, 0.1, -light.z))));\n"
    "  return sky + horizon * vec3(0.10, 0.13, 0.20) + box * vec3(2.6, 2.4, 2.1)\n"
    "    + strip * vec3(0.5, 0.8, 1.3) + rim * vec3(0.9, 0.5, 0.25);\n"
    "}\n"
    "void main() {\n"
    "  vec3 to_eye = normalize(eye - place);\n"
    "  vec3 n = normalize(facing);\n"
    "  if (dot(n, to_eye) < 0.0) n = -n;\n"
    "  float diffuse = max(0.0, (dot(n, light) + 0.2) / 1.2);\n"
    "  vec3 ambient = mix(vec3(0.03, 0.03, 0.05), vec3(0.20, 0.26, 0.38), 0.5 + 0.5 * n.y);\n"
    "  float edge = 1.0 - max(dot(n, to_eye), 0.0);\n"
    "  float fresnel = edge * edge * edge * edge * edge;\n"
    "  vec3 base = tint.rgb * (ambient + vec3(0.95, 0.88, 0.78) * diffuse * diffuse);\n"
    "  base += tint.rgb * (1.0 - tint.a) * 2.0;\n"
    "  vec3 mirror = mix(vec3(0.10) + 0.25 * tint.rgb, vec3(0.85), fresnel);\n"
    "  vec3 colour = base + studio(reflect(-to_eye, n)) * mirror * gloss;\n"
    "  colour = colour * (1.0 + colour * 0.12) / (1.0 + colour * 0.62);\n"
    "  pixel = vec4(sqrt(colour), 1.0);\n"
    "}\n";

// A triangle that covers the canvas.
static const char backdrop_vertex_shader[] =
    "#version 300 es\n"
    "out vec2 place;\n"
    "void main() {\n"
    "  place = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);\n"
    "  gl_Position = vec4(place, 1.0, 1.0);\n"
    "}\n";

// The noise breaks up the bands that a dark gradient shows with 8 bits.
static const char backdrop_fragment_shader[] =
    "#version 300 es\n"
    "precision highp float;\n"
    "in vec2 place;\n"
    "out vec4 pixel;\n"
    "void main() {\n"
    "  float noise = fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453);\n"
    "  float edge = smoothstep(0.0, 1.5, length(place));\n"
    "  vec3 colour = mix(vec3(0.062, 0.085, 0.135), vec3(0.014, 0.018, 0.030), edge);\n"
    "  pixel = vec4(colour + (noise - 0.5) / 255.0, 1.0);\n"
    "}\n";

#endif
