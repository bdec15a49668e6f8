#!/usr/bin/env bash
# Builds Fobwatch and opens it. Without a display it runs in a session of its own and shows what it can do.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup.sh build
if [ "$(uname)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec cargo run --locked -- "$@"
fi

say "No display: Fobwatch runs in a virtual one, with its own session bus, keyring and demo server."
scripts/setup.sh run
cargo build --locked --workspace
exec tests/session/session.sh --keyring unlocked --display --window-manager -- scripts/demo.sh
