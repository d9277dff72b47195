"""Words that somebody wrote in a form that was not taken: told again, so that nobody has to write them twice."""

from __future__ import annotations

from collections.abc import Iterable

from pulih.service.harmless import written
from pulih.web.frame.words import Words

# Fields of the console that are written, not chosen, as their labels are called (console.field).
_WRITTEN = frozenset({
    "reason", "text_id", "text_en", "what", "claim", "fact", "answer_id", "answer_en", "cause_id", "cause_en",
    "alternatives_id", "alternatives_en", "priority_customers", "owner", "outside", "speaker", "office",
})  # fmt: skip


def wrote(say: Words, fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what of the fields of a form was written, each with the label of its field; empty ones are left out."""
    told = ((say(f"console.field.{name}"), written(text.strip())) for name, text in fields if name in _WRITTEN)
    return tuple((label, text) for label, text in told if text)
