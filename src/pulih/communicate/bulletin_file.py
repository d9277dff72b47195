"""The bulletin as one JSON file: what machines and the small script of the pages ask for, again and again.

It has what goes on whole, and of what is over only the latest: whoever polls it every minute wants to know of now, and
the whole history is in the pages and feeds.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec
from msgspec.structs import replace

from pulih.model.bulletin import Bulletin

PATH: Final = "bulletin.json"
PAST_MAX: Final = 20


class BulletinFile:
    """Renders `/bulletin.json`; see ports/publishing.py.

    >>> empty = Bulletin(desk="Pulih", address="", mode="operator", zone="Asia/Jakarta", made_us=0, stale_us=9)
    >>> msgspec.json.decode(BulletinFile().pages(empty, None)["bulletin.json"], type=Bulletin) == empty
    True
    """

    def pages(self, bulletin: Bulletin, _before: Bulletin | None, /) -> dict[str, bytes]:
        """Return the one file; it is made anew with every bulletin."""
        return {PATH: msgspec.json.encode(replace(bulletin, past=bulletin.past[:PAST_MAX]))}

    def gone(self, _bulletin: Bulletin, _before: Bulletin, /) -> Collection[str]:
        """Return nothing: the file is always there."""
        return ()
