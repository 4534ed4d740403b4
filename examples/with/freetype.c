// SPDX-License-Identifier: MIT
// FreeType: a library, a face and 94 glyphs at two sizes, in one scope.
//
//   cc -I ../../include freetype.c ../../src/*.c -pthread $(pkg-config --cflags --libs freetype2) && ./a.out FONT.ttf
#include "with.h"
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MODULE_H

SS_ADAPT_FREETYPE(scratch, FT_Memory)  // glue

static void *plain_alloc(FT_Memory memory, long size)
{
  (void)memory;
  return with_malloc((size_t)size);
}

static void plain_free(FT_Memory memory, void *block)
{
  (void)memory;
  with_free(block);
}

static void *plain_realloc(FT_Memory memory, long old_size, long size, void *block)
{
  (void)memory;
  (void)old_size;
  return with_realloc(block, (size_t)size);
}

static const char *font;

static void draw_glyphs(with_output *out, ss_adapter *scratch)
{
  struct FT_MemoryRec_ plain = {NULL, plain_alloc, plain_free, plain_realloc};
  struct FT_MemoryRec_ memory = {scratch, scratch_alloc, scratch_free, scratch_realloc};  // glue
  FT_Library library;
  FT_Face face;
  if (FT_New_Library(scratch ? &memory : &plain, &library) != 0) return;
  FT_Add_Default_Modules(library);
  if (FT_New_Face(library, font, 0, &face) == 0) {
    for (unsigned pixels = 12; pixels <= 48; pixels += 36) {
      FT_Set_Pixel_Sizes(face, 0, pixels);
      for (unsigned long c = '!'; c <= '~'; c++) {
        if (FT_Load_Char(face, c, FT_LOAD_RENDER) != 0) continue;
        const FT_Bitmap *bitmap = &face->glyph->bitmap;
        for (unsigned row = 0; row < bitmap->rows; row++)
          with_write(out, bitmap->buffer + (long)row * bitmap->pitch, bitmap->width);
      }
    }
    FT_Done_Face(face);
  }
  FT_Done_Library(library);
}

int main(int argc, char **argv)
{
  font = argc > 1 ? argv[argc - 1] : "";
  return with_main(argc, argv, "FreeType", draw_glyphs);
}
