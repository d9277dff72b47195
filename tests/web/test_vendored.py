"""What pages load of others is vendored at pinned versions, with licences, and nobody changed it."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

from pulih.web.frame.assets import asset, assets

VENDOR = files("pulih.web") / "assets" / "vendor"


def test_vendored_files_are_those_that_were_published() -> None:
    listed = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    there = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.iterdir()
        if file.name not in {"SHA256SUMS", "README.md"}
    }
    assert there == listed


def test_every_vendored_script_says_its_version_and_has_a_licence() -> None:
    names = {file.name for file in VENDOR.iterdir()}
    pinned = {name for name in names if name.endswith((".js", ".css"))}
    assert all(re.search(r"-\d+\.\d+\.\d+\.min\.(js|css)$", name) for name in pinned)
    readme = (VENDOR / "README.md").read_text()
    assert {name for name in pinned if name not in readme} == set()
    assert {"LICENSE-htmx.txt", "LICENSE-uplot.txt"} <= names


def test_the_address_of_an_asset_changes_with_its_content() -> None:
    digest = hashlib.sha256(assets()["frame.css"].plain).hexdigest()[:12]
    assert asset("frame.css") == f"/assets/frame.css?v={digest}"


def test_no_asset_of_ours_loads_anything_from_elsewhere() -> None:
    loading = re.compile(rb"(?:url\(|import\s*\(|@import|fetch\()\s*[\"']?(?:https?:)?//")
    assert [
        name for name, one in assets().items() if not name.startswith("vendor/") and loading.search(one.plain)
    ] == []
