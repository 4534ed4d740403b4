// SPDX-License-Identifier: MIT
// Which version the archive is.
#include "internal.h"

unsigned ss_version(void)
{
  return SS_VERSION;
}
