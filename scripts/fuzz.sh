#!/usr/bin/env bash
# Fuzzes every reader of outside data for FUZZ_SECONDS (60) each and prints what came of it last.
#
#   fuzz.sh [TARGET...]             one after the other, one process each
#   fuzz.sh keep [TARGET...]        adds to fuzz/corpus, beside the seeds, some of what was found
#
# No nightly compiler and no cargo-fuzz: the coverage that libFuzzer needs is made by stable options. No sanitizer,
# since the workspace forbids unsafe code; overflows and debug assertions are checked. What is found while it runs
# stays in target/fuzz; the corpora in the repository only change by "keep".
set -euo pipefail
. "$(dirname "$0")/lib.sh"

TARGETS=(answer callback discovery jwt provider_file)
SECONDS_EACH=${FUZZ_SECONDS:-60}
# How many inputs "keep" adds to the seeds of a target, and how large they are at most.
KEPT=16 LARGEST=1024
triple=$(rustc -vV | sed -n 's/^host: //p')
out=target/fuzz
# The flags of `cargo fuzz run --sanitizer none`.
COVERAGE="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
  -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
  -Cllvm-args=-sanitizer-coverage-trace-compares"

build() {
  # With --target the flags reach the program only, not the build scripts.
  RUSTFLAGS=$(tr '\n' ' ' <<<"$COVERAGE") cargo build --locked --release --manifest-path fuzz/Cargo.toml \
    --target "$triple" --target-dir "$out"
}

# Runs one target; its log and what it found stay in $out.
fuzz() {
  local target=$1
  mkdir -p "$out/corpus/$target" "$out/crashes"
  "$out/$triple/release/$target" -max_total_time="$SECONDS_EACH" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
    -print_final_stats=1 -verbosity=1 -dict="fuzz/dictionaries/$target.dict" \
    -artifact_prefix="$out/crashes/$target-" "$out/corpus/$target" "fuzz/corpus/$target" >"$out/$target.log" 2>&1
}

line() {
  local target=$1 crashed=$2 log=$out/$1.log runs reached
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  reached=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -1 || true)
  printf '%-14s %12s runs   %-24s %s\n' "$target" "${runs:-?}" "${reached:-?}" "$crashed"
}

keep() {
  local target new count
  for target in "${TARGETS[@]}"; do
    new=$(mktemp -d)
    cp "fuzz/corpus/$target"/* "$new"
    "$out/$triple/release/$target" -set_cover_merge=1 -max_len="$LARGEST" "$new" "$out/corpus/$target" >"$out/$target.log" 2>&1
    # Those with a digest for a name were found; the largest of them reach most.
    find "fuzz/corpus/$target" -regextype posix-extended -regex '.*/[0-9a-f]{40}' -delete
    find "$new" -regextype posix-extended -regex '.*/[0-9a-f]{40}' -size -$((LARGEST + 1))c -printf '%s %p\n' | sort -rn |
      sed -n "1,${KEPT}s/^[0-9]* //p" |
      xargs -r cp -t "fuzz/corpus/$target"
    count=$(find "fuzz/corpus/$target" -type f | wc -l)
    rm -rf "$new"
    printf '%-14s %4s files\n' "$target" "$count"
  done
}

scripts/setup.sh fuzz
build
if [ "${1:-}" = keep ]; then
  [ $# -eq 1 ] || TARGETS=("${@:2}")
  keep
  exit
fi
[ $# -eq 0 ] || TARGETS=("$@")
lines=() failed=0
for target in "${TARGETS[@]}"; do
  say "== $target, $SECONDS_EACH s"
  if fuzz "$target"; then
    lines+=("$(line "$target" "no crash")")
  else
    failed=1
    tail -n 25 "$out/$target.log" >&2
    lines+=("$(line "$target" "CRASH: $(ls -t "$out/crashes/$target"-* 2>/dev/null | head -1)")")
  fi
done
say "== figures"
printf '%s\n' "${lines[@]}"
exit $failed
