"""Lines: what a source yields, as POST /v1/reports would have it, so that one reader checks all that is heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec

from pulih.listen.payload import AHEAD_US_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, Parcel, PayloadReader
from pulih.listen.refusal import Refusal
from pulih.model.clock import from_micros
from pulih.model.reading import Service, Symptom
from pulih.model.signal import Kind
from pulih.ports.sources import Batch, Item

# What is handed in at once: enough to cost nothing by the piece, and little enough that others get their turn.
PARCEL_LINES_MAX: Final = 2_000
PARCEL_BYTES_MAX: Final = 4 << 20


class _Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    id: str
    source: str
    at: datetime | None = None
    text: str = ""
    author: str = ""
    operator: str = ""
    service: Service | None = None
    symptom: Symptom | None = None
    place: str = ""
    kind: Kind = "complaint"


_encode: Final = msgspec.json.Encoder().encode


def line_of(item: Item, source: str, *, now_us: int) -> bytes:
    """Return an item as a report of a source; what no report can be is mended, so that no item holds up the others.

    What is too long is cut, a long id digested, and half a letter becomes a question mark. What is dated ahead of the
    clock counts as said when it is heard, what is dated before 1970 as too late.

    Args:
        item: as the source yields it.
        source: its name.
        now_us: the desk's clock.

    >>> line_of(Item(id="7", at_us=0, text="mati"), "bluesky", now_us=0)
    b'{"id":"7","source":"bluesky","at":"1970-01-01T00:00:00Z","text":"mati"}'
    >>> line_of(Item(id="7", at_us=10**20, text="mati\\ud800"), "bluesky", now_us=0)
    b'{"id":"7","source":"bluesky","text":"mati?"}'
    """
    return _encode(
        _Line(
            short_id(item.id),
            source,
            _moment(item.at_us, now_us),
            whole(item.text[:TEXT_CHARS_MAX]),
            whole(item.author[:NAME_CHARS_MAX]),
            whole(item.operator[:NAME_CHARS_MAX]),
            item.service,
            item.symptom,
            whole(item.place[:NAME_CHARS_MAX]),
            item.kind,
        )
    )


def short_id(native_id: str) -> str:
    """Return an id as a report may have it; one that is too long keeps being its own, by its digest.

    >>> short_id("7"), len(short_id("7" * 500))
    ('7', 64)
    """
    # Half a letter is none for JSON, and two ids that differ in it must not become one.
    if len(native_id) <= NAME_CHARS_MAX and whole(native_id) == native_id:
        return native_id
    return blake2b(native_id.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def parcels_of(batch: Batch, source: str, reader: PayloadReader, now_us: int) -> Iterator[Parcel]:
    """Yield the parcels of a batch, without a cursor; the first has what the source itself refused.

    Args:
        batch: what came in together.
        source: its name.
        reader: checks lines.
        now_us: the desk's clock.
    """
    refused = tuple(Refusal(0, source, told) for told in batch.refused)
    for part in _parts(line_of(item, source, now_us=now_us) for item in batch.items):
        parcel = reader.batch(b"\n".join(part), now_us, source)
        yield Parcel(parcel.heard, refused + parcel.refused)
        refused = ()
    if refused:
        yield Parcel((), refused)


def _parts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield lines in order, as many at once as a parcel may hold."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and (len(part) >= PARCEL_LINES_MAX or size + len(line) > PARCEL_BYTES_MAX):
            yield part
            part, size = [], 0
        part.append(line)
        size += len(line)
    if part:
        yield part


def _moment(at_us: int | None, now_us: int) -> datetime | None:
    return None if at_us is None or at_us > now_us + AHEAD_US_MAX else from_micros(max(at_us, 0))


def whole(text: str) -> str:
    """Return a text without halves of letters (lone surrogates), which some peers and mails send.

    >>> whole("mati \\ud800"), whole("padam \U0001f622") == "padam \U0001f622"
    ('mati ?', True)
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
