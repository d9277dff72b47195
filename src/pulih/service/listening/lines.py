"""Lines: what a source yields, as POST /v1/reports would have it, so that one reader checks all that is heard."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from typing import Final

import msgspec

from pulih.listen.payload import NAME_CHARS_MAX, TEXT_CHARS_MAX, Parcel, PayloadReader
from pulih.listen.refusal import Refusal
from pulih.model.clock import iso
from pulih.model.reading import Service, Symptom
from pulih.model.signal import Kind
from pulih.ports.sources import Batch, Item

# What is handed in at once: enough to cost nothing by the piece, and little enough that others get their turn.
PARCEL_LINES_MAX: Final = 2_000


class _Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    id: str
    source: str
    at: str | None = None
    text: str = ""
    author: str = ""
    operator: str = ""
    service: Service | None = None
    symptom: Symptom | None = None
    place: str = ""
    kind: Kind = "complaint"


_encode: Final = msgspec.json.Encoder().encode


def line_of(item: Item, source: str) -> bytes:
    """Return an item as a report of a source; what is longer than a report may be is cut, and a long id digested.

    >>> line_of(Item(id="7", at_us=0, text="mati"), "bluesky")
    b'{"id":"7","source":"bluesky","at":"1970-01-01T00:00:00Z","text":"mati"}'
    """
    return _encode(
        _Line(
            short_id(item.id),
            source,
            None if item.at_us is None else iso(item.at_us),
            item.text[:TEXT_CHARS_MAX],
            item.author[:NAME_CHARS_MAX],
            item.operator[:NAME_CHARS_MAX],
            item.service,
            item.symptom,
            item.place[:NAME_CHARS_MAX],
            item.kind,
        )
    )


def short_id(native_id: str) -> str:
    """Return an id as a report may have it; one that is too long keeps being its own, by its digest.

    >>> short_id("7"), len(short_id("7" * 500))
    ('7', 64)
    """
    if len(native_id) <= NAME_CHARS_MAX:
        return native_id
    return blake2b(native_id.encode(), digest_size=32).hexdigest()


def parcels_of(batch: Batch, source: str, reader: PayloadReader, now_us: int) -> Iterator[Parcel]:
    """Yield the parcels of a batch, without a cursor; the first has what the source itself refused.

    Args:
        batch: what came in together.
        source: its name.
        reader: checks lines.
        now_us: the desk's clock.
    """
    refused = tuple(Refusal(0, source, told) for told in batch.refused)
    items = iter(batch.items)
    while part := list(islice(items, PARCEL_LINES_MAX)):
        parcel = reader.batch(b"\n".join([line_of(item, source) for item in part]), now_us, source)
        yield Parcel(parcel.heard, refused + parcel.refused)
        refused = ()
    if refused:
        yield Parcel((), refused)
