// SPDX-License-Identifier: MIT
// Does not compile: nobody would run the constructors.
#include "secondstack.hpp"

#include <string>

size_t take_texts();

size_t take_texts()
{
  return ss::uninit_slice<std::string>(3)[0].size();
}
