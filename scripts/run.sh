#!/usr/bin/env bash
# Builds Fobwatch and opens it. Without a display it runs in a session of its own and shows what it can do.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup.sh build
if [ "$(uname)" != Linux ]; then
  exec cargo run --locked -p fobwatch --bin fobwatch-window -- "$@"
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  # Window and palette are programs of their own, started by the other one.
  cargo build --locked -p fobwatch-resident -p fobwatch-palette -p fobwatch --bins
  exec target/debug/fobwatch "$@"
fi

say "No display: Fobwatch runs in a virtual one, with its own session bus, keyring and demo server."
scripts/setup.sh run
cargo build --locked --workspace
exec tests/session/session.sh --keyring unlocked --display --window-manager -- scripts/demo.sh
