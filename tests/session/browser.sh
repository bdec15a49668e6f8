#!/usr/bin/env bash
# For $BROWSER: signs in at the given address without a person.
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
exec node "$here/../servers/browser.mjs" "$1"
