#!/usr/bin/env bash
# Measures a release build in a session of its own and prints the table last.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup.sh build test
# In one command: with other packages beside it, each would be built with other features once more.
cargo build --locked --release -p fobwatch -p fobwatch-resident -p fobwatch-palette -p fobwatch-cli --bins --example empty_window
cargo build --locked --release -p fobwatch-core -p fobwatch-platform --features fobwatch-platform/bench --example scale --example keyring
# On a stepped clock no disk is waited for: its home is in memory where there is one.
memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}
TMPDIR=$memory FOB_BENCH_REAL=0 target/release/examples/scale
FOB_BENCH_HOURS=0 target/release/examples/scale
# Each size in a session of its own, whose keyring is filled before it starts.
for items in 100 1000 5000; do
  home=$(mktemp -d)
  python3 scripts/keyring_file.py "$home/.local/share/keyrings/login.keyring" "$items"
  tests/session/session.sh --keyring unlocked --keep "$home" -- target/release/examples/keyring "$items" crowd
  rm -rf "$home"
done
exec tests/session/session.sh --keyring unlocked --display -- python3 scripts/bench.py
