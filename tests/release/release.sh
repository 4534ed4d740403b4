#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What `./run release` makes, tried by its users, each in an empty folder and from the artefacts alone; and what does
# not fit into a program: recipes, workflows, the list of what comes from others.
#
#   release.sh
#
# The archives for emcc and the npm package take minutes of compilers, so they are made once here and not compared;
# a release makes them twice as well. The port for Emscripten, which fetches the sources' archive, is tried by
# `./run test consumers` where emcc takes a port from a file.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.." || exit 2
root=$PWD
work=$root/build/release-test
passed=0 failed=0 skipped=0
expected="the sum is 4049955000"
version=$(src/package/version.sh)
made=$work/checkout/build/release/$version
made_for_web=$work/checkout-web/build/release/$version

has() {
  command -v "$1" >/dev/null 2>&1
}

check() { # name, command...
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1 </dev/null; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s\n' "$name"
    tail -n 20 "$work/log" | cut -c 1-300 | sed 's/^/  /'
    printf '  to repeat: ./run test release\n'
    return 1
  fi
}

skip() { # name, why
  skipped=$((skipped + 1))
  printf 'skipped %s: %s\n' "$1" "$2"
}

refuses() { # pattern, command...
  local pattern=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf 'it did not fail:\n%s\n' "$output"
    return 1
  fi
  printf '%s\n' "$output"
  grep -q -- "$pattern" <<<"$output"
}

prints_sum() { # command...
  local output
  output=$("$@" 2>&1) && [ "$output" = "$expected" ] || { printf 'it printed %.2000s\n' "$output" && return 1; }
}

# --------------------------------------------------------------------------------------------------
# The release, of a checkout of what is here now, changes that are not committed included

make_checkout() {
  mkdir -p "$work/checkout"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
  done | tar -cf - --null -T - | tar -xf - -C "$work/checkout" &&
    git -C "$work/checkout" init -q && git -C "$work/checkout" add -A && commit_all
}

commit_all() {
  git -C "$work/checkout" -c user.name=test -c user.email=test@example.org -c commit.gpgsign=false \
    commit -q -a -m "as it is"
}

release() { # option...
  (cd "$work/checkout" && ./run release "$@")
}

# In a copy of the checkout, as a release begins with an empty folder.
release_for_web() {
  cp -R "$work/checkout" "$work/checkout-web" &&
    (cd "$work/checkout-web" && ./run release "$version" --dry-run --once --tests none --parts npm,wasm)
}

check_refusals() {
  check "release: another version is refused" refuses "SS_VERSION is that of" release 99.0.0 --tests none
  check "release: a version that is none is refused" refuses "wants a version" release 1
  echo change >>"$work/checkout/README.md"
  check "release: a changed tree is refused" refuses "the working tree has changes" release "$version" --tests none
  git -C "$work/checkout" checkout -q README.md
  sed -i.before 's/"version": "[^"]*"/"version": "98.0.0"/' "$work/checkout/web/package.json"
  rm "$work/checkout/web/package.json.before"
  check "release: another version in package.json is refused" refuses "web/package.json has version 98.0.0" \
    release "$version" --tests none
  git -C "$work/checkout" checkout -q web/package.json
  check "release: a failing suite is a refusal" refuses "no suite 'nonesuch'" release "$version" --dry-run --tests nonesuch --parts sources
}

# The real thing, once: a dated changelog, a URL, a tag. Only in the copy.
check_tag() {
  local notes=$made/NOTES.md
  check "release: the notes are the changelog's" test "$(head -n 1 "$notes")" = "$(awk -v h="## $version" \
    'index($0, h) == 1 { on = 1; next } on && NF { print; exit }' CHANGELOG.md)"
  check "release: a dry run sets no tag" test -z "$(git -C "$work/checkout" tag)"
}

# --------------------------------------------------------------------------------------------------
# Users

unpack() { # archive, folder
  rm -rf "$2" && mkdir -p "$2" && tar -xzf "$1" -C "$2" --strip-components=1
}

uses_amalgamated() {
  unpack "$made/secondstack-amalgamated-$version.tar.gz" "$work/two-files" &&
    "$root/tests/consumers/dropped_in/build.sh" "$work/two-files" "$work/two-files/program" cc -pthread &&
    prints_sum "$work/two-files/program"
}

