// SPDX-License-Identifier: MIT
// The platform's backing, refusing one call or all from one on: what the unit tests run on when their
// faults are injected (faults.h). tests/counted_backing.h asks here as well.
#ifndef SS_TESTS_REFUSING_BACKING_H
#define SS_TESTS_REFUSING_BACKING_H

#include <stdbool.h>
#include <stddef.h>

// Refuses the nth acquire or resize from now on, and those after it if `is_refusing_on`. 0: none.
void refusing_arm(size_t n, bool is_refusing_on);
// False once nothing is refused any more.
bool refusing_is_armed(void);
// Counts a call; true: it is to be refused.
bool refusing_refuses(void);
// How many calls were refused, ever, and how many of them this thread's.
size_t refusing_refusals(void);
size_t refusing_own_refusals(void);
// Blocks of the platform that have not been released.
size_t refusing_live_blocks(void);

#endif
