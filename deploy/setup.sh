#!/bin/sh
# The virtual environment with everything in pyproject.toml. Called by make; safe to call again. PIP_INSTALL: more options of pip install.
set -eu
PYTHON=${PYTHON:-python3.11}
VENV=${VENV:-.venv}
command -v "$PYTHON" >/dev/null 2>&1 || PYTHON=python3
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
  echo "nightwindow needs Python 3.11; found $("$PYTHON" --version 2>&1 || echo none). On Debian 12: apt-get install python3.11 python3.11-venv" >&2
  exit 2
fi
if [ ! -x "$VENV/bin/python" ] && ! "$PYTHON" -m venv "$VENV" 2>/dev/null; then
  rm -rf "$VENV"
  if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
    SUDO=; [ "$(id -u)" = 0 ] || SUDO=sudo
    $SUDO apt-get update -qq && $SUDO apt-get install -y -qq --no-install-recommends python3.11-venv
    "$PYTHON" -m venv "$VENV"
  else
    echo "Python has no venv module here. Run: sudo apt-get install python3.11-venv" >&2
    exit 2
  fi
fi
echo "Installing Python packages into $VENV …"
"$VENV/bin/python" -m pip install ${PIP_INSTALL:-} --quiet --disable-pip-version-check --no-input -e '.[dev]'
