// SPDX-License-Identifier: MIT
// The model test as a target for libFuzzer: the same programs, found by coverage instead of by chance.
#include "../model/machine.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
  machine_run(bytes, size);
  return 0;
}
