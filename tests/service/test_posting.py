"""Reports and the question after an outage go out once, because a named person pressed, and count when taken over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from database_here import database_in
from intake_in_memory import SetClock

from pulih.adapters.regulators import load_regulators
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.learn_store import SqlLessonStore
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.communicate.speech import Speech
from pulih.model.actor import Actor
from pulih.model.bulletin import Word
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    CustomersAsked,
    NoticeDrafted,
    Opened,
    Relapsed,
    ReportSent,
    Restored,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.on_call import Recipient
from pulih.model.scope import Scope
from pulih.model.subscription import ChannelKind, DeliveryState, Language, Parcel, Subscription
from pulih.ports.outbox import Settled
from pulih.service.incidents import Incidents
from pulih.service.learning import Learning, LearnSettings
from pulih.service.messages import Messages
from pulih.service.on_call import keep_contacts
from pulih.service.posting import Posting, Recipients, contact_for
from pulih.service.public_incident import public_incident
from pulih.service.queueing import queued_word
from pulih.service.survey_links import SurveyLinks
from pulih.web.console.posted import PostView

KEY = b"k" * 32
DEWI, CITRA = Actor("dewi", "duty"), Actor("citra", "approver")
MINUTE_US = 60 * MICROS
# Half past ten in the evening in Jakarta: quiet hours have begun.
EVENING_US = 1_772_551_800_000_000
ZONE = ZoneInfo("Asia/Jakarta")
MINISTRY = Recipient(name="Komdigi", channel="email", address="lapor@komdigi.example.id", rules=("id.house.2026",))
PLACE = "https://desk.example"


class House:
    """A desk's rooms of posting over one database; made again, it is a desk that was started again."""

    def __init__(self, folder: Path, clock: SetClock, *recipients: Recipient) -> None:
        self.clock, self.engine = clock, database_in(folder / "desk.db")
        self.readers, self.outbox = SqlSubscriptionStore(self.engine), SqlOutbox(self.engine)
        speech = Speech(zone=ZONE, operators={"sf": "Smartfren"}, regions={"31": "DKI Jakarta"})
        store = SqlIncidentStore(self.engine)
        self.incidents = Incidents(store, clock, speech=speech, changes=SqlPlannedChanges(self.engine))
        self.learning = Learning(
            self.incidents, SqlLessonStore(self.engine), load_regulators(), clock=clock, settings=LearnSettings(),
            links=SurveyLinks(KEY),
        )  # fmt: skip
        named = {one.name: one for one in recipients or (MINISTRY,)}
        keep_contacts(self.readers, {name: contact_for(one) for name, one in named.items()}, KEY, clock.at_us)
        self.posting = Posting(
            self.learning, self.incidents, self.outbox, recipients=Recipients(named, self.readers, KEY), clock=clock,
            zone=ZONE, address=PLACE,
        )  # fmt: skip
        self.messages = Messages("Meja", PLACE, speech, manage=str, confirm=str, code=str, secret=str)
        self.messages.posts(self.posting.letter)

    def outage(self, *, over: bool = False) -> Incident:
        opened = Opened(operator="sf", onset_us=self.clock.at_us, scopes=(Scope(operator="sf", region="31"),))
        incident = self.incidents.open(opened, actor=DEWI, reason="telepon dari lapangan")
        self.clock.at_us += 40 * MINUTE_US
        facts = (Confirmed(), *((ClaimedFixed(), Restored(overrides=True)) if over else ()))
        for fact in facts:
            incident = self.incidents.act(incident.id, fact, actor=DEWI, version=incident.version, reason="Ya")
        return incident

    def reader(
        self, name: str, channel: ChannelKind = "email", *, quiet: bool = False, language: Language = "id"
    ) -> None:
        self.readers.add(
            Subscription(
                id=name.ljust(16, "0"), channel=channel, address=f"{name}@example.id", address_key=name,
                language=language, quiet=quiet, state="active", confirmed_us=0,
            )
        )  # fmt: skip

    def say(self, incident: Incident) -> None:
        """Queue a word for all readers, and let it reach them."""
        shown = public_incident(self.incidents.timeline(incident.id), self.incidents.speech)
        word = Word(
            id="n1", number=9, kind="update", stage="resolved", published_us=self.clock.at_us, text_id="Pulih.",
            text_en="Restored.",
        )  # fmt: skip
        self.outbox.queue(queued_word(shown, word), [], self.clock.at_us)
        self.settle("sent")

    def leased(self) -> list[Parcel]:
        kinds: tuple[ChannelKind, ...] = ("email", "telegram", "webhook", "staff")
        return [one for kind in kinds for one in self.outbox.claim(kind, self.clock.at_us, 99)]

    def settle(self, state: DeliveryState, why: str = "") -> list[Parcel]:
        found = self.leased()
        done = [Settled(delivery=one, state=state, why=why) for parcel in found for one in parcel.deliveries]
        self.outbox.settle(done, self.clock.at_us)
        return found

    def clock_of(self, incident: Incident) -> str:
        found = self.learning.obligations(self.learning.record(incident.id))
        rule = next(one for one in found if one.rule.id == "id.house.2026")
        return next(one.state for one in rule.clocks if one.clock == "ministry")

    def press(self, incident: Incident, recipient: str = "Komdigi") -> Incident:
        return self.posting.report(incident.id, "id.house.2026", "ministry", recipient=recipient, actor=DEWI)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, SetClock(EVENING_US))
    yield made
    made.engine.dispose()


