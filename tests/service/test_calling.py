"""Calls reach who is on duty once, whatever is killed when, and stop when somebody takes it up (requirement R1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from intake_in_memory import SetClock

from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.override_store import SqlOverrideStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.communicate.speech import Speech
from pulih.confirm.escalation import Escalation
from pulih.model.actor import THE_DESK, Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.entry import Acknowledged, Called, ClaimedFixed, Confirmed, Fact, Opened, RecoveryJudged, Restored
from pulih.model.errors import RefusedInput
from pulih.model.on_call import Contact, Shift
from pulih.model.recovery import ScopeRecovery
from pulih.model.scope import Scope
from pulih.model.subscription import Parcel
from pulih.ports.outbox import Settled
from pulih.service.calling import Calling
from pulih.service.incidents import Incidents
from pulih.service.messages import Messages
from pulih.service.on_call import OnCall, Rota, keep_contacts

KEY = b"k" * 32
SARI = Actor("sari", "duty")
MINUTE_US = 60 * MICROS
CONTACTS = {
    "sari": Contact(name="sari", channel="sms", address="+628111"),
    "budi": Contact(name="budi", channel="email", address="budi@example.id", language="en"),
}
ZONE = ZoneInfo("Asia/Jakarta")


class House:
    """A desk's rooms of calling over one database; made again, it is a desk that was started again."""

    def __init__(self, folder: Path, clock: SetClock, contacts: dict[str, Contact] = CONTACTS) -> None:
        self.clock = clock
        self.engine = database_in(folder / "desk.db")
        self.store, self.outbox = SqlSubscriptionStore(self.engine), SqlOutbox(self.engine)
        speech = Speech(zone=ZONE, operators={"sf": "Smartfren"}, regions={"31": "DKI Jakarta"})
        changes = SqlPlannedChanges(self.engine)
        self.incidents = Incidents(SqlIncidentStore(self.engine), clock, speech=speech, changes=changes)
        rule = Escalation(about=frozenset({"suspected", "confirmed", "relapsed"}))
        rota = Rota(contacts=contacts, shifts=(Shift(people=("sari", "budi")),), escalation=rule, zone=ZONE)
        self.on_call = OnCall(rota, SqlOverrideStore(self.engine), clock)
        keep_contacts(self.store, contacts, KEY, clock.at_us)
        self.calling = Calling(self.incidents, self.on_call, self.outbox, contacts=self.store, key=KEY)
        self.messages = Messages("Meja", "https://desk.example", speech, manage=str, confirm=str, code=str, secret=str)
        self.messages.calls(self.calling.letter)

    def opened(self) -> str:
        fact = Opened(operator="sf", onset_us=self.clock.at_us, scopes=(Scope(operator="sf", region="31"),))
        return self.incidents.open(fact, actor=SARI, reason="telepon dari lapangan").id

    def act(self, name: str, fact: Fact, actor: Actor) -> None:
        incident = self.incidents.get(name)
        assert incident is not None
        self.incidents.act(name, fact, actor=actor, version=incident.version, reason="Sudah diperiksa")

    def look(self) -> int:
        return self.calling.look(self.clock.at_us)

    def waiting(self) -> list[Parcel]:
        """Lease what waits on both channels."""
        found: Sequence[Parcel] = [
            one for kind in ("sms", "email") for one in self.outbox.claim(kind, self.clock.at_us, 9)  # type: ignore[arg-type]
        ]  # fmt: skip
        return [*found]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, SetClock())
    yield made
    made.engine.dispose()


def test_the_first_on_duty_is_called_the_next_one_when_nobody_answers_and_nobody_once_it_is_taken_up(
    house: House,
) -> None:
    name = house.opened()
    assert [house.look(), house.look()] == [1, 0]
    [first] = house.waiting()
    message = house.messages.message(first)
    assert (message.address, message.link) == ("+628111", f"https://desk.example/console/incidents/{name}")
    assert message.text == (
        f"Tangani {name}: dugaan gangguan, Smartfren, DKI Jakarta, berat. "
        "Bila 10 menit tidak ditanggapi, orang berikutnya dipanggil."
    )
    house.clock.at_us += 10 * MINUTE_US
    assert house.look() == 1
    [second] = house.waiting()
    assert house.messages.message(second).text.startswith(f"Take up {name}: a suspected outage")
    incident = house.incidents.get(name)
    assert incident is not None
    house.incidents.act(name, Acknowledged(), actor=SARI, version=incident.version)
    house.clock.at_us += 60 * MINUTE_US
    assert house.look() == 0
    told = [entry.fact.who for entry in house.incidents.timeline(name) if isinstance(entry.fact, Called)]
    assert told == ["sari", "budi"]


