// SPDX-License-Identifier: MIT
// Declarations that the code in the documents uses without including the headers itself.
#ifndef SS_TESTS_README_CONTEXT_H
#define SS_TESTS_README_CONTEXT_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if __has_include(<GLES3/gl3.h>)
#include "secondstack_gl.h"
#include "secondstack_region.h"
#include "secondstack_text.h"
#endif

#endif
