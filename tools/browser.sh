#!/usr/bin/env bash
# Tests use the system's Chromium, and rsync with an SSH server; where they are missing they are installed or asked for.
set -euo pipefail
. "$(dirname "$0")/debian.sh"
if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
    need chromium fonts-dejavu-core
fi
if ! command -v rsync >/dev/null || ! command -v ssh >/dev/null || ! [ -x /usr/sbin/sshd ]; then
    need rsync openssh-client openssh-server
fi
