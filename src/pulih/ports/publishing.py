"""What publishing asks of the outside: renderers that make pages of a bulletin, and publishers that put them somewhere.

A page is its path and its bytes, so that a folder, an SSH host and an object store hold the same. A renderer is a pure
function of two bulletins; a publisher knows nothing of incidents. What a publisher says it has put is there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, Protocol

import msgspec

from pulih.model.bulletin import Bulletin

# What the desk calls the folder from which it serves its site itself.
OWN_SITE = "own site"
# Path below the site's root, without a slash at the start ("en/index.html", "api/v2/status.json"), to its content.
Pages = Mapping[str, bytes]


_SEGMENT: Final = re.compile(r"[A-Za-z0-9_@~,+=-][A-Za-z0-9._@~,+=-]*")
_PATH_MAX: Final = 500


def is_page_path(path: str) -> bool:
    """Whether a path may be one of a page: parts between slashes, none of which leads up or is hidden.

    >>> is_page_path("wilayah/31.74/index.html"), is_page_path("../secret.key")
    (True, False)
    """
    return len(path) <= _PATH_MAX and all(_SEGMENT.fullmatch(one) for one in path.split("/"))


class Published(msgspec.Struct, frozen=True):
    """What a publisher did: how many pages it put and took away, and how many bytes of content went over."""

    put: int
    gone: int = 0
    octets: int = 0


class Renderer(Protocol):
    """Makes some of the site's pages of what the public may know."""

    def pages(self, bulletin: Bulletin, before: Bulletin | None, /) -> Pages:
        """Return pages by path.

        Args:
            bulletin: what the public may know now.
            before: the bulletin that this same renderer was asked for last; None at the start, and whenever everything
                is wanted. With it a renderer may leave out pages of which it can tell cheaply that they are unchanged;
                too many pages do no harm, since equal ones are found by digest and not published again. `made_us`
                and `stale_us` go on with every bulletin, also when one incident changed; how often a page that says
                nothing new bears a new stamp is the renderer's to say, so long as none goes stale while the desk lives.

        Returns: path to content. A path that was returned once stays published until `gone` names it.
        """
        ...

    def gone(self, bulletin: Bulletin, before: Bulletin, /) -> Collection[str]:
        """Return paths that existed for `before` and exist no more, in any order; mostly none."""
        ...


class Publisher(Protocol):
    """Puts pages where readers fetch them; used by one thread at a time."""

    @property
    def name(self) -> str:
        """Return what the console calls it: its kind and target, without secrets."""
        ...

    def put(self, pages: Pages, gone: Collection[str]) -> Published:
        """Put pages and take others away; a page that is half written is never seen.

        Args:
            pages: path to content; paths are relative, of the letters a URL path may have, without "..".
            gone: paths to take away; one that is not there is no error.

        Returns: what was done.

        Raises: OutsideFailed when not everything could be put; asked again with the same, it completes it.
        """
        ...


class StoredPage(msgspec.Struct, frozen=True):
    """A page as a reader gets it: bytes, media type, whether they are packed with gzip, and an entity tag of them."""

    content: bytes
    kind: str
    packed: bool
    etag: str


class Shelf(Protocol):
    """Holds what was published, for a desk that serves its own site; from any thread."""

    def holds(self, path: str) -> bool:
        """Whether there is a page of this path."""
        ...

    def page(self, path: str, *, packed: bool = False) -> StoredPage | None:
        """Return a page, packed when asked for and at hand so; None when there is none."""
        ...


class PathsKept(Protocol):
    """Remembers which paths each publisher has, so that what is no more can be taken away after a restart."""

    def known(self, publisher: str) -> frozenset[str]:
        """Return the paths that were kept last; none when nothing was."""
        ...

    def keep(self, publisher: str, paths: frozenset[str]) -> None:
        """Keep them instead of those before. Raises OutsideFailed."""
        ...
