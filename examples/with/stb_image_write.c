// SPDX-License-Identifier: MIT
// stb_image_write: a PNG of 256 * 256 pixels, for a texture or a screenshot. Its hooks have no user data, so SS_ADAPT_MALLOC
// makes functions that find their adapter themselves.
//
//   cc -I ../../include stb_image_write.c ../../src/*.c -pthread -lm && ./a.out
#include "with.h"

SS_ADAPT_MALLOC(png)                                                             // glue
#define STBIW_MALLOC(size) (png_adapter ? png_malloc(size) : with_malloc(size))  // glue
#define STBIW_REALLOC(block, size) \
  (png_adapter ? png_realloc(block, size) : with_realloc(block, size))        // glue
#define STBIW_FREE(block) (png_adapter ? png_free(block) : with_free(block))  // glue
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

enum { SIZE = 256 };

static void write_bytes(void *out, void *bytes, int size)
{
  with_write(out, bytes, (size_t)size);
}

static void write_png(with_output *out, ss_adapter *scratch)
{
  static unsigned char pixels[SIZE * SIZE * 4];
  for (unsigned i = 0; i < sizeof pixels; i++)
    pixels[i] = (unsigned char)(i / 4 % SIZE * (i / 1024) >> 6 ^ i % 4 * 60);
  png_adapter = scratch;  // glue
  stbi_write_png_to_func(write_bytes, out, SIZE, SIZE, 4, pixels, SIZE * 4);
  png_adapter = NULL;  // glue
}

int main(int argc, char **argv)
{
  return with_main(argc, argv, "stb_image_write", write_png);
}
