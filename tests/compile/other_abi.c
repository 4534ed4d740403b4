// SPDX-License-Identifier: MIT
// Linked with an archive of another ABI, which must not work.
#include "secondstack.h"

int main(void)
{
  SS_SCOPE {
    *ss_uninit(char) = 1;
  }
  return 0;
}
