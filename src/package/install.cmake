# SPDX-License-Identifier: MIT
# What `cmake --install` installs, and where: the headers, the archives, a CMake package, a pkg-config file,
# natively also the script for gdb, and a list of all these files, by which they are removed again
# (manifest.cmake).
#
# Natively everything lies where GNUInstallDirs says. Under Emscripten the prefix is emcc's sysroot
# unless another is given, and the folders are those that `emcc -lsecondstack` searches:
#
#   include/                      the headers
#   lib/wasm32-emscripten/        the archive for every program but these:
#   lib/wasm32-emscripten/lto/    -flto; with -flto=thin it is thinlto/
#   lib/wasm32-emscripten/pic/    -sMAIN_MODULE; with -flto as well it is lto-pic/ or thinlto-pic/
#   lib/wasm64-emscripten/        the same six for -sMEMORY64, if the compiler knows it
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(manifest_folder share/secondstack)
if(EMSCRIPTEN)
  set(include_folder include)
  set(archive_folder lib/${CMAKE_LIBRARY_ARCHITECTURE})
  set(cmake_folder lib/cmake/secondstack)
  set(pkgconfig_folder lib/pkgconfig)
else()
  set(include_folder ${CMAKE_INSTALL_INCLUDEDIR})
  set(archive_folder ${CMAKE_INSTALL_LIBDIR})
  set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/secondstack)
  set(pkgconfig_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

# --------------------------------------------------------------------------------------------------
# The variants of the archive

# Asks the compiler whether it knows -sMEMORY64, so that no list of versions has to be kept.
function(secondstack_ask_for_memory64)
  if(DEFINED SECONDSTACK_HAS_MEMORY64)
    return()
  endif()
  set(source ${PROJECT_BINARY_DIR}/package/has_memory64.c)
  file(WRITE ${source} "_Static_assert(sizeof(void *) == 8, \"64 bits\");\nint none;\n")
  execute_process(
    COMMAND ${CMAKE_C_COMPILER} -sMEMORY64=1 -pthread -c ${source} -o ${source}.o
    RESULT_VARIABLE result
    OUTPUT_QUIET ERROR_QUIET
  )
  set(has_memory64 OFF)
  if(result EQUAL 0)
    set(has_memory64 ON)
  endif()
  message(STATUS "The compiler knows -sMEMORY64: ${has_memory64}")
  set(SECONDSTACK_HAS_MEMORY64 ${has_memory64} CACHE INTERNAL "The compiler knows -sMEMORY64.")
endfunction()

# Builds the archive of one of the folders above. One call of emcc compiles all of its files, because emcc takes longer
# to start than to compile one of them: an archive takes 3.4 s of a processor instead of 14.8 s.
function(secondstack_variant folder)
  set(objects_folder ${PROJECT_BINARY_DIR}/package/${folder}/objects)
  set(archive ${PROJECT_BINARY_DIR}/package/${folder}/libsecondstack.a)
  file(MAKE_DIRECTORY ${objects_folder})
  string(TOUPPER "${CMAKE_BUILD_TYPE}" configuration)
  separate_arguments(
    options UNIX_COMMAND "${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${configuration}} -std=gnu11 -pthread"
  )
  if(folder MATCHES "wasm64")
    list(APPEND options -sMEMORY64=1 -Wno-experimental)
  endif()
  if(folder MATCHES "/thinlto")
    list(APPEND options -flto=thin)
  elseif(folder MATCHES "/lto")
    list(APPEND options -flto)
  endif()
  if(folder MATCHES "pic$")
    list(APPEND options -fPIC)
  endif()
  if(SECONDSTACK_ASSERTIONS)
    list(APPEND options -DSS__ASSERTIONS=1)
  endif()
  set(objects "")
  foreach(source IN LISTS secondstack_sources)
    get_filename_component(name ${source} NAME_WE)
    list(APPEND objects ${name}.o)
  endforeach()
  file(
    GLOB headers CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/include/*.h
    ${PROJECT_SOURCE_DIR}/include/secondstack/*.h
    ${PROJECT_SOURCE_DIR}/src/*.h
    ${PROJECT_SOURCE_DIR}/web/*.h
  )
  add_custom_command(
    OUTPUT ${archive}
    WORKING_DIRECTORY ${objects_folder}
    VERBATIM
    DEPENDS ${secondstack_sources} ${headers}
    COMMENT "Building package/${folder}/libsecondstack.a"
    COMMAND
      ${CMAKE_C_COMPILER_LAUNCHER} ${CMAKE_C_COMPILER} ${options} -I${PROJECT_SOURCE_DIR}/include -c
      ${secondstack_sources}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${CMAKE_AR} qc ${archive} ${objects}
    COMMAND ${CMAKE_RANLIB} ${archive}
  )
  string(REPLACE / - target secondstack-${folder})
  add_custom_target(${target} ALL DEPENDS ${archive})
  install(FILES ${archive} DESTINATION ${folder})
endfunction()

set(variant_folders "")
if(EMSCRIPTEN)
  set(lto_and_pic lto pic lto-pic thinlto thinlto-pic)
  foreach(variant IN LISTS lto_and_pic)
    list(APPEND variant_folders ${archive_folder}/${variant})
  endforeach()
  secondstack_ask_for_memory64()
  if(SECONDSTACK_HAS_MEMORY64 AND archive_folder STREQUAL "lib/wasm32-emscripten")
    list(APPEND variant_folders lib/wasm64-emscripten)
    foreach(variant IN LISTS lto_and_pic)
      list(APPEND variant_folders lib/wasm64-emscripten/${variant})
    endforeach()
  endif()
endif()

# --------------------------------------------------------------------------------------------------
# The CMake package and the pkg-config file

set(generated ${PROJECT_BINARY_DIR}/package)
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/secondstack-config.cmake.in ${generated}/secondstack-config.cmake
  INSTALL_DESTINATION ${cmake_folder}
)
# Before 1.0 a minor version may break the interface of the version before it.
set(compatibility SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatibility SameMinorVersion)
endif()
# One package serves wasm32 and wasm64.
set(any_architecture "")
if(EMSCRIPTEN)
  set(any_architecture ARCH_INDEPENDENT)
endif()
write_basic_package_version_file(
  ${generated}/secondstack-config-version.cmake COMPATIBILITY ${compatibility} ${any_architecture}
)

# The prefix is found relative to the pkg-config file, so that it may be chosen, or moved, later.
file(RELATIVE_PATH pkgconfig_to_prefix /${pkgconfig_folder} /)
string(REGEX REPLACE "/$" "" pkgconfig_to_prefix ${pkgconfig_to_prefix})
set(pkgconfig_cflags "-I\${prefix}/${include_folder}")
set(pkgconfig_libs "-L\${prefix}/${archive_folder} -lsecondstack")
if(NOT EMSCRIPTEN AND CMAKE_THREAD_LIBS_INIT)
  string(APPEND pkgconfig_libs " ${CMAKE_THREAD_LIBS_INIT}")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/secondstack.pc.in ${generated}/secondstack.pc @ONLY)
if(EMSCRIPTEN)
  # In the sysroot emcc finds both, and a -L would keep it from choosing the variant.
  set(pkgconfig_cflags "")
  set(pkgconfig_libs -lsecondstack)
  configure_file(
    ${CMAKE_CURRENT_LIST_DIR}/secondstack.pc.in ${generated}/sysroot/secondstack.pc @ONLY
  )
endif()

# --------------------------------------------------------------------------------------------------
# The rules, between the two halves of the manifest

set(
  folders
  .
  ${include_folder}
  ${include_folder}/secondstack
  ${archive_folder}
  ${variant_folders}
  ${cmake_folder}
  ${pkgconfig_folder}
  ${manifest_folder}
)
if(NOT EMSCRIPTEN)
  list(APPEND folders ${manifest_folder}/gdb)
endif()
install(
  CODE "include(\"${CMAKE_CURRENT_LIST_DIR}/manifest.cmake\")
  secondstack_begin_manifest(\"${manifest_folder}/manifest.txt\" \"${folders}\")"
)

install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/include/
  DESTINATION ${include_folder}
  FILES_MATCHING
  PATTERN "*.h"
  PATTERN "*.hpp"
)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${manifest_folder})
install(
  FILES ${generated}/secondstack-config.cmake ${generated}/secondstack-config-version.cmake
  DESTINATION ${cmake_folder}
)
if(EMSCRIPTEN)
  install(TARGETS secondstack ARCHIVE DESTINATION ${archive_folder})
  foreach(folder IN LISTS variant_folders)
    secondstack_variant(${folder})
  endforeach()
  install(
    FILES ${CMAKE_CURRENT_LIST_DIR}/emscripten-targets.cmake
    DESTINATION ${cmake_folder}
    RENAME secondstack-targets.cmake
  )
  install(
    CODE "set(secondstack_pc \"${generated}/secondstack.pc\")
  file(REAL_PATH \"\${CMAKE_INSTALL_PREFIX}\" secondstack_prefix)
  file(REAL_PATH \"${EMSCRIPTEN_SYSROOT}\" secondstack_sysroot)
  if(secondstack_prefix STREQUAL secondstack_sysroot)
    set(secondstack_pc \"${generated}/sysroot/secondstack.pc\")
  endif()
  file(
    INSTALL \"\${secondstack_pc}\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${pkgconfig_folder}\"
  )"
  )
else()
  install(
    TARGETS secondstack secondstack_gl
    EXPORT secondstack-targets
    ARCHIVE DESTINATION ${archive_folder}
  )
  install(EXPORT secondstack-targets NAMESPACE secondstack:: DESTINATION ${cmake_folder})
  install(FILES ${generated}/secondstack.pc DESTINATION ${pkgconfig_folder})
  install(FILES ${PROJECT_SOURCE_DIR}/tools/gdb/secondstack.py DESTINATION ${manifest_folder}/gdb)
endif()

install(CODE "secondstack_end_manifest()")
