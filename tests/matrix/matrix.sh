# SPDX-License-Identifier: MIT
# The toolchain matrix, `./run test-matrix`: the same tests with each Emscripten that people have, side
# by side. `../../run` reads it, after ../suites/runner.sh.
# shellcheck shell=bash
# shellcheck source=tests/matrix/roots.sh
. tests/matrix/roots.sh

ALL_TOOLCHAINS=(3.1.6 3.1.69 newest)
# shellcheck disable=SC2034 # runner.sh's
limit_s=4000      # for a whole suite with its build, beside two other toolchains
OLDEST_NEWEST=6.0 # an emcc on PATH that is older does not pass for the newest

print_matrix_help() {
  cat <<END
Usage: ./run test-matrix [--quick] [--prepare] [TOOLCHAIN...]

Builds the unit tests (plain and -pthread), the consumers' programs and the demo with each
Emscripten, or with those named, and runs them, the demo in this machine's Chrome. The toolchains are
tested side by side.

  3.1.6    Debian 12's
  3.1.69   Debian 13's
  newest   Debian unstable's

An emcc on PATH with that version is used as it is (for the newest: $OLDEST_NEWEST or newer). The
others are installed as root in a folder of their own, below
  $roots_folder
1 to 2 GB each; to have one made anew, delete it.

  --quick    leaves out the emcc on PATH, with which ./run test all runs all of this, and, with the newest,
             what would have it build more libraries of its own, which takes long: the grid of emcc's
             options, -flto with the port, and libc's own assertions. Libraries are kept.
  --prepare  only installs the toolchains and has them build their libraries, for a run after this one,
             which waits for it. It takes what processor time others leave.

A toolchain that cannot be had is skipped, and the last lines say why. All else that goes wrong is a
failure. Exit status: 0 all well; 1 a test failed; 2 wrong arguments or a tool is missing.
END
}

toolchain_release() { # toolchain
  case $1 in
    3.1.6) echo bookworm ;;
    3.1.69) echo trixie ;;
    newest) echo sid ;;
  esac
}

# Prints the version of the emcc that the command prefix leads to.
emcc_version() { # prefix of the command...
  "$@" emcc --version 2>/dev/null </dev/null | sed -n '1s/^emcc .*) \([0-9][0-9.]*\).*/\1/p'
}

is_version_of() { # version, toolchain
  case $2 in
    newest) [ "$(printf '%s\n' "$1" "$OLDEST_NEWEST" | sort -V | head -n 1)" = "$OLDEST_NEWEST" ] ;;
    *) [ "$1" = "$2" ] ;;
  esac
}

# Sets `version`, `origin`, `sources` (this project, for that toolchain) and `prefix` (of commands
# that run there), or `reason`.
obtain_toolchain() { # toolchain
  local release
  if is_on_path "$1"; then
    version=$(emcc_version env)
    origin="emcc on PATH" sources=$PWD prefix=(env)
    return
  fi
  release=$(toolchain_release "$1")
  obtain_root "$release" || return 1
  version=$(emcc_version run_in_root "$root" /)
  if ! is_version_of "$version" "$1"; then
    reason="Debian $release has Emscripten $version"
    return 1
  fi
  origin="Debian $release" sources=$root/secondstack entry=()
  enter_root "$root" /secondstack
  prefix=("${entry[@]}")
  copy_sources
}

is_on_path() { # toolchain
  has emcc && is_version_of "$(emcc_version env)" "$1"
}

# A copy, as a container may not allow bind mounts. Begun anew each time: what an earlier run built
# may be of another checkout.
copy_sources() {
  rm -rf --one-file-system "$sources"
  mkdir "$sources" || die "$sources cannot be written"
  tar -c --exclude=./build* --exclude=./.git --exclude=node_modules --exclude=./demo/dist . |
    tar -x --no-same-owner -C "$sources"
}

# --------------------------------------------------------------------------------------------------
# The parts of one toolchain's test

