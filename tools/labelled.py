"""The labelled corpus of complaints: its rows, as `corpus/README.md` describes them, read and checked.

A row with an unknown key or a value outside the vocabulary is refused with its file and line: a wrong label that
nobody notices teaches and judges wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from pulih.model.reading import Group, Language, Service, Symptom

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
Part = Literal["train", "judge", "held_out"]
Kind = Literal[
    "complaint", "question", "recovery", "official", "promo", "seller", "quiz", "news", "praise", "package", "power",
    "football", "joke", "memory", "comparison", "manners", "rant", "template", "other",
]  # fmt: skip


class Labelled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text with everything that a reading of it should say.

    Attributes:
        text: as its writer wrote it.
        kind: the situation it was written from; says nothing to the reader.
        given_operator: operator whose channel it came in by, as `pulih read` takes it; None for public posts.
        is_report, acute, service, symptom, operator, groups, recovered, language: see docs/labelling.md.
        place: Kemendagri code of the most probable place, or None.
    """

    text: str
    kind: Kind
    given_operator: str | None
    is_report: bool
    acute: bool
    service: Service | None
    symptom: Symptom
    operator: str | None
    place: str | None
    groups: tuple[Group, ...]
    recovered: bool
    language: Language | None


def read_file(path: Path) -> Iterator[Labelled]:
    """Yield the rows of one file; raises ValueError with file and line for a row that is none."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            yield msgspec.json.decode(line, type=Labelled)
        except (msgspec.DecodeError, msgspec.ValidationError) as wrong:
            raise ValueError(f"{path.name}, line {number}: {wrong}") from wrong


def read_part(part: Part) -> list[tuple[str, Labelled]]:
    """Return all rows of a part, each with "file:line"."""
    return [
        (f"{part}/{path.name}:{number}", row)
        for path in sorted((CORPUS / part).glob("*.jsonl"))
        for number, row in enumerate(read_file(path), 1)
    ]
