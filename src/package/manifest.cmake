# SPDX-License-Identifier: MIT
# The list of the files that an installation put into its prefix. CMake's install script includes this file
# and calls `begin` before the first file is installed and `end` after the last.
#
# One line per file, relative to the prefix, and one that ends with a slash per folder that was not
# there before. A second installation takes the place of the first: what the first put there and the
# second does not is removed, as when a header got another name.

# These are macros, because the variables that they set must outlive them.
macro(secondstack_begin_manifest file folders)
  set(secondstack_manifest "${file}")
  set(secondstack_root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
  list(LENGTH CMAKE_INSTALL_MANIFEST_FILES secondstack_files_before)
  set(secondstack_old_lines "")
  if(EXISTS "${secondstack_root}/${file}")
    file(STRINGS "${secondstack_root}/${file}" secondstack_old_lines)
  endif()
  set(secondstack_new_folders "")
  foreach(secondstack_folder ${folders})
    while(NOT EXISTS "${secondstack_root}/${secondstack_folder}")
      list(APPEND secondstack_new_folders "${secondstack_folder}/")
      if(secondstack_folder STREQUAL ".")
        break()
      endif()
      get_filename_component(secondstack_folder "${secondstack_folder}" DIRECTORY)
      if(secondstack_folder STREQUAL "")
        break()
      endif()
    endwhile()
  endforeach()
endmacro()

macro(secondstack_end_manifest)
  list(SUBLIST CMAKE_INSTALL_MANIFEST_FILES ${secondstack_files_before} -1 secondstack_lines)
  list(APPEND secondstack_lines "${CMAKE_INSTALL_PREFIX}/${secondstack_manifest}")
  string(REPLACE "${CMAKE_INSTALL_PREFIX}/" "" secondstack_lines "${secondstack_lines}")
  foreach(secondstack_line IN LISTS secondstack_old_lines)
    list(FIND secondstack_lines "${secondstack_line}" secondstack_index)
    if(secondstack_line MATCHES "/$")
      list(APPEND secondstack_new_folders "${secondstack_line}")
    elseif(secondstack_index EQUAL -1)
      message(STATUS "Removing: ${secondstack_root}/${secondstack_line}")
      file(REMOVE "${secondstack_root}/${secondstack_line}")
    endif()
  endforeach()
  list(APPEND secondstack_lines ${secondstack_new_folders})
  list(REMOVE_DUPLICATES secondstack_lines)
  list(SORT secondstack_lines)
  list(JOIN secondstack_lines "\n" secondstack_lines)
  file(WRITE "${secondstack_root}/${secondstack_manifest}" "${secondstack_lines}\n")
  list(
    APPEND CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_PREFIX}/${secondstack_manifest}"
  )
endmacro()
