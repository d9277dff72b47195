"""A Scope says what a claim is about: operator, service, region and symptom, each possibly "all of it"."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pulih.model.reading import Service, Symptom


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding, an impact or an incident speaks of.

    Attributes:
        operator: catalogue id; "" where no operator is named.
        service, symptom: what fails and how; None where it is not told.
        region: Kemendagri code; None = the whole country, or no place known.
    """

    operator: str = ""
    service: Service | None = None
    region: str | None = None
    symptom: Symptom | None = None


def nested(one: str | None, other: str | None, parents: Mapping[str, str]) -> bool:
    """Tell whether one of two regions lies within the other, or is it; None is the whole country.

    Args:
        one, other: region codes.
        parents: code of the region above each region, "" or absent for those right below the country.

    >>> nested("31.74", "31", {"31.74": "31"}), nested("31", "32", {}), nested(None, "32", {})
    (True, False, True)
    """
    return one is None or other is None or one in _upwards(other, parents) or other in _upwards(one, parents)


def _upwards(code: str, parents: Mapping[str, str]) -> set[str]:
    above: set[str] = set()
    # A code that is above itself is a slip in the data and must not hang the desk.
    while code and code not in above:
        above.add(code)
        code = parents.get(code, "")
    return above