def test_a_report_goes_out_as_it_read_when_somebody_pressed_and_stops_the_clock_when_it_is_taken_over(
    house: House,
) -> None:
    incident = house.press(house.outage())
    entry = house.incidents.timeline(incident.id)[-1]
    assert (entry.actor, entry.reason) == ("dewi", "") and isinstance(entry.fact, ReportSent)
    assert [house.posting.look(house.clock.at_us), house.posting.look(house.clock.at_us)] == [1, 0]
    changed = NoticeDrafted(notice="", kind="update", text_id="Berubah.", text_en="Changed.")
    house.incidents.act(incident.id, changed, actor=DEWI, version=incident.version)
    assert house.clock_of(incident) == "running"
    house.clock.at_us += 5 * MINUTE_US
    [parcel] = house.settle("sent")
    message = house.messages.message(parcel)
    assert (message.address, message.link, message.stop) == (MINISTRY.address, "", "")
    assert message.subject.startswith(f"Laporan gangguan {incident.id}: ")
    assert message.text == entry.fact.text and "LAPORAN GANGGUAN LAYANAN" in message.text
    house.clock.at_us += 5 * MINUTE_US
    house.posting.look(house.clock.at_us)
    house.posting.look(house.clock.at_us)
    [filed] = house.learning.record(incident.id).filings
    assert (filed.by, filed.note, filed.at_us) == ("dewi", "Komdigi", house.clock.at_us - 5 * MINUTE_US)
    assert house.clock_of(incident) == "met"


def test_a_machine_gets_the_report_as_json_with_what_it_is_about(tmp_path: Path) -> None:
    crm = Recipient(name="Kepatuhan", channel="webhook", address="crm", rules=("id.house.2026",))
    house = House(tmp_path, SetClock(EVENING_US), crm)
    incident = house.press(house.outage(), "Kepatuhan")
    house.posting.look(house.clock.at_us)
    [parcel] = house.leased()
    told = json.loads(house.messages.message(parcel).body)
    assert (told["incident"], told["report"]) == (incident.id, f"{incident.id}/p{incident.version}")
    assert told["text"].startswith("LAPORAN GANGGUAN LAYANAN")
    house.engine.dispose()


def test_a_report_that_is_refused_stops_no_clock_says_why_and_may_be_sent_again(house: House) -> None:
    incident = house.press(house.outage())
    with pytest.raises(ForbiddenMove, match="being sent already"):
        house.press(incident)
    house.posting.look(house.clock.at_us)
    house.settle("refused", "550 No such user")
    house.posting.look(house.clock.at_us)
    [post] = house.posting.posts(incident.id)
    assert [(one.state, one.why) for one in post.became] == [("refused", "550 No such user")]
    assert (house.clock_of(incident), house.learning.record(incident.id).filings) == ("running", ())
    assert len(house.press(incident).posts) == 2


