#!/usr/bin/env bash
# Locks or unlocks the private session's keyring, or tells which it is: keyring.sh lock|unlock|state
# Only for the sessions of session.sh: it knows their keyring's password.
set -euo pipefail

login=/org/freedesktop/secrets/collection/login
call() { gdbus call --session --timeout 10 --dest org.freedesktop.secrets --object-path "$@"; }

case ${1:-} in
  lock) call /org/freedesktop/secrets --method org.freedesktop.Secret.Service.Lock "['$login']" >/dev/null ;;
  unlock)
    # What PAM does at login: operation 1 of the daemon's control socket, with the password. On the bus it would
    # take two calls on one connection, and gdbus makes a new one for each.
    python3 - "$XDG_RUNTIME_DIR/keyring/control" <<'PYTHON'
import socket, struct, sys
password = b"session"
with socket.socket(socket.AF_UNIX) as control:
    control.connect(sys.argv[1])
    control.sendall(b"\0" + struct.pack(">III", 12 + len(password), 1, len(password)) + password)
    answer = struct.unpack(">II", control.recv(8, socket.MSG_WAITALL))
sys.exit(answer[1])
PYTHON
    ;;
  state)
    answer=$(call $login --method org.freedesktop.DBus.Properties.Get org.freedesktop.Secret.Collection Locked)
    case $answer in *true*) echo locked ;; *false*) echo unlocked ;; *) echo "$answer" >&2; exit 1 ;; esac
    ;;
  *) echo "usage: keyring.sh lock|unlock|state" >&2; exit 2 ;;
esac
