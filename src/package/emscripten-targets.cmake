# SPDX-License-Identifier: MIT
# What find_package(secondstack) defines under Emscripten. In the sysroot emcc itself chooses among
# the archives, as it does for its own libraries; anywhere else it is the one for ordinary programs.
if(TARGET secondstack::secondstack)
  return()
endif()

file(REAL_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." secondstack_prefix)
file(REAL_PATH "${EMSCRIPTEN_SYSROOT}" secondstack_sysroot)
add_library(secondstack::secondstack INTERFACE IMPORTED)
if(secondstack_prefix STREQUAL secondstack_sysroot)
  set_target_properties(
    secondstack::secondstack PROPERTIES INTERFACE_LINK_LIBRARIES -lsecondstack
  )
else()
  set(
    secondstack_archive
    "${secondstack_prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}/libsecondstack.a"
  )
  if(NOT EXISTS "${secondstack_archive}")
    message(FATAL_ERROR "secondstack is not installed for this target: no ${secondstack_archive}")
  endif()
  set_target_properties(
    secondstack::secondstack
    PROPERTIES INTERFACE_LINK_LIBRARIES "${secondstack_archive}"
               INTERFACE_INCLUDE_DIRECTORIES "${secondstack_prefix}/include"
  )
endif()

add_library(secondstack::gl INTERFACE IMPORTED)
set_target_properties(
  secondstack::gl
  PROPERTIES INTERFACE_LINK_LIBRARIES secondstack::secondstack
             INTERFACE_LINK_OPTIONS "-sMIN_WEBGL_VERSION=2;-sMAX_WEBGL_VERSION=2"
)
