#!/usr/bin/env bash
# Takes a picture of every screen in every look (light, dark, 760 px, 480 px, 200 %, right to left, German, the
# pseudo-locale) into target/screens, and audits both themes. Prints what it found last.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

scripts/setup.sh build test
rm -rf target/screens
features=(--features fobwatch-cli/failpoints)
cargo build --locked --workspace "${features[@]}"
outcome=0
FOB_SCREENS=1 cargo test --locked --workspace "${features[@]}" --test window -- pictures notices || outcome=$?
say "== figures"
printf '%6d    pictures in target/screens\n' "$(find target/screens -name '*.png' | wc -l)"
exit $outcome
