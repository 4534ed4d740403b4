// SPDX-License-Identifier: MIT
// cgltf's memory_options: ten glTF files of 24 meshes in a tree of 40 nodes are loaded and freed. Debian has no package of cgltf, so
// gltf_loader.h is loaded with here, which takes its memory by the same interface. With cgltf the three lines of glue are the same.
//
//   cc -I ../../include cgltf.c ../../src/*.c -pthread && ./a.out
#include "with.h"

#include "gltf_loader.h"

enum { FILES = 10, MESHES = 24, NODES = 40, MATERIALS = 12, PRIMITIVES = 2, ATTRIBUTES = 3 };
enum { PER_MESH = PRIMITIVES * (ATTRIBUTES + 1), ACCESSORS = MESHES * PER_MESH };

static void *plain_alloc(void *user, size_t size)
{
  (void)user;
  return with_malloc(size);
}

static void plain_free(void *user, void *block)
{
  (void)user;
  with_free(block);
}

// --- The files' text

static char texts[FILES][1 << 17];
static size_t sizes[FILES];
static int written;  // the text that is being written

#define ADD(...)                                                       \
  (sizes[written] += (size_t)snprintf(texts[written] + sizes[written], \
                                      sizeof texts[written] - sizes[written], __VA_ARGS__))

static void add_meshes(void)
{
  static const char *const names[ATTRIBUTES] = {"POSITION", "NORMAL", "TEXCOORD_0"};
  ADD("], \"meshes\": [");
  for (int i = 0; i < MESHES; i++) {
    ADD("%s{\"name\": \"mesh %d\", \"primitives\": [", i ? ", " : "", i);
    for (int k = 0; k < PRIMITIVES; k++) {
      const int first = i * PER_MESH + k * (ATTRIBUTES + 1);
      ADD("%s{\"indices\": %d, \"material\": %d, \"attributes\": {", k ? ", " : "", first,
          (i + k) % MATERIALS);
      for (int a = 0; a < ATTRIBUTES; a++)
        ADD("%s\"%s\": %d", a ? ", " : "", names[a], first + 1 + a);
      ADD("}}");
    }
    ADD("]}");
  }
}

// A tree: each node has the two below it as children, as far as there are so many.
static void add_nodes(void)
{
  ADD("], \"nodes\": [");
  for (int i = 0; i < NODES; i++) {
    ADD("%s{\"name\": \"node %d of file %d\", \"mesh\": %d, \"translation\": [%d.5, 0, -%d]",
        i ? ",\n" : "", i, written, i % MESHES, i, written);
    if (2 * i + 2 < NODES) ADD(", \"children\": [%d, %d]", 2 * i + 1, 2 * i + 2);
    ADD("}");
  }
}

static void write_text(void)
{
  ADD("{\"asset\": {\"version\": \"2.0\"}, \"bufferViews\": [");
  for (int i = 0; i < ACCESSORS; i++)
    ADD("%s{\"buffer\": 0, \"byteOffset\": %d, \"byteLength\": 1200}", i ? ", " : "", i * 1200);
  ADD("], \"accessors\": [");
  for (int i = 0; i < ACCESSORS; i++)
    ADD("%s{\"bufferView\": %d, \"componentType\": 5126, \"type\": \"VEC3\", \"count\": %d}",
        i ? ", " : "", ACCESSORS - 1 - i, 100 + i % 7);
  ADD("], \"materials\": [");
  for (int i = 0; i < MATERIALS; i++)
    ADD("%s{\"name\": \"material %d\", \"pbrMetallicRoughness\": {\"baseColorFactor\": "
        "[0.25, %d, 1e-3, 1], \"roughnessFactor\": 0.%d}}",
        i ? ", " : "", i, i, i % 10);
  add_meshes();
  add_nodes();
  ADD("]}");
}

// --- What was loaded

// Each value stands where the text has it. False: the loader has lost something.
static bool is_as_written(const gltf_file *file)
{
  if (file->node_count != NODES || file->mesh_count != MESHES ||
      file->material_count != MATERIALS || file->accessor_count != ACCESSORS)
    return false;
  for (size_t i = 0; i < NODES; i++) {
    const gltf_node *node = &file->nodes[i];
    const size_t child_count = 2 * i + 2 < NODES ? 2 : 0;
    if (node->mesh != &file->meshes[i % MESHES] || node->child_count != child_count) return false;
    if (child_count && node->children[1] != &file->nodes[2 * i + 2]) return false;
    if (node->translation[0] != (double)i + 0.5) return false;
  }
  for (size_t i = 0; i < ACCESSORS; i++) {
    if (file->accessors[i].view != &file->views[ACCESSORS - 1 - i]) return false;
  }
  return true;
}

static void write_mesh(with_output *out, const gltf_file *file, const gltf_mesh *mesh)
{
  with_write(out, mesh->name, strlen(mesh->name));
  for (size_t k = 0; k < mesh->primitive_count; k++) {
    const gltf_primitive *primitive = &mesh->primitives[k];
    const gltf_material *material = primitive->material;
    with_write(out, material->name, strlen(material->name));
    with_write(out, material->color, sizeof material->color);
    with_write(out, &material->roughness, sizeof material->roughness);
    for (size_t a = 0; a < primitive->attribute_count; a++) {
      const gltf_attribute *attribute = &primitive->attributes[a];
      const size_t index = (size_t)(attribute->accessor - file->accessors);
      with_write(out, attribute->name, strlen(attribute->name));
      with_write(out, &index, sizeof index);
      with_write(out, &attribute->accessor->view->offset, sizeof(size_t));
    }
  }
}

static void load_files(with_output *out, ss_adapter *scratch)
{
  cgltf_memory_options memory = {plain_alloc, plain_free, NULL};
  if (scratch) {
    memory.alloc_func = ss_adapt_alloc;  // glue
    memory.free_func = ss_adapt_free;    // glue
    memory.user_data = scratch;          // glue
  }
  for (int i = 0; i < FILES; i++) {
    gltf_file *file = gltf_parse(&memory, texts[i], sizes[i]);
    if (file == NULL || !is_as_written(file)) {
      out->size = 0;  // which no run may have written
      gltf_free(file);
      return;
    }
    for (size_t k = 0; k < NODES; k++) {
      const gltf_node *node = &file->nodes[k];
      with_write(out, node->name, strlen(node->name));
      with_write(out, node->translation, sizeof node->translation);
    }
    for (size_t k = 0; k < MESHES; k++) write_mesh(out, file, &file->meshes[k]);
    gltf_free(file);
  }
}

int main(int argc, char **argv)
{
  for (; written < FILES; written++) write_text();
  return with_main(argc, argv, "a glTF loader with cgltf's memory_options", load_files);
}
