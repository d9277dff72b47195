"""What a probe may be pointed at, as it is written in the settings: host and port, web address, name server."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from pulih.model.errors import RefusedInput

_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?|[0-9A-Fa-f:.]{2,45}")
_WRITTEN: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")
_DNS_PORT: Final = 53
_PORTS: Final = {"http": 80, "https": 443}
_PORT_MAX: Final = 65_535


class HostPort(msgspec.Struct, frozen=True):
    """A host by name or address, and a port."""

    host: str
    port: int


class WebTarget(msgspec.Struct, frozen=True):
    """A web address: whether it is encrypted, whom it asks, and for what."""

    tls: bool
    at: HostPort
    path: str


def is_host(written: str) -> bool:
    """Return whether this can be the name or the address of a machine.

    >>> is_host("desk.example.id"), is_host("::1"), is_host("a b")
    (True, True, False)
    """
    return _HOST.fullmatch(written) is not None


def tcp_target(written: str) -> HostPort:
    """Return host and port of a target such as `mail.example.id:25` or `[2001:db8::1]:25`.

    Raises: RefusedInput.

    >>> tcp_target("mail.example.id:25")
    HostPort(host='mail.example.id', port=25)
    """
    return _host_port(written, None, "mail.example.id:25")


def name_server(written: str) -> HostPort:
    """Return host and port of a name server such as `9.9.9.9`; the port is 53 unless told.

    Raises: RefusedInput.

    >>> name_server("9.9.9.9").port
    53
    """
    return _host_port(written, _DNS_PORT, "9.9.9.9 or 9.9.9.9:53")


def http_target(written: str) -> WebTarget:
    """Return what a web address asks of whom.

    Raises: RefusedInput.

    >>> http_target("https://example.id/up?full=1")
    WebTarget(tls=True, at=HostPort(host='example.id', port=443), path='/up?full=1')
    """
    right = "an address such as https://example.id/"
    # Spaces and line ends would begin other lines of the request.
    if not written.isascii() or not written.isprintable() or " " in written:
        raise RefusedInput(f"{written!r} has signs that no web address has; right would be {right}")
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError as error:
        raise RefusedInput(f"{written!r} is no web address ({error}); right would be {right}") from None
    if parts.scheme not in _PORTS or not parts.hostname or _HOST.fullmatch(parts.hostname) is None:
        raise RefusedInput(f"{written!r} is no web address; right would be {right}")
    if parts.username is not None:
        raise RefusedInput("there is a name or password in this web address; right would be one without")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebTarget(parts.scheme == "https", HostPort(parts.hostname, port or _PORTS[parts.scheme]), path)


def _host_port(written: str, port: int | None, right: str) -> HostPort:
    found = _WRITTEN.fullmatch(written)
    host = (found["six"] or found["host"]) if found else ""
    port = int(found["port"]) if found and found["port"] else port
    if _HOST.fullmatch(host) is None or port is None or not 0 < port <= _PORT_MAX:
        raise RefusedInput(f"{written!r} is no host with a port; right would be {right}")
    return HostPort(host, port)
