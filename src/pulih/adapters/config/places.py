"""What the settings of the public site can get wrong although every key is of its kind: what a place needs, secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from pulih.adapters.config.files import Wrong, readable, secret, twice
from pulih.adapters.config.settings import DeskSettings, PublisherKind, PublishTable

# What each kind needs, and what is only of that kind.
_NEEDS: Final[dict[PublisherKind, tuple[str, ...]]] = {
    "folder": ("folder",),
    "rsync": ("target", "key_file"),
    "s3": ("bucket", "access_key", "secret_file"),
}
_OF_KIND: Final[dict[PublisherKind, tuple[str, ...]]] = {
    "folder": ("folder",),
    "rsync": ("target", "key_file", "known_hosts_file"),
    "s3": ("bucket", "prefix", "endpoint", "access_key", "secret_file"),
}


def faults_of_site(settings: DeskSettings) -> Iterator[Wrong]:
    """Return what is wrong with [site] and with each [[publish]]."""
    yield from _address(settings.site.address)
    yield from _hub(settings)
    yield from twice([one.name for one in settings.publish], "publish", "name")
    for number, place in enumerate(settings.publish):
        yield from _place(place, number)


def _address(address: str) -> Iterator[Wrong]:
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        what = f"{address!r} is no address of a site"
        yield ("site", "address"), what, "an address such as https://status.example.id"


def _hub(settings: DeskSettings) -> Iterator[Wrong]:
    hub = settings.site.hub
    parts = urlsplit(hub)
    if hub and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment):
        yield ("site", "hub"), f"{hub!r} is no address of a hub", "an address such as https://hub.example.id/"
    if hub and not (settings.site.address or settings.server.address):
        what = "a hub fetches feeds from the public address of the site, and none is named"
        yield ("site", "hub"), what, "address in [site] too, or no hub"


def _place(place: PublishTable, number: int) -> Iterator[Wrong]:
    for key in _NEEDS[place.kind]:
        if not getattr(place, key):
            yield (
                ("publish", number, "kind"),
                f"a place of kind {place.kind} needs {key}",
                f"a line that begins {key} =",
            )
    for kind, keys in _OF_KIND.items():
        for key in keys if kind != place.kind else ():
            if getattr(place, key):
                what = f"{key} says nothing of a place of kind {place.kind}"
                yield ("publish", number, key), what, f"no such line, or kind = {kind!r}"
    if place.key_file is not None:
        yield from secret(place.key_file, ("publish", number, "key_file"))
    if place.known_hosts_file is not None:
        yield from readable(place.known_hosts_file, ("publish", number, "known_hosts_file"))
    if place.secret_file is not None:
        yield from secret(place.secret_file, ("publish", number, "secret_file"))