uses_cmake() {
  unpack "$made/secondstack-$version.tar.gz" "$work/cmake-sources" &&
    cmake -S "$root/tests/consumers/add_subdirectory" -B "$work/cmake" -DCMAKE_BUILD_TYPE=Release \
      "-DSECONDSTACK_SOURCE=$work/cmake-sources" && cmake --build "$work/cmake" && prints_sum "$work/cmake/program"
}

packs_with_cpack() {
  cmake -S "$work/cmake-sources" -B "$work/cpack" -DSECONDSTACK_BUILD_TESTS=OFF && cmake --build "$work/cpack" &&
    (cd "$work/cpack" && cpack) && tar -tzf "$work"/cpack/secondstack-*.tar.gz >"$work/cpack/list" &&
    grep -q '/include/secondstack.h$' "$work/cpack/list" && grep -q '/libsecondstack.a$' "$work/cpack/list"
}

# The wrap file finds the archive by its checksum.
uses_meson() {
  local folder=$work/meson
  rm -rf "$folder" && mkdir -p "$folder/subprojects" &&
    cp "$made/recipes/secondstack.wrap" "$folder/subprojects/" && cp tests/consumers/program.c "$folder/" &&
    cat >"$folder/meson.build" <<'END' && meson setup "$folder/build" "$folder" && meson compile -C "$folder/build" &&
project('user', 'c', default_options: ['c_std=gnu11'])
executable('program', 'program.c', dependencies: dependency('secondstack'))
END
    prints_sum "$folder/build/program"
}

# The package is unpacked, not installed: the machine stays as it is.
uses_debian() {
  local folder=$work/debian libraries
  rm -rf "$folder" && dpkg-deb -x "$made"/secondstack-dev_*.deb "$folder" || return 1
  libraries=$(dirname "$(find "$folder" -name libsecondstack.a)")
  cc tests/consumers/program.c "-I$folder/usr/include" "-L$libraries" -lsecondstack -pthread -o "$folder/program" &&
    prints_sum "$folder/program" &&
    cmake -S tests/consumers/find_package -B "$folder/cmake" "-DCMAKE_PREFIX_PATH=$folder/usr" \
      "-Dsecondstack_DIR=$libraries/cmake/secondstack" && cmake --build "$folder/cmake" && prints_sum "$folder/cmake/program"
}

# Runs a command with a copy of this machine's files as its last argument, a folder. What is written there is gone
# afterwards.
in_a_copy_of_the_machine() { # command...
  # shellcheck disable=SC2016 # the inner shell expands them
  rm -rf "$work/machine" && mkdir -p "$work/machine" &&
    unshare -m sh -eu -c 'machine=$1
      shift
      mount -t tmpfs none "$machine"
      mkdir "$machine/written" "$machine/work" "$machine/merged"
      mount -t overlay overlay -o "lowerdir=/,upperdir=$machine/written,workdir=$machine/work" "$machine/merged"
      for folder in proc dev sys; do mount --rbind "/$folder" "$machine/merged/$folder"; done
      "$@" "$machine/merged"' sh "$work/machine" "$@"
}

# The real autopkgtest installs the package and runs what src/package/debian/tests names.
passes_autopkgtest() {
  rm -rf "$work/autopkgtest" && mkdir -p "$work/autopkgtest/sources" "$work/autopkgtest/out" &&
    cp -R src/package/debian "$work/autopkgtest/sources/" &&
    in_a_copy_of_the_machine autopkgtest --output-dir "$work/autopkgtest/out" --no-built-binaries \
      "$made"/secondstack-dev_*.deb "$work/autopkgtest/sources/" -- chroot && grep '^programs  *PASS' "$work/autopkgtest/out/summary"
}

# By -lsecondstack, from the unpacked archives, with nothing installed.
uses_emcc() { # option...
  local folder=$work/emcc libraries
  unpack "$made_for_web/secondstack-wasm-$version.tar.gz" "$folder/secondstack" || return 1
  libraries=$(dirname "$(find "$folder/secondstack" -name libsecondstack.a | sort | head -n 1)")
  emcc tests/consumers/program.c "-I$folder/secondstack/include" "-L$libraries" -lsecondstack "$@" \
    -o "$folder/program.js" && prints_sum runs_in_node "$folder/program.js"
}

