# SPDX-License-Identifier: MIT
# What `./run release` does. `../../run` reads it.
#
# The version is the header's. CMake, Meson, the port, the amalgamated pair and the recipes read it there. The
# files that cannot read it are compared with it: web/package.json, CHANGELOG.md and tests/api/released.txt.
#
# Everything is made from the commit, not from the working tree: the source archive is unpacked into two folders,
# the artefacts are made in each, and both must have the same bytes. Then the tag is set. Nothing is uploaded.
# shellcheck shell=bash

RELEASE_PARTS=(sources amalgamated npm wasm debian)

print_release_help() {
  cat <<'END'
Usage: ./run release VERSION [OPTION...]

  --dry-run        make the artefacts, say what stands in the way of the release, and set no tag
  --tests SUITES   run these suites first, separated by commas; all is the default, none runs none
  --parts PARTS    make only these of: sources,amalgamated,npm,wasm,debian (with --dry-run)
  --once           make them once, and so compare nothing (with --dry-run)
  --url URL        the folder on the web where the artefacts will lie, for the recipes; by default that of
                   the tag's release where the remote `origin` is

The artefacts come to build/release/VERSION/: the sources, the amalgamated pair, the npm package, the archives
for emcc, a Debian package, recipes for vcpkg, Conan, xmake and Emscripten, an SBOM, notes and checksums.
END
}

verb_release() { # VERSION, option...
  local version='' is_dry=no is_once=no tests=all parts=${RELEASE_PARTS[*]} url='' in_the_way=()
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) print_release_help && return ;;
      --dry-run) is_dry=yes ;;
      --once) is_once=yes ;;
      --tests | --parts | --url)
        if [ $# -lt 2 ]; then die "$1 wants a value"; fi
        case $1 in
          --tests) tests=${2//,/ } ;;
          --parts) parts=${2//,/ } ;;
          --url) url=${2%/} ;;
        esac
        shift
        ;;
      -*) die "release does not know '$1'; try ./run release --help" ;;
      *)
        if [ -n "$version" ]; then die "release wants one version, not '$version' and '$1'"; fi
        version=$1
        ;;
    esac
    shift
  done
  if ! [[ $version =~ ^[0-9]+\.[0-9]{1,2}\.[0-9]{1,2}$ ]]; then die "release wants a version, such as 0.1.0"; fi
  if [ $is_dry = no ] && [ "$parts" != "${RELEASE_PARTS[*]}" ]; then die "--parts is for --dry-run"; fi
  if [ $is_dry = no ] && [ $is_once = yes ]; then die "--once is for --dry-run"; fi
  local part
  for part in $parts; do
    if ! is_among "$part" "${RELEASE_PARTS[@]}"; then die "no part '$part'; there are: ${RELEASE_PARTS[*]}"; fi
  done
  # shellcheck disable=SC2046 # one word each
  need $(release_tools)
  if ! git rev-parse --verify -q HEAD >/dev/null; then die "release wants a checkout of git"; fi
  if ! tar --version | grep -q 'GNU tar'; then die "release wants GNU tar, which can make the same archive twice"; fi

  find_what_is_in_the_way
  if [ ${#in_the_way[@]} -gt 0 ]; then
    printf 'not ready: %s\n' "${in_the_way[@]}"
    if [ $is_dry = no ]; then die "mend that first, or look with --dry-run"; fi
  fi
  if [ "$tests" != none ]; then
    # shellcheck disable=SC2086 # one word each
    ./run test $tests || die "a test failed"
  fi
  make_artefacts
  say "build/release/$version:"
  (cd "build/release/$version" && find . -type f | sort | sed 's|^\./|  |')
  if [ $is_dry = yes ]; then
    say "a dry run: no tag is set; ${#in_the_way[@]} things stand in the way of the release"
    return
  fi
  git tag -a "v$version" -F "build/release/$version/NOTES.md" || die "git tag failed"
  say "the tag v$version is set; now: git push origin v$version, whose workflow publishes build/release/$version"
}

# node for the list of the interface and the SBOM; what the parts compile with.
release_tools() {
  printf '%s\n' git node tar gzip
  # shellcheck disable=SC2086 # one word each
  if is_among npm $parts || is_among wasm $parts; then printf '%s\n' cmake make emcc npm; fi
  if is_among debian $parts; then printf '%s\n' cmake make cc libc dpkg-deb; fi
}

# --------------------------------------------------------------------------------------------------
# What must be true before a release

find_what_is_in_the_way() {
  local heading found
  if [ -n "$(git status --porcelain)" ]; then in_the_way+=("the working tree has changes; the artefacts are made of the commit"); fi
  found=$(src/package/version.sh)
  if [ "$found" != "$version" ]; then in_the_way+=("include/secondstack.h: SS_VERSION is that of $found"); fi
  found=$(node -p 'require("./web/package.json").version')
  if [ "$found" != "$version" ]; then in_the_way+=("web/package.json has version $found"); fi
  heading=$(sed -n "s/^## ${version//./\\.}//p" CHANGELOG.md)
  case $heading in
    ', '*[0-9][0-9][0-9][0-9]*) ;;
    '') in_the_way+=("CHANGELOG.md has no section $version") ;;
    *) in_the_way+=("CHANGELOG.md: the section $version has no date but '${heading#, }'") ;;
  esac
  if [ -z "$(release_notes)" ]; then in_the_way+=("CHANGELOG.md says nothing of $version"); fi
  found=$(sed -n 's/^release \([0-9]*\) .*/\1/p' tests/api/released.txt)
  if [ "$found" != "$(sed -n 's/^#define SS_VERSION //p' include/secondstack.h)" ]; then
    in_the_way+=("tests/api/released.txt is another release's: node tests/api/watch.mjs --write")
  fi
  if ! node src/package/third_party.mjs | cmp -s - THIRD-PARTY.md; then
    in_the_way+=("THIRD-PARTY.md is out of date: node src/package/third_party.mjs --write")
  fi
  if git rev-parse -q --verify "refs/tags/v$version" >/dev/null; then in_the_way+=("the tag v$version is there already"); fi
  if [ -z "$url" ]; then
    found=$(git config --get remote.origin.url)
    case $found in
      https://*) url=${found%.git}/releases/download/v$version ;;
      git@*:*) found=${found#git@} url=https://${found/://} url=${url%.git}/releases/download/v$version ;;
      *) in_the_way+=("no --url, and the remote origin is not on the web: the recipes name files on this machine") ;;
    esac
  fi
}

