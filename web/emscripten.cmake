# SPDX-License-Identifier: MIT
# Emscripten's own toolchain file, wherever the `em-config` on PATH belongs to: an emsdk, Debian's
# package or another. What `emcmake cmake` would choose, in a form that a preset can name.
execute_process(
  COMMAND em-config EMSCRIPTEN_ROOT
  OUTPUT_VARIABLE secondstack_emscripten_root
  OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE secondstack_em_config_result
)
if(NOT secondstack_em_config_result EQUAL 0)
  message(FATAL_ERROR "em-config is not on PATH: install Emscripten, or source emsdk_env.sh.")
endif()
include("${secondstack_emscripten_root}/cmake/Modules/Platform/Emscripten.cmake")
