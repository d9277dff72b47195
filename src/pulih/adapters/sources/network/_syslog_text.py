"""Messages of syslog as they come over the wire: where one ends, and what its head says.

Source: RFC 5424 (the message), RFC 3164 (what devices still write), RFC 6587 (octet counting and lines over TCP).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import msgspec

from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput

FRAME_BYTES_MAX: Final = 64 << 10
_NIL: Final = "-"
_BOM: Final = "\ufeff"
_COUNT: Final = re.compile(rb"([1-9]\d{0,6}) ")
_PRIORITY: Final = re.compile(r"<(\d{1,3})>")
_HEAD: Final = re.compile(r"1 (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) ")
_OLD_HEAD: Final = re.compile(
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S{1,255}) )?(?:([^\s:\[]{1,48})(?:\[[^\]]{0,128}\])?: ?)?"
)
_SHOWN: Final = 60


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One message of syslog; "" is what it does not say. `severity` is 0..7, `at_us` None without a year or a zone."""

    severity: int
    host: str = ""
    app: str = ""
    at_us: int | None = None
    text: str = ""


def line_of(raw: bytes) -> Line:
    """Return a message.

    Raises: RefusedInput when it is none.

    >>> line_of(b"<34>1 2003-10-11T22:14:15.003Z core-1 su - ID47 - 'su root' failed").host
    'core-1'
    >>> line_of(b"<187>Oct 11 22:14:15 olt-7 LINK: port 3 down").text
    'port 3 down'
    """
    told = raw.decode("utf-8", "replace").strip("\r\n\0 ")
    priority = _PRIORITY.match(told)
    if priority is None or int(priority[1]) > 191:
        raise RefusedInput(
            f"{told[:_SHOWN]!r} is no message of syslog; right would be one that begins with <priority>, 0 to 191."
        )
    severity = int(priority[1]) % 8
    rest = told[priority.end() :]
    head = _HEAD.match(rest)
    if head is None:
        old = _OLD_HEAD.match(rest)
        assert old is not None  # all of it may be absent
        return Line(severity=severity, host=old[1] or "", app=old[2] or "", text=rest[old.end() :])
    return Line(
        severity=severity,
        host="" if head[2] == _NIL else head[2],
        app="" if head[3] == _NIL else head[3],
        at_us=_moment(head[1]),
        text=rest[_after_data(rest, head.end()) :].strip(_BOM + " "),
    )


def _moment(written: str) -> int | None:
    try:
        said = datetime.fromisoformat(written)
        return to_micros(said) if said.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _after_data(told: str, at: int) -> int:
    """Return where the text begins: behind "-", or behind elements in brackets, whose quotes may hold brackets."""
    if told.startswith(_NIL, at):
        return at + 1
    quoted = escaped = within = False
    for place in range(at, len(told)):
        sign = told[place]
        if not within and sign != "[":
            return place
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = sign == "\\", sign != '"'
        elif sign == '"':
            quoted = True
        else:
            within = sign != "]"
    return len(told)


class Frames:
    """Cuts what a connection brings into messages; counted ones and lines may follow each other."""

    def __init__(self) -> None:
        self._kept = b""
        self._skipping = False

    def take(self, brought: bytes) -> list[bytes]:
        r"""Return the messages that are whole now.

        Raises: RefusedInput when nobody can say where the next one begins; the connection is of no use then.

        >>> frames = Frames()
        >>> frames.take(b"5 <1>ab<2>cd\n<3>e"), frames.take(b"f\n")
        ([b'<1>ab', b'<2>cd'], [b'<3>ef'])
        """
        kept = self._kept + brought
        whole: list[bytes] = []
        at = 0
        while at < len(kept):
            if kept[at] in b"123456789" and not self._skipping:
                count = _COUNT.match(kept, at)
                if count is None and len(kept) - at > 8:
                    raise RefusedInput("a length that is no number; right would be octet counting of RFC 6587.")
                if count is not None and int(count[1]) > FRAME_BYTES_MAX:
                    raise RefusedInput(
                        f"a message of {int(count[1]):,} bytes; right would be {FRAME_BYTES_MAX:,} at most."
                    )
                if count is None or count.end() + int(count[1]) > len(kept):
                    break
                ends = count.end() + int(count[1])
                whole.append(kept[count.end() : ends])
            else:
                ends = kept.find(b"\n", at) + 1
                if ends == 0:
                    at = self._too_long(kept, at, whole)
                    break
                if not self._skipping and kept[at : ends - 1].strip(b"\r\0 "):
                    whole.append(kept[at : ends - 1])
                self._skipping = False
            at = ends
        self._kept = kept[at:]
        return whole

    def _too_long(self, kept: bytes, at: int, whole: list[bytes]) -> int:
        """Give what fits of a line without an end, and skip the rest of it."""
        if len(kept) - at <= FRAME_BYTES_MAX:
            return len(kept) if self._skipping else at
        if not self._skipping:
            whole.append(kept[at : at + FRAME_BYTES_MAX])
        self._skipping = True
        return len(kept)
