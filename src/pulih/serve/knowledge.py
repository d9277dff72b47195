"""Knowledge: operators and regions, as the settings extend what is packaged."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.config import DeskSettings
from pulih.main_reading import load_places
from pulih.serve.reading import own_operator
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue
from pulih.understand.places import PlaceFinder


class Known(msgspec.Struct, frozen=True):
    """Operators, regions, and what finds places in words; that is made when it is first asked for."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    places: Callable[[], PlaceFinder]


def known_to(settings: DeskSettings) -> Known:
    """Return what a desk with these settings knows.

    Raises: RefusedInput when a file of operators or places cannot be used.
    """
    catalogue, own = load_catalogue(settings.desk.catalogue), own_operator(settings)
    return Known(catalogue.with_operator(own) if own else catalogue, *load_places(settings.desk.places))
