// SPDX-License-Identifier: MIT
// Links the package and uses the stack once.
#include <secondstack.h>

int main(void)
{
  SS_SCOPE {
    ss_buffer squares = ss_buffer_open();
    for (int i = 0; i < 1000; i++) *ss_push(int, &squares) = i * i;
    if (ss_buffer_close(&squares).size != 1000 * sizeof(int)) return 1;
  }
  return ss_version() != SS_VERSION;
}
