"""What the settings of partners and of the rota can get wrong although every key is of its kind."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import date
from typing import Final

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.config.files import Wrong, twice
from pulih.adapters.config.settings import DeskSettings
from pulih.adapters.config.work_tables import ContactTable, RecipientTable
from pulih.adapters.regulators import load_regulators
from pulih.model.errors import RefusedInput

# The table that a channel needs.
_TABLES: Final = {"email": "mail", "sms": "sms", "telegram": "telegram", "whatsapp": "whatsapp"}


def faults_of_work(settings: DeskSettings) -> Iterator[Wrong]:
    """Return what is wrong with the tables of partners and of the rota."""
    yield from _partners(settings)
    yield from twice([one.name for one in settings.contact], "contact", "name")
    for number, contact in enumerate(settings.contact):
        yield from _reached(settings, contact, ("contact", number))
    yield from _recipients(settings)
    names = {one.name for one in settings.contact}
    for number, shift in enumerate(settings.shift):
        for name in shift.people:
            if name not in names:
                yield ("shift", number, "people"), f"nobody is called {name!r}", "names of [[contact]] tables"
        try:
            date.fromisoformat(shift.since)
        except ValueError:
            yield ("shift", number, "since"), f"{shift.since!r} is no day", "a day such as 2026-01-05"


def _partners(settings: DeskSettings) -> Iterator[Wrong]:
    for network in settings.tmf.allow_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            what = f"{network!r} is no network ({error})"
            yield ("tmf", "allow_networks"), what, "such as 10.20.0.0/16 or fd00::/8"
    name = settings.tmf.operator
    try:
        unknown = bool(name) and load_catalogue(settings.desk.catalogue).resolve(name) is None
    except RefusedInput:
        # The catalogue has a fault of its own, which is told where it is named.
        return
    if unknown:
        yield ("tmf", "operator"), f"no operator {name!r} is known", "a name of the catalogue"


def _recipients(settings: DeskSettings) -> Iterator[Wrong]:
    yield from twice([one.name for one in settings.recipient], "recipient", "name")
    known = {one.id for one in load_regulators()} if settings.recipient else frozenset()
    for number, recipient in enumerate(settings.recipient):
        yield from _reached(settings, recipient, ("recipient", number))
        for rule in recipient.rules:
            if rule not in known:
                yield ("recipient", number, "rules"), f"there is no rule {rule!r}", ", ".join(sorted(known))


def _reached(settings: DeskSettings, contact: ContactTable | RecipientTable, where: tuple[str, int]) -> Iterator[Wrong]:
    if contact.channel in {"staff", "webhook"}:
        there = {one.name for one in (settings.staff if contact.channel == "staff" else settings.webhook)}
        if contact.address not in there:
            what = f"there is no [[{contact.channel}]] table of the name {contact.address!r}"
            yield (*where, "address"), what, ", ".join(sorted(there)) or "a table of that name"
    elif getattr(settings, _TABLES[contact.channel]) is None:
        table = _TABLES[contact.channel]
        what = f"the desk has no table [{table}], and cannot reach anybody by {contact.channel}"
        yield (*where, "channel"), what, f"a channel that is set, or a table [{table}]"
