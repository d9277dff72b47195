"""Addresses: hrefs of the desk's resources are kept as paths, and told with the machine that they were asked at."""

from __future__ import annotations

from typing import Any, Final

from pulih.interchange.kinds import ROOTS
from pulih.interchange.shapes import Document

_OURS: Final = tuple(f"{root}/" for root in ROOTS)


def with_origin(document: Document, origin: str) -> Document:
    """Return a document in which every address of the desk is whole, those in its parts too.

    Args:
        document: one resource.
        origin: of the desk, without a slash at the end; "" leaves paths.

    >>> told = {"href": "/tmf-api/alarm/v4/ackAlarms/2", "ackedAlarm": [{"href": "/tmf-api/alarm/v4/alarm/1"}]}
    >>> with_origin(told, "https://noc.example")["ackedAlarm"]
    [{'href': 'https://noc.example/tmf-api/alarm/v4/alarm/1'}]
    """
    return {name: _whole(name, value, origin) for name, value in document.items()}


def number_at(href: str, path: str) -> str:
    """Return the last part of an address below a path, whatever machine it names; "" for any other address.

    >>> number_at("https://noc.example/tmf-api/alarm/v4/alarm/7", "/tmf-api/alarm/v4/alarm"), number_at("x/7", "/y")
    ('7', '')
    """
    above, _, number = href.rpartition("/")
    return number if above.endswith(path) else ""


def _whole(name: str, value: Any, origin: str) -> Any:
    if isinstance(value, dict):
        return with_origin(value, origin)
    if isinstance(value, list):
        return [_whole("", one, origin) for one in value]
    if name == "href" and isinstance(value, str) and value.startswith(_OURS):
        return f"{origin}{value}"
    return value
