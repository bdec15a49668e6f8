#!/usr/bin/env bash
# The hostile authorization server: every module, what came out, and the figures last.
#
#   hostile.sh [ID...]   only the modules whose ids begin so
set -euo pipefail
. "$(dirname "$0")/lib.sh"
table=target/tmp/hostile.txt

scripts/setup.sh build test
cargo build --locked -p fobwatch-cli --features failpoints
rm -f "$table"
[ $# -eq 0 ] || export FOB_HOSTILE="$*"
outcome=0
cargo test --locked -p fobwatch-tests --test hostile >/dev/null || outcome=$?
[ -f "$table" ] || die "The modules did not run: cargo test -p fobwatch-tests --test hostile says why."
cat "$table"
printf '%6d s  in all\n' "$SECONDS"
exit "$outcome"
