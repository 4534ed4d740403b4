#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles a file as emcc does, without emcc's start: its Python takes 0.2 s of a processor before clang begins, and
# most files of the tests compile in less than 0.1 s. The first call with certain options asks emcc how it calls clang
# with them, and the answer is kept; later calls with the same options call clang so. Whatever is no compilation of one
# file goes to emcc as it is. runner.sh uses this script as CMAKE_C_COMPILER_LAUNCHER.
#
#   emcc_clang.sh FOLDER [CCACHE] emcc ARGUMENT...
#
# CCACHE is the program ccache, through which clang is then called. FOLDER is where the answers are kept, a file for each set of options: the number of options, the options, and the
# words of clang's command, a line each. It lies in the build folder, so that a new one asks again.
set -f

# The second role of this script: emcc calls it in place of clang (EM_COMPILER_WRAPPER), and it writes down how.
if [ -n "${EMCC_ANSWER:-}" ]; then
  case " $* " in *' -c '*) printf '%s\n' "$@" >"$EMCC_ANSWER" ;; esac
  exec "$@"
fi

folder=$1 cache=()
shift
case $1 in */ccache)
  cache=("$1")
  shift
  ;;
esac
compiler=$1
shift

# Sorts the arguments: `options` are those of which emcc makes others, and clang is given `own` as they are.
options=("$compiler") own=() source='' output='' is_plain=yes
for ((i = 1; i <= $#; i++)); do
  word=${!i}
  case $word in
    -c) ;;
    -o)
      i=$((i + 1))
      output=${!i}
      ;;
    -MF | -MT | -MQ | -isystem)
      i=$((i + 1))
      own+=("$word" "${!i}")
      ;;
    -I* | -D* | -MD | @*) own+=("$word") ;;
    -*) options+=("$word") ;;
    *.c | *.cpp)
      if [ -n "$source" ]; then is_plain=no; fi
      source=$word
      ;;
    *) is_plain=no ;;
  esac
done
case " $* " in *' -c '*) ;; *) is_plain=no ;; esac
if [ $is_plain = no ] || [ -z "$source" ] || [ -z "$output" ]; then exec "$compiler" "$@"; fi
options+=("probe.${source##*.}")

key=$(printf '%s\n' "${options[@]}" | cksum)
answer=$folder/${key%% *}
if [ ! -e "$answer" ]; then
  probe=$(mktemp -d "$folder.XXXXXX") || exec "$compiler" "$@"
  : >"$probe/probe.${source##*.}"
  # Without what clang is given as it is. An empty file is compiled, of which some options make a warning.
  if (cd "$probe" && EMCC_ANSWER=$probe/words EM_COMPILER_WRAPPER=${BASH_SOURCE[0]} \
    "${options[@]}" -w -c -o probe.o) >"$probe/output" 2>&1 </dev/null &&
    [ "$(grep -cxE "probe[.]${source##*.}|(-o)?probe[.]o|-w" "$probe/words" 2>/dev/null)" = 3 ]; then
    { printf '%d\n' ${#options[@]}; printf '%s\n' "${options[@]}"; cat "$probe/words"; } >"$probe/answer"
  else
    echo 0 >"$probe/answer" # emcc is not asked again
  fi
  mkdir -p "$folder"
  mv "$probe/answer" "$answer"
  rm -rf "$probe"
  # emcc is right, too, and has said what it has to say of such options.
  exec "$compiler" "$@"
fi

lines=() # read by a loop, as macOS' bash has no mapfile
while IFS= read -r line; do lines+=("$line"); done <"$answer"
count=${lines[0]}
# There is no answer, or another set of options has the same checksum.
if [ "${options[*]}" != "${lines[*]:1:count}" ]; then exec "$compiler" "$@"; fi
command=()
for word in "${lines[@]:count+1}"; do
  case $word in
    "probe.${source##*.}") command+=("$source") ;;
    probe.o | -oprobe.o) command+=("${word%probe.o}$output") ;;
    -w) command+=("${own[@]}") ;;
    *) command+=("$word") ;;
  esac
done
exec ${cache[@]+"${cache[@]}"} "${command[@]}"
