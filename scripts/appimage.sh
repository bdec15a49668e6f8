#!/usr/bin/env bash
# Makes an AppImage of a tree of files: what is needed is looked up on this system and goes along.
#
#   appimage.sh TREE FOLDER FILE     the folder of the image, and from it the image
#
# An AppImage is a small program, the runtime, with a squashfs behind it. The runtime is published on GitHub only and
# comes with no distribution, crate or package. Where it cannot be fetched the folder is made all the same, and can be
# started (AppRun); then this ends with 3.
#
# Libraries are found by the programs' own search paths and not by LD_LIBRARY_PATH, which a browser that is opened for
# a sign-in would inherit. WebKit has the place of its helpers written into it: they are made to lie below the current
# folder.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

NO_RUNTIME=3
RUNTIME_OF=20251108
RUNTIME_SHA256=2fca8b443c92510f1483a883f60061ad09b46b978b2631c807cd873a47ec260d
runtime=.cache/tools/appimage-runtime
APP=dev.fobwatch.Fobwatch
# What each desktop has, or what must be of the host: libc and the compiler's libraries, graphics drivers and the
# libraries that speak to them, X11, fonts.
OF_THE_HOST='^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|anl|mvec|nss_.*|gcc_s|stdc\+\+'
OF_THE_HOST+='|GL|EGL|GLX|GLdispatch|OpenGL|GLESv2|GLU|drm|gbm|glapi|X11|X11-xcb|xcb|xcb-dri[23]|ICE|SM|wayland-client'
OF_THE_HOST+='|asound|jack|fontconfig|freetype|harfbuzz|fribidi|thai|expat|z|uuid|com_err|gpg-error|p11-kit|usb.*'
OF_THE_HOST+='))\.so\.[0-9]+$'

[ $# -eq 3 ] || { sed -n '4s/^# *//p' "$0" >&2; exit 2; }
tree=$1 dir=$2 image=$3
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
system=/usr/lib/$multiarch
webkit=$system/webkit2gtk-4.1

# The ELF files of the image.
binaries() {
  find "$dir/usr" -type f -size +1k | while read -r file; do
    if head -c 4 "$file" | tail -c 3 | grep -q ELF; then printf '%s\n' "$file"; fi
  done
}

programs() {
  rm -rf "$dir"
  mkdir -p "$dir"
  cp -a "$tree/usr" "$dir/usr"
  # Started by hand, from wherever it lies: nothing here is installed.
  rm -rf "$dir/usr/lib/systemd" "$dir/usr/share"/{bash-completion,zsh,fish,man}
  mkdir -p "$dir$webkit/injected-bundle"
  cp "$webkit"/WebKit{Web,Network}Process "$dir$webkit"
  cp "$webkit"/injected-bundle/*.so "$dir$webkit/injected-bundle"
  # Loaded by name: pictures of buttons.
  mkdir -p "$dir/usr/lib/loaders"
  cp "$system"/gdk-pixbuf-2.0/2.10.0/loaders/libpixbufloader-svg.so "$dir/usr/lib/loaders"
  awk -v RS= '/libpixbufloader-svg/' "$system/gdk-pixbuf-2.0/2.10.0/loaders.cache" |
    sed 's|"/.*/\(libpixbufloader-svg\)|"\1|' >"$dir/usr/lib/loaders/loaders.cache"
}

libraries() {
  local library
  # ldd follows to the end; what was copied already is asked too.
  binaries | xargs ldd 2>/dev/null | awk '$3 ~ /^\// { print $3 }' | sort -u | while read -r library; do
    [[ ${library##*/} =~ $OF_THE_HOST ]] || [ -e "$dir/usr/lib/${library##*/}" ] || cp -L "$library" "$dir/usr/lib"
  done
}

search_paths() {
  local file
  binaries | while read -r file; do
    # shellcheck disable=SC2016
    patchelf --set-rpath '$ORIGIN/'"$(realpath --relative-to "${file%/*}" "$dir/usr/lib")" "$file"
  done
  # As long as before: the text lies inside of the library.
  sed -i "s|/usr/lib/$multiarch/webkit2gtk-4.1|././/lib/$multiarch/webkit2gtk-4.1|g" "$dir"/usr/lib/libwebkit2gtk-4.1.so.*
}

desktop() {
  mkdir -p "$dir/usr/share/glib-2.0/schemas"
  cp /usr/share/glib-2.0/schemas/org.gtk.Settings.*.xml "$dir/usr/share/glib-2.0/schemas"
  glib-compile-schemas "$dir/usr/share/glib-2.0/schemas"
  ln -s "usr/share/applications/$APP.desktop" "$dir/$APP.desktop"
  ln -s "usr/share/icons/hicolor/256x256/apps/$APP.png" "$dir/$APP.png"
  ln -s "$APP.png" "$dir/.DirIcon"
  cat >"$dir/AppRun" <<'APPRUN'
#!/bin/sh
# Starts the window; as `fob`, or with `fob` as the first argument, the command.
here=$(dirname "$(readlink -f "$0")")
case ${ARGV0:-} in fob | */fob) exec "$here/usr/bin/fob" "$@" ;; esac
if [ "${1:-}" = fob ]; then shift; exec "$here/usr/bin/fob" "$@"; fi
schemas=$here/usr/share/glib-2.0/schemas
export GSETTINGS_SCHEMA_DIR="$schemas${GSETTINGS_SCHEMA_DIR:+:$GSETTINGS_SCHEMA_DIR}"
export GDK_PIXBUF_MODULEDIR="$here/usr/lib/loaders" GDK_PIXBUF_MODULE_FILE="$here/usr/lib/loaders/loaders.cache"
export XDG_DATA_DIRS="$here/usr/share:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}"
# WebKit looks for its helpers below the current folder.
cd "$here/usr" || exit 1
exec "$here/usr/bin/fobwatch" "$@"
APPRUN
  chmod 755 "$dir/AppRun"
}

whole() {
  local missing
  missing=$(binaries | xargs ldd 2>/dev/null | grep 'not found' || true)
  [ -z "$missing" ] || die "$missing"
}

is_runtime() { printf '%s  %s\n' $RUNTIME_SHA256 "$1" | sha256sum --check --status 2>/dev/null; }

# What it is was written down when it was chosen: another file of that name is refused.
fetch_runtime() {
  is_runtime $runtime && return
  [ "$(uname -m)" = x86_64 ] || return 1
  mkdir -p "${runtime%/*}"
  curl -fsSL --connect-timeout 10 --max-time 120 -o $runtime.part \
    "https://github.com/AppImage/type2-runtime/releases/download/$RUNTIME_OF/runtime-x86_64" 2>/dev/null || return 1
  is_runtime $runtime.part || die "The AppImage runtime is not the one whose digest stands in $0"
  mv $runtime.part $runtime
}

programs
libraries
search_paths
desktop
whole
fetch_runtime || exit $NO_RUNTIME
mksquashfs "$dir" "$image.squashfs" -root-owned -noappend -quiet -no-progress -comp zstd >/dev/null
cat $runtime "$image.squashfs" >"$image"
rm "$image.squashfs"
chmod 755 "$image"
