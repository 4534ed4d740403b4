// SPDX-License-Identifier: MIT
// Part of secondstack.hpp: spans, scopes, slices and single values, preceded by the private code
// that the other parts of secondstack.hpp need as well.
#ifndef SECONDSTACK_SLICE_HPP
#define SECONDSTACK_SLICE_HPP

#include "secondstack.h"

#include <iterator>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#if __cplusplus < 201703L
#error "secondstack.hpp needs C++17"
#endif

#if __cplusplus >= 202002L && __has_include(<span>)
#include <span>
#endif

// Translation units with different options see different definitions here, so each combination has
// an inline namespace of its own, and the linker does not mix them.
#if SS_DEBUG && SS_PROFILE
#define SS__ABI_OF(name) SS__JOIN(name, _debug_profile)
#elif SS_DEBUG
#define SS__ABI_OF(name) SS__JOIN(name, _debug)
#elif SS_PROFILE
#define SS__ABI_OF(name) SS__JOIN(name, _profile)
#else
#define SS__ABI_OF(name) name
#endif
#if defined(__cpp_lib_span)
#define SS__ABI SS__ABI_OF(cpp20)
#else
#define SS__ABI SS__ABI_OF(cpp17)
#endif

#define SS__CPP_INLINE inline __attribute__((always_inline))

