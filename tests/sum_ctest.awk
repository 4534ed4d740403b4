# Adds up the output of `ctest --verbose`: what each test says of its cases in a last line
# "N passed, N failed"; a test without one, or one that died before it, is a case itself.
# `preset` names what repeats it. Prints "passed failed skipped", then the output of the tests that failed.

/^[0-9]+: (Test command:|Working Directory:|Environment variables:|Test timeout)/ { next }

/^[0-9]+: not checked: / {
  notes = notes substr($0, index($0, "not")) "\n"
  next
}

/^[0-9]+: [0-9]+ passed, [0-9]+ failed/ {
  id = $1 + 0
  good[id] = $2
  bad[id] = $4
  left_out[id] = $6 + 0
}

/^[0-9]+: / {
  id = $1 + 0
  sub(/^[0-9]+: /, "")
  if (++line_count[id] <= 60) output[id] = output[id] "  " $0 "\n"
  next
}

# 3/20 Test  #3: unit.scope .......***Failed    0.01 sec
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
  id = $0
  sub(/^[^#]*#/, "", id)
  id += 0
  name = $0
  sub(/^[^:]*: */, "", name)
  sub(/ .*/, "", name)
  if (/\*\*\*Skipped/) {
    left_out[id]++
    notes = notes "SKIPPED " name "\n"
  } else if (/ Passed /) {
    if (good[id] + bad[id] + left_out[id] == 0) good[id] = 1
  } else {
    if (bad[id] == 0) bad[id] = 1
    result = $0
    sub(/^.*\.\.\.*/, "", result)
    sub(/ +[0-9.]+ sec.*/, "", result)
    gsub(/^[ *]+|[ *]+$/, "", result)
    gsub(/\*+/, ": ", result)
    notes = notes "FAILED " name " (" result ")\n" output[id] "  to repeat: ctest --preset " preset " -R '^" name "$'\n"
  }
  passed += good[id]
  failed += bad[id]
  skipped += left_out[id]
}

END { printf "%d %d %d\n%s", passed, failed, skipped, notes }
