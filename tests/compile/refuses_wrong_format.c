// SPDX-License-Identifier: MIT
// Does not compile: the format does not fit its argument.
#include "secondstack.h"

char *label(size_t count);

char *label(size_t count)
{
  return ss_format("%s items", count);
}
