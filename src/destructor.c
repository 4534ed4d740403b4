// SPDX-License-Identifier: MIT
// Destructors: records of the undo log that call a function.
#include "records.h"

// Destroys one element after the other, and takes each off the record before its destructor is
// called: a destructor that longjmps away does not run again, and the remaining elements are still
// on the log.
void ss__undo_defer(ss_stack *stack, ss__event *event, size_t version)
{
  (void)version;
  destructor_record *record = (destructor_record *)(void *)event;
  ss_destructor *fn = record->fn;
  void *element = record->next;
  if (--record->count == 0) {
    stack->undo_log = event->older;
  } else {
    record->next += record->stride;
  }
  fn(element);
}

bool ss__defer(ss_stack *stack, void *first, size_t n, size_t stride, ss_destructor *fn,
               const char *call)
{
  if (n == 0) return true;
  destructor_record *record = (destructor_record *)ss__claim(stack, sizeof *record, call);
  if (record == NULL) return false;
  record->fn = fn;
  record->next = (char *)first;
  record->count = n;
  record->stride = stride;
  ss__push_event(stack, &record->event, ss__undo_defer);
  return true;
}
