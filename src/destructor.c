// SPDX-License-Identifier: MIT
// Destructors: records of the undo log that call a function. undo.c runs them.
#include "internal.h"

bool ss__defer(ss_stack *stack, void *first, size_t n, size_t stride, ss_destructor *fn,
               const char *call)
{
  if (n == 0) return true;
  ss__destructor_record *record = (ss__destructor_record *)ss__claim(stack, sizeof *record, call);
  if (record == NULL) return false;
  record->fn = fn;
  record->next = (char *)first;
  record->count = n;
  record->stride = stride;
  ss__push_event(stack, &record->event, NULL);
  return true;
}
