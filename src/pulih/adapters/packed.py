"""Knowledge that is packed for a quick start: every table of language, and the index of all spellings of places.

People edit TOML files and lists of names; to parse them and to write all spellings out takes half of the time in which
`pulih read` is ready. `tools/pack_knowledge.py` does that once, and tests/house/test_packed.py holds that what is
packed is what the files say.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib import resources
from operator import itemgetter
from typing import Any

import msgspec

from pulih.understand.place_index import Entry, PlaceIndex

TABLES, INDEX = "tables.json", "places.msgpack.gz"
# Tables of an index whose entries many spellings share; each entry is packed once. All else is packed as it is.
_SHARED = ("names", "labelled")


class _Packed(msgspec.Struct, frozen=True):
    """An index of places: its entries, which of them each spelling has, and all the rest as it is."""

    entries: tuple[Entry, ...]
    names: dict[str, int]
    labelled: dict[str, int]
    rest: PlaceIndex


def packed_table(name: str) -> dict[str, Any]:
    """Return what a TOML file under `pulih/data` holds, such as "lexicon/signs.toml"; nobody changes it."""
    return _tables()[name]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return msgspec.json.decode(_bytes(TABLES), type=dict[str, dict[str, Any]])


def packed_index() -> PlaceIndex:
    """Return the index of the packaged gazetteer."""
    packed = msgspec.msgpack.decode(gzip.decompress(_bytes(INDEX)), type=_Packed)
    entries = packed.entries
    return msgspec.structs.replace(
        packed.rest,
        names={name: entries[at] for name, at in packed.names.items()},
        labelled={name: entries[at] for name, at in packed.labelled.items()},
    )


def pack_tables(tables: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Return tables as they are packed; the same ones always give the same bytes."""
    return msgspec.json.format(msgspec.json.encode(tables), indent=1) + b"\n"


def pack_index(index: PlaceIndex) -> bytes:
    """Return an index as it is packed; the same one always gives the same bytes."""
    ordered = [entry for by in _SHARED for _, entry in sorted(getattr(index, by).items(), key=itemgetter(0))]
    entries = tuple({id(entry): entry for entry in ordered}.values())
    number = {id(entry): at for at, entry in enumerate(entries)}
    spelt = {by: {name: number[id(entry)] for name, entry in getattr(index, by).items()} for by in _SHARED}
    rest = msgspec.structs.replace(index, names={}, labelled={})
    packed = _plain(_Packed(entries=entries, rest=rest, **spelt))
    return gzip.compress(msgspec.msgpack.encode(packed), mtime=0)


def _plain(value: object) -> object:
    """Return a value in types that are packed in one order: nothing depends on that of dicts and sets."""
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _bytes(name: str) -> bytes:
    return (resources.files("pulih") / "data" / "packed" / name).read_bytes()
