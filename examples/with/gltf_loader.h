// SPDX-License-Identifier: MIT
// A small loader of glTF files that takes its memory as cgltf does, since Debian does not package cgltf: it counts the tokens of the
// JSON text, makes one block of them, one block for each array and one for each name, and frees all of that in another order
// than it made it. It knows nodes, meshes, materials, accessors and buffer views.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// As cgltf.h declares it, in its field `memory` of cgltf_options.
typedef struct cgltf_memory_options {
  void *(*alloc_func)(void *user, size_t size);
  void (*free_func)(void *user, void *ptr);
  void *user_data;
} cgltf_memory_options;

typedef struct gltf_view {
  size_t offset, size;
} gltf_view;

typedef struct gltf_accessor {
  size_t count, offset;
  const gltf_view *view;
} gltf_accessor;

typedef struct gltf_material {
  char *name;
  double color[4], roughness;
} gltf_material;

typedef struct gltf_attribute {
  char *name;
  const gltf_accessor *accessor;
} gltf_attribute;

typedef struct gltf_primitive {
  gltf_attribute *attributes;
  size_t attribute_count;
  const gltf_accessor *indices;
  const gltf_material *material;
} gltf_primitive;

typedef struct gltf_mesh {
  char *name;
  gltf_primitive *primitives;
  size_t primitive_count;
} gltf_mesh;

typedef struct gltf_node {
  char *name;
  const gltf_mesh *mesh;
  struct gltf_node **children;
  size_t child_count;
  double translation[3];
} gltf_node;

typedef struct gltf_file {
  cgltf_memory_options memory;
  gltf_view *views;
  gltf_accessor *accessors;
  gltf_material *materials;
  gltf_mesh *meshes;
  gltf_node *nodes;
  size_t view_count, accessor_count, material_count, mesh_count, node_count;
  bool is_wrong;  // the text is no glTF, or memory has ended
} gltf_file;

// --- The JSON text, as a list of tokens

// Behind an object lie its names and values by turns, behind an array its items.
typedef struct gltf_token {
  const char *text;
  size_t size;   // of the text; names and strings without their quotes
  size_t count;  // of an object's pairs or an array's items
  size_t end;    // the index behind the token and all that lies in it
  char kind;     // { [ " or v, which is a number or a word
} gltf_token;

typedef struct gltf_reader {
  const char *at, *end;
  gltf_token *tokens;  // NULL: they are only counted
  size_t count;
  bool is_wrong;
} gltf_reader;

static void gltf_skip_space(gltf_reader *r)
{
  while (r->at < r->end && strchr(" \t\r\n", *r->at)) r->at++;
}

static bool gltf_takes(gltf_reader *r, char wanted)
{
  gltf_skip_space(r);
  if (r->at == r->end || *r->at != wanted) return false;
  r->at++;
  return true;
}

static void gltf_read_scalar(gltf_reader *r, gltf_token *token)
{
  const bool is_text = gltf_takes(r, '"');
  const char *first = r->at;
  token->kind = is_text ? '"' : 'v';
  while (r->at < r->end && (is_text ? *r->at != '"' : strchr(",]} \t\r\n", *r->at) == NULL)) {
    r->at += *r->at == '\\' && r->end - r->at > 1 ? 2 : 1;
  }
  token->text = first;
  token->size = (size_t)(r->at - first);
  if (is_text ? !gltf_takes(r, '"') : token->size == 0) r->is_wrong = true;
}

static void gltf_read_value(gltf_reader *r, int depth);

// What lies between the brackets of an object or an array. Returns the number of pairs or items.
static size_t gltf_read_items(gltf_reader *r, char close, int depth)
{
  if (gltf_takes(r, close)) return 0;
  size_t count = 0;
  do {
    if (close == '}') {
      gltf_read_value(r, 0);
      if (!gltf_takes(r, ':')) r->is_wrong = true;
    }
    gltf_read_value(r, depth);
    count++;
  } while (!r->is_wrong && gltf_takes(r, ','));
  if (!gltf_takes(r, close)) r->is_wrong = true;
  return count;
}

