// SPDX-License-Identifier: MIT
// Part of secondstack.h, behind the reference: what depends on the compiler and the target.
#ifndef SECONDSTACK_CONFIG_H
#define SECONDSTACK_CONFIG_H

#define SS__LIKELY(condition) __builtin_expect(!!(condition), 1)
#define SS__UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define SS__COLD __attribute__((cold, noinline))
#define SS__INLINE static inline __attribute__((always_inline, unused))
#define SS__CLEANUP(function) __attribute__((cleanup(function)))
#define SS__UNUSED __attribute__((unused))
#define SS__USED __attribute__((used))
#ifdef __MINGW32__
#define SS__PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define SS__PRINTF(text, first) __attribute__((format(printf, text, first)))
#endif

// With either option each call passes its place in the source.
#define SS__HAS_SITES (SS_DEBUG || SS_PROFILE)

#define SS__JOIN_(a, b) a##b
#define SS__JOIN(a, b) SS__JOIN_(a, b)
#define SS__UNIQUE(name) SS__JOIN(name, __LINE__)

// The ABI's number is part of the names that compiled code and the archive share.
#define SS__OF_ABI(name) SS__JOIN(SS__JOIN(name, _abi), SS_ABI)
#define ss__dynamic_thread SS__OF_ABI(ss__dynamic_thread)
#define ss__refill SS__OF_ABI(ss__refill)
#define ss__restore SS__OF_ABI(ss__restore)
#define ss__buffer_prepare SS__OF_ABI(ss__buffer_prepare)
#define ss__buffer_grow SS__OF_ABI(ss__buffer_grow)
#define ss__buffer_close SS__OF_ABI(ss__buffer_close)

// The calling thread's own stack. Emscripten's archive is compiled for threads and serves programs
// with and without them. A program without threads has no thread-local storage: there the stack is
// a plain global with a name of its own, because wasm-ld of Emscripten 3.1.69 resolves a `__thread`
// variable to two different addresses in such a program: it adds the base of the thread's data twice
// (https://github.com/emscripten-core/emscripten/issues/22880; fixed in LLVM 20).
#if defined(__wasm__) && !defined(__wasm_atomics__)
#define SS__THREAD_LOCAL
#define ss__thread SS__OF_ABI(ss__only_thread)
#else
// The model is stated because in a program with Wasm Workers wasm-ld of Emscripten 3.1.69 gives code
// that looks the address up in the general way address 0 on the main thread
// (tests/unit/wasm_workers_test.c).
#ifdef __wasm__
#define SS__THREAD_LOCAL __thread __attribute__((tls_model("local-exec")))
#else
#define SS__THREAD_LOCAL __thread
#endif
#define ss__thread SS__OF_ABI(ss__thread)
#endif

// Where the stack cannot be a thread-local variable, it is found by a thread key of the system,
// whose destructor ends the stack when the thread ends. src/thread_dynamic.c explains why.
#if (defined(__wasm_atomics__) && defined(__PIC__)) || defined(_WIN32)
#define SS__IS_KEYED 1
#else
#define SS__IS_KEYED 0
#endif

// In a program with pthreads, a translation unit that includes secondstack.h links the function
// that empties a thread's stack when the thread ends. Elsewhere it must not: programs with Wasm
// Workers have no pthread keys to link.
#if !defined(SS__INTERNAL) && !defined(_WIN32) && \
    (!defined(__wasm__) || defined(__EMSCRIPTEN_PTHREADS__))
#define SS__HAS_PTHREADS 1
#else
#define SS__HAS_PTHREADS 0
#endif

// V8, all versions until now: after one thread has grown a shared memory, another thread goes on using
// the old size for a while. There memory.copy and memory.fill beyond the old size trap with "memory
// access out of bounds", and memory.size is too low. memory.grow by 0 makes the new size visible
// (https://github.com/toyobayashi/emnapi/issues/217). tests/unit/receive_test.c traps without this.
#ifdef __wasm_atomics__
#define SS__SEE_GROWTH(last_byte)                               \
  ((uintptr_t)(last_byte) >> 16 < __builtin_wasm_memory_size(0) \
       ? (void)0                                                \
       : (void)__builtin_wasm_memory_grow(0, 0))
#else
#define SS__SEE_GROWTH(last_byte) ((void)(last_byte))
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SS__ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SS__ASAN 1
#endif
#endif
#ifndef SS__ASAN
#define SS__ASAN 0
#endif

#ifdef __cplusplus
#if SS_DEBUG
#include <exception>
#define SS__IS_UNWINDING (std::uncaught_exceptions() > 0)
#endif
#define SS__ALIGNOF(T) alignof(T)
#else
#define SS__IS_UNWINDING false
#define SS__ALIGNOF(T) _Alignof(T)
#endif

#endif
