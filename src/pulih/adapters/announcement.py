"""Whose and where announced work is, by the plain names in its announcement.

The reader of complaints looks for who suffers from whom, and finds nobody in "maintenance of IndiHome in Bandung".
Those who announce write names in full, so names are looked for as they are written, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pulih.adapters.maintenance import Understood
from pulih.understand.operators import Catalogue
from pulih.understand.places import PlaceFinder

# A field longer than this is a text, and not the name of a place.
_FIELD_CHARS_MAX: Final = 60
_PATTERN: Final = re.compile(r"[()|]")


def understood_by(catalogue: Catalogue, places: Callable[[], PlaceFinder]) -> Understood:
    """Return how the words of an announcement become an operator and a region.

    Args:
        catalogue: operators that can be named.
        places: gives what finds the regions that can be named.

    >>> from pulih.understand.operators import Operator
    >>> _named(Catalogue((Operator(id="xl", name="XL", spellings=("xl axiata",)),)))("Migrasi core XL Jakarta")
    'xl'
    """

    def region(text: str) -> str | None:
        found = places().find(text, hint=text if len(text) <= _FIELD_CHARS_MAX else "")
        return found[0].code if found else None

    return Understood(_named(catalogue), region)


def _named(catalogue: Catalogue) -> Callable[[str], str]:
    """Return a function that finds the operator whose longest name stands in a text, "" without any."""
    exact = {one.name: one.id for one in catalogue.operators}
    folded = {
        form.casefold(): one.id for one in catalogue.operators for form in one.spellings if not _PATTERN.search(form)
    }
    # A brand that is an everyday word in small letters ("tri", "axis") is itself only as the brand writes it.
    as_written, in_any_case = _one_of(exact, re.NOFLAG), _one_of(folded, re.IGNORECASE)

    def operator(text: str) -> str:
        found = [(len(hit[0]), exact[hit[0]]) for hit in as_written.finditer(text)]
        found += [(len(hit[0]), folded[hit[0].casefold()]) for hit in in_any_case.finditer(text)]
        # The longest of all names says most; the first of them where two are as long.
        return max(found, key=lambda one: one[0])[1] if found else ""

    return operator


def _one_of(names: dict[str, str], flags: re.RegexFlag) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in longest_first)})(?!\w)", flags)
