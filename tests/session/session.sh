#!/usr/bin/env bash
# Runs a command in a session of its own: home, session bus, keyring and, if asked, display.
#
#   session.sh [--keyring unlocked|locked|none] [--display] [--no-display] [--quiet-bus|--full-bus]
#              [--window-manager] [--keep FOLDER] -- COMMAND [ARGUMENT]...
#
# Nothing of the person's own session is reached, and nothing outlives the command. The exit code is the command's.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
keyring=unlocked display=no bus=quiet wm=no keep=
say() { printf 'session: %s\n' "$*" >&2; }
usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# The second half runs inside the new bus; see the end of this file.
inside=${FOBWATCH_SESSION_INSIDE:-}

if [ -z "$inside" ]; then
  while [ $# -gt 0 ]; do
    case $1 in
      --keyring) keyring=${2:?}; shift ;;
      --display) display=yes ;;
      --no-display) display=no ;;
      --quiet-bus) bus=quiet ;;
      --full-bus) bus=full ;;
      --window-manager) wm=yes ;;
      --keep) keep=${2:?}; shift ;;
      --) shift; break ;;
      *) usage ;;
    esac
    shift
  done
  [ $# -gt 0 ] || usage
  case $keyring in unlocked | locked | none) ;; *) usage ;; esac

  # HOME moves; what the caller has downloaded and built does not.
  export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup}
  export npm_config_cache=${npm_config_cache:-$HOME/.npm}
  [ -z "${npm_config_userconfig:-}" ] && [ -f "$HOME/.npmrc" ] && export npm_config_userconfig="$HOME/.npmrc"

  if [ -n "$keep" ]; then mkdir -p "$keep"; home=$(cd "$keep" && pwd); else home=$(mktemp -d "${TMPDIR:-/tmp}/fobwatch-session.XXXXXX"); fi
  xvfb=
  finish() {
    [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || true
    # What the command left in the background is known by its home.
    local left
    for left in $(grep -lFzxs "HOME=$home" /proc/[0-9]*/environ); do
      left=${left#/proc/}
      kill "${left%/environ}" 2>/dev/null || true
    done
    [ -n "$keep" ] || rm -rf "$home"
  }
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  export HOME=$home XDG_RUNTIME_DIR=$home/run TMPDIR=$home/tmp
  export XDG_CONFIG_HOME=$home/.config XDG_DATA_HOME=$home/.local/share XDG_STATE_HOME=$home/.local/state XDG_CACHE_HOME=$home/.cache
  mkdir -p "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" "$XDG_CACHE_HOME" "$TMPDIR"
  mkdir -p -m 700 "$XDG_RUNTIME_DIR"
  # Nothing of the person's own system is heard.
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$home/run/system-bus
  export NO_AT_BRIDGE=1 GDK_BACKEND=x11 WEBKIT_SKIA_ENABLE_CPU_RENDERING=1 XDG_SESSION_TYPE=x11
  unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS DISPLAY XAUTHORITY GNOME_KEYRING_CONTROL SSH_AUTH_SOCK

  if [ "$display" = yes ]; then
    mkfifo "$home/display"
    Xvfb -displayfd 3 -screen 0 1240x800x24 -nolisten tcp -noreset 3>"$home/display" >"$home/xvfb.log" 2>&1 &
    xvfb=$!
    # Opening the pipe waits for Xvfb's first word, or for its end.
    read -r number <"$home/display" || { say "Xvfb did not start:"; cat "$home/xvfb.log" >&2; exit 1; }
    rm "$home/display"
    export DISPLAY=:$number
  fi
  export FOBWATCH_SESSION_INSIDE="$keyring $wm"
  set -- "$0" "$@"
  [ "$bus" = full ] || set -- --config-file="$here/quiet-bus.conf" -- "$@"
  code=0
  dbus-run-session "$@" || code=$?
  exit "$code"
fi

# ---- inside the bus ----
unset FOBWATCH_SESSION_INSIDE
read -r keyring wm <<<"$inside"
children=()
finish() { for child in ${children[@]+"${children[@]}"}; do kill "$child" 2>/dev/null || true; done; }
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ "$keyring" != none ]; then
  printf 'session' | gnome-keyring-daemon --foreground --unlock --components=secrets >"$HOME/keyring.log" 2>&1 &
  children+=($!)
  gdbus wait --session --timeout 20 org.freedesktop.secrets || { say "the keyring did not start:"; cat "$HOME/keyring.log" >&2; exit 1; }
  if [ "$keyring" = locked ]; then
    # An empty collection has nothing to lock: one item makes it a real one.
    printf 'x' | secret-tool store --label='session' session locked
    "$here/keyring.sh" lock
  fi
fi
if [ "$wm" = yes ] && [ -n "${DISPLAY:-}" ]; then
  openbox >/dev/null 2>&1 &
  children+=($!)
fi
code=0
"$@" || code=$?
exit "$code"
