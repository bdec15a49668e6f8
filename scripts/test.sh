#!/usr/bin/env bash
# Every test: the window's parts, the workspace, the journeys on real servers. Prints its figures last.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Failpoints are part of the tested `fob` so that the fault tests can stop it at a named step. They are a feature
# that no other build turns on; `make check` proves it.
features=(--features fobwatch-cli/failpoints)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

ui_tests() {
  [ -f ui/package.json ] || return 0
  (cd ui && npm run --silent check && npm run --silent lint && npm run --silent test)
}
build() { cargo build --locked --workspace "${features[@]}"; }
rust_tests() { cargo test --locked --workspace --no-fail-fast "${features[@]}" 2>&1 | tee "$log"; }

# What SECURITY.md names as a test must have run. Modules of the hostile server have a table of their own.
named_tests_ran() {
  local name missing=0
  while read -r name; do
    grep -qE "^test ([a-z_0-9]+::)*$name \.\.\. ok$" "$log" && continue
    printf 'SECURITY.md names %s, which did not run or failed\n' "$name" >&2
    missing=1
  done < <(sed -n 's/^| [A-Z]*[0-9]* | \(.*\) | .* |$/\1/p' SECURITY.md | grep -oE '`[a-z_0-9]{12,}`' | tr -d '`' | sort -u)
  return $missing
}

phase "what is missing is installed" scripts/setup.sh build test
phase "the workspace is built" build
phase "the window's parts" ui_tests
phase "the workspace and its journeys" rust_tests
phase "what SECURITY.md names ran" named_tests_ran

say "== figures"
phases
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; files += 1 }
     END { printf "%6d    Rust tests passed in %d programs, %d failed, %d ignored\n", passed, files, failed, ignored
           exit failed + ignored > 0 }' "$log"
