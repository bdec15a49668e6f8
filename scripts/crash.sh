#!/usr/bin/env bash
# Every step of a renewal, every fault, four kinds of server; then kills at random moments. Prints both tables.
#
#   crash.sh [KILLS]   10000 kills unless another number is given
set -euo pipefail
. "$(dirname "$0")/lib.sh"
tables=(target/tmp/crash.txt target/tmp/kills.txt)

scripts/setup.sh build test
cargo build --locked -p fobwatch-cli --features failpoints
rm -f "${tables[@]}"
outcome=0
FOB_CRASH=1 FOB_KILLS=${1:-10000} cargo test --locked -p fobwatch-tests --test crash -- --nocapture || outcome=$?
for table in "${tables[@]}"; do
  [ -f "$table" ] && cat "$table"
done
printf '%6d s  in all\n' "$SECONDS"
exit "$outcome"
