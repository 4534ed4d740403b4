// SPDX-License-Identifier: MIT
// Threads make vertices, and the thread with the GL context uploads them from where they lie, without another copy.
//
// Each worker's scope on its own stack stays open until the worker is told that GL has the bytes. Semaphores ensure this
// order. ss_make_visible is for WebAssembly, where a thread may learn late that another has grown the memory.
//
//   cc -I ../include worker_upload.c ../src/*.c -pthread -lEGL -lGLESv2 && ./a.out
//   docs/examples.md has the line for emcc. In a page main runs on a worker with an OffscreenCanvas, so it may wait.
#include "gl_context.h"
#include <secondstack_gl.h>
#include <pthread.h>
#include <semaphore.h>

enum { WORKERS = 3, FRAMES = 60 };
typedef struct vertex {
  float x, y, light;
} vertex;
typedef struct worker {
  pthread_t thread;
  sem_t is_made, is_uploaded;
  float light;
  ss_slice vertices;
  size_t calls;  // allocator calls in the second half of the frames
} worker;

// Makes triangles from left to right, more of them in some frames than in others.
static void *make_frames(void *arg)
{
  worker *w = arg;
  size_t warm_calls = 0;
  for (int frame = 0; frame < FRAMES; frame++) {
    SS_SCOPE {
      const int count = 100 + frame % 7 * 400;
      ss_buffer vertices = ss_buffer_open();
      for (int i = 0; i < count; i++) {
        const float x = 2 * (float)i / (float)count - 1;
        vertex *v = ss_extend(vertex, &vertices, 3);
        for (int j = 0; j < 3; j++)
          v[j] = (vertex){x + (float)j * 0.04f, j == 1 ? 3 : -1, w->light};
      }
      w->vertices = ss_buffer_close(&vertices);
      sem_post(&w->is_made);
      sem_wait(&w->is_uploaded);
    }
    if (frame == FRAMES / 2) warm_calls = ss_thread_stats().backing_calls;
  }
  w->calls = ss_thread_stats().backing_calls - warm_calls;
  return NULL;
}

int main(void)
{
  worker workers[WORKERS] = {0};
  size_t bytes = 0, calls = 0, wrong = 0;
  if (!gl_begin()) return 1;
  for (int i = 0; i < WORKERS; i++) {
    workers[i].light = (float)(i + 1) / 5;
    if (sem_init(&workers[i].is_made, 0, 0) || sem_init(&workers[i].is_uploaded, 0, 0)) return 1;
    if (pthread_create(&workers[i].thread, NULL, make_frames, &workers[i])) return 1;
  }
  for (int i = 0; i < WORKERS * FRAMES; i++) {
    worker *w = &workers[i % WORKERS];
    sem_wait(&w->is_made);
    const ss_slice vertices = ss_make_visible(w->vertices);
    ss_gl_buffer_data(GL_ARRAY_BUFFER, vertices, GL_STREAM_DRAW);
    sem_post(&w->is_uploaded);
    glClear(GL_COLOR_BUFFER_BIT);
    glDrawArrays(GL_TRIANGLES, 0, (GLsizei)(vertices.size / sizeof(vertex)));
    if (!gl_middle_is((i % WORKERS + 1) * 51)) wrong++;
    bytes += vertices.size;
  }
  for (int i = 0; i < WORKERS; i++) {
    pthread_join(workers[i].thread, NULL);
    calls += workers[i].calls;
  }
  printf("%zu bytes in %d uploads, %zu wrong pixels\n", bytes, WORKERS * FRAMES, wrong);
  printf("%zu allocator calls in the last %d frames\n", calls, FRAMES / 2 - 1);
  return wrong == 0 && calls == 0 ? 0 : 1;
}
