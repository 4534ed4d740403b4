// SPDX-License-Identifier: MIT
// The platform's backing, which refuses one call, or one and all later calls. The unit tests run on
// it when faults are injected (faults.h). tests/counted_backing.h asks it which of its calls to
// refuse.
#ifndef SS_TESTS_REFUSING_BACKING_H
#define SS_TESTS_REFUSING_BACKING_H

#include <stdbool.h>
#include <stddef.h>

// Makes the nth acquire or resize from now on fail, and all later ones if `is_refusing_on`. 0: none
// fails.
void refusing_arm(size_t n, bool is_refusing_on);
// Returns false once nothing will be refused any more.
bool refusing_is_armed(void);
// Counts a call; returns true if the call must be refused.
bool refusing_refuses(void);
// The number of calls that were refused so far, in all threads and in the calling thread.
size_t refusing_refusals(void);
size_t refusing_own_refusals(void);
// Blocks of the platform that have not been released.
size_t refusing_live_blocks(void);

#endif
