"""Make the README's pictures (docs/report.png, console.webp, site.webp) of the bundled day in a real browser.

Run it after a change of the report, the console or the public site: `python tools/picture.py`. Console and site are
those of a desk that heard the day until 09:10; their moments are those of the replay.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

from demo import DAY
from demo_desk import PASSWORD, PEOPLE, WIB, DemoDesk
from pulih.model.clock import to_micros

DOCS = Path(__file__).resolve().parent.parent / "docs"
MOMENT_US = to_micros(datetime(2025, 10, 3, 9, 10, tzinfo=WIB))
PORT = 8123
PACK = """async (address) => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height});
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", 0.9);
}"""


def main() -> None:
    """Run the demo into a temporary folder and take the pictures."""
    path = shutil.which("chromium")
    if path is None:
        sys.exit("picture: Chromium is missing. Install it with: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        asked = ["backtest", str(DAY), "--operator", "Smartfren", "--tz", "Asia/Jakarta", "--out", folder]
        subprocess.run([sys.executable, "-m", "pulih.cli", *asked], check=True)

        def look(console: str) -> None:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
                report(browser, Path(folder) / "report.html")
                first_screen(browser, console)
                front_page(browser, console)
                browser.close()

        sys.exit(DemoDesk(Path(folder) / "desk", PORT, DAY).at(MOMENT_US, look))


def report(browser: Browser, page_file: Path) -> None:
    """Take the top of the report."""
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(f"{page_file.as_uri()}#en")
    page.screenshot(path=str(DOCS / "report.png"))


def first_screen(browser: Browser, console: str) -> None:
    """Take the first screen of the console, as the person on duty sees it."""
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto(f"{console}?lang=en")
    page.fill("#name", PEOPLE[0][0])
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".plot.is-drawn, .plot .is-drawn")
    (DOCS / "console.webp").write_bytes(packed(browser, page.screenshot()))


def front_page(browser: Browser, console: str) -> None:
    """Take what customers see at that moment, in Indonesian and on a phone and in English on a desk."""
    parts = urlsplit(console)
    sheet = browser.new_page(viewport={"width": 1400, "height": 860})
    shown = []
    for language, width in (("", 390), ("en/", 960)):
        page = browser.new_page(viewport={"width": width, "height": 820})
        page.goto(f"{parts.scheme}://{parts.netloc}/{language}")
        # A desk that has just heard four weeks publishes them a moment later.
        for _ in range(60):
            if page.locator(".made-up").count():
                break
            page.wait_for_timeout(1_000)
            page.reload()
        shown.append(b64encode(page.screenshot()).decode())
    pictures = "".join(f'<img src="data:image/png;base64,{one}" style="border:1px solid #bbb">' for one in shown)
    sheet.set_content(f'<body style="margin:10px;display:flex;gap:10px;background:#fff">{pictures}</body>')
    (DOCS / "site.webp").write_bytes(packed(browser, sheet.screenshot()))


def packed(browser: Browser, png: bytes) -> bytes:
    """Return a picture as WebP, a third as large; the browser that took it can pack it, too."""
    address = f"data:image/png;base64,{b64encode(png).decode()}"
    written: str = browser.new_page().evaluate(PACK, address)
    return b64decode(written.partition(",")[2])


if __name__ == "__main__":
    main()