static void gltf_read_value(gltf_reader *r, int depth)
{
  gltf_token token = {NULL, 0, 0, 0, '{'};
  const size_t index = r->count++;
  gltf_skip_space(r);
  if (r->is_wrong) return;
  if (depth > 0 && gltf_takes(r, '{')) {
    token.count = gltf_read_items(r, '}', depth - 1);
  } else if (depth > 0 && gltf_takes(r, '[')) {
    token.kind = '[';
    token.count = gltf_read_items(r, ']', depth - 1);
  } else {
    gltf_read_scalar(r, &token);
  }
  token.end = r->count;
  if (r->tokens) r->tokens[index] = token;
}

// --- What is in it

// The value of a name in an object; NULL: it has none.
static const gltf_token *gltf_find(const gltf_token *tokens, const gltf_token *object,
                                   const char *name)
{
  if (object == NULL || object->kind != '{') return NULL;
  const gltf_token *key = object + 1;
  for (size_t i = 0; i < object->count; i++) {
    const gltf_token *value = key + 1;
    if (key->size == strlen(name) && memcmp(key->text, name, key->size) == 0) return value;
    key = tokens + value->end;
  }
  return NULL;
}

static double gltf_number(const gltf_token *token)
{
  char digits[32] = "";
  if (token == NULL || token->size >= sizeof digits) return 0;
  memcpy(digits, token->text, token->size);
  return strtod(digits, NULL);
}

// SIZE_MAX: it is no index.
static size_t gltf_index(const gltf_token *token)
{
  const double number = token ? gltf_number(token) : -1;
  return number >= 0 && number < 1e9 ? (size_t)number : SIZE_MAX;
}

static void gltf_numbers(const gltf_token *array, double *numbers, size_t count)
{
  for (size_t i = 0; array && i < count && i < array->count; i++) {
    numbers[i] = gltf_number(array + 1 + i);
  }
}

static size_t gltf_count(const gltf_token *object, const gltf_token *tokens, const char *name)
{
  const size_t number = gltf_index(gltf_find(tokens, object, name));
  return number == SIZE_MAX ? 0 : number;
}

static void *gltf_new(gltf_file *file, size_t count, size_t size)
{
  void *block = count <= (size_t)1 << 24
                    ? file->memory.alloc_func(file->memory.user_data, count * size + 1)
                    : NULL;
  if (block) {
    memset(block, 0, count * size + 1);
  } else {
    file->is_wrong = true;
  }
  return block;
}

static char *gltf_text(gltf_file *file, const gltf_token *token)
{
  if (token == NULL || token->kind != '"') return NULL;
  char *text = (char *)gltf_new(file, token->size, 1);
  if (text) memcpy(text, token->text, token->size);
  return text;
}

// Makes the array for what stands in the text's array of a name. Returns that.
static const gltf_token *gltf_array(gltf_file *file, const gltf_token *tokens,
                                    const gltf_token *object, const char *name, size_t size,
                                    void *array, size_t *count)
{
  const gltf_token *items = gltf_find(tokens, object, name);
  if (items == NULL || items->kind != '[') return NULL;
  void *block = gltf_new(file, items->count, size);
  memcpy(array, &block, sizeof block);
  *count = block ? items->count : 0;
  return items;
}

// The element that an object names by its index; NULL: it names none, or one that is not there.
static void *gltf_at(void *array, size_t count, size_t size, const gltf_token *index)
{
  const size_t i = gltf_index(index);
  return i < count ? (char *)array + i * size : NULL;
}
#define GLTF_AT(array, count, index) gltf_at((array), (count), sizeof *(array), (index))

