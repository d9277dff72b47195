"""Splits one JSON array into its elements, each with the line it begins on; the array must fit in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast

import msgspec

from pulih.adapters.files.encoding import HEAD_BYTES, refuse_encoding, refuse_unless_text, text_of
from pulih.adapters.files.lines import LINE_BYTES_MAX, Spoilt, refuse_damaged
from pulih.adapters.files.origin import DamagedError, ReadBytes, exactly
from pulih.adapters.files.reasons import TOO_LONG
from pulih.model.errors import RefusedInput

ARRAY_BYTES_MAX: Final = 64 << 20
# Elements are at most one more than commas; millions of tiny ones would need many times the file.
_COMMAS_MAX: Final = 4_000_000
_CHUNK_BYTES: Final = 1 << 18
_GAP: Final = re.compile(rb"[\s,]*")


def elements_of(read: ReadBytes, label: str) -> Iterator[tuple[int, str | Spoilt]]:
    """Yield the text of each element with its line number.

    Raises: RefusedInput when the file is no whole array, too large, damaged, or in another encoding.
    """
    whole = _whole(read, label)
    try:
        elements = msgspec.json.decode(whole, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as problem:
        raise RefusedInput(
            f"{label} begins like a JSON array and is none ({problem}); "
            "wanted is one JSON object a line, or one whole array of objects"
        ) from None
    at = whole.index(b"[") + 1
    row = 1 + whole.count(b"\n", 0, at)
    for element in elements:
        raw = bytes(element)
        start = cast("re.Match[bytes]", _GAP.match(whole, at)).end()
        row += whole.count(b"\n", at, start)
        yield row, _text(raw, label, row)
        row += raw.count(b"\n")
        at = start + len(raw)


def _text(raw: bytes, label: str, row: int) -> str | Spoilt:
    if len(raw) > LINE_BYTES_MAX:
        return Spoilt(TOO_LONG, raw[:400].decode(errors="replace"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise refuse_encoding(label, row, raw) from None


def _whole(read: ReadBytes, label: str) -> bytearray:
    try:
        head = exactly(read, HEAD_BYTES)
        refuse_unless_text(head, label)
        read_text = text_of(read, head)
        whole = bytearray()
        while len(whole) <= ARRAY_BYTES_MAX and (part := read_text(_CHUNK_BYTES)):
            whole += part
    except DamagedError as problem:
        raise refuse_damaged(label, 0, problem) from None
    if len(whole) > ARRAY_BYTES_MAX or whole.count(b",") > _COMMAS_MAX:
        raise RefusedInput(
            f"{label} is a JSON array too large to hold in memory (more than {ARRAY_BYTES_MAX >> 20} MiB); "
            f"make it one object a line: jq -c '.[]' {label} > lines.jsonl"
        )
    return whole
