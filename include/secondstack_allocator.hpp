// SPDX-License-Identifier: MIT
// Part of secondstack.hpp: allocators for the containers of the standard library.
#ifndef SECONDSTACK_ALLOCATOR_HPP
#define SECONDSTACK_ALLOCATOR_HPP

#include "secondstack_region.h"
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
  const place at = place::here();  // a container does not pass its place in the source
  if (stack == nullptr) stack = ss_thread_stack();
#if defined(__cpp_exceptions)
  void *memory = ss__slice(stack, n, element_size, align, at.attempt(name));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
#else
  return ss__slice(stack, n, element_size, align, at.call(name));
#endif
}

// Takes a container's memory back. SS_DEBUG checks that the memory is still live.
SS__CPP_INLINE void take_back(ss_stack *stack, void *data, size_t size_bytes, const char *name)
{
  if (stack == nullptr) stack = ss_thread_stack();
#if SS_DEBUG
  const place at = place::here();  // a container does not pass its place in the source
  ss__debug_give_back(stack, data, size_bytes, at.call(name));
#else
  (void)name;
#endif
  give_back(stack, data, size_bytes);
}

}  // namespace detail

/// For containers that take an allocator: std::vector<float, ss::allocator<float>> v;
/// Memory that the container gives back is released at once if it was made last, and otherwise when
/// the scope ends. A container must not grow in a scope within its own, because the new memory
/// would end with the inner scope: for this there is ss::region_allocator. SS_DEBUG ends a program
/// whose container grew in a scope within its own, when the container gives that memory back, and
/// names the scope.
/// Errors:  std::bad_alloc; without exceptions, aborts through ss_set_fatal.
template <class T>
class allocator {
 public:
  using value_type = T;

  /// Allocates on a given stack, or without one on the own stack of each thread that calls.
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
    detail::take_back(stack_, data, n * sizeof(T), "ss::allocator::deallocate");
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

/// A region: memory from it lives as long as the scope in which the region was made, also when it
/// is allocated in an inner scope (secondstack_region.h).
///   ss::region results;
///   std::vector<point, ss::region_allocator<point>> points(results);
class region {
 public:
  /// Errors:  aborts through ss_set_fatal when memory ends.
  explicit region(ss_stack *stack = nullptr, detail::place at = detail::place::here())
      : region_(ss__open_region(stack ? stack : ss_thread_stack(), at.call("ss::region")))
  {
  }
  region(const region &) = delete;
  region &operator=(const region &) = delete;
  /// The region as the calls of C take it.
  const ss_region *handle() const noexcept
  {
    return &region_;
  }

 private:
  ss_region region_;
};

namespace detail {

SS__CPP_INLINE void *allocate_in(const ss_region *region, size_t n, size_t element_size,
                                 size_t align, const char *name)
{
  const place at = place::here();  // a container does not pass its place in the source
#if defined(__cpp_exceptions)
  void *memory = ss__slice_in_region(region, n, element_size, align, at.attempt(name));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
#else
  return ss__slice_in_region(region, n, element_size, align, at.call(name));
#endif
}

SS__CPP_INLINE void give_back_to(const ss_region *region, void *data, size_t size_bytes)
{
#if SS__HAS_SITES
  (void)region, (void)data, (void)size_bytes;
#else
  ss__region_give_back(region, data, size_bytes);
#endif
}

}  // namespace detail

/// ss::allocator bound to a scope: a container may grow in any scope within the region's scope, and
/// stays valid until the region's scope ends. The region must outlive the container.
/// Errors:  as ss::allocator.
template <class T>
class region_allocator {
 public:
  using value_type = T;

  region_allocator(
      const region &from) noexcept  // NOLINT(google-explicit-constructor): what it is for
      : region_(from.handle())
  {
  }
  template <class U>
  region_allocator(const region_allocator<U> &other) noexcept : region_(other.handle())
  {
  }
  const ss_region *handle() const noexcept
  {
    return region_;
  }
  [[nodiscard]] T *allocate(size_t n)
  {
    return static_cast<T *>(
        detail::allocate_in(region_, n, sizeof(T), alignof(T), "ss::region_allocator::allocate"));
  }
  void deallocate(T *data, size_t n) noexcept
  {
    detail::give_back_to(region_, data, n * sizeof(T));
  }

 private:
  const ss_region *region_;
};

template <class T, class U>
bool operator==(const region_allocator<T> &a, const region_allocator<U> &b) noexcept
{
  return a.handle() == b.handle();
}
template <class T, class U>
bool operator!=(const region_allocator<T> &a, const region_allocator<U> &b) noexcept
{
  return a.handle() != b.handle();
}

#if SS_HAS_MEMORY_RESOURCE
/// ss::region_allocator for std::pmr: ss::region_resource memory(results);
class region_resource : public std::pmr::memory_resource {
 public:
  explicit region_resource(const region &from) noexcept : region_(from.handle())
  {
  }

 protected:
  void *do_allocate(size_t size_bytes, size_t align) override
  {
    return detail::allocate_in(region_, size_bytes, 1, align, "ss::region_resource::allocate");
  }
  void do_deallocate(void *data, size_t size_bytes, size_t) override
  {
    detail::give_back_to(region_, data, size_bytes);
  }
  bool do_is_equal(const std::pmr::memory_resource &other) const noexcept override
  {
    return this == &other;
  }

 private:
  const ss_region *region_;
};

/// For std::pmr: ss::memory_resource memory; std::pmr::vector<float> v(&memory); The rules of
/// ss::allocator apply here, too.
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
    detail::take_back(stack_, data, size_bytes, "ss::memory_resource::deallocate");
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
