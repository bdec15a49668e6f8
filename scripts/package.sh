#!/usr/bin/env bash
# Builds the packages for Linux into target/package, holds them against their validators and prints the figures last.
#
#   package.sh                    builds a release and packs it
#   package.sh --built FOLDER     packs the programs that are in this folder
#   package.sh --test             also installs, starts and removes the .deb in a clean Debian (package_test.sh)
#
# One tree of files goes into every package. It is made here and not by Tauri's bundler: that packs the program of the
# window; all else would be listed once for each format. It looks up no libraries, and for AppImage it fetches
# programs from GitHub while it builds, and runs them.
#
# PACKAGE_MAINTAINER="Name <address>" is named in the .deb.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Where each program goes below /usr. Another one is another word.
PROGRAMS=(bin/fobwatch bin/fobwatch-window bin/fobwatch-palette bin/fob)
# The crates that they are built from.
CRATES=(fobwatch-resident fobwatch fobwatch-palette fobwatch-cli)
APP=dev.fobwatch.Fobwatch
MAINTAINER=${PACKAGE_MAINTAINER:-The Fobwatch contributors <packages@fobwatch.invalid>}

built='' try=no
while [ $# -gt 0 ]; do
  case $1 in
    --built) built=${2:?}; shift ;;
    --test) try=yes ;;
    *) sed -n '4,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
[ "$(uname)" = Linux ] || die "Packages of other systems are built by Tauri's bundler: .github/workflows/packages.yml"
have dpkg-query || die "The libraries that a .deb needs are looked up among Debian's packages: this is no Debian."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)
out=$project/target/package
tree=$out/tree
deb="" rpm="" image=""
umask 022

build() {
  if [ -z "$built" ]; then
    local crates=() crate
    for crate in "${CRATES[@]}"; do crates+=(-p "$crate"); done
    cargo build --locked --release --bins "${crates[@]}"
    built=$project/target/release
  fi
  for program in "${PROGRAMS[@]}"; do
    [ -x "$built/${program##*/}" ] || die "$built has no program ${program##*/}"
  done
}

# fill FILE FOLDER [NAME]: a copy with the version and the date in it.
fill() {
  mkdir -p "$2"
  sed "s/@VERSION@/$version/g; s/@DATE@/$date/g" "$1" >"$2/${3:-${1##*/}}"
}

stage() {
  local program share=$tree/usr/share
  rm -rf "$out"
  for program in "${PROGRAMS[@]}"; do
    install -D -m 755 "$built/${program##*/}" "$tree/usr/$program"
    strip --strip-unneeded "$tree/usr/$program"
  done
  fill packaging/$APP.desktop "$share/applications"
  fill packaging/$APP.metainfo.xml "$share/metainfo"
  # What polkit is asked when a window is unlocked with the system's authentication.
  fill packaging/dev.fobwatch.policy "$share/polkit-1/actions"
  # An example: nobody's session starts it by the installation.
  fill packaging/autostart.desktop "$share/doc/fobwatch/examples"
  fill packaging/fobwatch-agent.service "$tree/usr/lib/systemd/user"
  scripts/icons.sh hicolor "$share/icons"
  fill packaging/fobwatch.1 "$share/man/man1"
  "$built/fob" man --to "$share/man/man1"
  gzip -9n "$share/man/man1"/*
  ln -s fobwatch.1.gz "$share/man/man1/fobwatch-window.1.gz"
  ln -s fobwatch.1.gz "$share/man/man1/fobwatch-palette.1.gz"
  mkdir -p "$share"/{bash-completion/completions,zsh/vendor-completions,fish/vendor_completions.d}
  "$built/fob" completions bash >"$share/bash-completion/completions/fob"
  "$built/fob" completions zsh >"$share/zsh/vendor-completions/_fob"
  "$built/fob" completions fish >"$share/fish/vendor_completions.d/fob.fish"
  python3 scripts/third_party.py "${CRATES[@]}" | gzip -9n >"$share/doc/fobwatch/third-party.txt.gz"
  gzip -9nc CHANGELOG.md >"$share/doc/fobwatch/changelog.gz"
}

make_deb() {
  local root=$out/deb work=$out/work programs=() depends size
  cp -a "$tree" "$root"
  install -D -m 644 packaging/copyright "$root/usr/share/doc/fobwatch/copyright"
  install -D -m 644 packaging/fobwatch.lintian-overrides "$root/usr/share/lintian/overrides/fobwatch"
  printf 'fobwatch (%s-1) unstable; urgency=medium\n\n  * What is new stands in changelog.gz.\n\n -- %s  %s\n' \
    "$version" "$MAINTAINER" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" |
    gzip -9n >"$root/usr/share/doc/fobwatch/changelog.Debian.gz"
  # dpkg-shlibdeps reads the libraries of each program, and Debian's lists of their symbols.
  mkdir -p "$work/debian" "$root/DEBIAN"
  printf 'Source: fobwatch\n\nPackage: fobwatch\nArchitecture: any\n' >"$work/debian/control"
  for program in "${PROGRAMS[@]}"; do programs+=(-e "$root/usr/$program"); done
  depends=$(cd "$work" && dpkg-shlibdeps -O "${programs[@]}" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
  [ -n "$depends" ] || die "dpkg-shlibdeps found no libraries"
  size=$(du -sk --apparent-size "$root/usr" | cut -f1)
  sed "s/@VERSION@/$version-1/; s/@ARCHITECTURE@/$(dpkg --print-architecture)/; s/@MAINTAINER@/$MAINTAINER/
    s/@SIZE@/$size/; s/@DEPENDS@/$depends/" packaging/control >"$root/DEBIAN/control"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
  deb=$out/fobwatch_$version-1_$(dpkg --print-architecture).deb
  dpkg-deb --root-owner-group --build "$root" "$deb" >/dev/null
}

make_rpm() {
  local root=$out/rpm
  cp -a "$tree" "$root"
  # Where Fedora and openSUSE look for the same things.
  mv "$root/usr/share/zsh/vendor-completions" "$root/usr/share/zsh/site-functions"
  install -D -m 644 -t "$root/usr/share/licenses/fobwatch" LICENSE LICENSE-APACHE LICENSE-MIT
  find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
  # Its own folders belong to the package, those of the system do not.
  (cd "$root" && find . ! -type d -printf '/%P\n'
    find . -type d \( -path '*/fobwatch' -o -path '*/fobwatch/*' \) -printf '%%dir /%P\n') | sort >"$out/work/files"
  rpmbuild -bb --quiet --define "_topdir $out/work/rpmbuild" --define "_rpmdir $out/work" \
    --define "package_version $version" --define "file_tree $root" --define "file_list $out/work/files" \
    --define "_buildhost localhost" --define "use_source_date_epoch_as_buildtime 1" \
    --define "clamp_mtime_to_source_date_epoch 1" packaging/fobwatch.spec >"$out/work/rpmbuild.log" 2>&1 ||
    { cat "$out/work/rpmbuild.log" >&2; die "rpmbuild failed"; }
  rpm=$out/$(cd "$out/work" && find . -name 'fobwatch-*.rpm' -printf '%f\n')
  mv "$out/work"/*/"${rpm##*/}" "$rpm"
}

