// SPDX-License-Identifier: MIT
// Does not compile: the destructors run before the bytes are kept.
#include "secondstack.hpp"

#include <string>

size_t keep_texts();

size_t keep_texts()
{
  ss::scope scope;
  return scope.keep(ss::zeroed_slice<std::string>(3)).size();
}
