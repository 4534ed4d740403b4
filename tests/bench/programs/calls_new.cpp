// SPDX-License-Identifier: MIT
// operator new as malloc that calls.c counts: the C++ library's own calls malloc within a library where no --wrap reaches.
#include <cstdlib>
#include <new>

void *operator new(size_t size)
{
  void *block = std::malloc(size ? size : 1);
  if (block == nullptr) std::abort();
  return block;
}

void operator delete(void *block) noexcept
{
  std::free(block);
}

void operator delete(void *block, size_t) noexcept
{
  std::free(block);
}
