"""A folder that a web server reads, or the desk itself: each page is replaced whole, with its packed form beside it.

A page is written beside its place and renamed over it, so a reader gets the old one or the new one and never half of
one. `page.gz` beside `page` is what nginx (gzip_static), Caddy and Apache serve without packing anything themselves.
What is the same already is left alone, with its time, so that a restart makes no reader fetch it again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from pulih.adapters.disk_errors import disk_refused
from pulih.adapters.publishers.packing import checked, kind_of, packed
from pulih.ports.publishing import Pages, Published, StoredPage

PACKED: Final = ".gz"
# A web server runs as another user.
_FILE_MODE: Final = 0o644
_FOLDER_MODE: Final = 0o755


class FolderPublisher:
    """Puts pages into a folder; it is made when missing. Also the shelf from which a desk serves its own site.

    Args:
        folder: where they go.
        name: what the console calls it; the folder when not told.
        there: paths of pages that were put before, which are served until they are put anew.
    """

    def __init__(self, folder: Path, name: str = "", *, there: frozenset[str] = frozenset()) -> None:
        self._folder = folder
        self._name = name or f"folder {folder}"
        self._there = set(there)

    @property
    def name(self) -> str:
        """What the console calls it."""
        return self._name

    def put(self, pages: Pages, gone: Collection[str]) -> Published:
        """Put pages and take others away; see `Publisher`.

        Raises: OutsideFailed when the disk refuses; RefusedInput when a path is none.
        """
        octets = put = 0
        place = self._folder
        try:
            _make(self._folder)
            for path, content in pages.items():
                place = self._folder / checked(path)
                if self._place(place, path, content):
                    put, octets = put + 1, octets + len(content)
                self._there.add(path)
            for path in gone:
                place = self._folder / checked(path)
                self._there.discard(path)
                place.unlink(missing_ok=True)
                _beside(place).unlink(missing_ok=True)
        except OSError as error:
            raise disk_refused(error, place, doing="publishing a page") from None
        return Published(put, len(gone), octets)

    def holds(self, path: str) -> bool:
        """Whether this page was put, as far as is known; see `Shelf`."""
        return path in self._there

    def page(self, path: str, *, packed: bool = False) -> StoredPage | None:
        """Return a page that was put; see `Shelf`."""
        if path not in self._there:
            return None
        place = self._folder / path
        for file, is_packed in ((_beside(place), True), (place, False)) if packed else ((place, False),):
            with contextlib.suppress(OSError):
                content = file.read_bytes()
                tag = hashlib.blake2b(content, digest_size=12).hexdigest()
                return StoredPage(content, kind_of(path), is_packed, tag)
        return None

    def _place(self, place: Path, path: str, content: bytes) -> bool:
        """Write a page that is not there like that already; return whether it had to be written."""
        if _holds(place, content):
            return False
        _make(place.parent)
        small = packed(path, content)
        # The packed one goes first: whoever asks for the plain one next gets it as new, or newer.
        if small is None:
            _beside(place).unlink(missing_ok=True)
        else:
            _write(_beside(place), small)
        _write(place, content)
        return True


def _beside(place: Path) -> Path:
    return place.with_name(place.name + PACKED)


def _holds(place: Path, content: bytes) -> bool:
    try:
        return place.stat().st_size == len(content) and place.read_bytes() == content
    except OSError:
        return False


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)


def _write(place: Path, content: bytes) -> None:
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE), "wb") as file:  # noqa: PTH123 -- only os.open sets the mode with the file
            file.write(content)
        draft.replace(place)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
