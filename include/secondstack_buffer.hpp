// SPDX-License-Identifier: MIT
// Part of secondstack.hpp: buffers, slices that are still growing, and ranges collected into one.
#ifndef SECONDSTACK_BUFFER_HPP
#define SECONDSTACK_BUFFER_HPP

#include "secondstack_slice.hpp"

namespace ss {
inline namespace SS__ABI {

/// Whether a T may be moved by copying its bytes and forgetting the old ones. A growing buffer
/// moves such elements as a block, and elements of other types one by one. Specialise it for a type
/// of yours that owns something but has no pointer into itself:
///   template <> struct ss::is_trivially_relocatable<mesh> : std::true_type {};
template <class T>
struct is_trivially_relocatable : std::bool_constant<std::is_trivially_move_constructible_v<T> &&
                                                     std::is_trivially_destructible_v<T>> {
};

// -------------------------------------------------------------------------------------------------
// Buffers

namespace detail {

// The elements of a closed buffer, whose destructors run when the scope that opened it ends, right
// before the buffer's memory is released. This record lies on the stack itself, and is empty until
// the buffer is closed.
template <class T, bool is_needed = !std::is_trivially_destructible_v<T>>
class owed {
 public:
  SS__CPP_INLINE bool open(ss_stack *, ss__call)
  {
    return true;
  }
  SS__CPP_INLINE void fill(T *, size_t)
  {
  }
};

template <class T>
class owed<T, true> {
 public:
  bool open(ss_stack *stack, ss__call call)
  {
    elements_ =
        static_cast<elements *>(ss__alloc(stack, sizeof(elements), alignof(elements), call));
    if (elements_ == nullptr) return false;
    *elements_ = {nullptr, 0};
    return ss__defer(stack, elements_, 1, 0, destroy_elements, ss__name(call));
  }
  void fill(T *first, size_t count)
  {
    *elements_ = {first, count};
  }

 private:
  struct elements {
    T *first;
    size_t count;
  };
  static void destroy_elements(void *record)
  {
    const elements all = *static_cast<elements *>(record);
    std::destroy_n(all.first, all.count);
  }
  elements *elements_ = nullptr;
};

}  // namespace detail

/// A slice that is still growing: a vector until it is closed, and a span from then on. Several may grow
/// at once, and slices may be taken meanwhile. Its memory is that of the scope in which it was made, so
/// it must not outlive that scope. A buffer that is destroyed without being closed, by an early
/// return or an exception, destroys its elements and gives their memory back.
///
/// References to elements, and iterators, are valid until it grows again. Elements that are not trivially
/// relocatable (see above) are moved one by one when their memory must move, which must not throw;
/// and no type may need an alignment above 16 bytes: such types belong into slices.
template <class T>
class buffer : private detail::owed<T>, private detail::origin {
  static_assert(detail::is_element<T>, "elements are objects, neither const nor arrays");
  static_assert(
      alignof(T) <= SS_ALIGN,
      "ss::buffer aligns its first element to 16 bytes: use ss::zeroed_slice for this type");
#if defined(__cpp_exceptions)
  static_assert(is_trivially_relocatable<T>::value || std::is_nothrow_move_constructible_v<T>,
                "ss::buffer moves elements when it grows: they must be trivially relocatable or "
                "nothrow move constructible");
#else
  static_assert(is_trivially_relocatable<T>::value || std::is_move_constructible_v<T>,
                "ss::buffer moves elements when it grows: they must be trivially relocatable or "
                "move constructible");
#endif

 public:
  using value_type = T;
  using size_type = size_t;
  using difference_type = ptrdiff_t;
  using reference = T &;
  using const_reference = const T &;
  using pointer = T *;
  using const_pointer = const T *;
  using iterator = T *;
  using const_iterator = const T *;

  // --- Opening and closing

  /// Opens a buffer on the calling thread's own stack.
  /// Errors:  aborts through ss_set_fatal when memory ends. With std::nothrow the buffer is made
  ///          nevertheless: every try_ function on it fails, and close() returns a span whose
  ///          data() is nullptr.
  SS__CPP_INLINE explicit buffer(detail::place at = detail::place::here())
      : buffer(ss_thread_stack(), at, at.call("ss::buffer"))
  {
  }
  SS__CPP_INLINE explicit buffer(std::nothrow_t, detail::place at = detail::place::here())
      : buffer(ss_thread_stack(), at, at.attempt("ss::buffer"))
  {
  }
  /// Opens a buffer on a given stack.
  SS__CPP_INLINE explicit buffer(ss_stack *stack, detail::place at = detail::place::here())
      : buffer(stack, at, at.call("ss::buffer"))
  {
  }
  SS__CPP_INLINE explicit buffer(std::nothrow_t, ss_stack *stack,
                                 detail::place at = detail::place::here())
      : buffer(stack, at, at.attempt("ss::buffer"))
  {
  }
  /// Afterwards `other` is closed and has no elements.
  SS__CPP_INLINE buffer(buffer &&other) noexcept
      : detail::owed<T>(other), detail::origin(other), buffer_(other.buffer_)
  {
    other.buffer_.top = SS__NOWHERE;
    other.buffer_.lane = &ss__closed_lane;
  }
  buffer(const buffer &) = delete;
  buffer &operator=(const buffer &) = delete;
  SS__CPP_INLINE ~buffer()
  {
    if (is_open()) abandon(buffer_.stack, buffer_.lane, buffer_.top, buffer_.first, opened());
  }

  /// Ends the growth and returns exactly what was written; the unused room goes back to the stack.
  /// The elements live as long as the scope that opened the buffer, and are destroyed, first to
  /// last, when it ends.
  /// Errors:  using the buffer afterwards aborts through ss_set_fatal, but for is_open.
  SS__CPP_INLINE span<T> close(detail::place at = detail::place::here())
  {
    const ss_slice all = ss__close(&buffer_, at.call("ss::buffer::close"));
    T *first = static_cast<T *>(all.data);
    // The size is a difference of pointers to T, so that the compiler knows that the division
    // leaves no remainder.
    void *last = static_cast<char *>(all.data) + all.size;
    const size_t count = static_cast<size_t>(static_cast<T *>(last) - first);
    if (!std::is_trivially_destructible_v<T> && first) this->fill(first, count);
    return {first, count};
  }
  /// Whether the buffer was neither closed nor moved from.
  SS__CPP_INLINE bool is_open() const noexcept
  {
    return buffer_.lane != &ss__closed_lane;
  }

  // --- Growing

  /// Appends a copy of `value`, which may be an element of this buffer.
  /// Errors:  aborts through ss_set_fatal when memory ends; try_push_back returns nullptr instead.
  SS__CPP_INLINE void push_back(const T &value, detail::place at = detail::place::here())
  {
    (void)append_one(at.call("ss::buffer::push_back"), value);
  }
  SS__CPP_INLINE void push_back(T &&value, detail::place at = detail::place::here())
  {
    (void)append_one(at.call("ss::buffer::push_back"), static_cast<T &&>(value));
  }
  SS__CPP_INLINE T *try_push_back(const T &value, detail::place at = detail::place::here())
  {
    return append_one(at.attempt("ss::buffer::try_push_back"), value);
  }
  SS__CPP_INLINE T *try_push_back(T &&value, detail::place at = detail::place::here())
  {
    return append_one(at.attempt("ss::buffer::try_push_back"), static_cast<T &&>(value));
  }
  /// Appends an element made of `args`, which may be elements of this buffer, and returns it.
  /// Errors:  as push_back. When the constructor throws, the buffer is as before.
  template <class... Args>
  SS__CPP_INLINE T &emplace_back(Args &&...args)
  {
    return *append_one(opened().call("ss::buffer::emplace_back"), static_cast<Args &&>(args)...);
  }
  template <class... Args>
  SS__CPP_INLINE T *try_emplace_back(Args &&...args)
  {
    return append_one(opened().attempt("ss::buffer::try_emplace_back"),
                      static_cast<Args &&>(args)...);
  }

  /// Appends n uninitialised elements, to be filled as a block, of a type that needs neither constructor
  /// nor destructor.
  /// Returns: the new elements, valid until the buffer grows again.
  /// Errors:  as push_back; try_extend returns a span whose data() is nullptr instead.
  SS__CPP_INLINE span<T> extend(size_t n, detail::place at = detail::place::here())
  {
    return uninitialised(n, at.call("ss::buffer::extend"));
  }
  SS__CPP_INLINE span<T> try_extend(size_t n, detail::place at = detail::place::here())
  {
    return uninitialised(n, at.attempt("ss::buffer::try_extend"));
  }

  /// Appends copies of `values`, which must not be elements of this buffer.
  /// Errors:  as push_back; try_append returns false instead.
  SS__CPP_INLINE void append(span<const T> values, detail::place at = detail::place::here())
  {
    (void)append_all(values, at.call("ss::buffer::append"));
  }
  SS__CPP_INLINE bool try_append(span<const T> values, detail::place at = detail::place::here())
  {
    return append_all(values, at.attempt("ss::buffer::try_append"));
  }

  /// Makes room for n elements in all: until there are n, the buffer will not grow again.
  /// Errors:  as push_back; try_reserve returns false instead.
  SS__CPP_INLINE void reserve(size_t n, detail::place at = detail::place::here())
  {
    (void)make_room(n, at.call("ss::buffer::reserve"));
  }
  SS__CPP_INLINE bool try_reserve(size_t n, detail::place at = detail::place::here())
  {
    return make_room(n, at.attempt("ss::buffer::try_reserve"));
  }

  // --- Shrinking

  /// Destroys the last element. The buffer must not be empty.
  SS__CPP_INLINE void pop_back()
  {
    std::destroy_at(end() - 1);
    buffer_.top -= sizeof(T);
  }
  /// Destroys all elements. The buffer keeps its room.
  SS__CPP_INLINE void clear()
  {
    std::destroy(begin(), end());
    buffer_.top -= size_bytes();
  }

  // --- The elements so far

  SS__CPP_INLINE T *data()
  {
    return static_cast<T *>(first());
  }
  SS__CPP_INLINE const T *data() const
  {
    return static_cast<const T *>(first());
  }
  SS__CPP_INLINE size_t size() const
  {
    return static_cast<size_t>(end() - begin());
  }
  SS__CPP_INLINE size_t size_bytes() const
  {
    return ss__buffer_size(&buffer_, opened().call("ss::buffer::size"));
  }
  SS__CPP_INLINE bool empty() const
  {
    return size_bytes() == 0;
  }
  SS__CPP_INLINE T *begin()
  {
    return data();
  }
  SS__CPP_INLINE const T *begin() const
  {
    return data();
  }
  SS__CPP_INLINE T *end()
  {
    return static_cast<T *>(last());
  }
  SS__CPP_INLINE const T *end() const
  {
    return static_cast<const T *>(last());
  }
  SS__CPP_INLINE T &operator[](size_t i)
  {
    return data()[i];
  }
  SS__CPP_INLINE const T &operator[](size_t i) const
  {
    return data()[i];
  }
  SS__CPP_INLINE T &front()
  {
    return *begin();
  }
  SS__CPP_INLINE const T &front() const
  {
    return *begin();
  }
  SS__CPP_INLINE T &back()
  {
    return end()[-1];
  }
  SS__CPP_INLINE const T &back() const
  {
    return end()[-1];
  }

 private:
  // Whether an element is small enough to be made in registers, before there is room for it.
  static constexpr bool is_light = std::is_trivially_move_constructible_v<T> &&
                                   std::is_trivially_destructible_v<T> && sizeof(T) <= 64;

  SS__CPP_INLINE buffer(ss_stack *stack, detail::place at, ss__call call)
      : detail::origin(at), buffer_{SS__NOWHERE, &ss__unopened_lane, stack, nullptr}
  {
    buffer_ = ss__open(stack, call);
    if (!this->open(stack, call)) {
      (void)ss__close(&buffer_, call);
      buffer_.lane = &ss__unopened_lane;
    }
  }

  // Cold functions take the buffer's words one by one and return the new top. If they took the
  // buffer by address, or even by value, its words would not be kept in registers elsewhere.

  [[gnu::cold, gnu::noinline]] static void abandon(ss_stack *stack, ss__lane *lane, char *top,
                                                   char *first, detail::place opened)
  {
    ss_buffer buffer = {top, lane, stack, first};
    const ss__call call = opened.call("ss::~buffer");
    const size_t size_bytes = ss__buffer_size(&buffer, call);
    buffer.top -= size_bytes;
    std::destroy_n(end_of(buffer), size_bytes / sizeof(T));
    (void)ss__close(&buffer, call);
  }

  static SS__CPP_INLINE T *end_of(const ss_buffer &buffer)
  {
    return static_cast<T *>(static_cast<void *>(buffer.top));
  }

  // Holds elements outside their buffer while the buffer grows. Its destructor moves them back in
  // any case.
  class evacuated {
   public:
    evacuated(ss_buffer *buffer, T *elsewhere, size_t count)
        : buffer_(buffer), elsewhere_(elsewhere), count_(count)
    {
      buffer_->top -= count_ * sizeof(T);
      std::uninitialized_move_n(end_of(*buffer_), count_, elsewhere_);
      std::destroy_n(end_of(*buffer_), count_);
    }
    evacuated(const evacuated &) = delete;
    evacuated &operator=(const evacuated &) = delete;
    // NOLINTNEXTLINE(bugprone-exception-escape): it is asserted that such elements move without throwing
    ~evacuated()
    {
      std::uninitialized_move_n(elsewhere_, count_, end_of(*buffer_));
      std::destroy_n(elsewhere_, count_);
      buffer_->top += count_ * sizeof(T);
    }

   private:
    ss_buffer *buffer_;
    T *elsewhere_;
    size_t count_;
  };

  // Grows by at least half, because each growth moves all elements twice. NULL: no memory.
  [[gnu::cold, gnu::noinline]] static char *grown_by_moving(ss_stack *stack, ss__lane *lane,
                                                            char *top, char *first,
                                                            size_t more_bytes, ss__call call)
  {
    ss_buffer buffer = {top, lane, stack, first};
    const size_t size_bytes = ss__buffer_size(&buffer, call);
    const size_t all_bytes =
        more_bytes > SIZE_MAX - size_bytes ? SIZE_MAX : size_bytes + more_bytes;
    void *elsewhere = ss__alloc(stack, size_bytes, alignof(T), call);
    if (elsewhere == nullptr) return nullptr;
    bool has_grown = true;
    {
      const evacuated elements(&buffer, static_cast<T *>(elsewhere), size_bytes / sizeof(T));
      const size_t wanted_bytes = size_bytes + size_bytes / 2 + detail::headroom;
      if (all_bytes > wanted_bytes || !ss__reserve(&buffer, wanted_bytes, ss__trying(call))) {
        has_grown = ss__reserve(&buffer, all_bytes, call);
      }
    }
    detail::give_back(stack, elsewhere, size_bytes);
    return has_grown ? buffer.top : nullptr;
  }

  // Makes room for `size_bytes` more. False only for a call that reports failure.
  static SS__CPP_INLINE bool ensure(ss_buffer *buffer, size_t size_bytes, bool is_exact,
                                    ss__call call)
  {
    if constexpr (is_trivially_relocatable<T>::value) {
      if (is_exact) return ss__reserve(buffer, size_bytes, call);
      const void *room = ss__extend(buffer, size_bytes, alignof(T), call);
      if (ss__is_try(call) && room == nullptr) return false;
      buffer->top -= size_bytes;
      return true;
    } else {
      (void)ss__buffer_size(buffer, call);
      const size_t room_bytes = ss__buffer_room(buffer);
      if (room_bytes >= detail::headroom && size_bytes <= room_bytes - detail::headroom)
        return true;
      return replace_top(buffer, grown_by_moving(buffer->stack, buffer->lane, buffer->top,
                                                 buffer->first, size_bytes, call));
    }
  }

  static SS__CPP_INLINE bool replace_top(ss_buffer *buffer, char *top)
  {
    if (top == nullptr) return false;
    buffer->top = top;
#if SS_DEBUG
    buffer->first = buffer->lane->top;
#endif
    return true;
  }

  // The element is made before the buffer grows, because an argument may be an element of the
  // buffer, which moves then, and because the buffer must be unchanged if the constructor throws.
  template <class... Args>
  [[gnu::cold, gnu::noinline]] static char *with_one_more(ss_stack *stack, ss__lane *lane,
                                                          char *top, char *first, ss__call call,
                                                          Args &&...args)
  {
    ss_buffer buffer = {top, lane, stack, first};
    const detail::borrowed elsewhere(stack, sizeof(T),
                                     ss__alloc(stack, sizeof(T), alignof(T), call));
    if (elsewhere.data == nullptr) return nullptr;
    detail::doomed<T> value(detail::construct<T>(elsewhere.data, static_cast<Args &&>(args)...), 1);
    if (!ensure(&buffer, sizeof(T), false, call)) return nullptr;
    if constexpr (is_trivially_relocatable<T>::value) {
      // The element is moved by its bytes, as its neighbours were: a constructor might throw, now
      // that the buffer has moved.
      memcpy(static_cast<void *>(buffer.top), elsewhere.data, sizeof(T));
      value.count = 0;
    } else {
      ::new (static_cast<void *>(buffer.top)) T(static_cast<T &&>(*value.first));
    }
    return buffer.top + sizeof(T);
  }

  // Returns the element; nullptr only for a call that reports failure.
  template <class... Args>
  SS__CPP_INLINE T *append_one(ss__call call, Args &&...args)
  {
    if constexpr (is_light) {
      // The value is made first, because an argument may be an element, which moves when the buffer
      // grows.
      T value = detail::made<T>(static_cast<Args &&>(args)...);
      void *room = ss__extend(&buffer_, sizeof(T), alignof(T), call);
      if (ss__is_try(call) && room == nullptr) return nullptr;
      return ::new (room) T(static_cast<T &&>(value));
    } else {
      if (SS__UNLIKELY(ss__buffer_room(&buffer_) < sizeof(T) + detail::headroom)) {
        const bool has_grown = replace_top(
            &buffer_, with_one_more(buffer_.stack, buffer_.lane, buffer_.top, buffer_.first, call,
                                    static_cast<Args &&>(args)...));
        return ss__is_try(call) && !has_grown ? nullptr : end_of(buffer_) - 1;
      }
      void *room = ss__extend(&buffer_, sizeof(T), alignof(T), call);
      buffer_.top -= sizeof(T);  // until the element is made: its constructor may throw
      T *element = detail::construct<T>(room, static_cast<Args &&>(args)...);
      buffer_.top += sizeof(T);
      return element;
    }
  }

  SS__CPP_INLINE span<T> uninitialised(size_t n, ss__call call)
  {
    static_assert(
        detail::is_uninitialisable<T>,
        "uninitialised elements must need neither constructor nor destructor: use append");
    T *first;
    if constexpr (is_trivially_relocatable<T>::value) {
      first = static_cast<T *>(ss__extend_by(&buffer_, n, sizeof(T), alignof(T), call));
      if (ss__is_try(call) && first == nullptr) return {};
    } else {
      if (SS__UNLIKELY(ss__overflows(n, sizeof(T)))) {
        return {static_cast<T *>(ss__fail_count(n, sizeof(T), ss__name(call))), 0};
      }
      if (!ensure(&buffer_, n * sizeof(T), false, call)) return {};
      first = end_of(buffer_);
      buffer_.top += n * sizeof(T);
    }
    return {first, n};
  }

  SS__CPP_INLINE bool append_all(span<const T> values, ss__call call)
  {
    if constexpr (std::is_trivially_copyable_v<T>) {
      const void *copy = ss__append(&buffer_, values.data(), values.size_bytes(), call);
      return !ss__is_try(call) || copy != nullptr;
    } else {
      if (!ensure(&buffer_, values.size_bytes(), false, call)) return false;
      std::uninitialized_copy(values.begin(), values.end(), end_of(buffer_));
      buffer_.top += values.size_bytes();
      return true;
    }
  }

  SS__CPP_INLINE bool make_room(size_t n, ss__call call)
  {
    if (SS__UNLIKELY(ss__overflows(n, sizeof(T)))) {
      return ss__fail_count(n, sizeof(T), ss__name(call)) != nullptr;
    }
    const size_t has_bytes = size_bytes();
    return n * sizeof(T) <= has_bytes || ensure(&buffer_, n * sizeof(T) - has_bytes, true, call);
  }

  SS__CPP_INLINE void *first() const
  {
    return ss__buffer_at(&buffer_, 0, opened().call("ss::buffer::data"));
  }
  SS__CPP_INLINE void *last() const
  {
    (void)first();
    return buffer_.top;
  }

  ss_buffer buffer_;
};

// -------------------------------------------------------------------------------------------------
// Collecting

namespace detail {

template <class Range>
auto first_of(Range &range)
{
  using std::begin;
  return begin(range);
}

// T, or if T is void, the type that the range's iterators point to.
template <class T, class Range>
struct item {
  using type = T;
};
template <class Range>
struct item<void, Range> {
  using type =
      typename std::iterator_traits<decltype(first_of(std::declval<Range &>()))>::value_type;
};
template <class T, class Range>
using item_of = typename item<T, Range>::type;

template <class Range, class = void>
inline constexpr bool has_size = false;
template <class Range>
inline constexpr bool has_size<Range, std::void_t<decltype(std::size(std::declval<Range &>()))>> =
    true;

// Whether a range is contiguous elements of type T.
template <class T, class Range, class = void>
inline constexpr bool is_block_of = false;
template <class T, class Range>
inline constexpr bool is_block_of<
    T, Range,
    std::enable_if_t<std::is_same_v<decltype(std::data(std::declval<Range &>())), T *> ||
                     std::is_same_v<decltype(std::data(std::declval<Range &>())), const T *>>> =
    has_size<Range>;

template <class T, class Range>
span<T> collect(ss_stack *stack, Range &range, place at, bool is_try)
{
  buffer<T> items = is_try ? buffer<T>(std::nothrow, stack, at) : buffer<T>(stack, at);
  if constexpr (is_block_of<T, Range>) {
    const span<const T> values(std::data(range), static_cast<size_t>(std::size(range)));
    if (!is_try) {
      items.append(values, at);
    } else if (!items.try_append(values, at)) {
      return {};
    }
  } else {
    // The size is only a hint, so it may be too large.
    if constexpr (has_size<Range>)
      (void)items.try_reserve(static_cast<size_t>(std::size(range)), at);
    for (auto &&value : range) {
      if (!is_try) {
        items.emplace_back(std::forward<decltype(value)>(value));
      } else if (!items.try_emplace_back(std::forward<decltype(value)>(value))) {
        return {};
      }
    }
  }
  return items.close(at);
}

}  // namespace detail

/// Makes copies of all elements of a range: of anything that a range-based for loop takes,
/// including generators and views. ss::collect<T>(range) converts each element to T. The range may
/// use the stack itself.
/// Returns: the elements in order, which live as long as those of a slice.
/// Errors:  aborts through ss_set_fatal when memory ends; with std::nothrow returns a span whose data()
///          is nullptr instead.
template <class T = void, class Range>
SS__CPP_INLINE auto collect(Range &&range, detail::place at = detail::place::here())
{
  return detail::collect<detail::item_of<T, Range>>(ss_thread_stack(), range, at, false);
}
/// ss::collect on a given stack.
template <class T = void, class Range>
SS__CPP_INLINE auto collect(ss_stack *stack, Range &&range,
                            detail::place at = detail::place::here())
{
  return detail::collect<detail::item_of<T, Range>>(stack, range, at, false);
}
/// ss::collect that reports failure, as described there, instead of aborting.
template <class T = void, class Range>
SS__CPP_INLINE auto collect(std::nothrow_t, Range &&range, detail::place at = detail::place::here())
{
  return detail::collect<detail::item_of<T, Range>>(ss_thread_stack(), range, at, true);
}
/// ss::collect on a given stack that reports failure.
template <class T = void, class Range>
SS__CPP_INLINE auto collect(std::nothrow_t, ss_stack *stack, Range &&range,
                            detail::place at = detail::place::here())
{
  return detail::collect<detail::item_of<T, Range>>(stack, range, at, true);
}

}  // namespace SS__ABI
}  // namespace ss

#endif
