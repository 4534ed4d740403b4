// SPDX-License-Identifier: MIT
// Does not compile: the type comes first. The message names that.
#include "secondstack.h"

float *make_some(size_t n);

float *make_some(size_t n)
{
  return ss_uninit_slice(n, float);
}
