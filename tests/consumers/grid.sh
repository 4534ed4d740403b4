# emcc program.c -lsecondstack, with every option that it must work with. run.sh reads it.
#
# A row that fails is tried without the library: if that fails in the same way, the toolchain cannot,
# and the row is skipped with what the toolchain says.
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

check_grid() {
  local row
  prepare_emcc
  while IFS= read -r row; do
    check_row "$row"
  done <<<"$(grid_rows)"
}

check_row() { # options
  local name="emcc $1 -lsecondstack" output control
  if output=$(runs_row "$1" -lsecondstack 2>&1); then
    pass "$name"
  elif control=$(runs_row "$1" -DCONTROL=1 2>&1); then
    fail "$name" "$(tail -n 12 <<<"$output" | cut -c 1-300)"
  else
    skip "$name" "nor without: $(toolchain_words <<<"$control")"
  fi
}

# Builds and runs the program.
runs_row() { # options, option...
  local options=$1 language=c compiler=emcc program=$work/grid/program.js
  shift
  if [[ $options == c++* ]]; then language=c++ compiler=em++ options=${options#c++}; fi
  mkdir -p "$work/grid"
  rm -f "$work/grid/"program.*
  # shellcheck disable=SC2086 # several words
  $compiler $options -x $language "$here/program.c" -x none "$@" -o "$program" && prints_sum "$program"
}

# The line of a failure that says why.
toolchain_words() {
  grep -v '^ \|INFO\|^$' | grep -i -m 1 'error\|exception\|cannot\|not supported\|invalid' |
    cut -c 1-160 || echo "no message"
}

# Has emcc build its own libraries for all rows, in its own cache; without the grid for two.
warm_up() {
  local row rows
  rows=$(grid_rows)
  case " ${parts[*]} " in *" grid "*) ;; *) rows=$'\n'$threads ;; esac
  while IFS= read -r row; do
    printf 'warming %s\n' "$row"
    runs_row "$row" -DCONTROL=1 >"$log" 2>&1
  done <<<"$rows"
}
