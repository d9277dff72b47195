#!/usr/bin/env bash
# Make the virtual environment from the hashed lock file; install what Debian lacks when root.
set -euo pipefail
venv=$1
python=$(command -v python3.11 || command -v python3 || true)
[ -n "$python" ] || { echo "setup: Python 3.11 is missing. Install it with: apt-get install python3" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "setup: $("$python" --version) is too old; Pulih needs Python 3.11 or newer." >&2; exit 1; }
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    if [ "$(id -u)" = 0 ]; then
        echo "setup: installing the Debian package $package"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
    else
        echo "setup: the Debian package $package is missing. Install it with: sudo apt-get install $package" >&2
        exit 1
    fi
fi
echo "setup: virtual environment in $venv (some 400 MB, once)"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "setup: done"
