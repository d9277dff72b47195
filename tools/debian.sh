# Sourced by setup.sh and browser.sh: `need PACKAGE...` installs Debian packages as root, else says how and fails.

need() {
    if [ "$(id -u)" != 0 ]; then
        echo "setup: missing on this machine: $*. Install with: sudo apt-get install $*" >&2
        exit 1
    fi
    echo "setup: installing the Debian packages $*"
    # Two commands joined by && would not stop the script when the first fails; so the failure is asked for.
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null; }; then
        echo "setup: apt-get could not install $*; its own words above say why. Install them by hand and try again." >&2
        exit 1
    fi
}
