#!/usr/bin/env bash
# The browser tests use the system's Chromium; where it is missing it is installed or asked for.
set -euo pipefail
. "$(dirname "$0")/debian.sh"
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
    need chromium fonts-dejavu-core
fi
