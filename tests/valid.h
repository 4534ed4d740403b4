// SPDX-License-Identifier: MIT
// Are a stack's invariants all true? They stand in src/internal.h.
#ifndef SS_TESTS_VALID_H
#define SS_TESTS_VALID_H

#include "secondstack.h"

#ifdef __cplusplus
extern "C" {
#endif

// Returns NULL, or what is broken.
const char *ss__why_invalid(const ss_stack *stack);

#ifdef __cplusplus
}
#endif

#endif
