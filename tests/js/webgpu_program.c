// SPDX-License-Identifier: MIT
// Writes slices of 1 to 9 bytes into a GPU buffer, each at a multiple of 16, for libraries.test.mjs, which reads them back.
#include <emscripten.h>
#include <emscripten/html5_webgpu.h>
#include <secondstack.h>
#include <secondstack_webgpu.h>

EM_JS(void, hand_over, (WGPUBuffer buffer), { Module.written(WebGPU.mgrBuffer.get(buffer)); })

int main(void)
{
  const WGPUDevice device = emscripten_webgpu_get_device();
  const WGPUQueue queue = wgpuDeviceGetQueue(device);
  const WGPUBufferDescriptor descriptor = {
      .usage = WGPUBufferUsage_CopyDst | WGPUBufferUsage_CopySrc,
      .size = 160,
  };
  const WGPUBuffer buffer = wgpuDeviceCreateBuffer(device, &descriptor);
  SS_SCOPE {
    for (unsigned size = 0; size < 10; size++) {
      ss_buffer bytes = ss_buffer_open();
      for (unsigned i = 0; i < size; i++)
        *ss_push(unsigned char, &bytes) = (unsigned char)(16 * size + i);
      ss_wgpu_write_buffer(queue, buffer, 16 * size, ss_buffer_close(&bytes));
    }
  }
  hand_over(buffer);
  return 0;
}
