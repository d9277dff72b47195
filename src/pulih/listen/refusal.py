"""Refusal: why a posted line was not taken, in a sentence that says what was wrong, where, and what would be right.

Sources are programs of other people; what they are told is what their authors read when something does not work.
"""

from __future__ import annotations

import re
from typing import Final, get_args

import msgspec

from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.model.signal import Kind

_FIELD: Final = re.compile(r"^(?P<problem>.*?) - at `\$\.(?P<field>\w+)`$", re.DOTALL)
_MISSING: Final = re.compile(r"missing required field `(?P<field>\w+)`")
_SHOWN_CHARS: Final = 60

_RIGHT: Final = {
    "id": "the source's own id of this report, a string of 1 to 200 characters",
    "source": "a name of the source, a string of 1 to 64 characters",
    "at": "a moment with its zone, such as 2025-10-03T08:48:00+07:00",
    "text": "a string of at most 8,000 characters",
    "operator": "a string of at most 200 characters",
    "place": "a string of at most 200 characters",
    "author": "a string of at most 200 characters",
    "network": "a string of at most 200 characters",
    "service": f"one of {', '.join(get_args(Service))}",
    "symptom": f"one of {', '.join(get_args(Symptom))}",
    "kind": f"one of {', '.join(get_args(Kind))}",
}
_OBJECT: Final = 'a JSON object with "id" and "source"'


class Ahead(RefusedInput):
    """A report is sound and of a time to come; its sender's clock is wrong, or the desk's."""


class Refusal(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """One line that was not taken: its number from 1, its source where that could be read or "", and why.

    `sound` tells that the report has the shape that it should have, and is of a time to come.
    """

    line: int
    source: str
    error: str
    sound: bool = False


class _Named(msgspec.Struct, gc=False):
    source: str = ""


_named = msgspec.json.Decoder(_Named).decode


def refusal(number: int, line: bytes, problem: Exception) -> Refusal:
    """Return the refusal of a line.

    Args:
        number: of the line, from 1.
        line: as it came.
        problem: what reading it raised; the words of our own refusals are kept.

    >>> from pulih.model.errors import RefusedInput
    >>> refusal(3, b'{"source": "form"}', RefusedInput("at: no."))
    Refusal(line=3, source='form', error='at: no.')
    """
    if isinstance(problem, msgspec.ValidationError):
        return Refusal(number, _source(line), _field_sentence(str(problem)))
    if isinstance(problem, msgspec.DecodeError):
        return Refusal(number, "", f"not readable as JSON ({_plain(str(problem))}); right would be {_OBJECT}.")
    if isinstance(problem, UnicodeDecodeError):
        return Refusal(number, "", f"not UTF-8 at byte {problem.start} of a string; right would be JSON in UTF-8.")
    if isinstance(problem, RecursionError):
        return Refusal(number, "", f"nested too deeply; right would be {_OBJECT}.")
    return Refusal(number, _source(line), str(problem), isinstance(problem, Ahead))


def _field_sentence(problem: str) -> str:
    if missing := _MISSING.search(problem):
        field = missing["field"]
        return f"{field}: missing; right would be {_RIGHT[field]}."
    if (placed := _FIELD.match(problem)) is None:
        return f"{_plain(problem)}; right would be {_OBJECT}."
    return f"{placed['field']}: {_plain(placed['problem'])}; right would be {_RIGHT[placed['field']]}."


def _plain(problem: str) -> str:
    """Return what the decoder says, short, and without its quotation marks."""
    said = problem.replace("`", "").replace(" | null", "").removeprefix("JSON is malformed: ")
    return said[0].lower() + said[1:] if len(said) <= _SHOWN_CHARS * 2 else said[: _SHOWN_CHARS * 2] + "..."


def _source(line: bytes) -> str:
    """Return the source that a line names, "" where it cannot be read or is none."""
    try:
        source = _named(line).source
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return source if source.isprintable() and len(source) <= 64 else ""
