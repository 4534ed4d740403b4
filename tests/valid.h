// SPDX-License-Identifier: MIT
// Checks the invariants of a stack, which src/internal.h lists.
#ifndef SS_TESTS_VALID_H
#define SS_TESTS_VALID_H

#include "secondstack.h"

#ifdef __cplusplus
extern "C" {
#endif

// Returns NULL if all invariants hold, or else a text that says which one does not.
const char *ss__why_invalid(const ss_stack *stack);

#ifdef __cplusplus
}
#endif

#endif
