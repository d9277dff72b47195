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
_SINCE_REACH = 8


def is_acute(symptom: Symptom, main: Trouble | None, marks: Marks, words: Words, *, recovered: bool) -> bool:
    """Tell whether a report is of something going on now or today.

    Args:
        symptom: of the report.
        main: the weightiest trouble, or None when only a question or an impatient plea makes the report.
        marks: what was found.
        words: the text.
        recovered: whether service is said to be back; what then still jumps or drags is quality, not loss.
    """
    times = _times(main, marks, words)
    loss = main is None or main.hit.sign.loss
    if "days" in times and loss:
        # A loss that has lasted for days goes on today; slowness of these days is a habit.
        return True
    if "habit" in times and not _dated_firmly(marks, words):
        # "Malah makin sering mati", "tiap sore masih putus": such words add nothing to a habit. "Terus" does.
        times -= {"now", "again"}
    if "now" in times or ("keeps" in times and symptom != "billing_quota"):
        return True
    if "span" in times and not times & {"yesterday", "habit"}:
        return True
    if symptom == "billing_quota":
        return False
    if symptom in _QUALITY or not loss or (recovered and symptom == "intermittent"):
        return bool(times & {"again", "sudden"}) and "habit" not in times
    return "habit" not in times and not ("yesterday" in times and "again" not in times and not _since(marks, words))


def _times(main: Trouble | None, marks: Marks, words: Words) -> set[str]:
    return {
        one.sign.name
        for one in marks.time
        if main is None
        or (
            (one.sign.name in _OF_THE_TEXT or abs(one.clause - main.hit.clause) <= 1)
            and (main.hit.sign.loss or _dates(one, main, words))
        )
    }


def _since(marks: Marks, words: Words) -> bool:
    """Tell whether yesterday is only when it began: "sejak tower kena petir kemarin"."""
    return any(
        not words.grammar.beginning.isdisjoint(words.word(at) for at in range(one.first - _SINCE_REACH, one.first))
        for one in marks.time
        if one.sign.name == "yesterday"
    )


def _dated_firmly(marks: Marks, words: Words) -> bool:
    """Tell whether a word says that it is now: "dari tadi", "malam ini", not only "masih" or "terus"."""
    firm = (one for one in marks.time if one.sign.name == "now")
    return any(one.last - one.first > 1 or words.word(one.first) not in words.grammar.loose_times for one in firm)


def _dates(time: Hit, main: Trouble, words: Words) -> bool:
    """Tell whether a word of time dates a trouble of quality; a loose one does only right beside it."""
    loose = time.last - time.first == 1 and words.word(time.first) in words.grammar.loose_times
    return not loose or gap(main.hit, time.first, time.last) <= _LOOSE_REACH
