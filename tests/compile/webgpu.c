// SPDX-License-Identifier: MIT
// Every function of secondstack_webgpu.h once, in the common language of C and C++. It is compiled
// here; tests/js/libraries.test.mjs runs webgpu_program.c.
#include "secondstack_webgpu.h"

void upload(WGPUQueue queue, WGPUBuffer buffer, ss_slice slice);

void upload(WGPUQueue queue, WGPUBuffer buffer, ss_slice slice)
{
  ss_wgpu_write_buffer(queue, buffer, 16, slice);
}
