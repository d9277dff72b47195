#!/usr/bin/env bash
# Make the virtual environment from the hashed lock file; install what Debian lacks when root.
set -euo pipefail
. "$(dirname "$0")/debian.sh"
venv=$1
python=$(command -v python3.11 || command -v python3 || true)
[ -n "$python" ] || need python3 python3-venv
python=${python:-$(command -v python3)}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "setup: $("$python" --version) is too old; Pulih needs Python 3.11 or newer." >&2; exit 1; }
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    need "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
fi
echo "setup: virtual environment in $venv (about 1 GB, once)"
# One that was left without pip, by a first try that broke off, is made anew.
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
# Clients of other pages, run by tests; their own pins are old, so what they need is taken from the lock above.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/peers.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "setup: done"
