"""Components of the Statuspage format: a group for each operator, and in it its services, with how each stands now.

How a service stands follows from confirmed incidents and planned works alone: reports that nobody has confirmed are a
complaint level and change no component.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from pulih.communicate.edition import Edition
from pulih.communicate.statuspage.ids import page_id
from pulih.communicate.statuspage.shapes import Component, ComponentStatus
from pulih.model.bulletin import PublicIncident, PublicOperator, PublicScope, Stage, Work
from pulih.model.clock import from_micros
from pulih.model.incident import Severity
from pulih.model.reading import Service

# From best to worst; work that was announced is better than trouble that was not.
_ORDER: Final[tuple[ComponentStatus, ...]] = (
    "operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage",
)  # fmt: skip
_BY_SEVERITY: Final[dict[Severity, ComponentStatus]] = {
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}
UNDER_WORK: Final = ("in_progress", "verifying")


class Shelf(msgspec.Struct, frozen=True):
    """All components of a page in order, with what each one stands for: (operator, service), service None = a group."""

    components: tuple[Component, ...]
    stands_for: tuple[tuple[str, Service | None], ...]

    def hit_by(self, operator: str, services: Iterable[Service | None]) -> list[Component]:
        """Return the components of services of an operator; None or "any" among them names all of it."""
        asked = set(services)
        whole = not asked or bool(asked & {None, "any"})
        of_operator = [
            (component, service)
            for component, (whose, service) in zip(self.components, self.stands_for, strict=True)
            if whose == operator
        ]
        leaves = [component for component, service in of_operator if service in asked or (whole and service)]
        # An operator without services, or a service that is not shown, is told by the operator as a whole.
        return leaves or [component for component, service in of_operator if service is None]

    def full_name(self, component: Component) -> str:
        """Return "Group - Name" of a component in a group, else its name."""
        group = next((one for one in self.components if one.id == component.group_id), None)
        return component.name if group is None else f"{group.name} - {component.name}"


def status_at(stage: Stage, severity: Severity, *, everywhere: bool = True) -> ComponentStatus:
    """Return how a service stands that an incident of this severity hits, at this stage.

    A component is a service in the whole country, so one that is out in some places only is out in part.

    >>> status_at("identified", "critical"), status_at("monitoring", "critical"), status_at("resolved", "minor")
    ('major_outage', 'degraded_performance', 'operational')
    >>> status_at("identified", "critical", everywhere=False)
    'partial_outage'
    """
    if stage in {"resolved", "postmortem"}:
        return "operational"
    if stage == "monitoring":
        return "degraded_performance"
    return "partial_outage" if severity == "critical" and not everywhere else _BY_SEVERITY[severity]


def is_outage(incident: PublicIncident) -> bool:
    """Tell whether an incident counts: a suspicion of which a word was said, and what was no outage, do not."""
    return incident.confirmed_us is not None and not incident.retracted


def worst(statuses: Iterable[ComponentStatus]) -> ComponentStatus:
    """Return the worst of some statuses, operational of none."""
    return max(statuses, key=_ORDER.index, default="operational")


def shelf_of(edition: Edition) -> Shelf:
    """Return all components of a page.

    Args:
        edition: what the public may know.
    """
    components: list[Component] = []
    stands_for: list[tuple[str, Service | None]] = []
    for operator in edition.bulletin.operators:
        for service, component in _of_operator(edition, operator, len(components)):
            components.append(component)
            stands_for.append((operator.id, service))
    return Shelf(tuple(components), tuple(stands_for))


def _of_operator(edition: Edition, operator: PublicOperator, first: int) -> list[tuple[Service | None, Component]]:
    group = page_id("component", operator.id)
    children = [
        (service, _component(edition, operator, service, position=first + 1 + place))
        for place, service in enumerate(operator.services)
    ]
    statuses = [component.status for _, component in children] or [_standing(edition, operator.id, None)[0]]
    since_us = _since_us(edition, operator)
    touched = max([since_us, *(_standing(edition, operator.id, service)[1] for service, _ in children)])
    head = Component(
        id=group,
        page_id=page_id("page", edition.host),
        name=operator.name,
        status=worst(statuses),
        created_at=edition.instant(since_us, timespec="milliseconds"),
        updated_at=edition.instant(touched, timespec="milliseconds"),
        position=first,
        group=bool(children),
        components=[component.id for _, component in children] if children else msgspec.UNSET,
        start_date=None if children else _day(edition, since_us),
    )
    return [(None, head), *children]


def _component(edition: Edition, operator: PublicOperator, service: Service, *, position: int) -> Component:
    (status, touched_us), since_us = _standing(edition, operator.id, service), _since_us(edition, operator)
    return Component(
        id=page_id("component", operator.id, service),
        page_id=page_id("page", edition.host),
        name=_name(edition, operator, service),
        status=status,
        created_at=edition.instant(since_us, timespec="milliseconds"),
        updated_at=edition.instant(max(since_us, touched_us), timespec="milliseconds"),
        position=position,
        showcase=True,
        start_date=_day(edition, since_us),
        group_id=page_id("component", operator.id),
    )


def _name(edition: Edition, operator: PublicOperator, service: Service) -> str:
    """Return a name that no other component has.

    Exporters know components by their names alone; two operators' "Mobile internet" would be one, and the sound one
    would hide the other's outage.
    """
    shared = sum(service in one.services for one in edition.bulletin.operators) > 1
    return f"{operator.name} {edition.service(service)}" if shared else edition.service(service)


def _standing(edition: Edition, operator: str, service: Service | None) -> tuple[ComponentStatus, int]:
    """Return how a service stands, and when that may have changed last."""
    bulletin = edition.bulletin
    hits = [(one, scopes) for one in bulletin.current if (scopes := scopes_on(one, operator, service))]
    works = [one for one in bulletin.works if _is_under_work(one, operator, service)]
    statuses: list[ComponentStatus] = ["under_maintenance" for _ in works]
    statuses += [
        status_at(scope.stage, one.severity, everywhere=scope.region is None)
        for one, scopes in hits
        if is_outage(one)
        for scope in scopes
    ]
    # The latest that is over comes first.
    ended = next((one.updated_us for one in bulletin.past if scopes_on(one, operator, service)), 0)
    moments = [ended, *(one.updated_us for one, _ in hits), *(one.start_us for one in works)]
    return worst(statuses), max(moments)


def scopes_on(incident: PublicIncident, operator: str, service: Service | None) -> Sequence[PublicScope]:
    """Return the scopes of an incident that hit a service of an operator; service None asks for any of them."""
    if incident.operator != operator:
        return ()
    scopes = incident.scopes or (PublicScope(stage=incident.stage),)
    return [one for one in scopes if service is None or one.service in {service, None, "any"}]


def _is_under_work(work: Work, operator: str, service: Service | None) -> bool:
    if work.operator != operator or work.state not in UNDER_WORK:
        return False
    return service is None or not work.services or service in work.services or "any" in work.services


def _since_us(edition: Edition, operator: PublicOperator) -> int:
    """Return the first moment that the desk knows of an operator: since when it is shown, or an older trouble of it."""
    bulletin = edition.bulletin
    onsets = (one.onset_us for one in (*bulletin.current, *bulletin.past) if one.operator == operator.id)
    return min(operator.since_us or bulletin.made_us, min(onsets, default=bulletin.made_us))


def _day(edition: Edition, at_us: int) -> str:
    return from_micros(at_us).astimezone(edition.zone).date().isoformat()
