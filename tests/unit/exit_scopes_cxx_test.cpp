// SPDX-License-Identifier: MIT
// exit_scopes_test.c in C++, where scopes end by destructors, which pthread_exit may run as well.
// Runs with SS_DEBUG: 0 1
#include <pthread.h>

#include "exit_scopes_test.c"  // NOLINT(bugprone-suspicious-include): the same once more
