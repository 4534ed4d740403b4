# SPDX-License-Identifier: MIT
# emcc program.c -lsecondstack, with every option that it must work with, beside the same without it.
# run.sh reads it.
# shellcheck shell=bash

threads="-pthread -sPTHREAD_POOL_SIZE=1 -sEXIT_RUNTIME=1"
grow="-sALLOW_MEMORY_GROWTH=1"

# Each is a line of options; a leading c++ compiles the program as C++.
grid_rows() {
  cat <<END

-O1
-O2
-O3
-Os
-Oz
-g -sASSERTIONS=2
-DSS_DEBUG=1 -O1
$grow -O2
$threads
$threads -O2
-pthread -sPROXY_TO_PTHREAD=1 -sEXIT_RUNTIME=1 -O2
$threads $grow -Wno-pthreads-mem-growth
-flto
-flto -O2
-flto $threads -O2
-flto=thin -O2
-flto=thin $threads -O2
-msimd128 -O2
-msimd128 -flto -O3
-sMAIN_MODULE=1
-sMAIN_MODULE=2 -O2
-sMAIN_MODULE=2 $threads
-sMAIN_MODULE=2 -flto -O2
-sWASM_WORKERS=1
-sWASM_WORKERS=1 -O2
-sMEMORY64=1
-sMEMORY64=1 -O2
-sMEMORY64=1 $threads
-sMEMORY64=1 -flto -O2
-sMALLOC=dlmalloc
-sMALLOC=emmalloc
-sMALLOC=emmalloc $threads -O2
-sMALLOC=mimalloc
-sMALLOC=mimalloc $threads -O2
-fsanitize=address $grow
-fsanitize=address $grow -DSS_DEBUG=1
-fsanitize=undefined
-sSAFE_HEAP=1
-sSAFE_HEAP=1 $threads
c++
c++ -std=c++17 -O2
c++ $threads
c++ -flto -O2
c++ -fexceptions
c++ -fwasm-exceptions
c++ -sMEMORY64=1
END
}

start_grid() {
  local row
  prepare_emcc
  while IFS= read -r row; do
    start check_row "$row"
  done <<<"$(grid_rows)"
}

check_row() { # options
  local with=(runs_row "$1" -lsecondstack) without=(runs_row "$1" -DCONTROL=1)
  check_beside_control "emcc $1 -lsecondstack"
}

# Builds and runs the program, in the job's own folder.
runs_row() { # options, option...
  local options=$1 language=c compiler=emcc program=$job/program.js
  shift
  if [[ $options == c++* ]]; then language=c++ compiler=em++ options=${options#c++}; fi
  rm -f "$job/program".*
  # shellcheck disable=SC2086 # several words
  $compiler $options -x $language "$here/program.c" -x none "$@" -o "$program" && prints_sum "$program"
}

# Has emcc build its own libraries for all rows, in its own cache; without the grid for those of the
# other checks.
warm_up() {
  local row rows
  rows=$(grid_rows)
  case " ${parts[*]} " in
    *" grid "*) ;;
    *) rows=$(printf '%s\n' "" "$threads" "-O2 -sMAIN_MODULE=2" "$threads -O2 -sMAIN_MODULE=2") ;;
  esac
  while IFS= read -r row; do
    start warm_up_row "$row"
  done <<<"$rows"
  collect
}

warm_up_row() { # options
  printf 'warming %s\n' "$1"
  runs_row "$1" -DCONTROL=1 >"$log" 2>&1
}