make_appimage() {
  local code=0
  image=$out/Fobwatch-$version-$(uname -m).AppImage
  scripts/appimage.sh "$tree" "$out/AppDir" "$image" || code=$?
  # 3: the folder is there, the runtime is not.
  case $code in 0) ;; 3) image="" ;; *) die "the AppImage could not be made" ;; esac
}

# What the programs and the window are made of, as CycloneDX.
bill_of_materials() {
  local crate folder=$out/sbom
  mkdir -p "$folder"
  .cache/tools/bin/cargo-cyclonedx cyclonedx --quiet --format json --spec-version 1.5 --no-build-deps \
    --target "$(rustc -vV | sed -n 's/^host: //p')"
  # It writes beside every manifest of the workspace.
  for crate in "${CRATES[@]}"; do find crates src-tauri -name "$crate.cdx.json" -exec mv {} "$folder" \;; done
  find crates src-tauri tests -name '*.cdx.json' -delete
  (cd ui && npm sbom --sbom-format cyclonedx --package-lock-only) >"$folder/window.cdx.json"
}

figures=() short=0
# figure VALUE WHAT [yes|no]: a line of the table; "no" makes this script fail.
figure() {
  local mark=
  [ "${3:-yes}" = yes ] || { mark='  FALLS SHORT'; short=$((short + 1)); }
  figures+=("$(printf '%12s  %s%s' "$1" "$2" "$mark")")
}
# holds WHAT COMMAND...: runs a validator.
holds() {
  local what=$1
  shift
  if "$@" >"$out/work/said" 2>&1; then
    figure "holds" "$what"
  else
    cat "$out/work/said" >&2
    figure "fails" "$what" no
  fi
}
kib() { printf '%d KiB' $(($(stat -c %s "$1") / 1024)); }

