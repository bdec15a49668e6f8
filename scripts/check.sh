#!/usr/bin/env bash
# Format, lints, types, the shape of the house, licences, advisories of crates and npm packages. Prints its figures last.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
deny=.cache/tools/bin/cargo-deny

formatted() {
  cargo fmt --all --check
  cargo fmt --manifest-path fuzz/Cargo.toml --check
}

lints() {
  cargo clippy --locked --workspace --all-targets -- -D warnings
  cargo clippy --locked --workspace --all-targets --features fobwatch-cli/failpoints,fobwatch-core/fuzzing,fobwatch-platform/bench,fobwatch/in-process -- -D warnings
}

ui_checks() {
  [ -f ui/package.json ] || return 0
  (cd ui && npm run --silent check && npm run --silent lint)
}

# The core knows no window, no keychain, no HTTP client.
core_stands_alone() {
  local tree
  tree=$(cargo tree --locked -p fobwatch-core --edges normal,build --prefix none --target all)
  if grep -E '^(tauri|keyring|reqwest|arboard|.*-keyring-store)[ -]' <<<"$tree"; then
    die "fobwatch-core depends on a crate that belongs into fobwatch-platform or src-tauri"
  fi
}

# What waits in the tray loads no toolkit and no web engine.
resident_stays_small() {
  local tree
  tree=$(cargo tree --locked -p fobwatch-resident --edges normal --prefix none --target x86_64-unknown-linux-gnu)
  if grep -E '^(tauri|gtk|gdk|webkit2gtk|wry|tao)[ -]' <<<"$tree"; then
    die "fobwatch-resident depends on a crate that belongs into src-tauri"
  fi
}

failpoints_stay_in_tests() {
  local with='{p} [{f}]'
  tree() { cargo tree --locked --workspace --edges normal --prefix none --target all -f "$with" "$@" | grep -c '\[failpoints\]' || true; }
  [ "$(tree)" = 0 ] || die "failpoints are on in the default build"
  # The search must be able to find them.
  [ "$(tree --features fobwatch-cli/failpoints)" != 0 ] || die "the search for failpoints is blind"
}

shell_scripts() {
  local script
  for script in scripts/*.sh tests/session/*.sh .ci/run; do bash -n "$script"; done
}

licences() { "$deny" --log-level warn check bans licenses sources; }

advisories() {
  # The database lies on GitHub. Where that cannot be reached the check cannot be made, and says so.
  if "$deny" --log-level error fetch db 2>/dev/null; then
    "$deny" --log-level warn check --disable-fetch advisories
    advisories_checked=yes
  elif [ -n "${CI:-}" ]; then
    die "the advisory database could not be fetched"
  fi
}

# npm's advisories are at its registry, and a mirror of it need not have them.
npm_advisories() {
  local said
  said=$(cd ui && npm audit --json 2>/dev/null || true)
  case $(node -e 'let t = ""; process.stdin.on("data", (d) => (t += d)).on("end", () => {
    try { const n = JSON.parse(t).metadata.vulnerabilities; console.log(n.high + n.critical ? "found" : "none"); }
    catch { console.log("unasked"); } })' <<<"$said") in
    none) npm_advisories_checked=yes ;;
    found) printf '%s\n' "$said" >&2; die "npm audit found what is high or critical" ;;
    *) [ -z "${CI:-}" ] || die "npm audit got no answer" ;;
  esac
}

npm_advisories_checked="NO: the registry answers no audit"
advisories_checked="NO: the advisory database could not be fetched"
phase "what is missing is installed" scripts/setup.sh check
phase "format" formatted
phase "the shape of the house" core_stands_alone
phase "the resident part loads no toolkit" resident_stays_small
phase "failpoints stay in tests" failpoints_stay_in_tests
phase "shell scripts" shell_scripts
phase "licences, bans, sources" licences
phase "advisories" advisories
phase "advisories of npm" npm_advisories
phase "clippy" lints
phase "svelte-check, eslint" ui_checks

say "== figures"
phases
printf '%8s  advisories checked\n' "$advisories_checked"
printf '%8s  advisories of npm checked\n' "$npm_advisories_checked"
