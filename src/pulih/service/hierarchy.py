"""Hierarchy: the regions and operators a backtest may speak of, as the detector needs them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pulih.detect.family import Region
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue


class Family(msgspec.Struct, frozen=True):
    """One operator and the brands whose reports count for it: itself first, then those on its network."""

    operator: str
    name: str
    members: tuple[str, ...]
    regions: Mapping[str, Region]


def regions_of(gazetteer: Gazetteer, footprint: frozenset[str]) -> dict[str, Region]:
    """Return all regions with their share of people among their level; outside the footprint a tenth of it.

    Args:
        gazetteer: all regions.
        footprint: region codes the operator serves; empty = everywhere.
    """
    weights: dict[str, float] = {}
    totals = {True: 0.0, False: 0.0}
    for code, region in gazetteer.regions.items():
        served = not footprint or any(one in footprint for one in gazetteer.ancestors(code))
        weights[code] = max(region.population, 1) * (1.0 if served else 0.1)
        totals[bool(region.parent)] += weights[code]
    return {
        code: Region(code, region.parent, weights[code] / totals[bool(region.parent)])
        for code, region in gazetteer.regions.items()
    }


def families(catalogue: Catalogue, gazetteer: Gazetteer, heard: list[str]) -> list[Family]:
    """Return a family for each operator with signals of its own or of a brand on its network, by id."""
    known = {one.id: one for one in catalogue.operators}
    roots = {catalogue.network_of(one) for one in heard}
    result = []
    for one in sorted(roots | set(heard)):
        operator = known.get(one)
        carried = tuple(o.id for o in catalogue.operators if o.network == one and o.id != one)
        footprint = frozenset(operator.footprint) if operator else frozenset()
        name = operator.name if operator else one
        result.append(Family(one, name, (one, *carried), regions_of(gazetteer, footprint)))
    return result
