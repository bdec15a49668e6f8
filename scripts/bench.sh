#!/usr/bin/env bash
# Measures a release build in a session of its own and prints the table last.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup.sh build run
cargo build --locked --release -p fobwatch -p fobwatch-cli
cargo build --locked --release -p fobwatch --example empty_window
exec tests/session/session.sh --keyring unlocked --display --window-manager -- python3 scripts/bench.py
