// SPDX-License-Identifier: MIT
// A jump over SS_GUARD would end a scope that never began.
#include "secondstack.h"

int jump_over_a_guard(int is_bad);
int jump_over_a_guard(int is_bad)
{
  if (is_bad) goto out;
  SS_GUARD();
  (void)ss_uninit_slice(int, 1);
out:
  return 0;
}
