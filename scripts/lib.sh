# Shared by the scripts: where we are, how to speak, how long a phase took. Sourced, never run.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"
# A Node.js that setup.sh fetched for this project goes before the machine's.
[ -d .cache/node/bin ] && PATH=$project/.cache/node/bin:$PATH
export PATH

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

phase_names=() phase_seconds=()
# phase NAME COMMAND...: runs the command and remembers how long it took.
phase() {
  local name=$1 start=$SECONDS
  shift
  say "== $name"
  "$@"
  phase_names+=("$name")
  phase_seconds+=($((SECONDS - start)))
}
phases() {
  local i
  for i in "${!phase_names[@]}"; do printf '%6d s  %s\n' "${phase_seconds[$i]}" "${phase_names[$i]}"; done
  printf '%6d s  in all\n' "$SECONDS"
}
