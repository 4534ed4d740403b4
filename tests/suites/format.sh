# SPDX-License-Identifier: MIT
# clang-format and prettier have nothing to change
# shellcheck shell=bash

tools_format() {
  echo clang-format node npm
}

sources() { # find's tests for the name...; not what programs write
  find include src tests demo web examples docs/site \( -name node_modules -o -name dist \) -prune -o \
    -type f ! -name inline_wasm.mjs ! -name secondstack.classic.js ! -name frames.html \( "$@" \) -print 2>/dev/null | sort
}

needs_format() {
  echo npm tests/web
}

c_sources() {
  sources -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp'
}

prettier_sources() {
  sources -name '*.js' -o -name '*.mjs' -o -name '*.cjs' -o -name '*.ts' -o -name '*.css' -o -name '*.html'
  printf '%s\n' CMakePresets.json web/package.json {tests/{web,js,js/fresh,js/runtimes,release,bench/plots,bench/programs},examples/javascript}/package.json tests/js/types/*.json docs/site/package.json
}

suite_format() {
  local file
  while IFS= read -r file; do
    check "clang-format $file" clang-format --dry-run -Werror "$file"
  done < <(c_sources)
  # Node.js starts once for all of them. A file that differs, or cannot be read, is named.
  local prettier=tests/web/node_modules/.bin/prettier log=build/prettier.log
  prettier_sources | xargs "$prettier" --check >"$log" 2>&1
  check "prettier looks at all files" grep -E '^(All matched files|\[warn\] Code style issues)' "$log"
  while IFS= read -r file; do
    if grep -F "$file" "$log" >"$log.file"; then
      count 0 1
      printf 'FAILED prettier %s\n  %s\n  to repeat: %s --check %s\n' "$file" "$(<"$log.file")" "$prettier" "$file"
    else
      count 1 0
    fi
  done < <(prettier_sources)
}

# What `./run format` does.
write_format() {
  c_sources | xargs clang-format -i && prettier_sources | xargs tests/web/node_modules/.bin/prettier --log-level warn --write
}
