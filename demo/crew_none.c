// SPDX-License-Identifier: MIT
// The crew of a build without threads. It has no workers.
#include "crew.h"

unsigned crew_max(void)
{
  return 0;
}

void crew_configure(unsigned count)
{
  (void)count;
}

unsigned crew_count(void)
{
  return 0;
}

void crew_post(const scene_frame *frame, const scene_ops *ops, scene_batch *batches)
{
  (void)frame;
  (void)ops;
  (void)batches;
}

void crew_wait(unsigned batch)
{
  (void)batch;
}

void crew_release(void)
{
}

void crew_finish(void)
{
}

const crew_report *crew_report_of(unsigned worker)
{
  (void)worker;
  return NULL;
}

void crew_trim(size_t keep_bytes)
{
  (void)keep_bytes;
}

void crew_dispose(void)
{
}