manual_renders() {
  local page said
  for page in "$tree"/usr/share/man/man1/*.1.gz; do
    said=$(zcat "$page" | groff -man -Tutf8 -ww -rLL=100n - 2>&1 >/dev/null)
    [ -z "$said" ] || { printf '%s: %s\n' "$page" "$said"; return 1; }
    # man(1) is what a person has; it must find text in it.
    [ "$(MANWIDTH=100 man --warnings -l "$page" 2>&1 | wc -l)" -gt 10 ] || { printf '%s is empty\n' "$page"; return 1; }
  done
}

completions_parse() {
  local share=$tree/usr/share
  bash -n "$share/bash-completion/completions/fob" && zsh -n "$share/zsh/vendor-completions/_fob" &&
    fish -n "$share/fish/vendor_completions.d/fob.fish"
}

# The action is there, and no answer to it is kept.
policy_holds() {
  local policy=$tree/usr/share/polkit-1/actions/dev.fobwatch.policy
  xmllint --nonet --noout "$policy" || return 1
  [ "$(xmllint --nonet --xpath 'count(/policyconfig/action[@id="dev.fobwatch.unlock"]/defaults/*[.="auth_self"])' \
    "$policy")" = 3 ]
}

# Both packages have the same programs, pages, icons and units.
same_files() {
  dpkg-deb -c "$deb" | awk '$1 !~ /^d/ { sub("^[.]", "", $6); print $6 }' |
    grep -vE '/(copyright|changelog.Debian.gz)$|/lintian/' | sed 's/vendor-completions/site-functions/' |
    sort >"$out/work/of-deb"
  rpm -qpl --nosignature "$rpm" | grep -vE '/licenses/|/doc/fobwatch(/examples)?$' | sort >"$out/work/of-rpm"
  diff "$out/work/of-deb" "$out/work/of-rpm"
}

# In a root and a database of its own; what the rpm needs is of another distribution, so it is not looked for.
# Debian's rpm asks for --force-debian.
rpm_goes_in_and_out() {
  local root=$out/work/rpmroot left
  local there=(--root "$root" --dbpath /var/lib/rpm)
  mkdir -p "$root"
  rpm "${there[@]}" --initdb || return 1
  rpm --force-debian "${there[@]}" --nodeps --noscripts --nosignature -i "$rpm" || return 1
  for program in "${PROGRAMS[@]}"; do [ -x "$root/usr/$program" ] || return 1; done
  rpm --force-debian "${there[@]}" --nodeps --noscripts -e fobwatch || return 1
  left=$(find "$root" -path "$root/var/lib/rpm" -prune -o -type f -print)
  [ -z "$left" ] || { printf 'left behind: %s\n' "$left"; return 1; }
}

lints() {
  local said errors warnings
  said=$(lintian --allow-root --tag-display-limit 0 "$deb" 2>&1 || true)
  printf '%s\n' "$said" >"$out/lintian.txt"
  errors=$(grep -c '^E:' <<<"$said" || true)
  warnings=$(grep -c '^W:' <<<"$said" || true)
  [ "$errors" = 0 ] || grep '^E:' <<<"$said" >&2
  figure "$errors" "errors of lintian ($warnings warnings, in lintian.txt)" \
    "$([ "$errors" = 0 ] && echo yes || echo no)"
}

bills() {
  local file components
  for file in "$out"/sbom/*.cdx.json; do
    components=$(python3 -c 'import json, sys
bill = json.load(open(sys.argv[1]))
print(len(bill["components"]) if bill["bomFormat"] == "CycloneDX" else 0)' "$file")
    figure "$components" "components in sbom/${file##*/}" "$([ "$components" -gt 50 ] && echo yes || echo no)"
  done
}

validate() {
  local file
  for file in "$tree"/usr/share/applications/*.desktop "$tree"/usr/share/doc/fobwatch/examples/*.desktop; do
    holds "desktop-file-validate ${file##*/}" desktop-file-validate "$file"
  done
  holds "xmllint dev.fobwatch.policy: well-formed, and asks each time" policy_holds
  holds "appstreamcli validate" appstreamcli validate --no-net "$tree/usr/share/metainfo/$APP.metainfo.xml"
  holds "$(find "$tree/usr/share/man" -type f | wc -l) manual pages render without a warning" manual_renders
  holds "completions of bash, zsh and fish parse" completions_parse
  holds "rpm -qpl: the same files as the .deb" same_files
  if [ "$(id -u)" = 0 ]; then
    holds "the .rpm goes in and out of an empty root" rpm_goes_in_and_out
  else
    figure "not tried" "the .rpm goes in and out of an empty root, which takes root"
  fi
  lints
  bills
  [ -n "$image" ] ||
    figure "not made" "the AppImage: its runtime is on GitHub only, which was not reached; its folder is AppDir"
}

phase "what is missing is installed" scripts/setup.sh build package
phase "the release is built" build
phase "the tree of files" stage
phase "the .deb" make_deb
phase "the .rpm" make_rpm
phase "the AppImage" make_appimage
phase "the bills of materials" bill_of_materials
phase "they are held against their validators" validate

say "== figures"
phases
printf '%s\n' "${figures[@]}"
for file in "$deb" "$rpm" ${image:+"$image"}; do printf '%12s  %s\n' "$(kib "$file")" "${file#"$project/"}"; done
[ "$short" = 0 ] || die "$short of them fall short"
[ "$try" = no ] || exec scripts/package_test.sh "$deb"
