#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Has emcc build the libraries of its own that it needs for the tests, before these begin: Debian's newest
# package brings none, and each would be built by the first program that needs it, while others wait.
#
#   libraries.sh [--lend]
#
# Needs emcc only, and does nothing where emcc's cache is complete and must not be written to.
#
#   --lend   a program without optimisation links libc with its own assertions; what is linked there is a
#            copy of libc without them, which saves building libc twice more. JavaScript's assertions
#            and malloc's stay. Without this option such a copy is removed.
set -u
is_lending=no
case ${1:-} in
  '') ;;
  --lend) is_lending=yes ;;
  *) echo "libraries.sh: no option '$1'" >&2 && exit 2 ;;
esac

if [ "$(em-config FROZEN_CACHE)" = True ]; then exit; fi
archives=$(em-config CACHE)/sysroot/lib/wasm32-emscripten
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# emcc compiles a library in parts, twice as many as it takes for the count of processors. Smaller ones end
# closer together.
EMCC_CORES=$((2 * $(nproc 2>/dev/null || echo 2)))
export EMCC_CORES
# A C program takes nothing from libc++, which emcc would link, and so build, for it as well.
export EMCC_CFLAGS="-sDEFAULT_TO_CXX=0"

# Each is a language and options; which libraries that means is emcc's matter.
rows() {
  local threads="-pthread -sPROXY_TO_PTHREAD=1 -sEXIT_RUNTIME=1" t
  for t in "" "$threads"; do
    cat <<END
c -O1 $t
c $t
c -O1 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 $t
c -O2 -sMAIN_MODULE=2 $t
c++ -O1 -fno-exceptions $t
c++ -O1 -fexceptions $t
c++ -O1 -fwasm-exceptions $t
END
  done
  echo "c -O1 -sWASM_WORKERS=1"
}

# Whatever is listed here was lent; one that emcc has built since is its own.
lent=$archives/.lent-to-secondstack
lend() {
  local suffix from to
  for suffix in "" -mt; do
    from=$archives/libc$suffix.a to=$archives/libc$suffix-debug.a
    if [ -e "$to" ] || [ ! -e "$from" ]; then continue; fi
    cp "$from" "$to"
    echo "$to" >>"$lent"
  done
}

take_back() {
  local file
  if [ ! -e "$lent" ]; then return; fi
  while IFS= read -r file; do rm -f "$file"; done <"$lent"
  rm -f "$lent"
}

if [ $is_lending = no ]; then take_back; fi
printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' >program.c
failed=0
while IFS= read -r row; do
  read -r language options <<<"$row"
  compiler=emcc
  if [ "$language" = c++ ]; then compiler=em++; fi
  if [ $is_lending = yes ]; then lend; fi
  SECONDS=0
  # shellcheck disable=SC2086 # several words
  if $compiler $options -x "$language" program.c -o program.js >log 2>&1 </dev/null; then
    printf '%4d s  %s %s: %s\n' "$SECONDS" "$compiler" "$options" \
      "$(sed -n 's|.*generating system library: .*/\(.*\.a\)\.\.\. .*|\1|p' log | tr '\n' ' ')"
  else
    failed=1
    printf 'FAILED %s %s\n' "$compiler" "$options"
    grep -v INFO log | tail -n 5
  fi
done <<<"$(rows)"
exit $failed
