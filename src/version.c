// SPDX-License-Identifier: MIT
// The version of the archive, which may differ from that of the header.
#include "internal.h"

unsigned ss_version(void)
{
  return SS_VERSION;
}
