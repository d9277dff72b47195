"""Which Chromium opens the pages: the one without windows where it is installed, for it takes a third of the time.

Both lay out, paint, print and run scripts with the same engine. The other draws a window around each page that nobody
sees, in processes of its own; it alone shows notifications.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

WHOLE = ("chromium", "chromium-browser")


def chromium(*, whole: bool = False) -> str:
    """Return the path of a browser, `whole` where a test needs its windows; without one tests fail and say how."""
    names = WHOLE if whole else ("chromium-headless-shell", *WHOLE)
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path is not None, "Chromium is missing. Install it with: apt-get install chromium"
    return path


@contextmanager
def launched(*, whole: bool = False) -> Iterator[Browser]:
    """Run a browser."""
    # Chromium refuses to sandbox for root, as in containers.
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(whole=whole), args=arguments)
        yield made
        made.close()
