"""What the public forms offer: operators that this desk shows, and services and troubles that those can have.

Who has only mobile service is not asked about the modem at home. An operator whose services nobody wrote down may have
any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from pulih.model.reading import Service, Symptom
from pulih.service.public_form import CHOICES
from pulih.web.frame.rooms import Rooms


def operators_shown(rooms: Rooms) -> dict[str, str]:
    """Return the operators that can be chosen, id to name, by name: a desk of operators speaks of its own alone."""
    settings = rooms.settings
    shown = settings.own if settings.mode == "operator" and settings.own else tuple(rooms.names.operators)
    return {one: rooms.names.operator(one) for one in sorted(shown, key=rooms.names.operator)}


def services_of(rooms: Rooms, operators: Iterable[str] = ()) -> frozenset[Service]:
    """Return the services that some operators have; of none named, those that the desk shows."""
    known, asked = rooms.names.services, tuple(operators) or tuple(operators_shown(rooms))
    return frozenset(service for one in asked for service in known.get(one, get_args(Service)))


def troubles_of(rooms: Rooms, operator: str = "") -> list[Symptom]:
    """Return the troubles that can be reported of an operator, of none named those of any that the desk shows."""
    there = services_of(rooms, (operator,) if operator in rooms.names.operators else ())
    return [trouble for trouble, service in CHOICES.items() if service is None or service in there]


def operators_with(rooms: Rooms, trouble: str) -> dict[str, str]:
    """Return the operators of which a trouble can be reported, id to name; all for what is about no one service."""
    service = next((service for one, service in CHOICES.items() if one == trouble), None)
    shown = operators_shown(rooms)
    return {one: name for one, name in shown.items() if service is None or service in services_of(rooms, (one,))}
