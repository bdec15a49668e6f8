#!/usr/bin/env bash
# Renders the icons from their drawings in src-tauri/icons.
#
#   icons.sh                  the ones that are built into the program: src-tauri/icons/*.png, .icns, .ico
#   icons.sh hicolor FOLDER   an icon theme's folders, as packages install them
#
# Sizes up to 24 pixels have a drawing of their own, which lies on the pixels.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

drawings=src-tauri/icons
app=dev.fobwatch.Fobwatch
SMALL_UNTIL=24

# render SIZE FILE
render() {
  local drawing=icon
  [ "$1" -gt $SMALL_UNTIL ] || drawing=icon-small
  rsvg-convert --width "$1" --height "$1" --output "$2" "$drawings/$drawing.svg"
}

# macOS takes PNG files in a box: the kind of each, its length, its bytes (png2icns writes most sizes unpacked).
icns() {
  python3 - "$1" <<'PYTHON'
import pathlib, struct, sys
kinds = [("icp4", 16), ("ic11", 32), ("icp5", 32), ("ic12", 64), ("ic07", 128), ("ic13", 256), ("ic08", 256),
         ("ic14", 512), ("ic09", 512), ("ic10", 1024)]
boxes = b""
for kind, size in kinds:
    picture = pathlib.Path(sys.argv[1], f"{size}.png").read_bytes()
    boxes += kind.encode() + struct.pack(">I", len(picture) + 8) + picture
sys.stdout.buffer.write(b"icns" + struct.pack(">I", len(boxes) + 8) + boxes)
PYTHON
}

built_in() {
  local work size name
  work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  for size in 16 24 32 48 64 128 256 512 1024; do render $size "$work/$size.png"; done
  for size in 32 128 256 512; do cp "$work/$size.png" $drawings/$size.png; done
  icns "$work" >$drawings/icon.icns
  icotool --create --output $drawings/icon.ico "$work"/{16,24,32,48,64}.png --raw "$work/256.png"
  for name in tray tray-attention; do
    rsvg-convert --output "$drawings/$name.png" "$drawings/$name.svg"
  done
}

hicolor() {
  local theme=$1/hicolor size
  for size in 16 22 24 32 48 64 128 256 512; do
    mkdir -p "$theme/${size}x$size/apps"
    render $size "$theme/${size}x$size/apps/$app.png"
  done
  mkdir -p "$theme/scalable/apps" "$theme/symbolic/apps"
  cp $drawings/icon.svg "$theme/scalable/apps/$app.svg"
  cp $drawings/symbolic.svg "$theme/symbolic/apps/$app-symbolic.svg"
}

scripts/setup.sh icons
case ${1:-} in
  "") built_in ;;
  hicolor) hicolor "${2:?icons.sh hicolor FOLDER}" ;;
  *) die "usage: icons.sh [hicolor FOLDER]" ;;
esac
