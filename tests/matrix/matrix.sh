# The toolchain matrix, `./run test-matrix`: the same tests with each Emscripten that people have.
# `../../run` reads it, after ../suites/runner.sh.
# shellcheck shell=bash
# shellcheck source=tests/matrix/roots.sh
. tests/matrix/roots.sh

ALL_TOOLCHAINS=(3.1.6 3.1.69 newest)
OLDEST_NEWEST=6.0 # an emcc on PATH that is older does not pass for the newest

print_matrix_help() {
  cat <<END
Usage: ./run test-matrix [--quick] [TOOLCHAIN...]

Builds the unit tests (plain and -pthread), the consumers' programs and the demo with each
Emscripten, or with those named, and runs them, the demo in this machine's Chrome.

  3.1.6    Debian 12's
  3.1.69   Debian 13's
  newest   Debian unstable's

An emcc on PATH with that version is used as it is (for the newest: $OLDEST_NEWEST or newer). The
others are installed as root in a folder of their own, below
  $roots_folder
2 GB each; to have one made anew, delete it.

  --quick  leaves out the emcc on PATH, with which ./run test runs all of this, and the grid of
           emcc's options with the newest, which must first build its own libraries for each: 20
           minutes. They are kept.

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
  version=$(has emcc && emcc_version env)
  if is_version_of "$version" "$1"; then
    need cmake make cglm pkg-config
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
  origin="Debian $release" sources=$root/secondstack prefix=(run_in_root "$root" /secondstack)
  copy_sources
}

# A copy, as a container may not allow bind mounts. Begun anew each time: what an earlier run built
# may be of another checkout.
copy_sources() {
  rm -rf --one-file-system "$sources"
  mkdir "$sources" || die "$sources cannot be written"
  tar -c --exclude=./build* --exclude=./.git --exclude=node_modules --exclude=./demo/dist . |
    tar -x --no-same-owner -C "$sources"
}

# The demo's engines are that toolchain's; the page is bundled and shown by this machine's programs.
test_page() {
  local script folder
  say "$version: the demo's build"
  if ! "${prefix[@]}" bash -c '. tests/suites/runner.sh
    say() { printf "== %s\\n" "$*"; }
    build wasm --target engine-single engine-threads engine-file'; then
    count 0 1
    printf 'FAILED the build of the demo, see %s/build/wasm.log\n' "$sources"
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
    run_counted "matrix-$version-$script.log" node "$sources/tests/web/$script.test.mjs"
  done
}

test_toolchain() { # toolchain
  local consumers=(wasm grid)
  if [ $is_quick = yes ] && [ "$1" = newest ]; then
    consumers=(wasm)
    notes+=("left out (--quick): emcc's options with $version")
  fi
  say "$version: suite wasm"
  run_counted "matrix-$version-wasm.log" "${prefix[@]}" ./run test wasm
  say "$version: consumers"
  run_counted "matrix-$version-consumers.log" "${prefix[@]}" \
    tests/consumers/run.sh "${consumers[@]}"
  test_page
}

verb_test_matrix() { # [--quick] toolchain...
  local is_quick=no toolchain chosen=() notes=() version origin sources prefix root reason
  local p f s sums
  for toolchain in "$@"; do
    case $toolchain in
      -h | --help)
        print_matrix_help
        return
        ;;
      --quick) is_quick=yes ;;
      3.1.6 | 3.1.69 | newest) chosen+=("$toolchain") ;;
      *) die "no toolchain '$toolchain'; there are: ${ALL_TOOLCHAINS[*]}" ;;
    esac
  done
  if [ ${#chosen[@]} -eq 0 ]; then chosen=("${ALL_TOOLCHAINS[@]}"); fi
  need node npm chrome
  if ! need_npm_packages || ! need_npm_packages demo; then die "npm ci failed"; fi
  take_turns
  for toolchain in "${chosen[@]}"; do
    say "toolchain $toolchain"
    SECONDS=0
    if ! obtain_toolchain "$toolchain"; then
      count 0 0 1
      notes+=("skipped $toolchain: $reason")
      continue
    fi
    if [ $is_quick = yes ] && [ "$origin" = "emcc on PATH" ]; then
      notes+=("left out (--quick): $version, on PATH, with which ./run test runs it all")
      continue
    fi
    say "$version ($origin), after $SECONDS s"
    p=$passed f=$failed s=$skipped
    test_toolchain "$toolchain"
    sums=$(count_line $((passed - p)) $((failed - f)) $((skipped - s)))
    notes+=("$version ($origin), $SECONDS s: $sums")
  done
  printf '%s\n' "${notes[@]}"
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