def test_who_gets_no_reports_of_a_rule_gets_none_and_a_rule_that_does_not_bind_sends_none(tmp_path: Path) -> None:
    abroad = Recipient(name="MIC", channel="email", address="mic@example.jp", rules=("jp.mic.2023",))
    house = House(tmp_path, SetClock(EVENING_US), MINISTRY, abroad)
    incident = house.outage()
    with pytest.raises(RefusedInput, match=r"'MIC' gets no reports of .*; there are: Komdigi"):
        house.press(incident, "MIC")
    for rule, clock, to in (("jp.mic.2023", "first", "MIC"), ("id.house.2026", "first", "Komdigi")):
        with pytest.raises(ForbiddenMove, match="asks for no report"):
            house.posting.report(incident.id, rule, clock, recipient=to, actor=DEWI)
    with pytest.raises(ForbiddenMove, match="not for the role viewer"):
        house.posting.report(
            incident.id, "id.house.2026", "ministry", recipient="Komdigi", actor=Actor("tamu", "viewer")
        )
    house.engine.dispose()


def test_a_desk_that_was_killed_after_the_press_sends_once_and_one_that_was_killed_after_the_sending_notes_it_once(
    house: House, tmp_path: Path
) -> None:
    incident = house.press(house.outage())
    second = House(tmp_path, house.clock)
    assert [second.posting.look(house.clock.at_us), house.posting.look(house.clock.at_us)] == [1, 0]
    assert len(second.settle("sent")) == 1
    third = House(tmp_path, house.clock)
    for one in (third, second, third):
        one.posting.look(house.clock.at_us)
    assert len(third.learning.record(incident.id).filings) == 1
    for made in (second, third):
        made.engine.dispose()


def test_what_could_not_be_queued_within_a_day_is_not_sent_and_shown_as_such(house: House, tmp_path: Path) -> None:
    incident = house.press(house.outage())
    house.clock.at_us += (DAY_S + HOUR_S) * MICROS
    assert house.posting.look(house.clock.at_us) == 0
    [post] = house.posting.posts(incident.id)
    assert (post.became, post.under_way) == ((), False)
    view = PostView(fact=post.entry.fact, who="dewi", at_us=0, became=(), lost=True)  # type: ignore[arg-type]
    assert view.many("sent") == 0


def test_readers_who_were_told_are_asked_once_each_with_a_link_of_their_own_and_not_by_night(house: House) -> None:
    house.reader("ayu")
    house.reader("budi", language="en", quiet=True)
    house.reader("mesin", "webhook")
    house.reader("loket", "staff")
    incident = house.outage(over=True)
    house.say(incident)
    house.reader("late")
    assert house.posting.askable(incident.id) == 2
    house.posting.survey(incident.id, "csat", actor=DEWI)
    fact = house.incidents.timeline(incident.id)[-1].fact
    assert fact == CustomersAsked(question="csat", readers=2)
    assert [house.posting.look(house.clock.at_us), house.posting.look(house.clock.at_us)] == [1, 0]
    [first] = house.settle("sent")
    message = house.messages.message(first)
    assert message.address == "ayu@example.id"
    assert "Gangguan Smartfren sejak" in message.text and "Seberapa puas Anda" in message.text
    assert message.stop and message.stop in message.text
    house.clock.at_us += 9 * HOUR_S * MICROS
    [second] = house.settle("sent")
    asked = house.messages.message(second)
    assert asked.address == "budi@example.id" and "How satisfied are you" in asked.text
    tokens = [one.text.partition(f"{PLACE}/opinion?t=")[2].split()[0] for one in (message, asked)]
    links = [house.learning.links.read(token, house.clock.at_us) for token in tokens]
    assert {one.incident for one in links if one} == {incident.id}
    assert len({one.number for one in links if one}) == 2
    [survey] = house.learning.record(incident.id).surveys
    assert (survey.question, survey.asked) == ("csat", 2)
    with pytest.raises(ForbiddenMove, match="asked about this outage already"):
        house.posting.survey(incident.id, "nps", actor=CITRA)


def test_nobody_is_asked_before_it_is_over_or_where_nobody_was_told(house: House) -> None:
    incident = house.outage()
    with pytest.raises(ForbiddenMove, match="No reader who was told"):
        house.posting.survey(incident.id, "ces", actor=DEWI)
    house.reader("ayu")
    house.say(incident)
    with pytest.raises(ForbiddenMove, match="not possible while"):
        house.posting.survey(incident.id, "ces", actor=DEWI)


def test_a_report_that_was_taken_over_is_not_sent_again_by_a_page_that_was_loaded_before(house: House) -> None:
    incident = house.press(house.outage())
    house.posting.look(house.clock.at_us)
    house.settle("sent")
    with pytest.raises(ForbiddenMove, match="being sent already"):
        house.press(incident)
    house.posting.look(house.clock.at_us)
    assert house.clock_of(incident) == "met"
    with pytest.raises(ForbiddenMove, match="asks for no report"):
        house.press(incident)


