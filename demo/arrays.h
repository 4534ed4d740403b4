// SPDX-License-Identifier: MIT
// Typed arrays made in JavaScript, for the array source. Only the GL thread may call these
// functions.
#ifndef ARRAYS_H
#define ARRAYS_H

#include <stdint.h>

#include "scene.h"

/// Copies a slice into a new typed array of its size and keeps that under `stream`.
void arrays_make(source_stream stream, ss_slice slice);

/// Calls glBufferData with the array that is kept under `stream`.
void arrays_upload(source_stream stream, unsigned target, unsigned usage);

/// Returns what checksum_of returns for a slice, for the array that is kept under `stream`.
uint32_t arrays_checksum(source_stream stream, uint32_t before);

/// Drops the references to all arrays, which are garbage from then on.
void arrays_drop(void);

#endif
