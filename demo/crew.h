// SPDX-License-Identifier: MIT
// The crew: worker threads that generate batches, each on its own second stack (or whatever source
// is chosen). The GL thread uploads the batches where they lie and then has the workers release them.
//
// A frame: crew_post, crew_wait for each batch and upload it, crew_release, crew_finish. In a build
// without threads the crew has no workers, and the engine generates on the GL thread.
#ifndef CREW_H
#define CREW_H

#include "scene.h"

#define CREW_MAX 16

/// What one worker reports of its part of a frame.
typedef struct crew_report {
  double busy_ms;  // generating and releasing
  ss_stats stats;  // at the frame's end
  size_t deepest;  // bytes live where its stack was fullest
  size_t mallocs;  // since the start
  size_t frees;    // since the start
} crew_report;

/// The most workers that can run; 0 without threads.
unsigned crew_max(void);

/// Sets the number of workers and empties the stacks of all. Threads beyond that number sleep.
void crew_configure(unsigned count);

/// How many workers there are now.
unsigned crew_count(void);

/// Starts a frame: worker w makes batches w, w + count, ... in that order.
void crew_post(const scene_frame *frame, const scene_ops *ops, scene_batch *batches);

/// Waits until a batch is made.
void crew_wait(unsigned batch);

/// Tells all workers that their batches are uploaded and can be given back.
void crew_release(void);

/// Waits until all workers are idle; then their reports are valid.
void crew_finish(void);

/// What a worker reports of the frame that was finished last.
const crew_report *crew_report_of(unsigned worker);

/// Trims the stacks of all workers.
void crew_trim(size_t keep_bytes);

/// Ends all threads.
void crew_dispose(void);

#endif