def test_nobody_is_told_that_it_is_over_while_it_is_back_and_reports_of_others_do_not_wait_for_that(
    house: House,
) -> None:
    house.reader("ayu", quiet=True)
    incident = house.outage(over=True)
    house.say(incident)
    asked = house.posting.survey(incident.id, "csat", actor=DEWI)
    house.posting.look(house.clock.at_us)
    back = house.incidents.act(incident.id, Relapsed(), actor=DEWI, version=asked.version, reason="Putus lagi")
    other = house.press(house.outage())
    house.posting.look(house.clock.at_us)
    assert [one.letter for one in house.settle("sent")] == ["report"]
    house.posting.look(house.clock.at_us)
    assert house.clock_of(other) == "met"
    house.clock.at_us += 9 * HOUR_S * MICROS
    assert house.leased() == []
    [post] = house.posting.posts(incident.id)
    assert [(one.state, one.many) for one in post.became] == [("dropped", 1)]
    for fact in (ClaimedFixed(), Restored(overrides=True)):
        back = house.incidents.act(back.id, fact, actor=DEWI, version=back.version, reason="Ya")
    assert len(house.posting.survey(incident.id, "csat", actor=DEWI).posts) == 2
    house.posting.look(house.clock.at_us)
    assert [one.letter for one in house.leased()] == ["survey"]


def test_who_was_to_be_asked_and_was_not_counts_as_nobody_and_who_is_asked_again_counts_once(
    house: House, tmp_path: Path
) -> None:
    for name in ("ayu", "budi"):
        house.reader(name, quiet=True)
    incident = house.outage(over=True)
    house.say(incident)
    asked = house.posting.survey(incident.id, "csat", actor=DEWI)
    house.posting.look(house.clock.at_us)
    assert house.learning.learnt(incident.id).sent == (("csat", 2),), "an answer may come before all is settled"
    back = house.incidents.act(incident.id, Relapsed(), actor=DEWI, version=asked.version, reason="Putus lagi")
    house.posting.look(house.clock.at_us)
    assert house.learning.learnt(incident.id).sent == ()
    assert house.learning.record(incident.id).surveys == ()
    for fact in (ClaimedFixed(), Restored(overrides=True)):
        back = house.incidents.act(back.id, fact, actor=DEWI, version=back.version, reason="Ya")
    house.posting.survey(incident.id, "csat", actor=DEWI)
    house.posting.look(house.clock.at_us)
    assert house.learning.learnt(incident.id).sent == (("csat", 2),)
    house.clock.at_us += 9 * HOUR_S * MICROS
    [first, second] = house.leased()
    done = [Settled(delivery=one, state="sent") for one in first.deliveries]
    done += [Settled(delivery=one, state="refused", why="550 No such user") for one in second.deliveries]
    house.outbox.settle(done, house.clock.at_us)
    again = House(tmp_path, house.clock)
    for one in (house, again, house):
        one.posting.look(house.clock.at_us)
    [survey] = again.learning.record(incident.id).surveys
    assert (survey.question, survey.asked) == ("csat", 1)
    lines = len(again.learning.lessons(incident.id))
    house.outbox.forget(house.clock.at_us + 1)
    third = House(tmp_path, house.clock)
    third.posting.look(house.clock.at_us)
    assert len(third.learning.lessons(incident.id)) == lines, "what the outbox forgot was asked all the same"
    for made in (again, third):
        made.engine.dispose()


def test_a_question_that_is_out_is_noted_though_the_outage_is_back_when_the_desk_gets_to_it(
    house: House, tmp_path: Path
) -> None:
    house.reader("ayu")
    incident = house.outage(over=True)
    house.say(incident)
    asked = house.posting.survey(incident.id, "csat", actor=DEWI)
    # Queued and sent, and killed before it was noted.
    house.outbox.queue_survey(f"{incident.id}/p{asked.version}", incident.id, [], house.clock.at_us)
    house.settle("sent")
    house.incidents.act(incident.id, Relapsed(), actor=DEWI, version=asked.version, reason="Putus lagi")
    second = House(tmp_path, house.clock)
    second.posting.look(house.clock.at_us)
    assert second.learning.learnt(incident.id).sent == (("csat", 1),)
    second.engine.dispose()
