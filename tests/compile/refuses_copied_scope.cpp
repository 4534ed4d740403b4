// SPDX-License-Identifier: MIT
// Does not compile: a scope ends once.
#include "secondstack.hpp"

void copy_scope(const ss::scope &scope);

void copy_scope(const ss::scope &scope)
{
  const ss::scope copy(scope);
}