static void gltf_read_primitive(gltf_file *file, const gltf_token *tokens, const gltf_token *object,
                                gltf_primitive *primitive)
{
  primitive->indices = (gltf_accessor *)GLTF_AT(file->accessors, file->accessor_count,
                                                gltf_find(tokens, object, "indices"));
  primitive->material = (gltf_material *)GLTF_AT(file->materials, file->material_count,
                                                 gltf_find(tokens, object, "material"));
  const gltf_token *all = gltf_find(tokens, object, "attributes");
  if (all == NULL || all->kind != '{') return;
  primitive->attributes = (gltf_attribute *)gltf_new(file, all->count, sizeof(gltf_attribute));
  primitive->attribute_count = primitive->attributes ? all->count : 0;
  for (size_t i = 0; i < primitive->attribute_count; i++) {
    const gltf_token *key = all + 1 + 2 * i;
    const size_t index = gltf_index(key + 1);
    primitive->attributes[i].name = gltf_text(file, key);
    if (index < file->accessor_count) primitive->attributes[i].accessor = &file->accessors[index];
  }
}

static void gltf_read_mesh(gltf_file *file, const gltf_token *tokens, const gltf_token *object,
                           gltf_mesh *mesh)
{
  mesh->name = gltf_text(file, gltf_find(tokens, object, "name"));
  const gltf_token *item = gltf_array(file, tokens, object, "primitives", sizeof(gltf_primitive),
                                      &mesh->primitives, &mesh->primitive_count);
  if (item) item++;
  for (size_t i = 0; i < mesh->primitive_count; i++, item = tokens + item->end) {
    gltf_read_primitive(file, tokens, item, &mesh->primitives[i]);
  }
}

static void gltf_read_node(gltf_file *file, const gltf_token *tokens, const gltf_token *object,
                           gltf_node *node)
{
  node->name = gltf_text(file, gltf_find(tokens, object, "name"));
  node->mesh =
      (gltf_mesh *)GLTF_AT(file->meshes, file->mesh_count, gltf_find(tokens, object, "mesh"));
  gltf_numbers(gltf_find(tokens, object, "translation"), node->translation, 3);
  const gltf_token *children = gltf_array(file, tokens, object, "children", sizeof(gltf_node *),
                                          &node->children, &node->child_count);
  for (size_t i = 0; i < node->child_count; i++) {
    const size_t index = gltf_index(children + 1 + i);
    if (index < file->node_count) node->children[i] = &file->nodes[index];
  }
}

static void gltf_read_material(gltf_file *file, const gltf_token *tokens, const gltf_token *object,
                               gltf_material *material)
{
  const gltf_token *metal = gltf_find(tokens, object, "pbrMetallicRoughness");
  material->name = gltf_text(file, gltf_find(tokens, object, "name"));
  gltf_numbers(gltf_find(tokens, metal, "baseColorFactor"), material->color, 4);
  material->roughness = gltf_number(gltf_find(tokens, metal, "roughnessFactor"));
}

