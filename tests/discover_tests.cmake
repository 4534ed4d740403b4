# SPDX-License-Identifier: MIT
# Read by CTest for each program of unit tests: asks the program for its tests, unless that was done since it was
# built, and tells CTest of them. Before this file is read, these are set:
#   target      the program's name
#   label       of its tests
#   program     its file
#   command     the program, behind its emulator if it has one
#   discovered  the file in which its tests are kept for CTest
if(EXISTS "${program}" AND (NOT EXISTS "${discovered}" OR "${program}" IS_NEWER_THAN "${discovered}"))
  execute_process(COMMAND ${command} --list OUTPUT_VARIABLE tests RESULT_VARIABLE result)
  if(result EQUAL 0)
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
    # A test that fails tells it.
    file(REMOVE "${discovered}")
  endif()
endif()
if(EXISTS "${program}" AND EXISTS "${discovered}")
  include("${discovered}")
else()
  add_test("${target} is not built, or does not list its tests" "${program}")
  set_tests_properties("${target} is not built, or does not list its tests" PROPERTIES LABELS ${label})
endif()
