#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Makes a Debian package, secondstack-dev, of the sources around this file: headers, the archive, the CMake
# package and the pkg-config file, for this machine's compiler. It is made by dpkg-deb of what `cmake --install`
# installs, so that there is no debian/ to keep beside CMake's rules; debian/tests here is what autopkgtest runs
# with the package installed.
#
#   debian.sh DIR
#
# The same sources give the same bytes if the compiler and SOURCE_DATE_EPOCH are the same.
set -eu
if [ $# -ne 1 ] || [ ! -d "$1" ]; then
  echo "usage: debian.sh DIR" >&2
  exit 2
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$(cd "$1" && pwd)
version=$("$root/src/package/version.sh")
architecture=$(dpkg --print-architecture)
epoch=${SOURCE_DATE_EPOCH:-$(date +%s)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
doc=$stage/usr/share/doc/secondstack-dev

cmake -S "$root" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DSECONDSTACK_BUILD_TESTS=OFF \
  -DCMAKE_INSTALL_PREFIX=/usr "-DCMAKE_C_FLAGS=-g0 -ffile-prefix-map=$root=."
cmake --build "$work/build"
DESTDIR=$stage cmake --install "$work/build"
# dpkg knows what it has installed, and the licence is in `copyright`.
rm -rf "$stage/usr/share/secondstack"

mkdir -p "$doc" "$stage/DEBIAN"
date_line=$(LC_ALL=C date -u -R -d "@$epoch")
{
  printf 'secondstack (%s) unstable; urgency=medium\n\n' "$version-1"
  printf '  * Upstream release %s: see changelog.gz.\n\n' "$version"
  printf ' -- secondstack developers <secondstack@example.org>  %s\n' "$date_line"
} | gzip -9n >"$doc/changelog.Debian.gz"
gzip -9n <"$root/CHANGELOG.md" >"$doc/changelog.gz"
{
  printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
  printf 'Upstream-Name: secondstack\n\nFiles: *\n'
  printf 'Copyright: %s\n' "$(sed -n 's/^Copyright (c) //p' "$root/LICENSE")"
  printf 'License: Expat\n'
  sed -n '/^Permission is/,$ { s/^$/./; s/^/ /; p }' "$root/LICENSE"
} >"$doc/copyright"
find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f -exec chmod 644 {} +
cat >"$stage/DEBIAN/control" <<END
Package: secondstack-dev
Source: secondstack
Version: $version-1
Architecture: $architecture
Maintainer: secondstack developers <secondstack@example.org>
Installed-Size: $(du -k -s --apparent-size "$stage/usr" | cut -f 1)
Depends: libc6-dev
Section: libdevel
Priority: optional
Multi-Arch: same
Description: second stack for every thread, for short-lived values in C and C++
 Scopes, slices whose size is known and buffers whose size is not, for values
 that are short-lived and too large or too dynamic for the call stack. Once a
 program is warm, a frame that repeats itself calls no allocator and copies
 nothing.
 .
 This package has the headers, the static library, a CMake package and a
 pkg-config file.
END
(cd "$stage" && find usr -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
export SOURCE_DATE_EPOCH=$epoch
find "$stage" -exec touch -h -d "@$epoch" {} +
dpkg-deb --root-owner-group -Zxz --build "$stage" "$target/secondstack-dev_$version-1_$architecture.deb"
