"""What pa11y says of the public site: a Node program that the product does not need (Lighthouse: tests/long)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import chromium
from sample_bulletin import bulletin
from site_folder import KINDS, TILES, hosted, laid_out, path_of

from pulih.adapters.site.pages import SitePages

NODE = Path(__file__).resolve().parent.parent / "node"


def peer(script: str, *arguments: str) -> Any:
    """Run a Node program of tests/node with Chromium; return what it prints."""
    node = shutil.which("node")
    assert node is not None, "Node is missing. Install it with: apt-get install nodejs"
    assert (NODE / "node_modules" / "pa11y").is_dir(), "The test peers are missing. Install them with: make peers"
    done = subprocess.run(
        [node, script, chromium(), *arguments], cwd=NODE, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    laid_out(SitePages(tiles=TILES).pages(bulletin(), None), folder)
    with hosted(folder) as made:
        yield made


def test_pa11y_finds_nothing_on_any_kind_of_page(address: str) -> None:
    """Each kind in both languages, one of them light and the other dark; axe looks at all four."""
    asked = [
        f"{scheme}={address}{path_of(kind, language)}"
        for kind in KINDS
        for language, scheme in (("id", "light"), ("en", "dark"))
    ]
    assert peer("pa11y_pages.js", *asked) == {"looked": len(asked), "found": []}
