#!/usr/bin/env bash
# Tests use the system's Chromium, and rsync with an SSH server; where they are missing they are installed or asked for.
set -euo pipefail
. "$(dirname "$0")/debian.sh"
has() { command -v "$1" >/dev/null; }
if ! has chromium && ! has chromium-browser; then
    need chromium fonts-dejavu-core
fi
# The one without windows takes a third of the time; where it cannot be had the whole one opens all pages.
if ! has chromium-headless-shell && ! (need chromium-headless-shell); then
    echo "setup: going on with the whole Chromium, which takes longer"
fi
if ! has rsync || ! has ssh || ! [ -x /usr/sbin/sshd ]; then
    need rsync openssh-client openssh-server
fi
