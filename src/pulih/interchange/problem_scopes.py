"""Problem scopes: where an incident is, as a service problem tells it, and what a partner's words for that mean.

A problem never tells of services and places that the desk does not hold. A partner's own words for them are told as
long as they mean the scopes that the incident has; once they do not, the desk's are, and theirs stand under
`relatedEntity`. Source: TMF656 Service Problem Management v4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar, get_args

import msgspec

from pulih.interchange.shapes import Document
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident
from pulih.model.reading import Service
from pulih.model.scope import Scope

# Attributes of a problem that are scopes of its incident.
WHERE: Final[tuple[str, ...]] = ("affectedService", "affectedLocation")
_Meant = TypeVar("_Meant")
_SERVICES: Final[Mapping[str, Service]] = {one: one for one in get_args(Service) if one != "any"}
_SCOPES_MAX: Final = 200
_KINDS: Final = {"affectedService": "Service", "affectedLocation": "GeographicLocation"}


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk calls what documents name, both ways.

    Attributes:
        operators: names of operators by catalogue id; `regions` of regions by code.
        operator_of: catalogue id of a name, "" for none; `region_of` code of a region by code or name, "" for none.
        own: catalogue id of the operator whose desk it is, "" where there are several or none.
    """

    operators: Mapping[str, str] = {}
    regions: Mapping[str, str] = {}
    operator_of: Callable[[str], str] = str
    region_of: Callable[[str], str] = str
    own: str = ""


def scopes_of(problem: Document, operator: str, names: Names) -> list[Scope]:
    """Return the scopes that a partner's problem means, each service in each region; at most 200.

    Args:
        problem: as it came, checked.
        operator: catalogue id of whose network it is.
        names: of operators and regions.
    """
    meant = (_service(one) for one in problem.get("affectedService", []))
    services: list[Service | None] = [*dict.fromkeys(one for one in meant if one)]
    told = (_region(one, names) for one in problem.get("affectedLocation", []))
    regions: list[str | None] = [*dict.fromkeys(one for one in told if one)]
    scopes = (
        Scope(operator=operator, service=service, region=region)
        for service in services or [None]
        for region in regions or [None]
    )
    return [scope for _, scope in zip(range(_SCOPES_MAX), scopes, strict=False)]


def scopes_after(incident: Incident, change: Document, names: Names) -> tuple[Scope, ...]:
    """Return the scopes of an incident after a partner's change of its services or locations.

    Those that are still meant stay as they are; a service or region that is new is joined with all of the other.

    Raises: ForbiddenMove when the change names none, or what the desk does not know; it names the attribute.
    """
    there = [one.scope for one in incident.scopes]
    services: list[Service | None] = [*dict.fromkeys(one.service for one in there)]
    regions: list[str | None] = [*dict.fromkeys(one.region for one in there)]
    had = {*services}, {*regions}
    if "affectedService" in change:
        right = f"one of {', '.join(_SERVICES)}"
        known: list[Service] = _known(change, "affectedService", _service, right)
        services = [*known]
    if "affectedLocation" in change:
        right = "code or name of a region"
        regions = [*_known(change, "affectedLocation", lambda one: _region(one, names), right)]
    stay = [one for one in there if one.service in services and one.region in regions]
    new = [
        Scope(operator=incident.operator, service=service, region=region)
        for service in services
        for region in regions
        if service not in had[0] or region not in had[1]
    ]
    if not 0 < len(stay) + len(new) <= _SCOPES_MAX:
        count = len(stay) + len(new)
        raise ForbiddenMove(
            f"body: that leaves {count} scopes; right would be 1 to {_SCOPES_MAX}, of a service in a region."
        )
    return (*stay, *new)


def where_of(incident: Incident, sent: Document, names: Names) -> Document:
    """Return what of an incident's scopes a problem holds, with its partner's words where they mean the same.

    Args:
        incident: as it is now.
        sent: what a partner sent of it, empty where it is the desk's own.
        names: of operators and regions.
    """
    ours = _where(incident, names)
    theirs = {name: sent[name] for name in WHERE if name in sent}
    meant = {(one.service, one.region) for one in scopes_of(sent, incident.operator, names)}
    if meant == {(one.scope.service, one.scope.region) for one in incident.scopes}:
        return {**ours, "characteristic": sent.get("characteristic", ours["characteristic"]), **theirs}
    told: Document = {**ours, "relatedEntity": [*sent.get("relatedEntity", [])]}
    told["characteristic"] = sent.get("characteristic", ours["characteristic"])
    for name, references in theirs.items():
        told["relatedEntity"] += [
            {
                "@referredType": _KINDS[name],
                **one,
                "id": one.get("id") or one.get("name", ""),
                "role": f"{name} as sent",
            }
            for one in references
        ]
    return {name: value for name, value in told.items() if value != []}


def operator_of(problem: Document, names: Names) -> str:
    """Return whose network a partner's problem is of, catalogue id; "" where nobody can tell."""
    told = [one.get("value") for one in problem.get("characteristic", []) if one.get("name") == "operator"]
    told += [one.get("id") for one in problem.get("relatedParty", []) if one.get("role") == "operator"]
    # The desk's own services are named with their operator before a colon.
    told += [str(one.get("id", "")).partition(":")[0] for one in problem.get("affectedService", [])]
    found = (names.operator_of(one) for one in told if isinstance(one, str) and one)
    return next((one for one in found if one), names.own)


def _where(incident: Incident, names: Names) -> Document:
    services = dict.fromkeys(one.scope.service for one in incident.scopes if one.scope.service)
    regions = dict.fromkeys(one.scope.region for one in incident.scopes if one.scope.region)
    found: Document = {
        "affectedService": [
            {"id": f"{incident.operator}:{one}", "name": one, "@referredType": "Service"} for one in services
        ],
        "affectedLocation": [
            {"id": one, "name": names.regions.get(one, one), "role": "affected", "@referredType": "GeographicLocation"}
            for one in regions
        ],
        "characteristic": [{"name": "operator", "valueType": "string", "value": incident.operator}],
    }
    return {name: value for name, value in found.items() if value}


def _known(change: Document, name: str, meaning: Callable[[Document], _Meant | None], right: str) -> list[_Meant]:
    """Return what references mean, each once. Raises ForbiddenMove for one that means nothing here, or for none."""
    found: dict[_Meant, None] = {}
    for number, one in enumerate(change[name] or [{}]):
        meant = meaning(one)
        if meant is None:
            raise ForbiddenMove(f"body.{name}[{number}]: the desk knows no such one; right would be {right}.")
        found[meant] = None
    return [*found]


def _service(reference: Document) -> Service | None:
    for told in (reference.get("name", ""), str(reference.get("id", "")).rpartition(":")[2]):
        if told in _SERVICES:
            return _SERVICES[told]
    return None


def _region(reference: Document, names: Names) -> str | None:
    found = (names.region_of(told) for told in (reference.get("id", ""), reference.get("name", "")) if told)
    return next((code for code in found if code), None)