release_notes() {
  awk -v heading="## $version" '
    index($0, heading) == 1 { is_in = 1; next }
    is_in && /^## / { exit }
    is_in && (NF || is_begun) { print; is_begun = 1 }' CHANGELOG.md
}

# --------------------------------------------------------------------------------------------------
# The artefacts

make_artefacts() {
  local folder=build/release target=$PWD/build/release/$version which part epoch times=(first second/again)
  if [ $is_once = yes ]; then times=(first); fi
  epoch=$(git log -1 --format=%ct)
  export SOURCE_DATE_EPOCH=$epoch
  rm -rf "$folder"
  mkdir -p "$target"
  # The second folder is a level deeper, so that a path that got into an artefact makes a difference.
  for which in "${times[@]}"; do
    mkdir -p "$folder/$which/made"
    git archive --format=tar --prefix="secondstack-$version/" HEAD >"$folder/$which/sources.tar" || die "git archive failed"
    tar -xf "$folder/$which/sources.tar" -C "$folder/$which" || die "tar failed"
    for part in $parts; do
      say "$part, ${which%%/*} time"
      (cd "$folder/$which" && "release_$part" "secondstack-$version" "$PWD/made") >"$folder/$part-${which%%/*}.log" 2>&1 ||
        fail_with "$folder/$part-${which%%/*}.log"
    done
  done
  if [ $is_once = no ] && ! diff -r "$folder/first/made" "$folder/second/again/made"; then
    die "made twice, and not the same: see $folder/first/made and $folder/second/again/made"
  fi
  cp -R "$folder/first/made/." "$target/"
  release_notes >"$target/NOTES.md"
  node src/package/third_party.mjs --sbom >"$target/secondstack-$version.cdx.json" || die "no SBOM"
  if is_among sources $parts; then
    write_recipes "$target"
    (cd "$target" && pack "secondstack-recipes-$version.tar.gz" recipes)
  fi
  (cd "$target" && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum) >"$folder/sums" &&
    mv "$folder/sums" "$target/SHA256SUMS"
}

pack() { # archive, folder within the current one
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    --format=ustar -cf - "$2" | gzip -9n >"$1"
}

# Each function below makes one part of a release. It is called in the folder in which the sources were unpacked.

release_sources() { # sources, target
  gzip -9n <sources.tar >"$2/$1.tar.gz"
}

release_amalgamated() { # sources, target
  local name=secondstack-amalgamated-$version
  mkdir "$name"
  "$1/src/package/amalgamate.sh" "$name" && cp "$1/LICENSE" "$name/" && pack "$2/$name.tar.gz" "$name"
}

release_npm() { # sources, target
  # Debian's emcc finds its module acorn by NODE_PATH. The preset is configured here, without tests, and built by
  # the script prepack of the npm package.
  export NODE_PATH=${NODE_PATH:-}:/usr/share/nodejs
  (cd "$1" && cmake --preset wasm -DSECONDSTACK_BUILD_TESTS=OFF -DSECONDSTACK_INSTALL=OFF) &&
    (cd "$1/web" && npm pack --pack-destination "$2")
}

release_wasm() { # sources, target
  local name=secondstack-wasm-$version
  export NODE_PATH=${NODE_PATH:-}:/usr/share/nodejs
  cmake -E rm -rf wasm "$name"
  (cd "$1" && cmake --preset install-wasm -B ../wasm "-DCMAKE_INSTALL_PREFIX=$PWD/../$name" \
    "-DCMAKE_C_COMPILER_LAUNCHER=$PWD/src/package/relative.sh") &&
    cmake --build wasm -j "$(nproc)" && cmake --install wasm && pack "$2/$name.tar.gz" "$name"
}

release_debian() { # sources, target
  "$1/src/package/debian.sh" "$2"
}

# --------------------------------------------------------------------------------------------------
# The recipes: the files of src/package/recipes/, with the version and the checksum of the release put in.

write_recipes() { # target
  local archive=$1/secondstack-$version.tar.gz file to homepage=${url%/releases/download/*}
  while IFS= read -r file; do
    to=$1/recipes/${file#src/package/recipes/}
    to=${to%.in}
    mkdir -p "$(dirname "$to")"
    sed -e "s|@VERSION@|$version|g" -e "s|@URL@|${url:-file://$1}/secondstack-$version.tar.gz|g" \
      -e "s|@HOMEPAGE@|${homepage:-file://$1}|g" \
      -e "s|@SHA256@|$(sha256sum "$archive" | cut -d ' ' -f 1)|g" \
      -e "s|@SHA512@|$(sha512sum "$archive" | cut -d ' ' -f 1)|g" "$file" >"$to"
    if grep -n '@[A-Z0-9]*@' "$to"; then die "$file has a name that the release does not know"; fi
  done < <(find src/package/recipes -type f | LC_ALL=C sort)
}
