// SPDX-License-Identifier: MIT
// Part of secondstack.hpp: allocators for the containers of the standard library.
#ifndef SECONDSTACK_ALLOCATOR_HPP
#define SECONDSTACK_ALLOCATOR_HPP

#include "secondstack_slice.hpp"

#if __has_include(<memory_resource>)
#include <memory_resource>
#endif

// Whether the standard library has std::pmr, and so this header ss::memory_resource.
#if defined(__cpp_lib_memory_resource)
#define SS_HAS_MEMORY_RESOURCE 1
#else
#define SS_HAS_MEMORY_RESOURCE 0
#endif

namespace ss {
inline namespace SS__ABI {

namespace detail {

SS__CPP_INLINE void *allocate(ss_stack *stack, size_t n, size_t element_size, size_t align,
                              const char *name)
{
  const place at = place::here();  // a container does not say where it stands
  if (stack == nullptr) stack = ss_thread_stack();
#if defined(__cpp_exceptions)
  void *memory = ss__slice(stack, n, element_size, align, at.attempt(name));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
#else
  return ss__slice(stack, n, element_size, align, at.call(name));
#endif
}

}  // namespace detail

/// For containers that take an allocator: std::vector<float, ss::allocator<float>> v;
/// What the container gives back goes back at once if it was made last, and otherwise when the scope
/// ends. A container must grow in the scope in which it lives, or in one that ends after it, not in
/// one within.
/// Errors:  std::bad_alloc; without exceptions, aborts through ss_set_fatal.
template <class T>
class allocator {
 public:
  using value_type = T;

  /// On a given stack, or on the calling thread's own: on that of each thread that calls.
  explicit allocator(ss_stack *stack = nullptr) noexcept : stack_(stack)
  {
  }
  template <class U>
  allocator(const allocator<U> &other) noexcept : stack_(other.stack())
  {
  }

  ss_stack *stack() const noexcept
  {
    return stack_;
  }
  [[nodiscard]] T *allocate(size_t n)
  {
    return static_cast<T *>(
        detail::allocate(stack_, n, sizeof(T), alignof(T), "ss::allocator::allocate"));
  }
  void deallocate(T *data, size_t n) noexcept
  {
    detail::give_back(stack_ ? stack_ : ss_thread_stack(), data, n * sizeof(T));
  }

 private:
  ss_stack *stack_;
};

template <class T, class U>
bool operator==(const allocator<T> &a, const allocator<U> &b) noexcept
{
  return a.stack() == b.stack();
}
template <class T, class U>
bool operator!=(const allocator<T> &a, const allocator<U> &b) noexcept
{
  return a.stack() != b.stack();
}

#if SS_HAS_MEMORY_RESOURCE
/// For std::pmr: ss::memory_resource memory; std::pmr::vector<float> v(&memory); What ss::allocator says
/// holds here, too.
class memory_resource : public std::pmr::memory_resource {
 public:
  explicit memory_resource(ss_stack *stack = nullptr) noexcept : stack_(stack)
  {
  }

 protected:
  void *do_allocate(size_t size_bytes, size_t align) override
  {
    return detail::allocate(stack_, size_bytes, 1, align, "ss::memory_resource::allocate");
  }
  void do_deallocate(void *data, size_t size_bytes, size_t) override
  {
    detail::give_back(stack_ ? stack_ : ss_thread_stack(), data, size_bytes);
  }
  bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
  {
    return this == &other;
  }

 private:
  ss_stack *stack_;
};
#endif

}  // namespace SS__ABI
}  // namespace ss

#endif
