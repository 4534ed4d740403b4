// SPDX-License-Identifier: MIT
// The same in C++, where a scope ends by its destructor.
#include "unwind.c"
