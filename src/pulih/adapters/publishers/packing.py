"""What every publisher must know of a page: may its path be one, what kind of thing is it, does packing help.

Paths come from incident ids and region codes, and a page that lands outside of its folder would be a file of somebody
else's; so a path is checked wherever one is used.
"""

from __future__ import annotations

import gzip
from typing import Final

from pulih.model.errors import RefusedInput
from pulih.ports.publishing import is_page_path

# By the end of a path: what it is, and whether people's browsers ask for it (machines' files are never put packed).
_KINDS: Final[dict[str, tuple[str, bool]]] = {
    "html": ("text/html; charset=utf-8", True),
    "js": ("text/javascript; charset=utf-8", True),
    "css": ("text/css; charset=utf-8", True),
    "svg": ("image/svg+xml", True),
    "json": ("application/json", False),
    "atom": ("application/atom+xml; charset=utf-8", False),
    "rss": ("application/rss+xml; charset=utf-8", False),
    "xml": ("application/xml; charset=utf-8", False),
    "ics": ("text/calendar; charset=utf-8", False),
    "csv": ("text/csv; charset=utf-8", False),
    "txt": ("text/plain; charset=utf-8", False),
    "webmanifest": ("application/manifest+json", True),
    "png": ("image/png", False),
    "ico": ("image/x-icon", False),
}
# Tiles of the timeline have no ending either, and are no text (C2SP tlog-tiles).
_OF_TILES: Final = "tlog/tile/"
_TILES: Final = "application/octet-stream"
_PACKED_ALREADY: Final = frozenset({"png", "ico"})
# What is not a page of a kind that is known is text: signed notes and the like have no ending.
_PLAIN: Final = ("text/plain; charset=utf-8", False)
# Beyond it packing costs more time than it saves bytes: one minute turns over a thousand pages.
_LEVEL: Final = 6
_PACKED_LEAST: Final = 200


def checked(path: str) -> str:
    """Return a path that may be one of a page.

    Raises: RefusedInput when it leads elsewhere, is hidden, or has signs that an address has not.

    >>> checked("wilayah/31.74/index.html")
    'wilayah/31.74/index.html'
    """
    if not is_page_path(path):
        raise RefusedInput(
            f"{path[:80]!r} is no path of a page; right would be letters, digits and . _ - in parts between slashes, "
            "none of which begins with a dot."
        )
    return path


def kind_of(path: str) -> str:
    """Return the media type of a page.

    >>> kind_of("en/index.html"), kind_of("tlog/checkpoint")
    ('text/html; charset=utf-8', 'text/plain; charset=utf-8')
    >>> kind_of("tlog/tile/0/000.p/17")
    'application/octet-stream'
    """
    return _TILES if path.startswith(_OF_TILES) else _KINDS.get(_ending(path), _PLAIN)[0]


def is_for_browsers(path: str) -> bool:
    """Whether people's browsers ask for it, all of which can unpack.

    >>> is_for_browsers("index.html"), is_for_browsers("history.atom")
    (True, False)
    """
    return _KINDS.get(_ending(path), _PLAIN)[1]


def packed(path: str, content: bytes) -> bytes | None:
    """Return a page packed with gzip, the same for the same content; None where packing does not help."""
    if _ending(path) in _PACKED_ALREADY or len(content) < _PACKED_LEAST:
        return None
    small = gzip.compress(content, compresslevel=_LEVEL, mtime=0)
    return small if len(small) < len(content) else None


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2] if "." in name else ""
