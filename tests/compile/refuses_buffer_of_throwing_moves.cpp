// SPDX-License-Identifier: MIT
// Does not compile: elements that throw when they move would be lost when the buffer grows.
#include "secondstack.hpp"

struct throwing {
  throwing(throwing &&other) noexcept(false);
};

void open_throwing();

void open_throwing()
{
  ss::buffer<throwing> items;
}
