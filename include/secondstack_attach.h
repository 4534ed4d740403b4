// SPDX-License-Identifier: MIT
// secondstack_attach: lets JavaScript take its slices from the stacks of this program.
//
// Include it in one C or C++ file of a program that is built by emcc, and link with -lsecondstack. The
// program then exports what attach() of the JavaScript package `secondstack` calls:
//
//   import { attach } from "secondstack";
//   const ss = attach(await createProgram());   // the stack that the C code of this thread uses
//
// With SS_PROFILE=1 in that file the program exports its report and its trace, too, which <secondstack-panel> and measure()
// of the package show.
//
// Nothing has to be listed in EXPORTED_FUNCTIONS. Natively the header does nothing. The two files
// of ./run amalgamate lack the functions that this header needs, so link with the archive.
#ifndef SECONDSTACK_ATTACH_H
#define SECONDSTACK_ATTACH_H

#include "secondstack.h"

#ifdef __EMSCRIPTEN__
#ifdef __cplusplus
extern "C" {
#endif

/// attach() calls this first. Programs do not call it.
void ss_js_attach(void);
/// The panel calls this in a program with SS_PROFILE=1. Programs do not call it.
const char *ss_js_report(const ss_stack *stack);

// This reference links the function's file from the archive. The other functions in that file are
// exported by attributes of their own.
__attribute__((used)) static void (*const ss__brings_attach)(void) = ss_js_attach;
#if SS_PROFILE
__attribute__((used)) static const char *(*const ss__brings_report)(const ss_stack *) =
    ss_js_report;
#endif

#ifdef __cplusplus
}  // extern "C"
#endif
#endif

#endif
