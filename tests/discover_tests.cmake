# SPDX-License-Identifier: MIT
# Read by CTest for each program of unit tests: asks the program for its tests, unless that was done since it was
# built and configured, and tells CTest of them. Before this file is read, these are set:
#   list        the file that sets them, which is written anew when one of them changes
#   target      the program's name
#   label       of its tests
#   program     its file
#   command     the program, behind its emulator if it has one
#   discovered  the file in which its tests are kept for CTest
set(is_old OFF)
foreach(file IN ITEMS "${program}" "${list}" "${CMAKE_CURRENT_LIST_FILE}")
  # A file that does not exist is older than any.
  if("${file}" IS_NEWER_THAN "${discovered}")
    set(is_old ON)
  endif()
endforeach()
if(EXISTS "${program}" AND is_old)
  execute_process(
    COMMAND ${command} --list
    TIMEOUT 120
    OUTPUT_VARIABLE tests
    RESULT_VARIABLE result
  )
  if(result EQUAL 0 AND tests MATCHES "[^\n]")
    string(REGEX MATCHALL "[^\n]+" tests "${tests}")
    set(quoted "")
    foreach(word IN LISTS command)
      string(APPEND quoted " [=[${word}]=]")
    endforeach()
    set(script "")
    foreach(test IN LISTS tests)
      set(name "${target}.${test}")
      string(APPEND script "add_test([=[${name}]=]${quoted} --filter ${test})\n")
      # A sanitizer's report in a thread can hang.
      string(APPEND script "set_tests_properties([=[${name}]=] PROPERTIES LABELS ${label} TIMEOUT 300)\n")
    endforeach()
    # Another CTest may be reading the file.
    string(RANDOM LENGTH 12 suffix)
    file(WRITE "${discovered}.${suffix}" "${script}")
    file(RENAME "${discovered}.${suffix}" "${discovered}")
  else()
    # The test that cannot run tells it.
    file(REMOVE "${discovered}")
  endif()
endif()
if(EXISTS "${program}" AND EXISTS "${discovered}")
  include("${discovered}")
else()
  add_test("${target} is not built, or does not list its tests" "${program}.has-no-list")
  set_tests_properties("${target} is not built, or does not list its tests" PROPERTIES LABELS ${label})
endif()
