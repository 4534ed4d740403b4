# SPDX-License-Identifier: MIT
# Runs the chosen suites: builds what they need, each thing once, and runs as many suites at a time as there
# are processors. `../../run` reads this file after runner.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154 # runner.sh sets job_count

schedule_folder=build/test
heartbeat_s=30

# --------------------------------------------------------------------------------------------------
# Needs: what must be made before a suite can run. The name of a need is one word: build-PRESET, or npm-FOLDER
# with dashes for slashes.

need_name() { # line of needs_NAME
  local kind what rest
  read -r kind what rest <<<"$1"
  printf '%s-%s\n' "$kind" "${what//\//-}"
}

# Prints the needs of the suites in the order of the suites, each need once. All targets of a preset are one need.
collect_needs() { # suite...
  local suite
  for suite in "$@"; do "needs_$suite"; done | awk '
    NF { key = $1 " " $2
      if (!(key in seen)) { order[++n] = key; seen[key] = 1 }
      if (NF == 2) whole[key] = 1
      for (i = 3; i <= NF; i++) if (!((key, $i) in has)) { has[key, $i] = 1; targets[key] = targets[key] " " $i } }
    END { for (i = 1; i <= n; i++) print order[i] (whole[order[i]] ? " all" : "") targets[order[i]] }'
}

make_need() { # line of collect_needs
  local kind what targets
  read -r kind what targets <<<"$1"
  # shellcheck disable=SC2086 # one word each
  case $kind in
    npm) need_npm_packages "$what" ;;
    build) build "$what" --target $targets ;;
  esac
}

# --------------------------------------------------------------------------------------------------
# Jobs: a need or a suite, in a process of its own, with a log

# Copies its input, and shows at once which tests failed and what was left out.
show_output() { # prefix
  local line is_failure=no told=''
  while IFS= read -r line; do
    case $line in
      FAILED*) is_failure=yes ;;
      '  '*) ;;
      SKIPPED* | skipped* | 'once more'* | 'left out'* | 'not run'* | 'not checked'*)
        is_failure=no
        # Each such line is shown once, however many programs print it.
        case $told in
          *"|$line|"*) ;;
          *) printf '%s: %s\n' "$1" "$line" >&3 ;;
        esac
        told+="|$line|"
        ;;
      *) is_failure=no ;;
    esac
    if [ $is_failure = yes ]; then printf '%s\n' "$line" >&3; fi
    if [ $is_single = yes ] && [ $is_failure = no ]; then printf '%s\n' "$line" >&3; fi
    printf '%s\n' "$line"
  done
}

start_need() { # name, line
  (
    begin=$SECONDS
    if ! make_need "$2"; then printf 'FAILED %s, see build/%s.log\n' "$2" "${1#build-}"; fi
    times >"$schedule_folder/$1.times" # not in a pipe, which has times of its own
    printf '%d\n' $((SECONDS - begin)) >"$schedule_folder/$1.seconds"
  ) 2>&1 </dev/null | show_output "$1" >"$schedule_folder/$1.log" &
}

start_suite() { # suite
  (
    begin=$SECONDS passed=0 failed=0 skipped=0
    suite_failed_needs "$1"
    "suite_$1"
    printf '%d %d %d\n' "$passed" "$failed" "$skipped" >"$schedule_folder/$1.counts"
    times >"$schedule_folder/$1.times" # not in a pipe, which has times of its own
    printf '%d\n' $((SECONDS - begin)) >"$schedule_folder/$1.seconds"
  ) 2>&1 </dev/null | show_output "$1" >"$schedule_folder/$1.log" &
}

# A need that could not be made counts as a failure of each suite that has it. The suite runs all the same.
suite_failed_needs() { # suite
  local line name
  "needs_$1" | while read -r line; do
    name=$(need_name "$line")
    if grep -q '^FAILED' "$schedule_folder/$name.log"; then echo "$name"; fi
  done >"$schedule_folder/$1.missing"
  count 0 "$(grep -c . "$schedule_folder/$1.missing")"
}

is_done() { # name
  [ -e "$schedule_folder/$1.seconds" ]
}

# Prints the suites that drive a browser. Such a suite waits for frames and pages most of the time, so one more job runs
# beside it.
browser_suites() { # suite...
  local name
  for name in "$@"; do
    case " $("tools_$name") " in *' chrome '* | *' firefox '*) printf ' %s ' "$name" ;; esac
  done
}

# Sets `slots` to how many jobs may run now.
count_slots() { # running job...
  local name
  slots=$job_count
  if [ "$job_count" -eq 1 ]; then return 0; fi
  for name in "$@"; do
    case $waiting in *" $name "*)
      slots=$((job_count + 1))
      return 0
      ;;
    esac
  done
}

