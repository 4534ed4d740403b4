// SPDX-License-Identifier: MIT
// secondstack for C++17 and later: scopes, slices and buffers as C++ expects them, over
// secondstack.h.
//
//   ss::scope scope;                                    // releases everything where it ends
//   auto weights = ss::zeroed_slice<float>(count);      // a span of zeros: its size is known
//   ss::buffer<vec3> points;                            // a buffer: its size is not known yet
//   while (more()) points.push_back(next());
//   ss::span<vec3> s = points.close();                  // exactly what was written
//   glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)s.size_bytes(), s.data(), GL_STREAM_DRAW);
//
// The names are those of C, and compilers make the same machine code of both. Where C has four
// forms of a call, C++ has overloads: ss::x(...) works on the calling thread's own stack,
// ss::x(stack, ...) on a given one. With std::nothrow as its first argument, either reports failure
// where it would otherwise abort through ss_set_fatal. A handler given to ss_set_fatal may throw
// instead: the stack is intact.
//
// Destructors run when the scope ends, those of the newest values first, so whatever was made after
// a value is gone when its destructor runs. An exception ends every ss::scope that it leaves, in
// every mode of Emscripten that has exceptions. It skips the end of an SS_SCOPE in a C file that is
// not compiled with -fexceptions; an ss::scope around the call of such C code releases what that
// SS_SCOPE would have. The headers need neither exceptions nor RTTI.
//
// In secondstack_slice.hpp: spans, scopes, slices and single values. In secondstack_buffer.hpp:
// buffers, and collecting a range. In secondstack_allocator.hpp: allocators for the containers of
// the standard library.
#ifndef SECONDSTACK_HPP
#define SECONDSTACK_HPP

#include "secondstack_slice.hpp"
#include "secondstack_buffer.hpp"
#include "secondstack_allocator.hpp"

#endif
