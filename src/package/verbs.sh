# SPDX-License-Identifier: MIT
# What `./run install`, `./run uninstall` and `./run amalgamate` do. `../../run` reads it.
# shellcheck shell=bash

# Reads the arguments of install and uninstall, which are the same. Sets `native`, and `prefix` to an absolute
# path.
read_install_arguments() { # verb, argument...
  local verb=$1 wanted=""
  shift
  native=no prefix=""
  while [ $# -gt 0 ]; do
    case $1 in
      --native) native=yes ;;
      --prefix)
        if [ $# -lt 2 ]; then die "--prefix wants a folder"; fi
        wanted=$2
        shift
        ;;
      --prefix=*) wanted=${1#--prefix=} ;;
      *) die "$verb does not know '$1'; try ./run help" ;;
    esac
    if [ -z "$wanted" ] && [[ $1 == --prefix* ]]; then die "--prefix wants a folder"; fi
    shift
  done
  case ${DESTDIR:-/} in
    /*) ;;
    *) die "DESTDIR must begin with a slash: '$DESTDIR'" ;;
  esac
  if [ "$native" = yes ]; then
    need_cmake cc
    prefix=/usr/local
  else
    need_cmake emcc
    # Debian's emcc needs its acorn when it says where it is as well.
    export NODE_PATH=${NODE_PATH:-}:/usr/share/nodejs
    prefix=$(em-config CACHE)/sysroot || die "em-config, which belongs to emcc, does not run"
  fi
  case $wanted in
    '') ;;
    /*) prefix=$wanted ;;
    *) prefix=$caller_folder/$wanted ;;
  esac
  if [ "$prefix" != / ]; then prefix=${prefix%/}; fi
}

# Makes sure that cmake and either make or ninja are there.
need_cmake() { # tool...
  if ! has make && has ninja; then
    export CMAKE_GENERATOR=${CMAKE_GENERATOR:-Ninja}
    need cmake "$@"
  else
    need cmake make "$@"
  fi
}

# Exits unless files can be made in the folder, or in the nearest one above it that exists.
need_writable() { # folder
  local folder=$1 probe hint="give a folder of your own with --prefix"
  if [ "$(id -u)" -ne 0 ]; then hint="be root, or $hint"; fi
  while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
  if ! probe=$(mktemp -d "$folder/.secondstack.XXXXXX" 2>/dev/null); then
    die "cannot write to $folder: $hint"
  fi
  rmdir "$probe"
}

verb_install() { # [--native] [--prefix DIR]
  local native prefix preset=install-wasm folder
  read_install_arguments install "$@"
  need_writable "${DESTDIR:-}$prefix"
  if [ "$native" = yes ]; then
    preset=install
    folder=build/install
  else
    # Each version of the compiler has a folder of its own, because the linker of one cannot link the objects of
# another.
    folder=build/install-wasm-$(emcc -dumpversion) || die "emcc does not run"
  fi
  say "building in $folder"
  quietly "$folder.log" cmake --preset "$preset" -B "$folder" "-DCMAKE_INSTALL_PREFIX=$prefix"
  quietly "$folder.log" cmake --build "$folder" -j "$(nproc 2>/dev/null || echo 2)"
  say "installing in ${DESTDIR:-}$prefix"
  cmake --install "$folder" >"$folder.log" 2>&1 || fail_with "$folder.log"
  sed -n 's/^-- \(Installing\|Up-to-date\|Removing\): /  /p' "$folder.log" | grep -v '/include$'
  if [ "$native" = yes ]; then
    folder=$(sed -n 's|^-- [^:]*: \(.*\)/secondstack.pc$|\1|p' "$folder.log")
    case $prefix in
      /usr | /usr/local) say "now: cc program.c -lsecondstack -pthread" ;;
      *) say "now: export PKG_CONFIG_PATH=$folder;" \
        'cc program.c $(pkg-config --cflags --libs secondstack) -pthread' ;;
    esac
  elif [ "$prefix" = "$(em-config CACHE)/sysroot" ]; then
    say "now: emcc program.c -lsecondstack"
  else
    say "now: emcc program.c -I$prefix/include -L$prefix/lib/wasm32-emscripten -lsecondstack"
  fi
}

verb_uninstall() { # [--native] [--prefix DIR]
  local native prefix manifest log=build/uninstall.log
  read_install_arguments uninstall "$@"
  manifest=${DESTDIR:-}$prefix/share/secondstack/manifest.txt
  if [ ! -e "$manifest" ]; then
    die "nothing is installed in ${DESTDIR:-}$prefix: there is no share/secondstack/manifest.txt"
  fi
  need_writable "$(dirname "$manifest")"
  mkdir -p build
  cmake -D "PREFIX=$prefix" -P src/package/uninstall.cmake >"$log" 2>&1 || fail_with "$log"
  say "$(sed -n 's/^-- //p' "$log")"
}

verb_amalgamate() { # [DIR]
  local folder=build/amalgamated
  if [ $# -gt 1 ]; then die "amalgamate wants one folder"; fi
  case ${1:-} in
    '') ;;
    -*) die "amalgamate does not know '$1'; try ./run help" ;;
    /*) folder=$1 ;;
    *) folder=$caller_folder/$1 ;;
  esac
  mkdir -p "$folder" || die "cannot make the folder $folder"
  need_writable "$folder"
  src/package/amalgamate.sh "$folder" || die "amalgamate failed"
  say "$folder/secondstack.c and secondstack.h, $(wc -l <"$folder/secondstack.c") and" \
    "$(wc -l <"$folder/secondstack.h") lines; now: cc -I$folder program.c $folder/secondstack.c -pthread"
}

# Runs a command and shows its latest line of output in one line of the terminal; the log gets all of them.
quietly() { # log, command...
  local log=$1 clear=$'\r\e[K'
  shift
  mkdir -p build
  if [ ! -t 1 ]; then clear=""; fi
  "$@" 2>&1 </dev/null | tee "$log" | awk -v clear="$clear" '
    /^\[ *[0-9]+(%|\/)/ && (clear || / Linking /) {
      printf "%s%s%s", clear, substr($0, 1, 100), clear ? "" : "\n"; fflush()
    }
    END { printf "%s", clear }'
  if [ "${PIPESTATUS[0]}" -ne 0 ]; then fail_with "$log"; fi
}

fail_with() { # log
  tail -n 30 "$1" >&2
  die "that failed; all of it is in $1"
}
