// SPDX-License-Identifier: MIT
// stb_truetype: 94 glyphs at two sizes, each with a few blocks that are gone when it is drawn. Its hooks get user data.
//
//   cc -I ../../include stb_truetype.c ../../src/*.c -pthread -lm && ./a.out FONT.ttf
#include "with.h"

#define STBTT_malloc(size, user) \
  ((user) ? ss_adapt_user_last_alloc(size, user) : with_malloc(size))  // glue
#define STBTT_free(block, user) \
  ((user) ? ss_adapt_user_last_free(block, user) : with_free(block))  // glue
#define STBTT_STATIC
#define STB_TRUETYPE_IMPLEMENTATION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_truetype.h>
#pragma GCC diagnostic pop

static unsigned char font[1 << 20];

static void draw_glyphs(with_output *out, ss_adapter *scratch)
{
  stbtt_fontinfo info = {0};
  if (!stbtt_InitFont(&info, font, 0)) return;
  info.userdata = scratch;  // glue
  for (int pixels = 12; pixels <= 48; pixels += 36) {
    const float scale = stbtt_ScaleForPixelHeight(&info, (float)pixels);
    for (int c = '!'; c <= '~'; c++) {
      int width, height, x, y;
      unsigned char *bitmap = stbtt_GetCodepointBitmap(&info, 0, scale, c, &width, &height, &x, &y);
      if (bitmap) with_write(out, bitmap, (size_t)width * (size_t)height);
      stbtt_FreeBitmap(bitmap, scratch);
    }
  }
}

int main(int argc, char **argv)
{
  FILE *file = fopen(argc > 1 ? argv[argc - 1] : "", "rb");
  if (file == NULL || fread(font, 1, sizeof font, file) == 0) return perror("stb_truetype"), 1;
  fclose(file);
  return with_main(argc, argv, "stb_truetype", draw_glyphs);
}
