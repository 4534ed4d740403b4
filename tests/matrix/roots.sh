# SPDX-License-Identifier: MIT
# Obtains Emscripten as Debian packages it: a folder that holds a small Debian with the compiler in
# it, made by mmdebstrap, kept in the user's cache and entered with chroot. `matrix.sh` reads this.
# shellcheck shell=bash

roots_folder=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/secondstack/toolchains
roots_packages=emscripten,nodejs,cmake,make,pkgconf,libcglm-dev
roots_days_of_sid=14 # Debian's sid moves on; so old a copy of it is not the newest.

# What no test needs is not unpacked: documents, and of Debian's prebuilt archives, 1.6 GB in all, those
# for Emscripten's other file system and for AddressSanitizer with bitcode or dynamic linking.
roots_left_out=(
  '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' '/usr/share/info/*'
  '/usr/share/emscripten/cache/*/libwasmfs*'
  '/usr/share/emscripten/cache/*/lto*/*asan*'
  '/usr/share/emscripten/cache/*/pic/*asan*'
)

# What a root was made of is written into it last: one without that, or with other words, is made
# anew.
root_recipe() { # release
  printf '%s %s\n' "$1" "$roots_packages ${roots_left_out[*]}"
}

# Sets `entry`: the words before a command that is to run in a root. They begin with a program, so that run_counted takes
# them.
enter_root() { # root, folder in it
  entry=(chroot "$1" /usr/bin/env -i -C "$2" HOME=/root LANG=C.UTF-8
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
}

run_in_root() { # root, folder in it, command...
  local entry
  enter_root "$1" "$2"
  shift 2
  "${entry[@]}" "$@"
}

root_is_whole() { # root, release
  [ "$(cat "$1/.recipe" 2>/dev/null)" = "$(root_recipe "$2")" ] &&
    run_in_root "$1" / emcc --version >/dev/null 2>&1 </dev/null
}

root_is_old() { # root, release
  [ "$2" = sid ] && [ -n "$(find "$1/.recipe" -mtime "+$roots_days_of_sid")" ]
}

# The mirror that this machine uses comes first: another may be out of its reach.
debian_mirrors() {
  {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null
    echo http://deb.debian.org/debian/
  } | awk '!seen[$0]++'
}

# Makes the root beside its place and moves it there when it is complete.
make_root() { # root, release; sets `reason` when it fails
  local root=$1 release=$2 part=$1.part log=build/matrix-$2-root.log mirror path left_out=()
  for path in "${roots_left_out[@]}"; do left_out+=("--dpkgopt=path-exclude=$path"); done
  reason="mmdebstrap could not be had"
  (need mmdebstrap) || return 1
  for mirror in $(debian_mirrors); do
    say "Debian $release from $mirror into $root"
    if ! rm -rf --one-file-system "$part" || ! mkdir -p "$part"; then
      reason="$part cannot be written"
      return 1
    fi
    # A mirror that is a snapshot has dates that have passed. A root that a crash of the machine leaves
    # behind half written has no recipe yet, so dpkg need not wait for the disk after each file.
    mmdebstrap --mode=root --variant=minbase --include="$roots_packages" \
      --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io "${left_out[@]}" \
      "$release" "$part" "$mirror" 2>&1 </dev/null | tee "$log" | sed -un 's/^I: /  /p'
    if [ "${PIPESTATUS[0]}" -eq 0 ]; then
      root_recipe "$release" >"$part/.recipe"
      if root_is_whole "$part" "$release"; then
        rm -rf --one-file-system "$root"
        mv "$part" "$root"
        return
      fi
      echo "E: emcc does not run in it" >>"$log"
    fi
    reason="no Debian $release: $(sed -n 's/^E: //p' "$log" | head -n 1) ($log)"
    printf '  %s\n' "$reason"
  done
  rm -rf --one-file-system "$part"
  return 1
}

# Sets `root` to a folder that holds the release, or `reason` to why there is none.
obtain_root() { # release
  local release=$1
  root=$roots_folder/$release
  reason=""
  if [ "$(id -u)" -ne 0 ]; then
    reason="to install it beside yours needs root (sudo ./run test-matrix)"
    return 1
  fi
  if ! has mmdebstrap && ! has apt-get; then
    reason="to install it beside yours needs mmdebstrap (Debian, Ubuntu)"
    return 1
  fi
  if root_is_whole "$root" "$release"; then
    if ! root_is_old "$root" "$release"; then return; fi
    say "$root is more than $roots_days_of_sid days old"
    # An old one is better than none.
    if ! make_root "$root" "$release"; then say "using the old one: $reason"; fi
    return 0
  fi
  if [ -e "$root" ]; then say "$root is not whole: making it anew"; fi
  make_root "$root" "$release"
}
