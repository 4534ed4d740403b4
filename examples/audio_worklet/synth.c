// SPDX-License-Identifier: MIT
// What an audio callback computes: a chord whose notes come and go. Each note of a block of 128 samples gets a slice of its
// own, in a scope; the number of notes changes from block to block. After the first blocks the allocator is no longer
// called, which an audio thread must not do, and JavaScript makes no garbage.
//
// processor.js calls it in an AudioWorklet. Natively the same code fills a second of sound:
//
//   cc -I ../../include synth.c ../../src/*.c -pthread -lm && ./a.out
//   emcc -O2 synth.c -lsecondstack -sSTANDALONE_WASM --no-entry -sINITIAL_MEMORY=1MB -sTOTAL_STACK=64KB -o synth.wasm
#include <math.h>
#include <secondstack.h>
#include <stdio.h>

#ifdef __EMSCRIPTEN__
#include <emscripten.h>
#else
#define EMSCRIPTEN_KEEPALIVE
#endif

enum { BLOCK = 128, NOTES = 12 };

static float output[BLOCK];
static unsigned block_number;

float *render(float rate);
size_t allocator_calls(void);

// The next block of sound, mono, valid until the next call.
EMSCRIPTEN_KEEPALIVE float *render(float rate)
{
  SS_SCOPE {
    ss_buffer notes = ss_buffer_open();  // addresses of the slices of those that sound now
    for (unsigned note = 0; note < NOTES; note++) {
      if ((block_number / 16 + note * 5) % NOTES >= 1 + note % 4) continue;
      float *samples = ss_uninit_slice(float, BLOCK);
      const double turns =
          110 * pow(2, note / 12.0) / (double)rate;  // of the wave, for each sample
      for (unsigned i = 0; i < BLOCK; i++) {
        samples[i] = 0.1f * sinf(6.2831853f * (float)fmod(turns * (block_number * BLOCK + i), 1));
      }
      *ss_push(float *, &notes) = samples;
    }
    const ss_slice all = ss_buffer_close(&notes);
    float *const *each = all.data;
    for (unsigned i = 0; i < BLOCK; i++) {
      output[i] = 0;
      for (size_t n = 0; n < all.size / sizeof *each; n++) output[i] += each[n][i];
    }
  }
  block_number++;
  return output;
}

// Returns: how often the second stack has called the allocator so far.
EMSCRIPTEN_KEEPALIVE size_t allocator_calls(void)
{
  return ss_thread_stats().backing_calls;
}

#ifndef __EMSCRIPTEN__
int main(void)
{
  const unsigned blocks = 44100 / BLOCK;
  double energy = 0;
  size_t warm_calls = 0;
  for (unsigned b = 0; b < blocks; b++) {
    const float *samples = render(44100);
    for (unsigned i = 0; i < BLOCK; i++) energy += (double)(samples[i] * samples[i]);
    if (b == 1) warm_calls = allocator_calls();
  }
  printf("%u blocks, loudness %.3f, ", blocks, sqrt(energy / (blocks * BLOCK)));
  printf("%zu allocator calls after the second\n", allocator_calls() - warm_calls);
  return 0;
}
#endif
