"""Signed tokens of home probes: whose probe it is, what it may do and until when, under the desk's own signature.

A probe stands in somebody's home and is read by whoever holds it. So its token says all of itself, is proved by its
signature (compared in constant time; no secret of it is kept anywhere, so that none can be looked up or leak from
here), and opens one thing: sending what that one probe measured. The desk keeps its serial, by which it is taken back.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pulih.model.clock import MICROS
from pulih.model.signal import PROBE_PREFIX
from pulih.service.sealed import Seal, unproved

# As of all tokens, so that scanners of code and logs find those that leaked.
PREFIX: Final = "pulih_probe_"
_CHARS_MAX: Final = 400

May = Literal["report"]


class ProbeToken(msgspec.Struct, frozen=True, array_like=True):
    """What a token says.

    Attributes:
        serial: of the token; the desk knows it by this.
        source: whose reports it sends, such as "probe-rumah-7".
        may: what it is for.
        made_s, ends_s: from when to when it holds, seconds since 1970 UTC.
    """

    serial: str
    source: str
    may: tuple[May, ...]
    made_s: int
    ends_s: int


class ProbeTokens:
    """Signs and proves tokens.

    Args:
        key: the desk's, 16 to 64 bytes; tokens of another key are none.
    """

    def __init__(self, key: bytes) -> None:
        self._seal = Seal(key, "pulih probe token", ProbeToken, chars_max=_CHARS_MAX)

    def sign(self, serial: str, source: str, *, made_us: int, ends_us: int) -> str:
        """Return a token.

        >>> tokens = ProbeTokens(b"k" * 32)
        >>> tokens.read(tokens.sign("1f", "probe-a", made_us=0, ends_us=9_000_000)).ends_s
        9
        >>> ProbeTokens(b"o" * 32).read(tokens.sign("1f", "probe-a", made_us=0, ends_us=9_000_000)) is None
        True
        """
        said = ProbeToken(serial, source, ("report",), made_us // MICROS, ends_us // MICROS)
        return PREFIX + self._seal.token(said)

    def read(self, secret: str) -> ProbeToken | None:
        """Return what a token says, None when this desk did not sign it."""
        return self._seal.read(secret.removeprefix(PREFIX)) if secret.startswith(PREFIX) else None


def said_in(secret: str) -> ProbeToken | None:
    """Return what a token says to whoever holds it, proved by nobody; None when it is not a signed one.

    >>> said_in(ProbeTokens(b"k" * 32).sign("1f", "probe-a", made_us=0, ends_us=9_000_000)).source
    'probe-a'
    >>> said_in("pulih_x") is None, said_in("pulih_probe_x") is None
    (True, True)
    """
    return unproved(secret.removeprefix(PREFIX), ProbeToken) if secret.startswith(PREFIX) else None


def is_probe(source: str) -> bool:
    """Return whether a source is a probe's.

    >>> is_probe("probe-rumah-7"), is_probe("zammad"), is_probe("probe-")
    (True, False, False)
    """
    return source.startswith(PROBE_PREFIX) and source != PROBE_PREFIX
