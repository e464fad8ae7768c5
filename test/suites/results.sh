# SPDX-License-Identifier: PostgreSQL
# shellcheck shell=bash
# Sourced by every suite: how a test reports. The lines land in the file that test/run counts.
set -euo pipefail
PG_QUANT_PGXS=${PG_QUANT_PGXS:-}
PG_QUANT_BIN=${PG_QUANT_BIN:-}

pass() { echo "pass $*" >>"$RESULTS"; }
fail() { echo "fail $*" >>"$RESULTS"; }
skip() { echo "skip $*" >>"$RESULTS"; }

# Ends a suite that cannot run. Silence would look like success.
cannot_run() {
  echo "cannot run: $*"
  fail "cannot run: $*"
  exit 1
}

# tap_results FILE COMMAND..: runs a command that prints TAP and reports each of its tests. A
# command that fails without a failing test (it died, or ran fewer than planned) is a failure too.
tap_results() {
  local file=$1 output status=0 failures
  shift
  output=$(mktemp)
  "$@" >"$output" 2>&1 || status=$?
  cat "$output"
  awk -v file="$file" '
    /^ok .*# [Ss][Kk][Ii][Pp]/ { print "skip " file ": " $0; next }
    /^ok / { $1 = ""; print "pass " file ":" $0 }
    /^not ok / { $1 = $2 = ""; print "fail " file ":" $0 }
    /^1\.\.0 # [Ss][Kk][Ii][Pp]/ { print "skip " file ": " $0 }
  ' "$output" >>"$RESULTS"
  failures=$(grep -c '^not ok ' "$output" || true)
  if [ "$status" -ne 0 ] && [ "$failures" -eq 0 ]; then
    fail "$file ended with exit status $status"
  fi
  rm -f "$output"
}

# python_with MODULE: a python3 that has it. The packages of the system are not seen by a python3 from
# elsewhere, and the other way round.
python_with() {
  local python
  for python in python3 /usr/bin/python3; do
    if PYTHONPATH=test/clients "$python" -c "import $1" 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  return 1
}

# regress_results FILE: what pg_regress printed; PostgreSQL 16 and later print TAP, 15 its own form.
regress_results() {
  awk '
    /^ok [0-9]+ / { print "pass " $4; next }
    /^not ok [0-9]+ / { print "fail " $5; next }
    /^test .* \.\.\. ok/ { print "pass " $2; next }
    /^test .* \.\.\. FAILED/ { print "fail " $2 }
  ' "$1" >>"$RESULTS"
}

# An own database for each test file, copied from one that has the extension.
fresh_database() {
  "$PG_QUANT_BIN/psql" -Xq -d postgres -v ON_ERROR_STOP=1 \
    -c "DROP DATABASE IF EXISTS $1 WITH (FORCE)" -c "CREATE DATABASE $1 TEMPLATE ${2:-template1}"
}

# unit_results DIRECTORY CMAKE_OPTION..: builds and runs the unit tests there.
unit_results() {
  local directory=$1 output
  output=$LOGS/ctest-$(basename "$directory").txt
  shift
  cmake -S . -B "$directory" "$@" >"$output" 2>&1 || { cat "$output"; cannot_run "cmake"; }
  cmake --build "$directory" --parallel "$(nproc)" || cannot_run "the build in $directory"
  ctest --test-dir "$directory" --output-on-failure --timeout 120 --parallel "$(nproc)" \
    >"$output" 2>&1 || true
  cat "$output"
  awk '
    /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
      verdict = "fail"
      if ($0 ~ / Passed /) verdict = "pass"
      if ($0 ~ /\*\*\*Skipped/) verdict = "skip"
      sub(/^.*Test +#[0-9]+: /, "")
      print verdict, $1
    }
  ' "$output" >>"$RESULTS"
}
