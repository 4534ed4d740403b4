// SPDX-License-Identifier: MIT
// Does not compile without a warning: a scope without a name ends at once.
#include "secondstack.hpp"

void forget_the_name();

void forget_the_name()
{
  ss::scope();
}
