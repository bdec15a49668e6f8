#!/usr/bin/env bash
# Measures a release build in a session of its own and prints the table last.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup.sh build run
# In one command: with other packages beside it, each would be built with other features once more.
cargo build --locked --release -p fobwatch -p fobwatch-cli --bins --example empty_window
exec tests/session/session.sh --keyring unlocked --display -- python3 scripts/bench.py