# Emscripten before 3.1.30 gives Node.js' own fetch a file name, which fetch refuses.
runs_in_node() { # program
  local options=()
  if node --no-experimental-fetch -e 0 2>/dev/null; then options=(--no-experimental-fetch); fi
  node ${options[@]+"${options[@]}"} "$1"
}

# An npm project in an empty folder: what README.md of the package begins with.
uses_npm() {
  local folder=$work/npm
  rm -rf "$folder" && mkdir -p "$folder" && cat >"$folder/package.json" <<'END' && cat >"$folder/program.mjs" <<'END2' &&
{ "private": true, "type": "module" }
END
import { scope } from "secondstack";
const total = scope((stack) => {
  const numbers = stack.buffer(Float32Array);
  for (let i = 0; i < 90000; i++) numbers.push(i);
  return numbers.close().reduce((sum, number) => sum + number, 0);
});
console.log(`the sum is ${total}`);
END2
    (cd "$folder" && npm install --offline --no-audit --no-fund "$made_for_web/secondstack-$version.tgz") &&
    (cd "$folder" && expected="the sum is 4049955000" prints_sum node program.mjs)
}

runs_conan_program() {
  cc -Iinclude "$made/recipes/conan/test_package/program.c" src/*.c -pthread -o "$work/conan-program" && "$work/conan-program"
}

lintian_is_content() {
  local output
  # The package is not Debian's own: no bug of Debian's asked for it, and who maintains it has no address there.
  output=$(lintian --no-cfg --allow-root --suppress-tags initial-upload-closes-no-bugs,bogus-mail-host \
    "$made"/secondstack-dev_*.deb 2>&1)
  grep -v '^N:\|^warning: ' <<<"$output"
  ! grep -q '^[EW]:' <<<"$output"
}

# --------------------------------------------------------------------------------------------------

rm -rf "$work"
mkdir -p "$work"
check "the list of what comes from others is that of the lock files" diff THIRD-PARTY.md <(node src/package/third_party.mjs)
check "a copy of the project is made" make_checkout
parts=sources,amalgamated
if has dpkg-deb; then parts+=,debian; else skip "Debian's package" "no dpkg-deb"; fi
check_refusals
if check "release: the artefacts are made twice and are the same" release "$version" --dry-run --tests none --parts "$parts"; then
  check_tag
  check "release: the checksums hold" sh -c "cd '$made' && sha256sum -c SHA256SUMS"
  check "release: the SBOM is one, and names what the page bundles" node tests/release/sbom.mjs "$made/secondstack-$version.cdx.json"
  check "two files dropped in" uses_amalgamated
  check "CMake: the source archive in a program" uses_cmake
  check "CPack packs it" packs_with_cpack
  if has meson && has ninja; then
    check "Meson: a subproject by the wrap file" uses_meson
  else
    skip "Meson" "no meson or no ninja"
  fi
  if has dpkg-deb; then
    check "Debian: a program with the package" uses_debian
    if has lintian; then check "Debian: lintian has nothing to say" lintian_is_content; else skip "lintian" "it is not here"; fi
    if ! has autopkgtest; then
      skip "autopkgtest" "it is not here"
    elif ! in_a_copy_of_the_machine true >/dev/null 2>&1; then
      skip "autopkgtest" "this machine's files cannot be mounted as an overlay, in which the package would be installed"
    else
      check "Debian: autopkgtest installs the package and passes" passes_autopkgtest
    fi
  fi
  check "recipes: checksums, fields and names are right" node tests/release/recipes.mjs "$made"
  check "Conan's test program runs" runs_conan_program
fi
if has emcc && has npm; then
  if check "release: the archives for emcc and the npm package are made" release_for_web; then
    check "emcc: -lsecondstack from the archives" uses_emcc
    check "emcc: -lsecondstack from the archives, -pthread" uses_emcc -pthread -sPTHREAD_POOL_SIZE=1 -sEXIT_RUNTIME=1
    check "npm: a project with the package" uses_npm
  fi
else
  skip "the archives for emcc and the npm package" "no emcc or no npm"
fi
check "publish: a dry run says what it would do" sh -c "cd '$work/checkout' && .ci/publish v$version --dry-run --parts sources |
  grep -q '^gh release create v$version .*secondstack-$version.tar.gz'"
check "workflows: each step is a script that is there" node tests/release/workflows.mjs
printf '%d passed, %d failed' "$passed" "$failed"
if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
printf '\n'
[ "$failed" -eq 0 ]
