// SPDX-License-Identifier: MIT
// A window with SDL 2: sparks fly, and their mesh is made anew in each frame. Two buffers grow by turns, one for vertices
// and one for indices. SDL_RenderGeometry has read both when it returns, so one scope holds a whole frame.
//
//   cc -I ../include sdl_window.c ../src/*.c -pthread $(pkg-config --cflags --libs sdl2) && ./a.out
//
// With a number it stops after that many frames and prints what it saw: SDL_VIDEODRIVER=dummy ./a.out 100
#include <SDL.h>
#include <secondstack.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 640, HEIGHT = 360, SPARKS = 500, WARM = 50 };

typedef struct spark {
  float x, y, dx, dy;
} spark;

// Moves a spark by one step. A spark that has left the window begins anew in the middle.
static void step(spark *s, int seed)
{
  s->x += s->dx;
  s->y += s->dy;
  s->dy += 0.05f;
  if (s->y < HEIGHT && s->y > 0) return;
  *s = (spark){WIDTH / 2, HEIGHT / 2, (float)(seed % 97 - 48) / 16, (float)(seed % 61 - 80) / 16};
}

// Pushes a square: two triangles on four vertices.
static void push_square(ss_buffer *vertices, ss_buffer *indices, float x, float y, float half)
{
  static const int corners[] = {0, 1, 2, 2, 1, 3};
  const int first = (int)ss_buffer_count(SDL_Vertex, vertices);
  SDL_Vertex *v = ss_extend(SDL_Vertex, vertices, 4);
  int *at = ss_extend(int, indices, 6);
  for (int i = 0; i < 4; i++)
    v[i] = (SDL_Vertex){{i % 2 ? x + half : x - half, i / 2 ? y + half : y - half},
                        {255, (Uint8)(y > 0 && y < HEIGHT ? 255 * y / HEIGHT : 0), 60, 255},
                        {0, 0}};
  for (int i = 0; i < 6; i++) at[i] = first + corners[i];
}

int main(int argc, char **argv)
{
  const int frames = argc > 1 ? atoi(argv[1]) : 0;  // 0 means until the window is closed
  static spark sparks[SPARKS];
  SDL_Window *window;
  SDL_Renderer *renderer;
  if (SDL_Init(SDL_INIT_VIDEO) != 0 ||
      SDL_CreateWindowAndRenderer(WIDTH, HEIGHT, 0, &window, &renderer) != 0)
    return fprintf(stderr, "sdl_window: %s\n", SDL_GetError()), 1;
  size_t warm_calls = 0;
  unsigned pixel = 0;
  for (int frame = 0; frames == 0 || frame < frames; frame++) {
    SDL_Event event;
    while (SDL_PollEvent(&event))
      if (event.type == SDL_QUIT) return SDL_Quit(), 0;
    SDL_SetRenderDrawColor(renderer, 10, 10, 20, 255);
    SDL_RenderClear(renderer);
    SS_SCOPE {
      ss_buffer vertices = ss_buffer_open(), indices = ss_buffer_open();
      for (int i = 0; i < SPARKS; i++) {
        step(&sparks[i], frame * 31 + i * 7);
        push_square(&vertices, &indices, sparks[i].x, sparks[i].y, 2);
      }
      push_square(&vertices, &indices, WIDTH / 2, HEIGHT / 2, 6);  // where they come from
      const ss_slice v = ss_buffer_close(&vertices), at = ss_buffer_close(&indices);
      SDL_RenderGeometry(renderer, NULL, v.data, (int)(v.size / sizeof(SDL_Vertex)), at.data,
                         (int)(at.size / sizeof(int)));
    }
    const SDL_Rect middle = {WIDTH / 2, HEIGHT / 2, 1, 1};
    if (frame + 1 == frames)
      SDL_RenderReadPixels(renderer, &middle, SDL_PIXELFORMAT_ARGB8888, &pixel, sizeof pixel);
    SDL_RenderPresent(renderer);
    if (frame == WARM) warm_calls = ss_thread_stats().backing_calls;
  }
  const size_t calls = ss_thread_stats().backing_calls - warm_calls;
  printf("the middle is %06x, %zu allocator calls once warm\n", pixel & 0xffffff, calls);
  return SDL_Quit(), 0;
}
