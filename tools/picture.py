"""Make docs/report.png, the README's picture: the top of the bundled day's report in a real browser.

Run it after a change of the report: `python tools/picture.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the demo into a temporary folder and take the picture."""
    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("picture: Chromium is missing. Install it with: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "tools" / "demo.py"), "--out", folder]
        subprocess.run(command, check=True, env={**os.environ, "HEADLESS": "1"})
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1100, "height": 900})
            page.goto(f"file://{folder}/report.html#en")
            page.screenshot(path=str(ROOT / "docs" / "report.png"))
            browser.close()


if __name__ == "__main__":
    main()
