"""On call: the rota of a desk, and who gets its reports, as its settings have them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from pulih.adapters.config import DeskSettings
from pulih.adapters.config.work_tables import ShiftTable
from pulih.adapters.sql.override_store import SqlOverrideStore
from pulih.confirm.escalation import Escalation
from pulih.main import zone_name
from pulih.model.on_call import WEEKDAYS, Contact, Recipient, Shift
from pulih.ports.clock import Clock
from pulih.service.on_call import OnCall, Rota


def on_call_of(settings: DeskSettings, engine: Engine, clock: Clock) -> OnCall:
    """Return the rota of a desk.

    Args:
        settings: the desk's.
        engine: its database.
        clock: its clock.
    """
    told = settings.escalation
    rota = Rota(
        contacts={
            one.name: Contact(name=one.name, channel=one.channel, address=one.address, language=one.language)
            for one in settings.contact
        },
        shifts=tuple(map(_shift, settings.shift)),
        escalation=Escalation(
            acknowledge_min=told.acknowledge_min,
            rounds=told.rounds,
            about=frozenset(told.about) or Escalation().about,
        ),
        zone=ZoneInfo(zone_name(settings.desk.zone)),
    )
    return OnCall(rota, SqlOverrideStore(engine), clock)


def recipients_of(settings: DeskSettings) -> dict[str, Recipient]:
    """Return who gets reports, by name."""
    return {
        one.name: Recipient(name=one.name, channel=one.channel, address=one.address, rules=one.rules)
        for one in settings.recipient
    }


def _shift(table: ShiftTable) -> Shift:
    return Shift(
        days=table.days or WEEKDAYS,
        start_min=_minutes(table.start),
        end_min=_minutes(table.end),
        people=table.people,
        rotate_days=table.rotate_days,
        since_day=date.fromisoformat(table.since).toordinal(),
    )


def _minutes(written: str) -> int:
    hours, _, minutes = written.partition(":")
    return int(hours) * 60 + int(minutes)