def test_who_is_on_duty_is_called_when_reports_rise_again_after_an_incident_was_called_restored(house: House) -> None:
    name = house.opened()
    for fact in (Confirmed(), ClaimedFixed(), Restored(overrides=True)):
        house.act(name, fact, SARI)
    assert house.look() == 0
    house.clock.at_us += 30 * MINUTE_US
    scope = Scope(operator="sf", region="31")
    house.act(name, RecoveryJudged(scopes=(ScopeRecovery(scope=scope, verdict="not_yet", relapsed=True),)), THE_DESK)
    assert [house.look(), house.look()] == [1, 0]
    [call] = house.waiting()
    assert "gangguan yang kembali setelah pulih" in house.messages.message(call).text
    house.act(name, Acknowledged(), SARI)
    house.clock.at_us += 60 * MINUTE_US
    assert house.look() == 0


def test_a_desk_that_was_killed_between_timeline_and_outbox_calls_once_after_the_next_start(
    house: House, tmp_path: Path
) -> None:
    name = house.opened()
    incident = house.incidents.get(name)
    assert incident is not None
    house.incidents.act(
        name, Called(about="suspected", step=1, who="sari"), actor=Actor("desk", "desk"), version=incident.version
    )
    again = House(tmp_path, house.clock)
    try:
        assert [again.look(), again.look(), house.look()] == [1, 0, 0]
        assert len(again.waiting()) == 1
    finally:
        again.engine.dispose()


def test_a_call_that_was_being_handed_over_is_never_sent_again_and_one_that_was_leased_is(
    house: House, tmp_path: Path
) -> None:
    house.opened()
    house.look()
    [leased] = house.waiting()
    house.outbox.recover(house.clock.at_us, begun=frozenset())
    [again] = house.waiting()
    assert again.deliveries == leased.deliveries
    house.outbox.settle([Settled(delivery=one, state="handing") for one in again.deliveries], house.clock.at_us)
    assert house.outbox.recover(house.clock.at_us, begun=frozenset(again.deliveries)) == 1
    assert house.waiting() == []


def test_somebody_who_stands_in_is_called_first_for_that_time(house: House) -> None:
    now_us = house.clock.at_us
    house.on_call.override("budi", now_us, now_us + HOUR_S * MICROS, made_by="sari")
    assert house.on_call.now().people == ("budi", "sari")
    turns = house.on_call.turns()
    assert [turn.duty.people[0] for turn in turns] == ["budi", "sari"]
    assert turns[0].end_us == now_us + HOUR_S * MICROS
    house.opened()
    house.look()
    assert [one.subscription.address for one in house.waiting()] == ["budi@example.id"]
    [kept] = house.on_call.overrides()
    assert [house.on_call.take_back(kept.id), house.on_call.take_back(kept.id)] == [True, False]


@pytest.mark.parametrize(("who", "begins", "ends"), [("dewi", 0, 60), ("sari", 0, 0), ("sari", -120, -60),
                                                     ("sari", 0, 32 * 24 * 60)])  # fmt: skip
def test_an_exception_that_cannot_be_is_refused(house: House, who: str, begins: int, ends: int) -> None:
    now_us = house.clock.at_us
    with pytest.raises(RefusedInput):
        house.on_call.override(who, now_us + begins * MINUTE_US, now_us + ends * MINUTE_US, made_by="sari")


def test_contacts_hear_no_words_and_are_forgotten_when_the_settings_name_them_no_more(
    house: House, tmp_path: Path
) -> None:
    assert [len(house.store.active(kind)) for kind in ("sms", "email")] == [0, 0]  # type: ignore[arg-type]
    moved = {"sari": Contact(name="sari", channel="sms", address="+628222")}
    again = House(tmp_path, house.clock, moved)
    try:
        assert [one.address for one in again.store.on_call()] == ["+628222"]
    finally:
        again.engine.dispose()
