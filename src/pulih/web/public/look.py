"""Where "is it just me?" leads: from the operator and the place that were named to the page that answers.

The site is plain files and cannot read what is typed, so its form asks the desk; the lists of the site lead to the same
pages without it. It leads to pages of its own only, made of codes that it knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get

from pulih.communicate.addresses import Language, address
from pulih.web.frame.redirects import led
from pulih.web.frame.rooms import rooms_of

_NAME_MAX: Final = 80
# What people write before a name, and what the list of regions does.
_RANK = re.compile(r"^(kota adm(inistrasi)?|kota|kab|kabupaten|provinsi|prov|dki|di|daerah istimewa)\b\s*")


@get("/look", sync_to_thread=False, include_in_schema=False)
def look(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Lead on to the page of the place, or else of the operator, or else to the list of places.

    Whoever wrote a place that is not known lands on the line of the list that says so.
    """
    asked, names = request.query_params, rooms_of(request).names
    language: Language = "en" if asked.get("lang") == "en" else "id"
    place, operator = asked.get("place", "")[:_NAME_MAX], asked.get("operator", "")
    if code := place_named(place, names.regions):
        return led(f"/{address(language, 'region', code)}")
    if operator in names.operators and not place.strip():
        return led(f"/{address(language, 'operator', operator)}")
    return led(f"/{address(language, 'regions')}{'#not-found' if place.strip() else ''}")


def place_named(text: str, regions: Mapping[str, str]) -> str | None:
    """Return the code of the region that somebody typed, None where it is none or could be several.

    A bare name that a city shares with a regency means the city, as people mean it.

    >>> known = {"32": "Jawa Barat", "32.04": "Kab. Bandung", "32.73": "Kota Bandung", "31.74": "Jakarta Selatan"}
    >>> [place_named(one, known) for one in ("bandung", "Kab Bandung", "jakarta sel", "ja")]
    ['32.73', '32.04', '31.74', None]
    """
    asked = _folded(text)
    if not asked:
        return None
    folded = {code: _folded(name) for code, name in regions.items()}
    for found in (
        [code for code, name in folded.items() if name == asked],
        sorted(
            (code for code, name in folded.items() if _bare(name) == _bare(asked)),
            key=lambda code: not folded[code].startswith("kota "),
        )[:1],
        [code for code, name in folded.items() if _bare(name).startswith(_bare(asked))],
    ):
        if len(found) == 1:
            return found[0]
    return None


def _folded(text: str) -> str:
    plain = " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())
    # As the list of regions writes it: who names a regency does not mean the city of that name.
    return re.sub(r"^kabupaten\b", "kab", plain)


def _bare(name: str) -> str:
    return _RANK.sub("", name) or name