namespace ss {
inline namespace SS__ABI {

// -------------------------------------------------------------------------------------------------
// Behind the scenes

namespace detail {

// The place of a call: a default argument is evaluated where the caller stands. A call that cannot
// have a default argument, because it takes any arguments or is an operator, passes the place that
// its object remembers.
#if SS__HAS_SITES
struct place {
  const char *file;
  int line;
  static constexpr place here(const char *file = __builtin_FILE(), int line = __builtin_LINE())
  {
    return {file, line};
  }
  constexpr ss__call call(const char *name) const
  {
    return {name, file, line, false, 0};
  }
  constexpr ss__call attempt(const char *name) const
  {
    return {name, file, line, true, 0};
  }
};

// The place in the source where an object was made.
class origin {
 public:
  explicit origin(place at) : opened_(at)
  {
  }
  place opened() const
  {
    return opened_;
  }

 private:
  place opened_;
};
#else
struct place {
  static SS__CPP_INLINE constexpr place here()
  {
    return {};
  }
  static SS__CPP_INLINE constexpr ss__call call(const char *name)
  {
    return name;
  }
  static SS__CPP_INLINE constexpr ss__call attempt(const char *)
  {
    return nullptr;
  }
};

struct origin {
  SS__CPP_INLINE explicit origin(place)
  {
  }
  static SS__CPP_INLINE constexpr place opened()
  {
    return {};
  }
};
#endif

// The room that guard bytes may take behind an element.
inline constexpr size_t headroom = SS_DEBUG ? SS_ALIGN : 0;

template <class T>
inline constexpr bool is_element =
    std::is_object_v<T> && !std::is_const_v<T> && !std::is_volatile_v<T> && !std::is_array_v<T>;

// Types whose bytes are all zero when value-initialised. (The bytes of a null pointer to a member
// are not zero.)
template <class T>
inline constexpr bool is_zero_by_default =
    std::is_arithmetic_v<T> || std::is_pointer_v<T> || std::is_enum_v<T>;

template <class T>
inline constexpr bool is_uninitialisable =
    std::is_trivially_default_constructible_v<T> &&std::is_trivially_destructible_v<T>;

// Makes T(args...), or T{args...} for an aggregate.
template <class T, class... Args>
SS__CPP_INLINE T *construct(void *room, Args &&...args)
{
  if constexpr (std::is_constructible_v<T, Args...>) {
    return ::new (room) T(static_cast<Args &&>(args)...);
  } else {
    return ::new (room) T{static_cast<Args &&>(args)...};
  }
}

template <class T, class... Args>
SS__CPP_INLINE T made(Args &&...args)
{
  if constexpr (std::is_constructible_v<T, Args...>) {
    return T(static_cast<Args &&>(args)...);
  } else {
    return T{static_cast<Args &&>(args)...};
  }
}

template <class T>
void destroy(void *value)
{
  static_cast<T *>(value)->~T();
}

// Destroys values when the function is left, unless another owner has taken them.
template <class T>
struct doomed {
  T *first;
  size_t count;
  doomed(T *first_value, size_t value_count) : first(first_value), count(value_count)
  {
  }
  doomed(const doomed &) = delete;
  doomed &operator=(const doomed &) = delete;
  ~doomed()
  {
    std::destroy_n(first, count);
  }
};

// Gives `size_bytes` at `data` back if nothing was made since. (With SS_DEBUG guard bytes and a
// record were made since, so nothing is given back. With SS_PROFILE the bytes count until the scope
// ends.)
SS__CPP_INLINE void give_back(ss_stack *stack, void *data, size_t size_bytes)
{
#if SS__HAS_SITES
  (void)stack, (void)data, (void)size_bytes;
#else
  const ss_mark now = ss_stack_save(stack);
  char *const end = static_cast<char *>(data) + ((size_bytes + SS_ALIGN - 1) & ~(SS_ALIGN - 1));
  if (now.top == end) ss_stack_restore(stack, ss_mark{static_cast<char *>(data), now.version});
#endif
}

// Room that is given back when the function is left.
struct borrowed {
  ss_stack *stack;
  size_t size_bytes;
  void *data;
  borrowed(ss_stack *of, size_t bytes, void *room) : stack(of), size_bytes(bytes), data(room)
  {
  }
  borrowed(const borrowed &) = delete;
  borrowed &operator=(const borrowed &) = delete;
  ~borrowed()
  {
    if (data) give_back(stack, data, size_bytes);
  }
};

// Registers the destructors of n values, to run when the scope ends. If there is no room to
// register them, runs them now.
template <class T>
SS__CPP_INLINE bool defer_each(ss_stack *stack, T *first, size_t n, ss__call call)
{
  if constexpr (std::is_trivially_destructible_v<T>) {
    (void)stack, (void)first, (void)n, (void)call;
    return true;
  } else {
    {
      doomed<T> values(first, n);
      if (ss__defer(stack, first, n, sizeof(T), destroy<T>, ss__name(call))) {
        values.count = 0;
        return true;
      }
    }
    give_back(stack, first, n * sizeof(T));
    return false;
  }
}

}  // namespace detail

// -------------------------------------------------------------------------------------------------
// Spans

/// A view of contiguous elements: std::span in C++20, and in C++17 as much of it as is used here.
#if defined(__cpp_lib_span)
template <class T>
using span = std::span<T>;
#else
template <class T>
class span {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;
  using size_type = size_t;
  using difference_type = ptrdiff_t;
  using pointer = T *;
  using const_pointer = const T *;
  using reference = T &;
  using const_reference = const T &;
  using iterator = T *;

  constexpr span() noexcept = default;
  SS__CPP_INLINE constexpr span(T *data, size_t count) noexcept : data_(data), size_(count)
  {
  }
  template <size_t N>
  SS__CPP_INLINE constexpr span(T (&array)[N]) noexcept : data_(array), size_(N)
  {
  }
  /// Views anything that std::data and std::size accept: std::vector<T>, std::array<T, n>, or a
  /// span<T> as span<const T>.
  template <
      class Range,
      class = std::enable_if_t<
          !std::is_same_v<std::remove_cv_t<std::remove_reference_t<Range>>, span> &&
          !std::is_array_v<std::remove_reference_t<Range>> &&
          std::is_convertible_v<
              std::remove_pointer_t<decltype(std::data(std::declval<Range &>()))> (*)[], T (*)[]>>>
  SS__CPP_INLINE constexpr span(Range &&range) : data_(std::data(range)), size_(std::size(range))
  {
  }

  SS__CPP_INLINE constexpr T *data() const noexcept
  {
    return data_;
  }
  SS__CPP_INLINE constexpr size_t size() const noexcept
  {
    return size_;
  }
  SS__CPP_INLINE constexpr size_t size_bytes() const noexcept
  {
    return size_ * sizeof(T);
  }
  SS__CPP_INLINE constexpr bool empty() const noexcept
  {
    return size_ == 0;
  }
  SS__CPP_INLINE constexpr T *begin() const noexcept
  {
    return data_;
  }
  SS__CPP_INLINE constexpr T *end() const noexcept
  {
    return data_ + size_;
  }
  SS__CPP_INLINE constexpr T &operator[](size_t i) const
  {
    return data_[i];
  }
  SS__CPP_INLINE constexpr T &front() const
  {
    return data_[0];
  }
  SS__CPP_INLINE constexpr T &back() const
  {
    return data_[size_ - 1];
  }
  SS__CPP_INLINE constexpr span first(size_t count) const
  {
    return {data_, count};
  }
  SS__CPP_INLINE constexpr span last(size_t count) const
  {
    return {data_ + (size_ - count), count};
  }
  SS__CPP_INLINE constexpr span subspan(size_t offset, size_t count = SIZE_MAX) const
  {
    return {data_ + offset, count == SIZE_MAX ? size_ - offset : count};
  }

 private:
  T *data_ = nullptr;
  size_t size_ = 0;
};
#endif

// -------------------------------------------------------------------------------------------------
// Scopes

/// A stack of its own, beside the threads' stacks: ss_stack_new and ss_stack_free. Wherever a function
/// takes an ss_stack *, it takes an ss::stack, too. One thread at a time may use it.
class stack {
 public:
  /// Errors:  when memory ends, the ss::stack holds nullptr; test it with if (stack).
  explicit stack(const ss_config &config = {}) : stack_(ss_stack_new(&config))
  {
  }
  stack(stack &&other) noexcept : stack_(other.stack_)
  {
    other.stack_ = nullptr;
  }
  stack(const stack &) = delete;
  stack &operator=(const stack &) = delete;
  ~stack()
  {
    ss_stack_free(stack_);
  }
  operator ss_stack *() const noexcept  // NOLINT(google-explicit-constructor): what it is for
  {
    return stack_;
  }

 private:
  ss_stack *stack_;
};

/// Makes the rest of the enclosing block a scope. Where the block ends, also by an exception, the
/// destructors registered since run, and all slices and buffers made since are released.
///   ss::scope scope;
class scope {
 public:
  /// A scope on the calling thread's own stack.
  [[nodiscard]] SS__CPP_INLINE explicit scope(detail::place at = detail::place::here())
      : scope(ss_thread_stack(), at)
  {
  }
  /// A scope on a given stack.
  [[nodiscard]] SS__CPP_INLINE explicit scope(ss_stack *stack,
                                              detail::place at = detail::place::here())
      : scope_{stack, ss__save(stack, at.call("ss::scope")) SS__SCOPE_SITE(at.call("ss::scope"))}
  {
  }
  scope(const scope &) = delete;
  scope &operator=(const scope &) = delete;
  SS__CPP_INLINE ~scope() = default;

  /// Ends the scope but keeps `result`, which was made in it: the bytes move down to where the
  /// scope began and belong to the parent scope. A new scope begins behind them, until the block
  /// ends.
  /// Returns: the result at its new place, aligned for T.
  /// Errors:  aborts through ss_set_fatal when the parent has no room and memory ends.
  template <class T>
  SS__CPP_INLINE span<T> keep(span<T> result, detail::place at = detail::place::here())
  {
    static_assert(
        std::is_trivially_copyable_v<T> && !std::is_const_v<T>,
        "ss::scope::keep moves bytes: elements must be trivially copyable, and not const");
    const ss_slice kept =
        ss__keep(scope_.stack, scope_.mark, ss_slice{result.data(), result.size_bytes()},
                 alignof(T), at.call("ss::scope::keep"));
    scope_.mark = ss__save(scope_.stack, at.call("ss::scope::keep"));
    return {static_cast<T *>(kept.data), result.size()};
  }

 private:
  ss__scope scope_;  // its destructor restores
};

// -------------------------------------------------------------------------------------------------
// Slices and single values. All are aligned to 16 bytes at least, and to the alignment of T; they never
// move, and live until the scope ends. n = 0 gives an empty span.

namespace detail {

template <class T>
SS__CPP_INLINE T *room_for(ss_stack *stack, size_t n, ss__call call)
{
  static_assert(is_element<T>, "elements are objects, neither const nor arrays");
  return static_cast<T *>(ss__slice(stack, n, sizeof(T), alignof(T), call));
}

template <class T>
SS__CPP_INLINE span<T> uninit_slice(ss_stack *stack, size_t n, ss__call call)
{
  static_assert(
      is_uninitialisable<T>,
      "uninitialised elements must need neither constructor nor destructor: use ss::zeroed_slice");
  T *first = room_for<T>(stack, n, call);
  return {first, ss__is_try(call) && first == nullptr ? 0 : n};
}

template <class T>
SS__CPP_INLINE span<T> zeroed_slice(ss_stack *stack, size_t n, ss__call call)
{
  if constexpr (is_zero_by_default<T>) {
    T *first = static_cast<T *>(ss__zeroed(stack, n, sizeof(T), alignof(T), call));
    return {first, ss__is_try(call) && first == nullptr ? 0 : n};
  }
  T *first = room_for<T>(stack, n, call);
  if (ss__is_try(call) && first == nullptr) return {};
  std::uninitialized_value_construct_n(first, n);
  if (!defer_each(stack, first, n, call)) return {};
  return {first, n};
}

template <class T, class... Args>
SS__CPP_INLINE T *make(ss_stack *stack, ss__call call, Args &&...args)
{
  T *value = room_for<T>(stack, 1, call);
  if (ss__is_try(call) && value == nullptr) return nullptr;
  construct<T>(value, static_cast<Args &&>(args)...);
  return defer_each(stack, value, 1, call) ? value : nullptr;
}

template <class T>
SS__CPP_INLINE span<T> copy_slice(ss_stack *stack, const T *src, size_t n, ss__call call)
{
  T *first = room_for<T>(stack, n, call);
  if (ss__is_try(call) && first == nullptr) return {};
  std::uninitialized_copy_n(src, n, first);
  if (!defer_each(stack, first, n, call)) return {};
  return {first, n};
}

template <bool is_try>
SS__CPP_INLINE constexpr ss__call call_of_make()
{
  return is_try ? place::here().attempt("ss::make") : place::here().call("ss::make");
}

template <class T, bool is_try>
SS__CPP_INLINE T *make_with()
{
  return detail::make<T>(ss_thread_stack(), call_of_make<is_try>());
}

// Takes std::nothrow and a stack from the front of the arguments.
template <class T, bool is_try, class First, class... Rest>
SS__CPP_INLINE T *make_with(First &&first, Rest &&...rest)
{
  using type = std::remove_cv_t<std::remove_reference_t<First>>;
  if constexpr (!is_try && std::is_same_v<type, std::nothrow_t>) {
    return make_with<T, true>(static_cast<Rest &&>(rest)...);
  } else if constexpr (std::is_same_v<type, ss_stack *> || std::is_same_v<type, ss::stack>) {
    return detail::make<T>(static_cast<ss_stack *>(first), call_of_make<is_try>(),
                           static_cast<Rest &&>(rest)...);
  } else {
    return detail::make<T>(ss_thread_stack(), call_of_make<is_try>(), static_cast<First &&>(first),
                           static_cast<Rest &&>(rest)...);
  }
}

}  // namespace detail

/// Makes n elements, value-initialised: numbers and pointers are 0. Destructors run when the scope
/// ends.
/// Units:   n in elements.
/// Errors:  aborts through ss_set_fatal when n * sizeof(T) overflows or memory ends; with std::nothrow
///          the span's data() is nullptr instead. If a constructor throws, the elements made before
///          it are destroyed and the exception is passed on.
template <class T>
SS__CPP_INLINE span<T> zeroed_slice(size_t n, detail::place at = detail::place::here())
{
  return detail::zeroed_slice<T>(ss_thread_stack(), n, at.call("ss::zeroed_slice"));
}
/// ss::zeroed_slice on a given stack.
template <class T>
SS__CPP_INLINE span<T> zeroed_slice(ss_stack *stack, size_t n,
                                    detail::place at = detail::place::here())
{
  return detail::zeroed_slice<T>(stack, n, at.call("ss::zeroed_slice"));
}
/// ss::zeroed_slice that reports failure, as described there, instead of aborting.
template <class T>
SS__CPP_INLINE span<T> zeroed_slice(std::nothrow_t, size_t n,
                                    detail::place at = detail::place::here())
{
  return detail::zeroed_slice<T>(ss_thread_stack(), n, at.attempt("ss::zeroed_slice"));
}
/// ss::zeroed_slice on a given stack that reports failure.
template <class T>
SS__CPP_INLINE span<T> zeroed_slice(std::nothrow_t, ss_stack *stack, size_t n,
                                    detail::place at = detail::place::here())
{
  return detail::zeroed_slice<T>(stack, n, at.attempt("ss::zeroed_slice"));
}

/// Makes n uninitialised elements, of a type that needs neither constructor nor destructor. Units,
/// errors: as ss::zeroed_slice.
template <class T>
SS__CPP_INLINE span<T> uninit_slice(size_t n, detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(ss_thread_stack(), n, at.call("ss::uninit_slice"));
}
/// ss::uninit_slice on a given stack.
template <class T>
SS__CPP_INLINE span<T> uninit_slice(ss_stack *stack, size_t n,
                                    detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(stack, n, at.call("ss::uninit_slice"));
}
/// ss::uninit_slice that reports failure, as described there, instead of aborting.
template <class T>
SS__CPP_INLINE span<T> uninit_slice(std::nothrow_t, size_t n,
                                    detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(ss_thread_stack(), n, at.attempt("ss::uninit_slice"));
}
/// ss::uninit_slice on a given stack that reports failure.
template <class T>
SS__CPP_INLINE span<T> uninit_slice(std::nothrow_t, ss_stack *stack, size_t n,
                                    detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(stack, n, at.attempt("ss::uninit_slice"));
}

/// Makes copies of the n elements at `src`, which may be nullptr when n is 0. Destructors run when
/// the scope ends.
/// Units, errors: as ss::zeroed_slice.
template <class T>
SS__CPP_INLINE span<T> copy_slice(const T *src, size_t n, detail::place at = detail::place::here())
{
  return detail::copy_slice<T>(ss_thread_stack(), src, n, at.call("ss::copy_slice"));
}
/// ss::copy_slice on a given stack.
template <class T>
SS__CPP_INLINE span<T> copy_slice(ss_stack *stack, const T *src, size_t n,
                                  detail::place at = detail::place::here())
{
  return detail::copy_slice<T>(stack, src, n, at.call("ss::copy_slice"));
}
/// ss::copy_slice that reports failure, as described there, instead of aborting.
template <class T>
SS__CPP_INLINE span<T> copy_slice(std::nothrow_t, const T *src, size_t n,
                                  detail::place at = detail::place::here())
{
  return detail::copy_slice<T>(ss_thread_stack(), src, n, at.attempt("ss::copy_slice"));
}
/// ss::copy_slice on a given stack that reports failure.
template <class T>
SS__CPP_INLINE span<T> copy_slice(std::nothrow_t, ss_stack *stack, const T *src, size_t n,
                                  detail::place at = detail::place::here())
{
  return detail::copy_slice<T>(stack, src, n, at.attempt("ss::copy_slice"));
}

/// Makes one uninitialised value, however huge, of a type that needs neither constructor nor
/// destructor.
/// Errors:  aborts through ss_set_fatal when memory ends; with std::nothrow returns nullptr instead.
template <class T>
SS__CPP_INLINE T *uninit(detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(ss_thread_stack(), 1, at.call("ss::uninit")).data();
}
/// ss::uninit on a given stack.
template <class T>
SS__CPP_INLINE T *uninit(ss_stack *stack, detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(stack, 1, at.call("ss::uninit")).data();
}
/// ss::uninit that reports failure, as described there, instead of aborting.
template <class T>
SS__CPP_INLINE T *uninit(std::nothrow_t, detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(ss_thread_stack(), 1, at.attempt("ss::uninit")).data();
}
/// ss::uninit on a given stack that reports failure.
template <class T>
SS__CPP_INLINE T *uninit(std::nothrow_t, ss_stack *stack, detail::place at = detail::place::here())
{
  return detail::uninit_slice<T>(stack, 1, at.attempt("ss::uninit")).data();
}

/// Makes one value from `args`, however huge, directly in its final place. Its destructor runs when
/// the scope ends. std::nothrow, a stack, or both in this order may precede the constructor's
/// arguments.
///   mesh *m = ss::make<mesh>("teapot", 42);
///   mesh *n = ss::make<mesh>(std::nothrow, stack, "teapot", 42);
/// For a constructor whose own first argument is a stack, pass the stack twice.
/// Errors:  as ss::uninit; an exception of the constructor is passed on.
template <class T, class... Args>
SS__CPP_INLINE T *make(Args &&...args)
{
  return detail::make_with<T, false>(static_cast<Args &&>(args)...);
}

}  // namespace SS__ABI
}  // namespace ss

#endif
