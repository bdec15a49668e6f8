#!/usr/bin/env bash
# Every step of a renewal, every fault, four kinds of server; kills at random moments; 64 processes at 200 expiries; 32
# threads at one item of the keychain. Prints the tables.
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
FOB_MANY=64x200 cargo test --locked -p fobwatch-tests --test many_processes all_processes || outcome=$?
FOB_KEYCHAIN_ROUNDS=100 cargo test --locked -p fobwatch-platform --test keychain_contract thirty_two || outcome=$?
for table in "${tables[@]}"; do
  [ -f "$table" ] && cat "$table"
done
printf '%6d s  in all\n' "$SECONDS"
exit "$outcome"
