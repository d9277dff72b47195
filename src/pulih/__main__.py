"""Main: what the command `pulih` is, and `python -m pulih` where its folder is not on the path."""

import sys
from contextlib import nullcontext

from pulih.adapters.stop_signals import noting_stops


def run() -> None:
    """Run what was typed; whoever stops it while it still loads is told so in a sentence too."""
    try:
        # A desk ends in good order from its first moment on.
        with noting_stops() if sys.argv[1:2] == ["serve"] else nullcontext():
            from pulih.cli import run as typed  # noqa: PLC0415 -- loading it takes longer than anything before it

            typed()
    except KeyboardInterrupt:
        sys.stderr.write("pulih: stopped before the end; nothing was written.\n")
        sys.exit(130)


if __name__ == "__main__":
    run()
