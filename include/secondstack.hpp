// SPDX-License-Identifier: MIT
// secondstack for C++17 and later: scopes, slices and buffers as C++ expects them, over secondstack.h.
//
//   ss::scope scope;                                    // all released where it ends
//   auto weights = ss::zeroed_slice<float>(count);      // a span of zeros: its size is known
//   ss::buffer<vec3> points;                            // a buffer: its size is not
//   while (more()) points.push_back(next());
//   ss::span<vec3> s = points.close();                  // exactly what was written
//   glBufferData(GL_ARRAY_BUFFER, (GLsizeiptr)s.size_bytes(), s.data(), GL_STREAM_DRAW);
//
// The names are C's, and the same machine code comes out. Where C has four forms of a call, C++ has
// overloads: ss::x(...) works on the calling thread's own stack, ss::x(stack, ...) on a given one, and
// std::nothrow before either makes it report failure where it would abort through ss_set_fatal. A
// handler set there may throw instead: the stack is intact.
//
// Destructors run when the scope ends, last made first, and what was made after a value is gone by
// then. An exception ends the scopes that it leaves, in every mode of Emscripten that has exceptions.
// That makes ss::scope the remedy for SS_SCOPE in C files, which an exception passes by unless they are
// compiled with -fexceptions. Needs neither exceptions nor RTTI.
//
// In secondstack_slice.hpp: spans, scopes, slices and single values. In secondstack_buffer.hpp: buffers, and
// collecting a range. In secondstack_allocator.hpp: allocators for the containers of the standard library.
#ifndef SECONDSTACK_HPP
#define SECONDSTACK_HPP

#include "secondstack_slice.hpp"
#include "secondstack_buffer.hpp"
#include "secondstack_allocator.hpp"

#endif
