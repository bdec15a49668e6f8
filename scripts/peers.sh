#!/usr/bin/env bash
# Who still has the login: Fobwatch and its peers at the same hostile sequences, side by side. Prints the table.
#
#   FOB=/path/to/fob peers.sh [--json FILE] [ID...]   only the sequences whose ids begin so; builds fob unless told where
#
# A peer that is not installed is left out, with a line that says so. On Debian: apt-get install oidc-agent-cli
set -euo pipefail
. "$(dirname "$0")/lib.sh"

if [ -z "${FOB:-}" ]; then
  scripts/setup.sh build test
  cargo build --locked -p fobwatch-cli
  FOB=$project/target/debug/fob
fi
[ -x "$FOB" ] || die "FOB=$FOB is no program."
FOB=$(realpath "$FOB")
export FOB
for program in node dbus-run-session gnome-keyring-daemon gdbus; do
  have "$program" || die "$program is missing; scripts/setup.sh test installs it."
done
exec tests/session/session.sh --keyring unlocked -- node tests/peers/run.mjs "$@"