// All arrays are made before any is filled, since their elements point to each other.
static void gltf_read_all(gltf_file *file, const gltf_token *tokens)
{
  const gltf_token *views = gltf_array(file, tokens, tokens, "bufferViews", sizeof(gltf_view),
                                       &file->views, &file->view_count);
  const gltf_token *accessors = gltf_array(file, tokens, tokens, "accessors", sizeof(gltf_accessor),
                                           &file->accessors, &file->accessor_count);
  const gltf_token *materials = gltf_array(file, tokens, tokens, "materials", sizeof(gltf_material),
                                           &file->materials, &file->material_count);
  const gltf_token *meshes = gltf_array(file, tokens, tokens, "meshes", sizeof(gltf_mesh),
                                        &file->meshes, &file->mesh_count);
  const gltf_token *nodes =
      gltf_array(file, tokens, tokens, "nodes", sizeof(gltf_node), &file->nodes, &file->node_count);
  const gltf_token *item = views ? views + 1 : NULL;
  for (size_t i = 0; i < file->view_count; i++, item = tokens + item->end) {
    file->views[i].offset = gltf_count(item, tokens, "byteOffset");
    file->views[i].size = gltf_count(item, tokens, "byteLength");
  }
  item = accessors ? accessors + 1 : NULL;
  for (size_t i = 0; i < file->accessor_count; i++, item = tokens + item->end) {
    file->accessors[i].count = gltf_count(item, tokens, "count");
    file->accessors[i].offset = gltf_count(item, tokens, "byteOffset");
    file->accessors[i].view =
        (gltf_view *)GLTF_AT(file->views, file->view_count, gltf_find(tokens, item, "bufferView"));
  }
  item = materials ? materials + 1 : NULL;
  for (size_t i = 0; i < file->material_count; i++, item = tokens + item->end) {
    gltf_read_material(file, tokens, item, &file->materials[i]);
  }
  item = meshes ? meshes + 1 : NULL;
  for (size_t i = 0; i < file->mesh_count; i++, item = tokens + item->end) {
    gltf_read_mesh(file, tokens, item, &file->meshes[i]);
  }
  item = nodes ? nodes + 1 : NULL;
  for (size_t i = 0; i < file->node_count; i++, item = tokens + item->end) {
    gltf_read_node(file, tokens, item, &file->nodes[i]);
  }
}

static void gltf_free_mesh(const cgltf_memory_options *memory, gltf_mesh *mesh)
{
  memory->free_func(memory->user_data, mesh->name);
  for (size_t i = 0; i < mesh->primitive_count; i++) {
    const gltf_primitive *primitive = &mesh->primitives[i];
    for (size_t k = 0; k < primitive->attribute_count; k++) {
      memory->free_func(memory->user_data, primitive->attributes[k].name);
    }
    memory->free_func(memory->user_data, primitive->attributes);
  }
  memory->free_func(memory->user_data, mesh->primitives);
}

/// Frees a file from gltf_parse; NULL does nothing.
static inline void gltf_free(gltf_file *file)
{
  if (file == NULL) return;
  const cgltf_memory_options memory = file->memory;
  memory.free_func(memory.user_data, file->accessors);
  memory.free_func(memory.user_data, file->views);
  for (size_t i = 0; i < file->mesh_count; i++) gltf_free_mesh(&memory, &file->meshes[i]);
  memory.free_func(memory.user_data, file->meshes);
  for (size_t i = 0; i < file->material_count; i++) {
    memory.free_func(memory.user_data, file->materials[i].name);
  }
  memory.free_func(memory.user_data, file->materials);
  for (size_t i = 0; i < file->node_count; i++) {
    memory.free_func(memory.user_data, file->nodes[i].name);
    memory.free_func(memory.user_data, file->nodes[i].children);
  }
  memory.free_func(memory.user_data, file->nodes);
  memory.free_func(memory.user_data, file);
}

/// Returns the file in `size` bytes of text, or NULL if the text is no glTF or memory ends.
static inline gltf_file *gltf_parse(const cgltf_memory_options *memory, const char *text,
                                    size_t size)
{
  enum { MOST_DEPTH = 64 };
  gltf_reader counted = {text, text + size, NULL, 0, false};
  gltf_read_value(&counted, MOST_DEPTH);
  if (counted.is_wrong) return NULL;
  gltf_token *tokens =
      (gltf_token *)memory->alloc_func(memory->user_data, counted.count * sizeof *tokens);
  gltf_file *file = (gltf_file *)memory->alloc_func(memory->user_data, sizeof *file);
  if (tokens && file) {
    memset(file, 0, sizeof *file);
    file->memory = *memory;
    gltf_reader reader = {text, text + size, tokens, 0, false};
    gltf_read_value(&reader, MOST_DEPTH);
    if (tokens->kind == '{') gltf_read_all(file, tokens);
    if (file->is_wrong || tokens->kind != '{') {
      gltf_free(file);
      file = NULL;
    }
  } else {
    memory->free_func(memory->user_data, file);
    file = NULL;
  }
  memory->free_func(memory->user_data, tokens);
  return file;
}
