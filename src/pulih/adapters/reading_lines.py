"""Reading lines: `pulih read`, one line in, one JSON object out, in the same order.

A line that is no text at all would get a reading too, of nothing, and nobody would notice; so it ends the reading with
one sentence. What was read before it has been written by then. A line that says the same as one of the last thousands
is answered as that was, since a reading follows from the text and what its source says of it, and from nothing else.
"""

from __future__ import annotations

import codecs
import contextlib
import json
from collections.abc import Iterator
from typing import BinaryIO, Final, NoReturn, cast

import msgspec

from pulih.adapters.files.reasons import excerpt_of
from pulih.adapters.files.written_time import moment_of
from pulih.adapters.recalled import Recalled
from pulih.model.errors import RefusedInput
from pulih.model.reading import Reading
from pulih.understand.learnt import BATCH_TEXTS
from pulih.understand.normal import LETTERS_READ
from pulih.understand.reader import Reader, Told

# A line longer than this is cut; no complaint is that long, and memory stays bounded.
LINE_BYTES_MAX: Final = 4_194_304
_REMEMBERED_LETTERS: Final = 280
# No name of an operator or a place is longer; readers remember those of operators.
_NAME_LETTERS: Final = 400
_ENCODER: Final = msgspec.json.Encoder()
_KINDS: Final = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
_WANTED: Final = 'right would be {"text": "internet mati dari pagi"}'


def read_lines(reader: Reader, source: BinaryIO, target: BinaryIO) -> None:
    """Read every line of `source` and write its reading to `target`.

    Raises: RefusedInput when a line is no text, or an object without one.
    """
    batch: list[Told] = []
    lately = Recalled[Told, bytes]()

    def written(told: list[Told]) -> list[bytes]:
        return [_ENCODER.encode(reading_json(reading)) + b"\n" for reading in reader.read_all(told)]

    try:
        for told in _lines_told(source):
            batch.append(told)
            if len(batch) == BATCH_TEXTS:
                target.writelines(lately.all(batch, written, worth=is_short))
                batch.clear()
    finally:
        # What stands before a line that is refused has been read.
        target.writelines(lately.all(batch, written, worth=is_short))
        target.flush()


def is_short(told: Told) -> bool:
    """Tell whether others may write the same; a longer text is nobody else's too."""
    return len(told.text) <= _REMEMBERED_LETTERS


def _lines_told(source: BinaryIO) -> Iterator[Told]:
    number = 0
    strict = None
    while raw := source.readline(LINE_BYTES_MAX):
        number += 1
        part = raw
        while part and not part.endswith(b"\n"):
            part = source.readline(LINE_BYTES_MAX)
        text = _text(raw, number)
        if strict is None and text.strip():
            # Whoever begins with an object means objects; elsewhere a complaint may begin with a brace.
            strict = text.lstrip().startswith("{")
        yield _told(text, number, strict=bool(strict))


def _text(raw: bytes, number: int) -> str:
    if number == 1:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            _refuse(number, "this is UTF-16, and texts are read in UTF-8; convert them: iconv -f UTF-16 -t UTF-8")
        raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\0" in raw:
        _refuse(number, "there is a NUL byte in it, so it is no text, or text in UTF-16; give lines of UTF-8")
    try:
        # The bound may have cut a long line inside a letter.
        text = codecs.getincrementaldecoder("utf-8")().decode(
            raw, final=len(raw) < LINE_BYTES_MAX or raw.endswith(b"\n")
        )
    except UnicodeDecodeError as problem:
        _refuse(
            number,
            f"byte 0x{raw[problem.start]:02X} at position {problem.start + 1} is not UTF-8; give lines of UTF-8, "
            "such as iconv -f WINDOWS-1252 -t UTF-8 makes of older text",
        )
    return text.rstrip("\r\n")


def _told(text: str, number: int, *, strict: bool) -> Told:
    found = _object(text) if text.lstrip().startswith("{") else None
    if found is None:
        if strict and text.lstrip().startswith("{"):
            _refuse(number, f"{excerpt_of(text)!r} begins like a JSON object and is none; {_WANTED}")
        return Told(text[:LETTERS_READ])
    said = _field(found, "text", number)
    if said is None:
        _refuse(number, f'the object has no "text", only {", ".join(list(found)[:9]) or "nothing"}; {_WANTED}')
    operator, place = ((_field(found, name, number) or "")[:_NAME_LETTERS] for name in ("operator", "place"))
    _check_time(found.get("at"), number)
    # A batch of endless texts would be large.
    return Told(said[:LETTERS_READ], operator, place)


def _object(text: str) -> dict[str, object] | None:
    """Return the object that a line is, None when it is none."""
    with contextlib.suppress(msgspec.MsgspecError, RecursionError):
        return cast("dict[str, object]", msgspec.json.decode(text))
    # The standard library takes the NaN and the halves of surrogate pairs that other programs write.
    with contextlib.suppress(ValueError, RecursionError):
        return cast("dict[str, object]", json.loads(text))
    return None


def _field(found: dict[str, object], name: str, number: int) -> str | None:
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(number, f'"{name}" is {_KINDS.get(type(value), "no text")} and has to be text in quotes; {_WANTED}')
    return value.encode("utf-8", "replace").decode()


def _check_time(at: object, number: int) -> None:
    """Refuse an "at" that is no time, though it does not matter to a reading: it was meant to be one."""
    known = at is None or (isinstance(at, int | float | str) and not isinstance(at, bool))
    if isinstance(at, str):
        try:
            moment_of(at.strip())
        except (ValueError, OverflowError):
            known = False
    if not known:
        shown = excerpt_of(at if isinstance(at, str) else repr(at))
        _refuse(number, f'"at" is {shown!r}, which is no time; right would be "at": "2025-10-03T08:48:00+07:00"')


def _refuse(number: int, what: str) -> NoReturn:
    raise RefusedInput(f"standard input, line {number}: {what}.")


def reading_json(reading: Reading) -> dict[str, object]:
    """Return a reading as `pulih read` writes it: the public keys, in their order.

    >>> list(reading_json(Reading(False, 0.1, False, None, "none", None)))[:3]
    ['is_report', 'p_report', 'acute']
    """
    return {
        "is_report": reading.is_report,
        "p_report": round(reading.p_report, 4),
        "acute": reading.acute,
        "service": reading.service,
        "symptom": reading.symptom,
        "operator": reading.operator,
        "places": [{"code": place.code, "name": place.name, "p": round(place.p, 4)} for place in reading.places],
        "groups": list(reading.groups),
        "recovered": reading.recovered,
        "language": reading.language,
        "evidence": [{"phrase": piece.phrase, "rule": piece.rule} for piece in (*reading.evidence, *reading.named_at)],
    }
