"""Which Chromium opens the pages: the one without windows where it is installed, for it takes a third of the time.

Both lay out, paint, print and run scripts with the same engine. The other draws a window around each page that nobody
sees, in processes of its own.
"""

from __future__ import annotations

import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")


def chromium() -> str:
    """Return the path of the browser; without one the tests fail and say how to get it."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert path is not None, "Chromium is missing. Install it with: apt-get install chromium-headless-shell"
    return path
