# SPDX-License-Identifier: MIT
# The programs of the consumers that use CMake, which differ only in how they come by the library's
# targets.
add_executable(program ${CMAKE_CURRENT_LIST_DIR}/program.c)
target_link_libraries(program PRIVATE secondstack::secondstack)
set_target_properties(program PROPERTIES C_STANDARD 11)

if(EMSCRIPTEN)
  add_executable(gl ${CMAKE_CURRENT_LIST_DIR}/gl.c)
  target_link_libraries(gl PRIVATE secondstack::gl)
endif()
