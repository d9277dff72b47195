#!/usr/bin/env bash
# Programs that tests run beside Pulih: Node's from their hashed lock, Debian's message centre and mail server, and those
# by which a network speaks; the product needs none.
set -euo pipefail
. "$(dirname "$0")/debian.sh"
command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm
[ -x /usr/lib/kannel/test/drive_smpp ] || need kannel-extras
[ -x /usr/sbin/dovecot ] || need dovecot-imapd
for one in mosquitto rsyslogd snmptrap prometheus-alertmanager; do
    # Those of administrators are not on everybody's path.
    PATH="$PATH:/usr/sbin" command -v "$one" >/dev/null || need mosquitto rsyslog snmp prometheus-alertmanager
done
install() {
    local mark=$1/node_modules/.ready
    if [ ! -e "$mark" ] || [ "$1/package-lock.json" -nt "$mark" ]; then
        (cd "$1" && npm ci --silent)
        touch "$mark"
    fi
}
install tests/node
# Bluesky's own server weighs more than all others together, and only tests that take long ask for it.
if [ "${1:-}" = bluesky ]; then
    install tests/node/bluesky
fi
