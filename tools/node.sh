#!/usr/bin/env bash
# The Node programs that tests run beside Pulih, from their hashed lock; the product needs none of them.
set -euo pipefail
. "$(dirname "$0")/debian.sh"
command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm
mark=tests/node/node_modules/.ready
if [ ! -e "$mark" ] || [ tests/node/package-lock.json -nt "$mark" ]; then
    (cd tests/node && npm ci --silent)
    touch "$mark"
fi
