// SPDX-License-Identifier: MIT
// Does not compile: the elements to drop are not of the type that is named.
#include "secondstack.h"

void drop_names(char **names, size_t n, ss_destructor *drop);

void drop_names(char **names, size_t n, ss_destructor *drop)
{
  ss_defer_each(int, names, n, drop);
}
