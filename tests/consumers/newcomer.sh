# SPDX-License-Identifier: MIT
# What the README tells those who are new here, word for word. run.sh reads it.
#
# A comment `<!-- newcomer NAME -->` stands above each block that belongs to NAME's section. HOME is
# a folder in which ~/secondstack is this one.
# shellcheck shell=bash

# Prints the blocks of a language that a section has; of the first ```c block no section is asked.
readme_block() { # section, language
  awk -v section="<!-- newcomer $1 -->" -v fence="\`\`\`$2" '
    $0 == section { is_next = 1; next }
    /^```/ && is_shown { exit }
    $0 == fence && (is_next || section ~ / any /) { is_shown = 1; next }
    /^```/ { is_next = 0 }
    is_shown' "$root/README.md"
}

follow_readme() { # section
  local home=$work/newcomer-$1 output
  mkdir -p "$home/program"
  ln -sfn "$root" "$home/secondstack"
  readme_block any c >"$home/program/main.c"
  readme_block "$1" cmake >"$home/program/CMakeLists.txt"
  readme_block "$1" sh >"$home/commands.sh"
  if [ ! -s "$home/commands.sh" ] || [ ! -s "$home/program/main.c" ]; then
    echo "README.md has no such section"
    return 1
  fi
  output=$(cd "$home/program" && HOME=$home bash -eu ../commands.sh 2>&1) || {
    printf '%s\n' "$output"
    return 1
  }
  printf '%s\n' "$output"
  [ "$(tail -n 1 <<<"$output")" = "128 bytes of squares" ]
}
