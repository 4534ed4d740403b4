// SPDX-License-Identifier: MIT
// thread_stack.c once more, as the code of a program without threads sees it. It differs by this
// macro and not by the compiler's features, so that it links into both kinds of program.
#undef __wasm_atomics__
#include "thread_stack.c"  // NOLINT(bugprone-suspicious-include): the same once more
