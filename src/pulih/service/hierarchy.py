"""Hierarchy: the regions and operators a backtest may speak of, as the detector needs them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pulih.detect.family import Region
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue


class Family(msgspec.Struct, frozen=True):
    """One operator and the brands whose reports count for it.

    Attributes:
        operator, name: its id, and how people write it.
        members: itself first, then the brands its network carries.
        carriers: its network and all that is carried there, when that is another operator's; else empty.
        regions: the hierarchy with its share of people.
    """

    operator: str
    name: str
    members: tuple[str, ...]
    carriers: tuple[str, ...]
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
    """Return a family for each operator with signals of its own or of a brand on its network; networks first."""
    known = {one.id: one for one in catalogue.operators}
    roots = {catalogue.network_of(one) for one in heard}
    result = []
    for one in sorted(roots | set(heard), key=lambda one: (one not in roots, one)):
        operator = known.get(one)
        network = catalogue.network_of(one)
        result.append(
            Family(
                operator=one,
                name=operator.name if operator else one,
                members=catalogue.on_network(one),
                carriers=catalogue.on_network(network) if network != one else (),
                regions=regions_of(gazetteer, frozenset(operator.footprint) if operator else frozenset()),
            )
        )
    return result
