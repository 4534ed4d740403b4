// SPDX-License-Identifier: MIT
// Does not compile: the type comes first. The message names that.
#include "secondstack.h"

void push_one(ss_buffer *buffer);

void push_one(ss_buffer *buffer)
{
  *ss_push(buffer, int) = 1;
}
