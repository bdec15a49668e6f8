#!/usr/bin/env bash
# Installs the .deb in a clean system, starts what it brings, removes it, and looks for what was left behind. Before
# that it starts the AppImage's folder there, where no WebKit is installed.
#
#   package_test.sh [DEB]     without it, the one in target/package
#
# The clean system is a debootstrap of the distribution that this runs on, from the mirror that apt here uses, in a
# mount and process namespace of its own: it needs root. It is kept in target/clean-system-*.tar for the next time.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# What the clean system has besides the smallest Debian: a display, a bus, a keyring, somebody who looks.
TOOLS=(xvfb xdotool xclip dbus gnome-keyring libglib2.0-bin python3-dbus python3-gi man-db systemd)
# And what an AppImage expects of each desktop: drivers, X11, fonts.
TOOLS+=(libegl1 libgl1 libgles2 libgbm1 libx11-xcb1 libsm6 libwayland-client0 libfontconfig1 libharfbuzz0b
  libfribidi0 libthai0 libasound2 fonts-dejavu-core)
[ "$(id -u)" = 0 ] || die "A clean system is set up by root: sudo make package-test"
scripts/setup.sh package-test

deb=${1:-$(find target/package -maxdepth 1 -name 'fobwatch_*.deb' | head -1)}
[ -f "$deb" ] || die "There is no .deb in target/package: make package"
suite=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
kept=$project/target/clean-system-$(printf '%s ' "$suite" "${TOOLS[@]}" | cksum | cut -d' ' -f1).tar
work=$(mktemp -d "${TMPDIR:-/tmp}/fobwatch-clean.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
mkdir "$root"
# Everybody in the clean system goes through its root.
chmod 755 "$work" "$root"

# What apt here uses, whatever it is.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(CREATED_BY)' |
    awk -v suite="$1" '$2 == suite && $3 == "Packages" { print $1; exit }'
}

# inside COMMAND...: as root of the clean system. Its processes end with it, and its mounts are seen by nobody else.
inside() {
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child --propagation private bash -c '
    root=$1; shift
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
    mount --bind "$root/dev/pts/ptmx" "$root/dev/ptmx"
    set -- PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    exec chroot "$root" env -i "$@"
  ' inside "$root" "$@" </dev/null
}

clean_system() {
  local from list
  if [ ! -f "$kept" ]; then
    from=$(mirror "$suite")
    debootstrap --variant=minbase "$suite" "$root" "${from:?apt has no mirror of $suite}" >"$work/log" 2>&1 ||
      { tail -5 "$work/log" >&2; die "debootstrap failed"; }
    # Its updates come from where ours come; how apt reaches that (a proxy, a clock that is off) is the same too.
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/{debian,ubuntu}.sources; do
      [ ! -f "$list" ] || install -D -m 644 "$list" "$root$list"
    done
    [ ! -f /etc/apt/sources.list.d/debian.sources ] || : >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(Check-|https?::Proxy)' >"$root/etc/apt/apt.conf.d/99host" || true
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    inside apt-get update -qq
    inside apt-get install -qq -y --no-install-recommends "${TOOLS[@]}" >/dev/null
    inside useradd --create-home --shell /bin/bash person
    inside apt-get clean
    mkdir -p target
    tar -C "$root" -cf "$kept.part" . && mv "$kept.part" "$kept"
  else
    tar -C "$root" -xf "$kept"
    inside apt-get update -qq
  fi
  mkdir -p "$root/tmp/.X11-unix"
  chmod 1777 "$root/tmp/.X11-unix"
  mkdir -p "$root/opt/probe"
  cp "$deb" "$root/opt/probe/fobwatch.deb"
  cp -r tests/session scripts/package_probe.py "$root/opt/probe"
}

# Every file, without what apt, dpkg and the logs write down of themselves.
files() {
  local apart
  apart=(-path ./proc -o -path ./dev -o -path ./tmp -o -path ./opt/probe -o -path ./home/person)
  apart+=(-o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt -o -path ./var/lib/dpkg)
  (cd "$root" && find . -xdev \( "${apart[@]}" \) -prune -o -printf '%P\n') | sort >"$1"
}

# probe [PROGRAM...]: in a session of its own, as a person.
probe() {
  inside runuser -u person -- /opt/probe/session/session.sh --keyring unlocked --display -- \
    /usr/bin/python3 /opt/probe/package_probe.py "$@"
}

image_works() {
  local image=${deb%/*}/AppDir
  if [ ! -d "$image" ]; then
    say "   not tried: there is no $image"
    return
  fi
  ! inside sh -c 'ldconfig -p | grep libwebkit2gtk' ||
    die "WebKit is installed: nothing would be shown"
  cp -a "$image" "$root/opt/probe/AppDir"
  probe /opt/probe/AppDir/AppRun
  rm -rf "$root/opt/probe/AppDir"
}

install_deb() { inside apt-get install -qq -y --no-install-recommends /opt/probe/fobwatch.deb >/dev/null; }
remove_deb() { inside apt-get purge -qq -y fobwatch >/dev/null; }

# The libraries that apt brings along stay when the package goes, so the comparison begins with them.
goes_in_the_first_time() {
  install_deb
  remove_deb
  files "$work/before"
  left=$(grep -iE 'fobwatch|bin/fob$' "$work/before" || true)
  [ -z "$left" ] || die "left behind: $left"
}

works() {
  install_deb
  files "$work/installed"
  inside dpkg --verify fobwatch
  inside runuser -u person -- fob --version
  inside runuser -u person -- man --where fob fob-add-key fobwatch >/dev/null
  # It says on standard error what it would not start.
  said=$(inside systemd-analyze verify --user --man=no /usr/lib/systemd/user/fobwatch-agent.service 2>&1 |
    grep fobwatch || true)
  [ -z "$said" ] || die "$said"
  [ ! -e "$root/etc/xdg/autostart/dev.fobwatch.Fobwatch.desktop" ] || die "it starts by itself for everybody"
  probe
}

goes_out() {
  remove_deb
  files "$work/after"
  diff "$work/before" "$work/after" || die "the files before and after it are not the same"
}

phase "a clean system" clean_system
phase "the folder of the AppImage, started" image_works
phase "installed and removed once, with what it depends on" goes_in_the_first_time
phase "installed and started" works
phase "removed" goes_out

say "== figures"
phases
printf '%8d  files before it, %d with it, %d after it\n' \
  "$(wc -l <"$work/before")" "$(wc -l <"$work/installed")" "$(wc -l <"$work/after")"
