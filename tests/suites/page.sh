# SPDX-License-Identifier: MIT
# the demo in headless Chrome: what it shows and counts, in the page and in a worker, its server, ./run demo
# shellcheck shell=bash
# shellcheck disable=SC2154 # is_short is run's

tools_page() {
  echo cmake make emcc node npm cglm chrome
}

# What the README begins with: ./run demo prints an address, and the page is there.
run_demo() {
  local log=build/run-demo.log pid address='' second
  ./run demo --port 0 >"$log" 2>&1 </dev/null &
  pid=$!
  for second in $(seq 240); do
    address=$(grep -o 'http://[^ ]*' "$log" | head -n 1)
    if [ -n "$address" ] || ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 1
  done
  echo "after $second s: ${address:-no address}"
  node -e 'fetch(process.argv[1], { signal: AbortSignal.timeout(30000) }).then(
    async (page) => process.exit((await page.text()).includes("<canvas") ? 0 : 1),
    () => process.exit(1),
  )' "${address:-http://127.0.0.1:9}"
  local status=$?
  kill "$pid" 2>/dev/null
  [ $status -eq 0 ] || tail -n 5 "$log"
  return $status
}

needs_page() {
  echo npm tests/web
  echo build wasm demo
}

suite_page() {
  local name
  check "./run demo" run_demo
  for name in page server; do run_script "tests/web/$name.test.mjs"; done
  if [ "$is_short" = yes ]; then
    echo "left out: what a worker draws; ./run test page runs that as well"
  else
    run_script tests/web/stage.test.mjs
  fi
}
