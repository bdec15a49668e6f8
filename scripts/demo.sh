#!/usr/bin/env bash
# Signs in to a real authorization server through the loopback, lets the app refresh twice, takes pictures.
# Runs inside tests/session/session.sh; called by run.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

ACCESS_TTL=15 # seconds; the app renews after about ten
REFRESHES=2
fob=$project/target/debug/fob
shots=$project/shots
mkdir -p "$shots"
export FOB_HOME=$HOME/vault
# The path of a program in $BROWSER ends at a space; this folder's name may hold one, the session's does not.
ln -s "$project/tests/session/browser.sh" "$HOME/browser"

children=()
finish() { for child in ${children[@]+"${children[@]}"}; do kill "$child" 2>/dev/null || true; done; }
trap finish EXIT

open_app() {
  "$project/target/debug/fobwatch" >>"$HOME/fobwatch.log" 2>&1 &
  app=$!
  children+=("$app")
  timeout 30 xdotool search --sync --onlyvisible --name '^Fobwatch$' >/dev/null \
    || { tail -20 "$HOME/fobwatch.log" >&2; die "the window did not open"; }
}
picture() { import -window root "$shots/$1.png"; }

say "1. A demo authorization server: oidc-provider, access tokens live $ACCESS_TTL s, refresh tokens rotate"
mkfifo "$HOME/ready"
node tests/servers/oidc/server.mjs --auto --access-ttl $ACCESS_TTL --rotate yes >"$HOME/ready" 2>/dev/null &
children+=($!)
read -r ready <"$HOME/ready"
field() { node -p 'JSON.parse(process.argv[1])[process.argv[2]]' "$ready" "$1"; }
issuer=$(field issuer) admin=$(field admin)
printf '   %s\n' "$issuer"

say "2. An API key, and a sign-in through the loopback redirect (the browser is tests/servers/browser.mjs)"
"$fob" generate --prefix sk_test_ 2>/dev/null | "$fob" add key "Northwind billing" --provider Northwind --env staging >/dev/null
BROWSER=$HOME/browser "$fob" login Northwind --issuer "$issuer" --client-id fobwatch-demo \
  --scope openid --scope profile --scope email --scope orders:read --env development --json >/dev/null

say "3. The window, while the app keeps the token fresh"
open_app
node tests/servers/wait-for-refreshes.mjs "$admin" 1 30 >/dev/null
picture light-after-one-refresh
node tests/servers/wait-for-refreshes.mjs "$admin" $REFRESHES 30
picture light-after-two-refreshes
kill "$app"
wait "$app" 2>/dev/null || true

mkdir -p "$XDG_CONFIG_HOME/gtk-3.0"
printf '[Settings]\ngtk-theme-name=Adwaita-dark\ngtk-application-prefer-dark-theme=1\n' >"$XDG_CONFIG_HOME/gtk-3.0/settings.ini"
open_app
# The window is there before its content is: go on until a picture has colours and equals the one before.
for _ in $(seq 40); do
  picture dark
  colours=$(identify -format '%k' "$shots/dark.png")
  pixels=$(identify -format '%#' "$shots/dark.png")
  [ "$colours" -gt 100 ] && [ "$pixels" = "${before:-}" ] && break
  before=$pixels
done

say "4. What fob says"
"$fob" list
token=$("$fob" token Northwind)
printf '   fob token Northwind: a token of %d characters\n' "${#token}"

say "== figures"
printf '%6d s  in all, after the build\n' "$SECONDS"
for file in "$shots"/*.png; do printf '%s\n' "$file"; done
