#!/usr/bin/env bash
# The browser tests use Debian's Chromium: install it when root, else say how.
set -euo pipefail
command -v chromium >/dev/null || command -v chromium-browser >/dev/null && exit 0
if [ "$(id -u)" = 0 ]; then
    echo "setup: installing Chromium for the browser tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-dejavu-core >/dev/null
else
    echo "setup: Chromium is missing. Install it with: sudo apt-get install chromium" >&2
    exit 1
fi
