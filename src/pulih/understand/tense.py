"""Is it now? Losses are, unless they are a habit; slowness and billing only when a word says so (docs/labelling.md)."""

from __future__ import annotations

from pulih.model.reading import Symptom
from pulih.understand.marks import Marks, gap
from pulih.understand.matcher import Hit
from pulih.understand.normal import Words
from pulih.understand.troubles import Trouble

_QUALITY = frozenset({"slow", "billing_quota"})
# Words that date a whole text, and words that only date the trouble they stand with ("harganya naik mulu").
_OF_THE_TEXT = frozenset({"now", "yesterday", "habit", "span"})


# "Still", "already" and "keep" date what they stand with: "already too expensive" dates a price.
_LOOSE_REACH = 1


def is_acute(symptom: Symptom, main: Trouble | None, marks: Marks, words: Words) -> bool:
    """Tell whether a report is of something going on now or today.

    Args:
        symptom: of the report.
        main: the weightiest trouble, or None when only a question or an impatient plea makes the report.
        marks: what was found.
        words: the text.
    """
    times = _times(main, marks, words)
    if "now" in times or ("keeps" in times and symptom != "billing_quota"):
        return True
    if "span" in times and not times & {"yesterday", "habit"}:
        return True
    if symptom == "billing_quota":
        return False
    if symptom in _QUALITY or (main is not None and not main.hit.sign.loss):
        return bool(times & {"again", "sudden"}) and "habit" not in times
    return "habit" not in times and not ("yesterday" in times and "again" not in times)


def _times(main: Trouble | None, marks: Marks, words: Words) -> set[str]:
    return {
        one.sign.name
        for one in marks.of("time")
        if main is None
        or (
            (one.sign.name in _OF_THE_TEXT or abs(one.clause - main.hit.clause) <= 1)
            and (main.hit.sign.loss or _dates(one, main, words))
        )
    }


def _dates(time: Hit, main: Trouble, words: Words) -> bool:
    """Tell whether a word of time dates a trouble of quality; a loose one does only right beside it."""
    loose = time.last - time.first == 1 and words.word(time.first) in words.grammar.loose_times
    return not loose or gap(main.hit, time.first, time.last) <= _LOOSE_REACH
