#!/bin/sh
# System packages: what the picture and the fonts need ("run"), and what the tests talk to besides ("test").
# Installs what is missing when it may; otherwise prints the one line to run. Nothing to do: silent.
set -eu
need=""
lib() { ldconfig -p 2>/dev/null | grep -q "$1" || need="$need $2"; }
file() { [ -e "$1" ] || need="$need $2"; }
lib libEGL.so.1 libegl1
lib libGL.so.1 libgl1
# Without it no picture can be encoded (OpenCV); without the others the show runs with a plainer picture and fonts.
before="$need"
lib libgthread-2.0.so.0 libglib2.0-0
[ "$need" = "$before" ] && must="" || must=1
file /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf fonts-noto-core
file /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
if [ "${1:-run}" = test ]; then
  command -v ffprobe >/dev/null || need="$need ffmpeg"
  command -v chromium >/dev/null || need="$need chromium"
  lib libGLESv2.so.2 libgles2
  lib libatomic.so.1 libatomic1
  file /usr/lib/nginx/modules/ngx_rtmp_module.so "nginx-light libnginx-mod-rtmp"
fi
[ -n "$need" ] || exit 0
line="apt-get install -y --no-install-recommends$need"
if ! command -v apt-get >/dev/null; then
  echo "These Debian packages (or yours of the same kind) are missing:$need" >&2
  [ "${1:-run}" = run ] && [ -z "$must" ] && exit 0 || exit 2
fi
if [ "$(id -u)" = 0 ]; then SUDO=; elif sudo -n true 2>/dev/null; then SUDO=sudo; else
  echo "Please run once: sudo $line" >&2
  [ "${1:-run}" = run ] && [ -z "$must" ] && exit 0 || exit 2
fi
echo "Installing:$need"
export DEBIAN_FRONTEND=noninteractive
$SUDO apt-get update -qq || true
$SUDO env DEBIAN_FRONTEND=noninteractive $line -qq >/dev/null
