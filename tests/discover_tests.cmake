# SPDX-License-Identifier: MIT
# Run when a program of unit tests is built: writes a file that tells CTest of each of its tests.
#   command     the program, behind its emulator if it has one
#   prefix      of the tests' names
#   label       of the tests
#   discovered  the file
execute_process(COMMAND ${command} --list OUTPUT_VARIABLE tests RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${command} --list failed: ${result}")
endif()
string(REGEX MATCHALL "[^\n]+" tests "${tests}")
set(quoted "")
foreach(word IN LISTS command)
  string(APPEND quoted " [=[${word}]=]")
endforeach()
set(script "")
foreach(test IN LISTS tests)
  set(name "${prefix}.${test}")
  string(APPEND script "add_test([=[${name}]=]${quoted} --filter ${test})\n")
  # A sanitizer's report in a thread can hang.
  string(APPEND script "set_tests_properties([=[${name}]=] PROPERTIES LABELS ${label} TIMEOUT 300)\n")
endforeach()
file(WRITE ${discovered} "${script}")
