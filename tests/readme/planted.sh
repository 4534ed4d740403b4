#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whether check_readme.sh finds what it looks for: documents with one fault each, which it must refuse, and one
# without, which it must not.
#
#   planted.sh WORK_DIR LIBRARY COMPILER [FLAG...]
set -u

if [ $# -lt 3 ]; then
  echo "usage: planted.sh WORK_DIR LIBRARY COMPILER [FLAG...]" >&2
  exit 2
fi
work=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passed=0 failed=0
rm -rf "$work"
mkdir -p "$work"

# The document comes from standard input.
try() { # what it is, whether it is to be refused, library, compiler and its flags...
  local what=$1 is_refused=$2 output result=no
  cat >"$work/document.md"
  if ! output=$("$here/check_readme.sh" "$work/document.md" "$work/blocks" "${@:3}" 2>&1); then result=yes; fi
  if [ "$result" = "$is_refused" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: refused: %s, expected: %s\n%s\n' "$what" "$result" "$is_refused" "$output"
  fi
}

try 'a document without a fault' no "$@" <<'END'
```c
#include <secondstack.h>
int main(void)
{
  SS_SCOPE *ss_uninit(int) = 1;
  return 0;
}
```
```c
int *value = ss_uninit(int);
*value = 1;
```
```cpp
ss::scope scope;
```
```sh
./run test reference
cmake --preset native
```
END

try 'a program that does not compile' yes "$@" <<'END'
```c
int main(void)
{
  return ss_planted();
}
```
END

try 'a program that fails' yes "$@" <<'END'
```c
int main(void)
{
  return 1;
}
```
END

try 'lines of C that do not compile' yes "$@" <<'END'
```c
int *value = ss_planted(int);
```
END

try 'lines of C that fail' yes "$@" <<'END'
```c
int *value = ss_uninit(int);
*value = 1;
if (*value == 1) abort();
```
END

try 'lines of C++ that do not compile' yes "$@" <<'END'
```cpp
ss::planted scope;
```
END

try 'a command that ./run does not know' yes "$@" <<'END'
```sh
./run planted
```
END

try 'a preset that does not exist' yes "$@" <<'END'
```sh
cmake --preset planted
```
END

try 'a document without code' yes "$@" <<'END'
# Nothing
END

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
