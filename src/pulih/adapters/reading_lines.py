"""Reading lines: `pulih read`, one line in, one JSON object out, in the same order."""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from pulih.model.errors import RefusedInput
from pulih.model.reading import Reading
from pulih.understand.reader import Reader

# A line longer than this is cut; no complaint is that long, and memory stays bounded.
LINE_BYTES_MAX = 4_194_304


class Line(msgspec.Struct, frozen=True):
    """A JSON line of the input; "at" is accepted and does not matter to a reading."""

    text: str
    operator: str | None = None
    place: str | None = None
    at: str | float | None = None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Line)


def read_lines(reader: Reader, source: BinaryIO, target: BinaryIO) -> None:
    """Read every line of `source` and write its reading to `target`.

    Raises: RefusedInput when a line that begins like a JSON object is none.
    """
    number = 0
    while raw := source.readline(LINE_BYTES_MAX):
        number += 1
        part = raw
        while part and not part.endswith(b"\n"):
            part = source.readline(LINE_BYTES_MAX)
        target.write(_ENCODER.encode(reading_json(_read(reader, raw, number))) + b"\n")
    target.flush()


def _read(reader: Reader, raw: bytes, number: int) -> Reading:
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    if not text.lstrip().startswith("{"):
        return reader.read(text)
    try:
        line = _DECODER.decode(text)
    except msgspec.DecodeError as error:
        # A complaint may begin with a brace; only what is JSON and lacks a text is a mistake of the caller.
        if isinstance(error, msgspec.ValidationError):
            raise RefusedInput(f'standard input, row {number}: {error}. Write an object with a "text".') from None
        return reader.read(text)
    return reader.read(line.text, operator=line.operator or "", place=line.place or "")


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
        "evidence": [{"phrase": piece.phrase, "rule": piece.rule} for piece in reading.evidence],
    }
