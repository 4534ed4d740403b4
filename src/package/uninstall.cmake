# SPDX-License-Identifier: MIT
# Removes what an installation put into a prefix, and nothing else.
#
#   cmake -D PREFIX=/usr/local -P uninstall.cmake
#
# PREFIX is as it was given when installing, behind $DESTDIR if there was one.
cmake_minimum_required(VERSION 3.20)

if(NOT PREFIX)
  message(FATAL_ERROR "usage: cmake -D PREFIX=/usr/local -P uninstall.cmake")
endif()
set(root "$ENV{DESTDIR}${PREFIX}")
set(manifest "${root}/share/secondstack/manifest.txt")
if(NOT EXISTS "${manifest}")
  message(FATAL_ERROR "Nothing is installed in ${root}: there is no share/secondstack/manifest.txt")
endif()

file(STRINGS "${manifest}" lines)
# The folders come last, inner ones before outer ones; the prefix itself is called "./".
set(folders "${lines}")
list(FILTER folders INCLUDE REGEX "/$")
list(FILTER lines EXCLUDE REGEX "/$")
list(SORT folders ORDER DESCENDING)

list(LENGTH lines count)
foreach(line IN LISTS lines)
  file(REMOVE "${root}/${line}")
endforeach()
list(TRANSFORM folders REPLACE "^[.]/$" "")
foreach(folder IN LISTS folders)
  # Others may have put something there since.
  file(GLOB entries LIST_DIRECTORIES ON "${root}/${folder}*" "${root}/${folder}.*")
  list(FILTER entries EXCLUDE REGEX "/[.][.]?$")
  if(NOT entries)
    file(REMOVE_RECURSE "${root}/${folder}")
  endif()
endforeach()
message(STATUS "Removed ${count} files from ${root}")
