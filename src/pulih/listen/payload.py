"""Payload: what is posted to the desk, decoded and checked once, line by line, with a sentence for each refusal.

A report that was accepted is kept as the line it came in, and is read again from there; so whatever reads it later
reads what the source wrote, and the checks here are the only ones. A key is a keyed digest of (source, id), since the
id of a post leads to whoever wrote it (requirements L1, L2, L3).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.listen.refusal import Ahead, Refusal, refusal
from pulih.model.clock import DAY_S, MICROS, iso, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.raw_report import RawReport
from pulih.model.reading import Service, Symptom
from pulih.model.signal import PROBE_PREFIX, Kind

LINE_BYTES_MAX: Final = 128 << 10
# As many as are committed at once: all of 8 MiB in lines of 84 bytes and longer.
BATCH_LINES_MAX: Final = 100_000
TEXT_CHARS_MAX: Final = 8_000
NAME_CHARS_MAX: Final = 200
SOURCE_CHARS_MAX: Final = 64
AHEAD_US_MAX: Final = 5 * 60 * MICROS
LATE_AFTER_US: Final = DAY_S * MICROS
# Some systems begin a file with this mark of UTF-8; it belongs to no report.
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
# Control characters say nothing and break what is shown; tabs and line ends become the spaces they stand for.
_UNPRINTED: Final = {**dict.fromkeys((*range(32), *range(127, 160))), **dict.fromkeys(map(ord, "\t\n\r"), " ")}

# What reports of these kinds tell holds until something else is told.
_HELD: Final[frozenset[Kind | None]] = frozenset({"alarm"})

# Signs that can be shown, of ASCII, and not spaces alone.
_SHOWN: Final = "^ *[!-~][ -~]*$"

_Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]


class Report(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One report as a source posts it; fields that are absent or null say nothing, others are not looked at.

    Attributes:
        id: the source's own id, unique within `source`.
        source: where it was heard.
        at: when it was said, aware; None = when it was received.
        text: what was said, as written.
        operator, service, symptom, place: what the source itself names.
        author: the source's own name or id of who said it.
        kind: what sort of thing it is.
        network: the source's own name of the network that it came from, the same for the same one; no address.
    """

    id: Annotated[str, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
    source: Annotated[str, Meta(min_length=1, max_length=SOURCE_CHARS_MAX, extra_json_schema={"pattern": _SHOWN})]
    at: Annotated[datetime, Meta(tz=True)] | None = None
    text: Annotated[str, Meta(max_length=TEXT_CHARS_MAX)] | None = None
    operator: _Name | None = None
    service: Service | None = None
    symptom: Symptom | None = None
    place: _Name | None = None
    author: _Name | None = None
    kind: Kind | None = "complaint"
    network: _Name | None = None


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A report fit to be kept: its line without line ends, the key it is known by, its source, when it was said, and
    whether it tells of a state that holds until another is told, as an alarm does.
    """

    line: bytes
    key: int
    source: str
    at_us: int | None
    holds: bool = False


class Cursor(msgspec.Struct, frozen=True, gc=False):
    """Where a source goes on listening once a parcel is kept, in its own words.

    `early` are keys of items that the peer took back before it said them.
    """

    source: str
    value: str
    early: tuple[int, ...] = ()


class Parcel(msgspec.Struct, frozen=True, gc=False):
    """What was posted together: reports fit to be kept, the lines that were refused, and where its source goes on."""

    heard: tuple[Heard, ...]
    refused: tuple[Refusal, ...] = ()
    cursor: Cursor | None = None


_decode = msgspec.json.Decoder(Report).decode


def report_of(line: bytes) -> Report:
    """Return the report of a kept line.

    Raises: RefusedInput when this is no line that was accepted.

    >>> report_of(b'{"id": "1", "source": "form", "text": "mati"}').text
    'mati'
    """
    try:
        return _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise RefusedInput(f"A kept report cannot be read: {problem}; it is of a newer or a damaged desk.") from problem


def raw_report(report: Report, received_us: int) -> RawReport:
    """Return a report as what every source gives, for `Acceptor.accept`; `service` and `symptom` stay behind.

    Args:
        report: as posted.
        received_us: when its frame was received; the moment of a report that tells none, and of an alarm that is told
            a day after it began or later: what it tells holds now, and says nothing of what was in between.

    >>> raw_report(report_of(b'{"id": "1", "source": "form", "text": "mati\\\\ntotal"}'), 5).text
    'mati total'
    """
    text = report.text or ""
    at_us = received_us if report.at is None else to_micros(report.at)
    return RawReport(
        at_us=received_us if report.kind in _HELD and is_late(at_us, received_us) else at_us,
        text=(text if text.isprintable() else text.translate(_UNPRINTED)).strip(),
        author=report.author or "",
        native_id=report.id,
        operator=report.operator or "",
        place=report.place or "",
        source=report.source,
        kind=report.kind or "complaint",
        network=report.network or "",
    )


class PayloadReader:
    """Reads what is posted.

    Args:
        secret: 16 to 64 bytes that never leave the desk and never change, or everything is heard anew.
    """

    def __init__(self, secret: bytes) -> None:
        self._digest = blake2b(digest_size=8, key=secret, person=b"report")

    def one(self, body: bytes, now_us: int, only: str = "") -> Parcel:
        """Return the parcel of a body that holds one JSON object; refused or fit, it is line 1.

        Args:
            body: as posted.
            now_us: the desk's clock.
            only: the source that may be in it, "" = any.

        Raises: RefusedInput when the body is empty.

        >>> PayloadReader(b"k" * 16).one(b'{"id": "1", "source": "form"}', 0).heard[0].source
        'form'
        """
        # Outside of its strings, JSON may hold line ends, and within them it may not.
        line = body.removeprefix(_BYTE_ORDER_MARK).strip().replace(b"\n", b" ").replace(b"\r", b" ")
        return self._parcel([line], now_us, only)

    def batch(self, body: bytes, now_us: int, only: str = "") -> Parcel:
        r"""Return the parcel of a body with a JSON object a line; empty lines are left out.

        Args:
            body: as posted.
            now_us: the desk's clock.
            only: the source that may be in it, "" = any.

        Raises: RefusedInput when the body is empty or there are more lines than may come at once.

        >>> parcel = PayloadReader(b"k" * 16).batch(b'{"id": "1", "source": "form"}\n\nhello\n', 0)
        >>> len(parcel.heard), parcel.refused[0].line
        (1, 3)
        """
        body = body.removeprefix(_BYTE_ORDER_MARK)
        count = body.count(b"\n") + (not body.endswith(b"\n"))
        if count > BATCH_LINES_MAX:
            raise RefusedInput(
                f"The batch has {count:,} lines; right would be at most {BATCH_LINES_MAX:,}, the rest in further calls."
            )
        return self._parcel(body.split(b"\n"), now_us, only)

    def again(self, line: bytes) -> Heard:
        """Return what a kept line was taken for when it was accepted.

        Raises: RefusedInput when this is no line that was accepted.
        """
        return self._heard(line, report_of(line))

    def key(self, source: str, native_id: str) -> int:
        """Return the key that a report is known by.

        >>> PayloadReader(b"k" * 16).key("form", "1") == PayloadReader(b"k" * 16).key("form", "2")
        False
        """
        digest = self._digest.copy()
        # No source holds the separator, since it cannot be shown.
        digest.update(f"{source}\x1f{native_id}".encode())
        return int.from_bytes(digest.digest(), "little", signed=True)

    def _parcel(self, lines: Sequence[bytes], now_us: int, only: str) -> Parcel:
        latest_us = now_us + AHEAD_US_MAX
        heard: list[Heard] = []
        refused: list[Refusal] = []
        for number, line in enumerate(lines, start=1):
            if not line or line.isspace():
                if len(lines) > 1:
                    continue
                raise RefusedInput("The body is empty; right would be a report as a JSON object.")
            try:
                one = self._checked(line, latest_us, only)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, RefusedInput) as problem:
                refused.append(refusal(number, line, problem))
            else:
                heard.append(one)
        return Parcel(tuple(heard), tuple(refused))

    def _checked(self, line: bytes, latest_us: int, only: str) -> Heard:
        if len(line) > LINE_BYTES_MAX:
            raise RefusedInput(f"a report of {len(line):,} bytes; right would be at most {LINE_BYTES_MAX:,}.")
        line, report = _read(line)
        if not (report.source.isascii() and report.source.isprintable()):
            raise RefusedInput(
                "source: holds characters that cannot be shown or are not of ASCII; right would be a short name."
            )
        if report.source.isspace():
            raise RefusedInput("source: holds nothing but spaces; right would be a short name of where it was heard.")
        if only and report.source != only:
            raise RefusedInput(f'source: not that of the token; right would be "{only}".')
        if only.startswith(PROBE_PREFIX) and report.kind != "probe":
            # Its token lies in somebody's home, and must not make whoever reads it into a thousand customers.
            raise RefusedInput('kind: a token of a probe sends what it measured; right would be "probe".')
        one = self._heard(line, report)
        if one.at_us is not None and one.at_us > latest_us:
            now = iso((latest_us - AHEAD_US_MAX) // MICROS * MICROS)
            said = report.at.isoformat() if report.at else ""
            raise Ahead(
                f"at: {said} is more than 5 minutes ahead of the desk's clock ({now}); right would be when it was said."
            )
        return one

    def _heard(self, line: bytes, report: Report) -> Heard:
        at_us = None if report.at is None else to_micros(report.at)
        return Heard(line, self.key(report.source, report.id), report.source, at_us, report.kind in _HELD)


def _read(line: bytes) -> tuple[bytes, Report]:
    """Return a line and its report; a text with half a letter, as programs leave it that cut an emoji, is made whole.

    Raises: as the decoder does.
    """
    try:
        return line, _decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        if b"\\ud" not in line.lower():
            raise
        line = _whole(line)
        return line, _decode(line)


def _whole(line: bytes) -> bytes:
    """Return a line whose text holds no half of a surrogate pair; what cannot be read is left as it is.

    >>> _whole(b'{"text": "mati \\\\ud83d"}')
    b'{"text": "mati ?"}'
    """
    try:
        told = json.loads(line)
        told["text"] = told["text"].encode("utf-8", "replace").decode()
        return json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return line


def is_late(at_us: int | None, received_us: int) -> bool:
    """Return whether what was said at `at_us` came too late to be counted, unless it holds still.

    >>> is_late(0, LATE_AFTER_US), is_late(0, LATE_AFTER_US + 1), is_late(None, 9)
    (False, True, False)
    """
    return at_us is not None and received_us - at_us > LATE_AFTER_US
