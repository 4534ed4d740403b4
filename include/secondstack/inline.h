// SPDX-License-Identifier: MIT
// Part of secondstack.h, behind the reference: the bodies of its inline functions and macros, in the
// reference's order.
#ifndef SECONDSTACK_INLINE_H
#define SECONDSTACK_INLINE_H

#ifdef __cplusplus
extern "C" {
#endif

// With SS_PROFILE each function whose name stands in SS__PLAIN has a wrapper in profile.h, which
// counts.
#if SS_PROFILE
#define SS__PLAIN(name) name##_plain
#else
#define SS__PLAIN(name) name
#endif

// -------------------------------------------------------------------------------------------------
// `call` tells each function below which public call is under way: it is the call's name, or NULL
// for a call that reports failure itself. With SS_DEBUG or SS_PROFILE it is the whole call site.

#if SS__HAS_SITES
typedef ss__site ss__call;
#if SS_PROFILE
// The names of the call and of the file are one literal, with the line behind them. So the address
// of the call's name differs from place to place, and profile.h finds the place by it.
#define SS__TEXT_(number) #number
#define SS__TEXT(number) SS__TEXT_(number)
#define SS__PLACE(name) name "\0" __FILE__ "\0" SS__TEXT(__LINE__)
#define SS__SITE(name, is_try) ss__site_of(SS__PLACE(name), sizeof(name), __LINE__, (is_try))
SS__INLINE ss__site ss__site_of(const char *text, size_t name_size, int line, bool is_try)
{
  const ss__site site = {text, text + name_size, line, is_try, 0};
  return site;
}
#elif defined(__cplusplus)
#define SS__SITE(name, is_try) (ss__site{(name), __FILE__, __LINE__, (is_try), 0})
#else
#define SS__SITE(name, is_try) ((ss__site){(name), __FILE__, __LINE__, (is_try), 0})
#endif
#define SS__CALL(name) SS__SITE(name, false)
#define SS__TRY(name) SS__SITE(name, true)
// The call site of a call whose elements must all have the same size.
#define SS__ELEMENTS(T, call) ss__of_elements((call), sizeof(T))
SS__INLINE ss__site ss__of_elements(ss__site site, size_t size)
{
  site.element_size = size;
  return site;
}
#else
typedef const char *ss__call;
#define SS__CALL(name) (name)
#define SS__TRY(name) NULL
#define SS__ELEMENTS(T, call) (call)
#endif

// The `call` argument of the archive's functions.
SS__INLINE const char *ss__name(ss__call call)
{
#if SS__HAS_SITES
  return call.is_try ? NULL : call.name;
#else
  return call;
#endif
}

SS__INLINE bool ss__is_try(ss__call call)
{
#if SS__HAS_SITES
  return call.is_try;
#else
  return call == NULL;
#endif
}

// Turns a call into one that reports failure.
SS__INLINE ss__call ss__trying(ss__call call)
{
#if SS__HAS_SITES
  call.is_try = true;
  return call;
#else
  (void)call;
  return NULL;
#endif
}

#if SS_PROFILE
#include "secondstack/profile.h"
#endif

// A plain call aborts when it fails, so its result cannot be NULL. Static analysers must be told
// so, or they warn of every use of a slice. Compilers are not told, so that the machine code stays
// the same.
SS__INLINE void *ss__result(void *result, ss__call call)
{
#if SS_DEBUG || defined(__clang_analyzer__)
  if (!ss__is_try(call) && result == NULL) __builtin_unreachable();
#endif
  (void)call;
  return result;
}

// -------------------------------------------------------------------------------------------------
// The calling thread's own stack

#if !defined(__clang__) && (SS_DEBUG || SS__ASAN)
// -fsanitize=undefined of gcc 12 takes a thread-local address that it sees for NULL (at -O1 and above),
// and no macro says that the option is on. So the address is hidden in a call. An inline asm in the
// caller would hide it, too, but gcc warns that a longjmp might clobber its result. In a build with
// neither SS_DEBUG nor AddressSanitizer, add -fno-sanitize=null. To reproduce the problem, remove
// this function and run `./run test unit`.
static __attribute__((noinline, unused)) ss_stack *ss__hidden_thread(void)
{
  ss_stack *stack = &ss__thread;
  __asm__("" : "+r"(stack));
  return stack;
}
#endif

SS__INLINE ss_stack *ss_thread_stack(void)
{
#if SS__IS_KEYED
  return ss__dynamic_thread();
#elif defined(__clang__) || !(SS_DEBUG || SS__ASAN)
  return &ss__thread;
#else
  return ss__hidden_thread();
#endif
}

// -------------------------------------------------------------------------------------------------
// Scopes

SS__INLINE ss_mark SS__PLAIN(ss__save)(ss_stack *stack, ss__call call)
{
#if SS_DEBUG
  return ss__debug_save(ss_thread_stack(), stack, call);
#else
  (void)call;
  ss_mark mark = {stack->top, stack->mark_version};
  return mark;
#endif
}

SS__INLINE void SS__PLAIN(ss__go_back)(ss_stack *stack, ss_mark mark, ss__call call)
{
#if SS_DEBUG
  ss__debug_restore(ss_thread_stack(), stack, mark, call, false);
#elif SS__ASAN && !defined(SS__INTERNAL)
  (void)call;
  ss__asan_restore(stack, mark.top, mark.version);
#else
  (void)call;
  if (SS__LIKELY(stack->version == mark.version)) {
    stack->top = mark.top;
  } else {
    ss__restore(stack, mark.top, mark.version);
  }
#endif
}

SS__INLINE ss_mark ss_save(void)
{
  return ss__save(ss_thread_stack(), SS__CALL("ss_save"));
}

SS__INLINE ss_mark ss_stack_save(ss_stack *stack)
{
  return ss__save(stack, SS__CALL("ss_stack_save"));
}

SS__INLINE void ss_restore(ss_mark mark)
{
  ss__go_back(ss_thread_stack(), mark, SS__CALL("ss_restore"));
}

SS__INLINE void ss_stack_restore(ss_stack *stack, ss_mark mark)
{
  ss__go_back(stack, mark, SS__CALL("ss_stack_restore"));
}

typedef struct ss__scope {
  ss_stack *stack;
  ss_mark mark;
#if SS_DEBUG
  ss__site site;
  bool has_ended;  // the closing brace was reached
#endif
#ifdef __cplusplus
  ~ss__scope();  // an exception runs this in every mode
#endif
} ss__scope;

SS__INLINE void ss__scope_leave(ss__scope *scope)
{
#if SS_DEBUG
  ss__debug_restore(ss_thread_stack(), scope->stack, scope->mark, scope->site, SS__IS_UNWINDING);
#else
  ss__go_back(scope->stack, scope->mark, SS__CALL("SS_SCOPE"));
#endif
}

// The last initialisers of an ss__scope.
#if SS_DEBUG
#define SS__SCOPE_SITE(site) , site, false
#else
#define SS__SCOPE_SITE(site)
#endif

// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#ifdef __cplusplus
#define SS__SCOPE_VARIABLE(name, stack_) \
  ss__scope name SS__UNUSED = {          \
      (stack_), ss__save(name.stack, SS__CALL("SS_SCOPE")) SS__SCOPE_SITE(SS__CALL("SS_SCOPE"))}
#else
SS__INLINE ss__scope ss__scope_enter(ss_stack *stack, ss__call call)
{
  ss__scope scope = {stack, ss__save(stack, call) SS__SCOPE_SITE(call)};
  return scope;
}
#define SS__SCOPE_VARIABLE(name, stack)                    \
  ss__scope name SS__CLEANUP(ss__scope_leave) SS__UNUSED = \
      ss__scope_enter((stack), SS__CALL("SS_SCOPE"))
#endif

// A loop that runs once. Its pointer does not escape, so the compiler can see that it runs once.
#if SS_DEBUG
// The block is the body of an inner loop. Only a break leaves the inner loop without evaluating its
// last expression, which is how the last expression of the outer loop detects the break.
#define SS__SCOPE_BLOCK(name, once, stack_)                                \
  for (SS__SCOPE_VARIABLE(name, stack_), *once = &name; once;              \
       name.has_ended ? (void)0 : ss__debug_break(name.site), once = NULL) \
    for (; !name.has_ended; name.has_ended = true)
#else
#define SS__SCOPE_BLOCK(name, once, stack_) \
  for (SS__SCOPE_VARIABLE(name, stack_), *once = &name; once; once = NULL)
#endif
// NOLINTEND(bugprone-macro-parentheses)

// C++ and clang refuse a jump over SS_GUARD themselves. gcc allows a jump over a variable with a
// cleanup, but not over a type whose size is known at run time only.
#if defined(__cplusplus) || defined(__clang__)
#define SS__NO_JUMP_OVER(name)
#else
#define SS__NO_JUMP_OVER(name)                                               \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wvla\"") \
      SS__UNUSED char(*name)[1 + (ss__thread.limit == NULL)] = NULL;         \
  _Pragma("GCC diagnostic pop")
#endif

// -------------------------------------------------------------------------------------------------
// Slices

SS__INLINE void *SS__PLAIN(ss__alloc)(ss_stack *stack, size_t size, size_t align, ss__call call)
{
#if SS_DEBUG
  return ss__result(ss__debug_alloc(ss_thread_stack(), stack, size, align, call), call);
#else
  char *slice = stack->top;
  const size_t room = (size_t)(stack->limit - slice);
  if (align > SS_ALIGN) {
    const size_t gap = (size_t)(0 - (uintptr_t)slice) & (align - 1);
    if (SS__UNLIKELY((align & (align - 1)) != 0 || gap > room || size > room - gap)) {
      return ss__result(ss__refill(stack, size, align, ss__name(call)), call);
    }
    slice += gap;
  } else if (SS__UNLIKELY(size > room)) {
    return ss__result(ss__refill(stack, size, align, ss__name(call)), call);
  }
  // top and limit are multiples of SS_ALIGN, so a size that fits still fits when it is rounded up.
  stack->top = slice + ((size + SS_ALIGN - 1) & ~(SS_ALIGN - 1));
  SS__UNPOISON(slice, size);
  return ss__result(slice, call);
#endif
}

// An element count as the caller passes it. It has 64 bits, so that a large count is not truncated
// where size_t has 32 bits.
typedef unsigned long long ss__count;

// A GNU empty struct has size 0.
SS__INLINE bool ss__overflows(ss__count n, size_t element_size)
{
  return n > (element_size > 1 ? SIZE_MAX / element_size : SIZE_MAX);
}

SS__INLINE void *ss__slice(ss_stack *stack, ss__count n, size_t element_size, size_t align,
                           ss__call call)
{
  if (SS__UNLIKELY(ss__overflows(n, element_size))) {
    return ss__result(ss__fail_count(n, element_size, ss__name(call)), call);
  }
  return ss__alloc(stack, (size_t)n * element_size, align, call);
}

SS__INLINE void *ss__zeroed(ss_stack *stack, ss__count n, size_t element_size, size_t align,
                            ss__call call)
{
  void *slice = ss__slice(stack, n, element_size, align, call);
  return slice ? memset(slice, 0, (size_t)n * element_size) : NULL;
}

SS__INLINE void *ss__copy(ss_stack *stack, const void *src, ss__count n, size_t element_size,
                          size_t align, ss__call call)
{
  void *slice = ss__slice(stack, n, element_size, align, call);
  // memcpy must not be called with NULL, which an empty source may be.
  return slice && n ? memcpy(slice, src, (size_t)n * element_size) : slice;
}

// If the arguments of a call are in the wrong order, the compiler's error shows one of these names,
// which say what is wrong.
#define SS__THE_TYPE_COMES_BEFORE_THE_COUNT(T) (T *)
#define SS__THE_TYPE_COMES_BEFORE_THE_BUFFER(T) (T *)

#define SS__SLICE(T, stack, n, call)      \
  (SS__THE_TYPE_COMES_BEFORE_THE_COUNT(T) \
       ss__slice((stack), (n), sizeof(T), SS__ALIGNOF(T), (call)))
#define SS__ZEROED(T, stack, n, call)     \
  (SS__THE_TYPE_COMES_BEFORE_THE_COUNT(T) \
       ss__zeroed((stack), (n), sizeof(T), SS__ALIGNOF(T), (call)))
#define SS__COPY(T, stack, src, n, call)  \
  (SS__THE_TYPE_COMES_BEFORE_THE_COUNT(T) \
       ss__copy((stack), (src), (n), sizeof(T), SS__ALIGNOF(T), (call)))
#if SS_DEBUG
#define SS__FORMAT_PLAIN(stack, call, ...) \
  ss__debug_format(ss_thread_stack(), (stack), (call), __VA_ARGS__)
#else
#define SS__FORMAT_PLAIN(stack, call, ...) ss__format((stack), ss__name(call), __VA_ARGS__)
#endif
#if !SS_PROFILE
#define SS__FORMAT SS__FORMAT_PLAIN
#endif

SS__INLINE void *ss_alloc(size_t size, size_t align)
{
  return ss__alloc(ss_thread_stack(), size, align, SS__CALL("ss_alloc"));
}

SS__INLINE void *ss_try_alloc(size_t size, size_t align)
{
  return ss__alloc(ss_thread_stack(), size, align, SS__TRY("ss_try_alloc"));
}

SS__INLINE void *ss_stack_alloc(ss_stack *stack, size_t size, size_t align)
{
  return ss__alloc(stack, size, align, SS__CALL("ss_stack_alloc"));
}

SS__INLINE void *ss_stack_try_alloc(ss_stack *stack, size_t size, size_t align)
{
  return ss__alloc(stack, size, align, SS__TRY("ss_stack_try_alloc"));
}

SS__INLINE bool SS__PLAIN(ss__try_resize_last)(ss_stack *stack, void *data, size_t old_size,
                                               size_t new_size, ss__call call)
{
#if SS_DEBUG
  return ss__debug_resize_last(ss_thread_stack(), stack, data, old_size, new_size, call);
#else
  (void)call;
  return ss__resize_last(stack, data, old_size, new_size);
#endif
}

SS__INLINE bool ss_try_resize_last(void *data, size_t old_size, size_t new_size)
{
  return ss__try_resize_last(ss_thread_stack(), data, old_size, new_size,
                             SS__TRY("ss_try_resize_last"));
}

SS__INLINE bool ss_stack_try_resize_last(ss_stack *stack, void *data, size_t old_size,
                                         size_t new_size)
{
  return ss__try_resize_last(stack, data, old_size, new_size, SS__TRY("ss_stack_try_resize_last"));
}

// -------------------------------------------------------------------------------------------------
// Buffers

SS__INLINE ss_buffer SS__PLAIN(ss__open)(ss_stack *stack, ss__call call)
{
#if SS_DEBUG
  return ss__debug_buffer_open(ss_thread_stack(), stack, call);
#else
  ss_buffer buffer = {SS__NOWHERE, &ss__unopened_lane, stack, NULL};
  if (SS__UNLIKELY(SS__BUFFER_HEAD > (size_t)(stack->limit - stack->top))) {
    if (!ss__buffer_prepare(stack, ss__name(call))) return buffer;
  }
  // The buffer is open in line: it takes the active lane's own room. Whatever else is made
  // meanwhile finds no room and calls the library.
  buffer.first = buffer.top = stack->top + SS__BUFFER_HEAD;
  buffer.lane = stack->active;
  buffer.lane->top = stack->top = stack->limit = buffer.top;
  stack->mark_version = stack->version + 1;
  stack->version = SS__IN_LINE;
  SS__UNPOISON(buffer.top - SS__BUFFER_HEAD,
               (size_t)(buffer.lane->limit - buffer.top) + SS__BUFFER_HEAD);
  return buffer;
#endif
}

SS__INLINE ss_buffer ss_buffer_open(void)
{
  return ss__open(ss_thread_stack(), SS__CALL("ss_buffer_open"));
}

SS__INLINE ss_buffer ss_try_buffer_open(void)
{
  return ss__open(ss_thread_stack(), SS__TRY("ss_try_buffer_open"));
}

SS__INLINE ss_buffer ss_stack_buffer_open(ss_stack *stack)
{
  return ss__open(stack, SS__CALL("ss_stack_buffer_open"));
}

SS__INLINE ss_buffer ss_stack_try_buffer_open(ss_stack *stack)
{
  return ss__open(stack, SS__TRY("ss_stack_try_buffer_open"));
}

SS__INLINE size_t ss__buffer_room(const ss_buffer *buffer)
{
  return (size_t)(buffer->lane->limit - buffer->top);
}

// Only `top` changes here, because V8 keeps each word that a cold call may change in memory, on its
// own stack, throughout a loop.
SS__INLINE bool SS__PLAIN(ss__grow)(ss_buffer *buffer, size_t size, bool is_exact, ss__call call)
{
  char *top =
      ss__buffer_grow(buffer->stack, buffer->lane, buffer->top, size, is_exact, ss__name(call));
  if (ss__is_try(call) && top == NULL) return false;
  buffer->top = (char *)ss__result(top, call);
  return true;
}

SS__INLINE void *SS__PLAIN(ss__extend)(ss_buffer *buffer, size_t size, size_t align, ss__call call)
{
#if SS_DEBUG
  const ss_buffer extended = ss__debug_buffer_extend(ss_thread_stack(), *buffer, size, align, call);
  if (size > ss__buffer_room(&extended)) return ss__result(NULL, call);
  *buffer = extended;
#else
  (void)align;
  if (SS__UNLIKELY(size > ss__buffer_room(buffer))) {
    if (!ss__grow(buffer, size, false, call)) return ss__result(NULL, call);
  }
#endif
  char *room = buffer->top;
  buffer->top = room + size;
  return ss__result(room, call);
}

SS__INLINE void *ss__extend_by(ss_buffer *buffer, ss__count n, size_t element_size, size_t align,
                               ss__call call)
{
  if (SS__UNLIKELY(ss__overflows(n, element_size))) {
    return ss__result(ss__fail_count(n, element_size, ss__name(call)), call);
  }
  return ss__extend(buffer, (size_t)n * element_size, align, call);
}

// Refuses at compile time a type that a buffer cannot align.
#define SS__PACKS(T)                                             \
  ((void)sizeof(SS__THE_TYPE_COMES_BEFORE_THE_BUFFER(T) 0 == 0), \
   (void)sizeof(char[SS__ALIGNOF(T) <= SS_ALIGN ? 1 : -1]))
#define SS__EXTEND(T, buffer, n, call) \
  (SS__PACKS(T), (T *)ss__extend_by((buffer), (n), sizeof(T), SS__ALIGNOF(T), (call)))

#define SS__INSERT(T, buffer, i, n, call) \
  (SS__PACKS(T),                          \
   (T *)ss__insert((buffer), (i), (n), sizeof(T), SS__ALIGNOF(T), SS__ELEMENTS(T, call)))

#define SS__PUSH_VALUE(T, buffer, value, call)                               \
  SS__PUSH_VALUE_(T, buffer, value, call, SS__JOIN(ss__value_, __COUNTER__), \
                  SS__JOIN(ss__room_, __COUNTER__))
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#define SS__PUSH_VALUE_(T, buffer, value, call, copy, room)    \
  __extension__({                                              \
    T copy = (value);                                          \
    T *room = SS__EXTEND(T, buffer, 1, SS__ELEMENTS(T, call)); \
    if (!ss__is_try(call) || room != NULL) *room = copy;       \
    room;                                                      \
  })
// NOLINTEND(bugprone-macro-parentheses)

SS__INLINE void *ss__append(ss_buffer *buffer, const void *src, size_t size_bytes, ss__call call)
{
  void *room = ss__extend(buffer, size_bytes, 1, call);
  return room && size_bytes ? memcpy(room, src, size_bytes) : room;
}

SS__INLINE void *ss_append(ss_buffer *buffer, const void *src, size_t size_bytes)
{
  return ss__append(buffer, src, size_bytes, SS__CALL("ss_append"));
}

SS__INLINE void *ss_try_append(ss_buffer *buffer, const void *src, size_t size_bytes)
{
  return ss__append(buffer, src, size_bytes, SS__TRY("ss_try_append"));
}

#define SS__FILL(T, buffer, n, value, call)                               \
  SS__FILL_(T, buffer, n, value, call, SS__JOIN(ss__value_, __COUNTER__), \
            SS__JOIN(ss__count_, __COUNTER__), SS__JOIN(ss__room_, __COUNTER__))
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#define SS__FILL_(T, buffer, n, value, call, copy, count, room)                   \
  __extension__({                                                                 \
    const T copy = (value);                                                       \
    const ss__count count = (n);                                                  \
    T *room = SS__EXTEND(T, buffer, count, SS__ELEMENTS(T, call));                \
    if (!ss__is_try(call) || room != NULL) {                                      \
      for (T *ss__at = room; ss__at != room + count; ss__at += 1) *ss__at = copy; \
    }                                                                             \
    room;                                                                         \
  })
// NOLINTEND(bugprone-macro-parentheses)

#if SS_DEBUG
#define SS__APPEND_FORMAT(buffer, call, ...) \
  ss__debug_append_format(ss_thread_stack(), (buffer), (call), __VA_ARGS__)
#else
#define SS__APPEND_FORMAT(buffer, call, ...) \
  ss__append_format((buffer), ss__name(call), __VA_ARGS__)
#endif

SS__INLINE bool SS__PLAIN(ss__reserve)(ss_buffer *buffer, size_t size_bytes, ss__call call)
{
#if SS_DEBUG
  *buffer = ss__debug_buffer_reserve(ss_thread_stack(), *buffer, size_bytes, call);
#else
  if (size_bytes > ss__buffer_room(buffer)) return ss__grow(buffer, size_bytes, true, call);
#endif
  return size_bytes <= ss__buffer_room(buffer);
}

SS__INLINE void ss_reserve(ss_buffer *buffer, size_t size_bytes)
{
  (void)ss__reserve(buffer, size_bytes, SS__CALL("ss_reserve"));
}

SS__INLINE bool ss_try_reserve(ss_buffer *buffer, size_t size_bytes)
{
  return ss__reserve(buffer, size_bytes, SS__TRY("ss_try_reserve"));
}

SS__INLINE size_t ss__buffer_size(const ss_buffer *buffer, ss__call call)
{
#if SS_DEBUG
  ss__debug_buffer_check(ss_thread_stack(), buffer, call);
#endif
  (void)call;
  return (size_t)(buffer->top - buffer->lane->top);
}

SS__INLINE void *ss__buffer_at(const ss_buffer *buffer, size_t offset, ss__call call)
{
#if SS_DEBUG
  ss__debug_buffer_check(ss_thread_stack(), buffer, call);
#endif
  (void)call;
  return buffer->lane->top + offset;
}

// If `i` is beyond the end, the elements are appended.
SS__INLINE void *ss__insert(ss_buffer *buffer, size_t i, ss__count n, size_t element_size,
                            size_t align, ss__call call)
{
  const size_t size = ss__buffer_size(buffer, call);
  const size_t from = element_size && i < size / element_size ? i * element_size : size;
  char *end = (char *)ss__extend_by(buffer, n, element_size, align, call);
  if (ss__is_try(call) && end == NULL) return NULL;
  char *gap = end - (size - from);
  memmove(gap + (size_t)n * element_size, gap, size - from);
  return gap;
}

SS__INLINE void ss__truncate(ss_buffer *buffer, ss__count n, size_t element_size, ss__call call)
{
  if (element_size && n < ss__buffer_size(buffer, call) / element_size) {
    buffer->top = buffer->lane->top + (size_t)n * element_size;
  }
}

SS__INLINE void *ss__pop(ss_buffer *buffer, size_t element_size, ss__call call)
{
  if (ss__buffer_size(buffer, call) < element_size || element_size == 0) return NULL;
  return buffer->top -= element_size;
}

SS__INLINE bool ss__swap_remove(ss_buffer *buffer, size_t i, size_t element_size, ss__call call)
{
  if (element_size == 0 || i >= ss__buffer_size(buffer, call) / element_size) return false;
  buffer->top -= element_size;
  char *element = buffer->lane->top + i * element_size;
  if (element != buffer->top) memcpy(element, buffer->top, element_size);
  return true;
}

SS__INLINE ss_slice SS__PLAIN(ss__close)(ss_buffer *buffer, ss__call call)
{
#if SS_DEBUG
  const ss_slice slice = ss__debug_buffer_close(ss_thread_stack(), *buffer, call);
#else
  // There are few local variables here because gcc warns of each one that a longjmp around this
  // code might clobber.
  ss_slice slice = {buffer->lane->top, (size_t)(buffer->top - buffer->lane->top)};
  if (SS__LIKELY((buffer->stack->mark_version & 1) != 0 && slice.data == buffer->stack->top)) {
    // The buffer is open in line. Its end is stored because a mark that was saved meanwhile is
    // restored to it.
    buffer->top += (size_t)(0 - (uintptr_t)buffer->top) & (SS_ALIGN - 1);
    ((char **)ss__result(slice.data, call))[-1] = buffer->top;
    buffer->stack->top = buffer->top;
    buffer->stack->limit = buffer->lane->limit;
    buffer->stack->version = --buffer->stack->mark_version;
  } else {
    slice.data = ss__buffer_close(buffer->stack, buffer->lane, buffer->top);
  }
#endif
  buffer->top = SS__NOWHERE;
  buffer->lane = &ss__closed_lane;
  return slice;
}

SS__INLINE ss_slice ss_buffer_close(ss_buffer *buffer)
{
  return ss__close(buffer, SS__CALL("ss_buffer_close"));
}

// -------------------------------------------------------------------------------------------------
// Collecting

// This is inline so that a `next` whose definition the compiler can see is inlined into the loop.
SS__INLINE ss_slice ss__collect(ss_stack *stack, ss_next_fn *next, void *iterator, size_t size_hint,
                                size_t element_size, size_t align, ss__call call)
{
  // The mark is made here because ss_stack_save needs memory with SS_DEBUG.
  const ss_mark before = {stack->top, stack->mark_version};
  ss_buffer items = ss__open(stack, call);
  // There is one slot more than the hint says, because `next` is called with a slot when it reports
  // the end, too.
  if (size_hint < SIZE_MAX && size_hint && !ss__overflows(size_hint + 1, element_size)) {
    (void)ss__reserve(&items, (size_hint + 1) * element_size, ss__trying(call));
  }
  for (;;) {
    void *item = ss__extend(&items, element_size, align, call);
    if (item == NULL) {
      const ss_slice failed = {NULL, 0};
      (void)ss__close(&items, call);
      ss__restore(stack, before.top, before.version);
      return failed;
    }
    if (!next(iterator, item)) break;
  }
  items.top -= element_size;
  return ss__close(&items, call);
}

#define SS__COLLECT(T, stack, next, iterator, size_hint, call) \
  (SS__PACKS(T),                                               \
   ss__collect((stack), (next), (iterator), (size_hint), sizeof(T), SS__ALIGNOF(T), (call)))

// -------------------------------------------------------------------------------------------------
// Destructors

SS__INLINE void ss_defer(ss_destructor *fn, void *arg)
{
  (void)ss__defer(ss_thread_stack(), arg, 1, 0, fn, "ss_defer");
}

SS__INLINE bool ss_try_defer(ss_destructor *fn, void *arg)
{
  return ss__defer(ss_thread_stack(), arg, 1, 0, fn, NULL);
}

SS__INLINE void ss_stack_defer(ss_stack *stack, ss_destructor *fn, void *arg)
{
  (void)ss__defer(stack, arg, 1, 0, fn, "ss_stack_defer");
}

SS__INLINE bool ss_stack_try_defer(ss_stack *stack, ss_destructor *fn, void *arg)
{
  return ss__defer(stack, arg, 1, 0, fn, NULL);
}

#define SS__DEFER_EACH(T, stack, data, n, fn, call) \
  ss__defer((stack), SS__POINTER_TO(T, data), (n), sizeof(T), (fn), (call))
// Refuses a pointer to another type at compile time.
// NOLINTNEXTLINE(bugprone-sizeof-expression): the size does not matter
#define SS__POINTER_TO(T, pointer) ((void)sizeof((T *)0 == (pointer)), (void *)(pointer))

// -------------------------------------------------------------------------------------------------
// Keeping a result

SS__INLINE ss_slice SS__PLAIN(ss__keep)(ss_stack *stack, ss_mark mark, ss_slice slice, size_t align,
                                        ss__call call)
{
#if SS_DEBUG
  return ss__debug_restore_keep(ss_thread_stack(), stack, mark, slice, align, call);
#else
  return ss__restore_keep(stack, mark.top, mark.version, slice.data, slice.size, align,
                          ss__name(call));
#endif
}

SS__INLINE ss_slice ss_restore_keep(ss_mark mark, ss_slice slice)
{
  return ss__keep(ss_thread_stack(), mark, slice, SS_ALIGN, SS__CALL("ss_restore_keep"));
}

SS__INLINE ss_slice ss_try_restore_keep(ss_mark mark, ss_slice slice)
{
  return ss__keep(ss_thread_stack(), mark, slice, SS_ALIGN, SS__TRY("ss_try_restore_keep"));
}

SS__INLINE ss_slice ss_stack_restore_keep(ss_stack *stack, ss_mark mark, ss_slice slice)
{
  return ss__keep(stack, mark, slice, SS_ALIGN, SS__CALL("ss_stack_restore_keep"));
}

SS__INLINE ss_slice ss_stack_try_restore_keep(ss_stack *stack, ss_mark mark, ss_slice slice)
{
  return ss__keep(stack, mark, slice, SS_ALIGN, SS__TRY("ss_stack_try_restore_keep"));
}

SS__INLINE ss_slice ss_restore_keep_aligned(ss_mark mark, ss_slice slice, size_t align)
{
  return ss__keep(ss_thread_stack(), mark, slice, align, SS__CALL("ss_restore_keep_aligned"));
}

SS__INLINE ss_slice ss_try_restore_keep_aligned(ss_mark mark, ss_slice slice, size_t align)
{
  return ss__keep(ss_thread_stack(), mark, slice, align, SS__TRY("ss_try_restore_keep_aligned"));
}

SS__INLINE ss_slice ss_stack_restore_keep_aligned(ss_stack *stack, ss_mark mark, ss_slice slice,
                                                  size_t align)
{
  return ss__keep(stack, mark, slice, align, SS__CALL("ss_stack_restore_keep_aligned"));
}

SS__INLINE ss_slice ss_stack_try_restore_keep_aligned(ss_stack *stack, ss_mark mark, ss_slice slice,
                                                      size_t align)
{
  return ss__keep(stack, mark, slice, align, SS__TRY("ss_stack_try_restore_keep_aligned"));
}

// -------------------------------------------------------------------------------------------------
// Stacks, threads, statistics

SS__INLINE void ss_thread_configure(const ss_config *config)
{
  ss__configure(ss_thread_stack(), config);
}

SS__INLINE void ss_thread_free(void)
{
  ss__thread_free(ss_thread_stack());
}

SS__INLINE void ss_prewarm(size_t size_bytes, size_t lane_count)
{
  (void)ss__prewarm(ss_thread_stack(), size_bytes, lane_count, "ss_prewarm");
}

SS__INLINE bool ss_try_prewarm(size_t size_bytes, size_t lane_count)
{
  return ss__prewarm(ss_thread_stack(), size_bytes, lane_count, NULL);
}

SS__INLINE void ss_stack_prewarm(ss_stack *stack, size_t size_bytes, size_t lane_count)
{
  (void)ss__prewarm(stack, size_bytes, lane_count, "ss_stack_prewarm");
}

SS__INLINE bool ss_stack_try_prewarm(ss_stack *stack, size_t size_bytes, size_t lane_count)
{
  return ss__prewarm(stack, size_bytes, lane_count, NULL);
}

SS__INLINE void ss_trim(size_t keep_bytes)
{
  ss_stack_trim(ss_thread_stack(), keep_bytes);
}

SS__INLINE ss_slice ss_make_visible(ss_slice slice)
{
  if (slice.size > 0) SS__SEE_GROWTH((char *)slice.data + (slice.size - 1));
  return slice;
}

SS__INLINE ss_stats ss_thread_stats(void)
{
  return ss_stack_stats(ss_thread_stack());
}

SS__INLINE void ss_thread_walk(ss_walk_fn *fn, void *context)
{
  ss_stack_walk(ss_thread_stack(), fn, context);
}

SS__INLINE void ss_dump(ss_line_fn *fn, void *context)
{
  ss_stack_dump(ss_thread_stack(), fn, context);
}

SS__INLINE void ss_advise(ss_line_fn *fn, void *context)
{
  ss_stack_advise(ss_thread_stack(), fn, context);
}

SS__INLINE bool ss_try_trace(size_t event_count)
{
  return ss_stack_try_trace(ss_thread_stack(), event_count);
}

SS__INLINE void ss_trace_json(ss_line_fn *fn, void *context)
{
  ss_stack_trace_json(ss_thread_stack(), fn, context);
}

SS__INLINE void ss_report(ss_line_fn *fn, void *context)
{
  ss_stack_report(ss_thread_stack(), fn, context);
}

SS__INLINE void ss_report_json(ss_line_fn *fn, void *context)
{
  ss_stack_report_json(ss_thread_stack(), fn, context);
}

#ifdef __cplusplus
}  // extern "C"

inline __attribute__((always_inline)) ss__scope::~ss__scope()
{
  ss__scope_leave(this);
}
#endif

#endif
