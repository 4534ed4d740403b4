// SPDX-License-Identifier: MIT
// The clock that the phases of a frame are timed with.
#ifndef CLOCK_H
#define CLOCK_H

/// Milliseconds since some moment, as fine as the page is allowed to see them.
double clock_ms(void);

#endif