# Sets `next` to what is to be started for this suite: one of its needs, the suite itself, or nothing yet.
next_of_suite() { # suite
  local line name waits=no
  next=''
  while IFS= read -r line; do
    if [ -z "$line" ]; then continue; fi
    name=$(need_name "$line")
    case $begun in
      *" $name "*) if ! is_done "$name"; then waits=yes; fi ;;
      *)
        next=$name
        return
        ;;
    esac
  done <<<"$("needs_$1")"
  if [ $waits = no ]; then next=$1; fi
}

print_finished() { # name
  local p f s seconds line
  seconds=$(<"$schedule_folder/$1.seconds")
  if [ -e "$schedule_folder/$1.counts" ]; then
    read -r p f s <"$schedule_folder/$1.counts"
    count "$p" "$f" "$s"
    line=$(count_line "$p" "$f" "$s")
  else
    case " ${suites[*]} " in
      *" $1 "*)
        count 0 1
        line="it broke off: $schedule_folder/$1.log"
        ;;
      *) line=made ;;
    esac
  fi
  printf '== %-24s %4d s, %4d s of work  %s\n' "$1" "$seconds" "$(work_seconds "$1")" "$line" >&3
}

# How long the job kept a processor busy, which does not depend on the jobs beside it.
work_seconds() { # name
  if [ -e "$schedule_folder/$1.times" ]; then
    awk '{ for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); sum += 60 * t[1] + t[2] } } END { printf "%d", sum }' \
      "$schedule_folder/$1.times"
  else
    echo 0
  fi
}

# Runs the suites and prints the account; true when nothing failed.
run_suites() { # suite...
  local suites=("$@") running=() pids=() begun=' ' lines='' next i still name told_s=0 is_single=no slots waiting
  local start_s=$SECONDS
  exec 3>&1
  if [ $# -eq 1 ]; then is_single=yes; fi
  rm -rf "$schedule_folder"
  mkdir -p "$schedule_folder"
  trap 'trap - INT TERM; kill 0' INT TERM
  lines=$(collect_needs "$@")
  waiting=$(browser_suites "$@")
  while :; do
    # What has ended?
    still=()
    for ((i = 0; i < ${#running[@]}; i++)); do
      if kill -0 "${pids[i]}" 2>/dev/null; then
        still+=("$i")
      else
        wait "${pids[i]}" 2>/dev/null
        if ! is_done "${running[i]}"; then echo 0 >"$schedule_folder/${running[i]}.seconds"; fi
        print_finished "${running[i]}"
      fi
    done
    local kept=() kept_pids=()
    for i in ${still[@]+"${still[@]}"}; do
      kept+=("${running[i]}")
      kept_pids+=("${pids[i]}")
    done
    running=(${kept[@]+"${kept[@]}"}) pids=(${kept_pids[@]+"${kept_pids[@]}"})
    # What can begin? The first suite's needs, then itself, then the second's.
    for name in "${suites[@]}"; do
      while count_slots ${running[@]+"${running[@]}"} && [ ${#running[@]} -lt "$slots" ]; do
        case $begun in *" $name "*) break ;; esac
        next_of_suite "$name"
        if [ -z "$next" ]; then break; fi
        if [ "$next" = "$name" ]; then
          start_suite "$name"
        else
          start_need "$next" "$(awk -v name="$next" '{ what = $2; gsub("/", "-", what)
            if ($1 "-" what == name) print }' <<<"$lines")"
        fi
        begun+="$next "
        running+=("$next")
        pids+=($!)
      done
    done
    if [ ${#running[@]} -eq 0 ]; then break; fi
    if [ $((SECONDS - start_s - told_s)) -ge $heartbeat_s ]; then
      told_s=$((SECONDS - start_s))
      printf '   %d s, running: %s\n' "$told_s" "${running[*]}"
    fi
    sleep 0.2
  done
  print_account $((SECONDS - start_s))
  [ "$failed" -eq 0 ]
}

print_account() { # seconds
  local name
  printf '== the slowest:%s\n' "$(for name in "$schedule_folder"/*.seconds; do
    printf '%d %s\n' "$(<"$name")" "$(basename "$name" .seconds)"
  done | sort -rn | head -n 3 | awk '{ printf "%s %s (%d s)", (NR > 1 ? "," : ""), $2, $1 }')"
  if [ "$failed" -gt 0 ]; then
    printf '== what failed, once more (whole logs: %s)\n' "$schedule_folder"
    awk 'FNR == 1 { on = 0 } /^FAILED/ { on = 1; print; next } on && /^  / { print; next } { on = 0 }' \
      "$schedule_folder"/*.log
  fi
  printf '== %d s\n' "$1"
}
