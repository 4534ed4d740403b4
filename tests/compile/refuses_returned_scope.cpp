// SPDX-License-Identifier: MIT
// Does not compile: a scope ends in the block where it began.
#include "secondstack.hpp"

#include <utility>

ss::scope return_scope();

ss::scope return_scope()
{
  ss::scope scope;
  return std::move(scope);
}