# Runs a function, and says what it counted and how long it took, on the terminal and in the log. What
# failed is shown at once.
run_part() { # name, function, argument...
  local name=$1 log=build/matrix-$version-${1// /-}.log p=$passed f=$failed s=$skipped start=$SECONDS sums
  shift
  # Not in a pipe: it counts.
  "$@" >"$log" 2>&1
  sums=$(count_line $((passed - p)) $((failed - f)) $((skipped - s)))
  printf '  %-7s %-14s %5d s  %s\n' "$version" "$name" $((SECONDS - start)) "$sums" >&"$terminal"
  if [ "$failed" -gt "$f" ]; then
    sed -n '/FAILED/,$p' "$log" | head -n 60 >&"$terminal"
    printf '  (all of it: %s)\n' "$log" >&"$terminal"
  fi
}

test_libraries() {
  local options=()
  if [ "$is_quick" = yes ]; then options=(--lend); fi
  check "$version: emcc's own libraries" "${prefix[@]}" tests/matrix/libraries.sh ${options[@]+"${options[@]}"}
}

test_wasm_units() {
  run_counted "matrix-$version-wasm-all.log" "${prefix[@]}" ./run test wasm
}

test_consumers() { # toolchain
  local consumers=(wasm grid) environment=()
  if [ "$is_quick" = yes ] && [ "$1" = newest ]; then
    consumers=(wasm)
    # In C a program takes nothing from libc++, which emcc would build and link all the same.
    environment=("EMCC_CFLAGS=-sDEFAULT_TO_CXX=0 -Wno-unused-command-line-argument"
      CONSUMERS_WITHOUT=port-lto)
  fi
  run_counted "matrix-$version-consumers-all.log" "${prefix[@]}" env ${environment[@]+"${environment[@]}"} \
    tests/consumers/run.sh "${consumers[@]}"
}

# The engines, and the JavaScript module's wasm, which a visitor's own scene runs on.
build_engines() {
  "${prefix[@]}" bash -c '. tests/suites/runner.sh
    say() { printf "== %s\\n" "$*"; }
    build wasm --target engine-single engine-threads engine-file inline_wasm'
}

# The demo's engines are that toolchain's; the page is bundled and shown by this machine's programs.
test_page() {
  local script folder
  if ! build_engines; then
    count 0 1
    printf 'FAILED %s: the build of the demo, see %s/build/wasm.log\n' "$version" "$sources"
    return
  fi
  if [ "$sources" != "$PWD" ]; then
    for folder in demo tests/web; do
      ln -s "$PWD/$folder/node_modules" "$sources/$folder/node_modules"
    done
  fi
  check "$version: the page's bundle" node "$sources/demo/bundle.mjs"
  for script in page ways; do
    say "$version: $script.test.mjs"
    # One Chrome at a time: two would wait for each other's frames.
    with_the_browser run_counted "matrix-$version-$script.log" node "$sources/tests/web/$script.test.mjs"
  done
}

with_the_browser() { # command...
  if ! has flock; then
    "$@"
    return
  fi
  exec 7>build/matrix-browser.lock
  flock 7
  "$@" 7>&-
  exec 7>&-
}

# --------------------------------------------------------------------------------------------------
# The toolchains, side by side

# What is done with one toolchain. Its counts and its notes for the last lines go into files.
run_toolchain() { # toolchain
  local version origin sources prefix root reason
  passed=0 failed=0 skipped=0 SECONDS=0
  say "toolchain $1"
  if ! obtain_toolchain "$1"; then
    count 0 0 1
    echo "skipped $1: $reason" >"$job/notes"
    printf '  %-7s skipped: %s\n' "$1" "$reason" >&"$terminal"
  else
    printf '  %-7s %-14s %5d s  %s\n' "$version" "obtained" "$SECONDS" "$origin" >&"$terminal"
    if [ "$origin" != "emcc on PATH" ]; then run_part libraries test_libraries; fi
    if [ "$is_preparing" = no ]; then
      run_part "unit tests" test_wasm_units
      # While one toolchain's page is shown, the other one compiles.
      if [ "$1" = newest ]; then
        run_part page test_page
        run_part consumers test_consumers "$1"
      else
        run_part consumers test_consumers "$1"
        run_part page test_page
      fi
    fi
    echo "$version ($origin), $SECONDS s: $(count_line "$passed" "$failed" "$skipped")" >"$job/notes"
  fi
  echo "$passed $failed $skipped" >"$job/counts"
}

# A job of its own: only its lines for the terminal are shown as it goes.
start_toolchain() { # toolchain
  local job=build/matrix/$1
  rm -rf "$job"
  mkdir -p "$job"
  run_toolchain "$1" >"$job/log" 2>&1 </dev/null &
}

collect_toolchain() { # toolchain
  local job=build/matrix/$1 p f s
  if read -r p f s 2>/dev/null <"$job/counts"; then
    count "$p" "$f" "$s"
    cat "$job/notes"
  else
    count 0 1
    printf 'FAILED %s: it ended before its tests did; the end of %s:\n' "$1" "$job/log"
    tail -n 20 "$job/log" | sed 's/^/  /'
  fi
}

verb_test_matrix() { # [--quick] [--prepare] toolchain...
  local is_quick=no is_preparing=no toolchain chosen=() started=() notes=() terminal=3
  for toolchain in "$@"; do
    case $toolchain in
      -h | --help)
        print_matrix_help
        return
        ;;
      --quick) is_quick=yes ;;
      --prepare) is_preparing=yes ;;
      3.1.6 | 3.1.69 | newest) chosen+=("$toolchain") ;;
      *) die "no toolchain '$toolchain'; there are: ${ALL_TOOLCHAINS[*]}" ;;
    esac
  done
  if [ ${#chosen[@]} -eq 0 ]; then chosen=("${ALL_TOOLCHAINS[@]}"); fi
  for toolchain in "${chosen[@]}"; do
    if ! is_on_path "$toolchain"; then
      started+=("$toolchain")
    elif [ "$is_quick" = yes ]; then
      notes+=("left out (--quick): $toolchain, on PATH, with which ./run test all runs it all")
    elif [ "$is_preparing" = no ]; then
      need cmake make cglm pkg-config
      started+=("$toolchain")
    fi
  done
  # Before the jobs: two that install at once would be in each other's way.
  if [ "$(id -u)" -eq 0 ] && has apt-get; then (need mmdebstrap); fi
  if [ "$is_preparing" = yes ]; then
    if has renice; then renice -n 19 $$ >/dev/null; fi
  else
    need node npm chrome
    if ! need_npm_packages || ! need_npm_packages demo; then die "npm ci failed"; fi
  fi
  if [ "$is_quick" = yes ]; then
    case " ${started[*]-} " in
      *" newest "*) notes+=("left out (--quick): with the newest, emcc's options, -flto with the port, libc's assertions") ;;
    esac
  fi
  take_turns
  exec 3>&1
  for toolchain in ${started[@]+"${started[@]}"}; do start_toolchain "$toolchain"; done
  wait
  for toolchain in ${started[@]+"${started[@]}"}; do collect_toolchain "$toolchain"; done
  if [ ${#notes[@]} -gt 0 ]; then printf '%s\n' "${notes[@]}"; fi
  count_line "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

# Two runs at once would delete each other's copies.
take_turns() {
  mkdir -p build "$roots_folder" || die "$roots_folder cannot be written"
  has flock || return 0
  exec 9>"$roots_folder/lock"
  if ! flock -n 9; then
    say "waiting for another ./run test-matrix"
    flock 9
  fi
}
