"""On call: who is on duty now and next, exceptions from the rota, and the contacts that calls go to.

Shifts and people stand in the settings, since a rota is agreed on; an exception is made on the console by whoever is on
duty, since nobody changes settings in the night. A contact is kept as a subscription that hears no words.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

import msgspec

from pulih.confirm.escalation import Escalation
from pulih.confirm.rota import on_duty
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.model.on_call import Contact, Duty, Override, Shift
from pulih.model.subscription import Subscription
from pulih.ports.clock import Clock
from pulih.ports.on_call import OverrideStore
from pulih.ports.outbox import SubscriptionStore
from pulih.service.subscription_tokens import address_key

OVERRIDE_US_MAX: Final = 31 * DAY_S * MICROS
_STEP_US: Final = HOUR_S * MICROS // 4


class Rota(msgspec.Struct, frozen=True, kw_only=True):
    """Who may be called, when, and how: contacts by name, shifts, escalation, the desk's time zone."""

    contacts: Mapping[str, Contact] = {}
    shifts: tuple[Shift, ...] = ()
    escalation: Escalation = Escalation()
    zone: tzinfo


class Turn(msgspec.Struct, frozen=True):
    """Who is on duty from a moment on, until another."""

    start_us: int
    end_us: int
    duty: Duty


class OnCall:
    """The rota of a desk; any thread may ask.

    Args:
        rota: of the settings.
        store: of exceptions.
        clock: the desk's.

    Attributes:
        rota: as given.
    """

    def __init__(self, rota: Rota, store: OverrideStore, clock: Clock) -> None:
        self.rota, self._store, self._clock = rota, store, clock

    def now(self) -> Duty:
        """Return who is on duty. Raises OutsideFailed."""
        return self._at(self._clock.now_us(), self.overrides())

    def turns(self, span_us: int = 2 * DAY_S * MICROS) -> tuple[Turn, ...]:
        """Return who is on duty in the time ahead, one part for each change, to the quarter of an hour."""
        now_us, overrides = self._clock.now_us(), self.overrides()
        edges = {edge for one in overrides for edge in (one.start_us, one.end_us) if now_us < edge < now_us + span_us}
        begin_us = now_us - now_us % _STEP_US + _STEP_US
        moments = [now_us, *sorted(edges | set(range(begin_us, now_us + span_us, _STEP_US)))]
        turns: list[Turn] = []
        for at_us, until_us in zip(moments, [*moments[1:], now_us + span_us], strict=True):
            duty = self._at(at_us, overrides)
            if turns and turns[-1].duty == duty:
                turns[-1] = Turn(turns[-1].start_us, until_us, duty)
            else:
                turns.append(Turn(at_us, until_us, duty))
        return tuple(turns)

    def overrides(self) -> Sequence[Override]:
        """Return exceptions that are not over. Raises OutsideFailed."""
        return self._store.after(self._clock.now_us())

    def override(self, who: str, start_us: int, end_us: int, *, made_by: str) -> Override:
        """Have somebody called first for a time, and return that exception.

        Raises: RefusedInput when there is no such person or the time cannot be; OutsideFailed.
        """
        now_us = self._clock.now_us()
        if who not in self.rota.contacts:
            known = ", ".join(sorted(self.rota.contacts)) or "nobody"
            raise RefusedInput(f"{who!r} is not on the rota; there are: {known}.", key="on_call.unknown", who=who)
        if end_us <= max(start_us, now_us) or end_us - start_us > OVERRIDE_US_MAX:
            raise RefusedInput(
                "An exception ends after it begins, in the future, and lasts 31 days at most.", key="on_call.time"
            )
        made = Override(
            id=secrets.token_hex(8), who=who, start_us=start_us, end_us=end_us, made_by=made_by, made_us=now_us
        )
        self._store.add(made)
        return made

    def take_back(self, override_id: str) -> bool:
        """Take an exception back; False when there is none of that id. Raises OutsideFailed."""
        return self._store.remove(override_id)

    def _at(self, at_us: int, overrides: Sequence[Override]) -> Duty:
        return on_duty(self.rota.shifts, overrides, at_us, self.rota.zone)


def keep_contacts(store: SubscriptionStore, contacts: Mapping[str, Contact], key: bytes, now_us: int) -> None:
    """Keep the contacts of the settings, and forget those that are no more.

    Args:
        store: of subscriptions.
        contacts: by name.
        key: the desk's secret.
        now_us: the present.

    Raises: OutsideFailed.
    """
    wanted = {(one.channel, _key_of(one, key)) for one in contacts.values()}
    for kept in store.on_call():
        if (kept.channel, kept.address_key) not in wanted:
            store.end(kept.id, now_us)
    for contact in contacts.values():
        known = contact_of(store, contact, key)
        if known is not None and (known.address, known.language) == (contact.address, contact.language):
            continue
        if known is not None:
            store.end(known.id, now_us)
        store.add(
            Subscription(
                id=secrets.token_hex(8),
                channel=contact.channel,
                address=contact.address,
                address_key=_key_of(contact, key),
                language=contact.language,
                state="on_call",
                made_us=now_us,
                confirmed_us=now_us,
            )
        )


def contact_of(store: SubscriptionStore, contact: Contact, key: bytes) -> Subscription | None:
    """Return what is kept of a contact, None when nothing is."""
    return store.of_address(contact.channel, _key_of(contact, key))


def _key_of(contact: Contact, key: bytes) -> str:
    # Whoever is on the rota may hear words at the same address, as a reader.
    return address_key(key, f"on-call {contact.name}")
