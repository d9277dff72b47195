"""Outages of the past, lived through again: heard, found, told, restored, judged by rules, credited and reviewed.

Facts and assumptions stand with each story; rules and policies that were not in force on the day are tried "as if".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from journal_in_memory import MINUTE_US
from scenario_books import BOOKS
from scenario_credits import worked_out
from scenario_desk import ScenarioDesk, cut_off, us
from scenario_stories import STORIES, Story

from pulih.adapters.credit.rule_files import parse_policy, policy_text
from pulih.adapters.regulators import load_regulators
from pulih.communicate.promises import promises_of
from pulih.learn.experience import experience
from pulih.learn.obligations import Obligation, document, obligations
from pulih.learn.review import review_document
from pulih.model.entry import CreditBasisSet, OnsetSet, RecoveryJudged
from pulih.model.impact import Bounds
from pulih.model.incident import Incident
from pulih.model.record import Affected, Figures, Record
from pulih.service.credit_incident import credit_incident

RULES = load_regulators()
# Called restored while so large a part of those hit is still cut off, it is called too early.
NEARLY_NONE = 0.1
# How long after the last customer was served it may take to be called restored.
PROVED_WITHIN_US = 30 * MINUTE_US


@dataclass(frozen=True)
class Lived:
    """A story that was lived through: the desk as it is at the end, and what is left of it."""

    story: Story
    desk: ScenarioDesk
    incident: Incident

    def record(self) -> Record:
        """Return what the rooms of learning take."""
        first, last = self.story.customers
        rows = (Affected(users=Bounds(first, first, last)),) if last else ()
        return Record(
            incident=self.incident,
            entries=self.desk.incidents.timeline(self.incident.id),
            country=self.story.country,
            zone=self.story.zone,
            operator_name=self.story.operator,
            detected_us=self.incident.opened_us,
            figures=Figures(affected=rows),
            promises=promises_of(self.incident, now_us=self.desk.clock.at_us),
        )

    def owed(self) -> dict[str, Obligation]:
        """Return what each rule asks at the end, by its id."""
        found = obligations(RULES, self.record(), now_us=self.desk.clock.at_us)
        return {one.rule.id: one for one in found}


@pytest.fixture(scope="module", params=STORIES.values(), ids=lambda story: story.id)
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Live through one story; every test of it looks at the same life."""
    return lived_through(request.param, tmp_path_factory.mktemp(request.param.id))


def lived_through(story: Story, folder: Path) -> Lived:
    """Live through a story in a folder."""
    desk = ScenarioDesk(folder, story)
    return Lived(story, desk, desk.run())


def test_it_is_found_while_it_goes_on_and_told_of_at_once(lived: Lived) -> None:
    begin_us, incident = us(lived.story.begin), lived.incident
    assert begin_us < incident.opened_us < begin_us + 75 * MINUTE_US
    said = [one.published_us for one in incident.notices if one.published_us is not None]
    documented = [us(at) for at, act in lived.story.acts if act == "first_word"]
    assert min(said) - max([incident.opened_us, *documented]) <= 15 * MINUTE_US


def test_it_is_called_restored_when_customers_are_and_not_before(lived: Lived) -> None:
    ends = [
        entry.at_us
        for entry in lived.desk.incidents.timeline(lived.incident.id)
        if isinstance(entry.fact, RecoveryJudged)
        and len(entry.fact.scopes) == len(lived.incident.scopes)
        and all(one.verdict == "restored" for one in entry.fact.scopes)
    ]
    assert ends
    # Both bounds are measured from the story's facts. Service returns for one customer after the other: while more than
    # a tenth are cut off, a verdict is false; at relief the last one is served, and complaints are as usual from that
    # very moment on, so the half hour counts from there. What chance makes of other lives: `counted_lives`.
    assert [at_us for at_us in ends if cut_off(lived.story, at_us) > NEARLY_NONE] == []
    assert min(ends) <= us(lived.story.relief) + PROVED_WITHIN_US
    assert lived.incident.state == "restored"
    assert not lived.incident.overridden


def test_a_repair_that_was_claimed_too_early_is_contradicted(lived: Lived) -> None:
    early = [us(at) for at, act in lived.story.acts if act == "claimed_fixed" and us(at) < us(lived.story.relief)]
    against = [
        entry.at_us
        for entry in lived.desk.incidents.timeline(lived.incident.id)
        if isinstance(entry.fact, RecoveryJudged) and any(one.verdict == "contradicted" for one in entry.fact.scopes)
    ]
    if lived.story.id == "telkom-2021":
        assert against
        assert min(against) - early[0] <= 60 * MINUTE_US
    else:
        assert not against


def test_clocks_of_rules_and_promises_end_as_history_and_habit_make_them(lived: Lived) -> None:
    owed = lived.owed()
    found = {(rule, one.clock): one.state for rule, obligation in owed.items() for one in obligation.clocks}
    assert [(*key, found[key]) for rule, clock, _ in lived.story.clocks if (key := (rule, clock))] == list(
        lived.story.clocks
    )
    for rule, _, _ in lived.story.clocks:
        here = owed[rule].rule.country == lived.story.country
        assert owed[rule].as_if or here
        # A rule of elsewhere, or of another day, says of itself that it is tried as if.
        told = document(owed[rule], now_us=lived.desk.clock.at_us)
        assert ("for comparison" in told or "sebagai perbandingan" in told) == owed[rule].as_if
    # The desk promises its next word as the cadence of the house asks, and keeps it: no update was ever owed in vain.
    assert [one.broken for one in owed["id.house.2026"].clocks if one.clock == "updates"] == [0]
    measured = experience(lived.record(), now_us=lived.desk.clock.at_us)
    assert measured.broken == 0


def test_the_review_tells_the_story_in_both_languages_and_keeps_the_inside_in(lived: Lived) -> None:
    record, now_us = lived.record(), lived.desk.clock.at_us
    inside = review_document(record, found=tuple(lived.owed().values()), public=False, now_us=now_us)
    public = review_document(record, public=True, now_us=now_us)
    assert all(all(section.title) for section in inside.sections)
    assert {"summary", "steps", "statements", "promises"} <= {section.id for section in inside.sections}
    assert {"obligations", "notes"}.isdisjoint(section.id for section in public.sections)
    assert lived.story.operator in public.headline[0] + str(public.sections)


def test_each_subscriber_gets_what_was_worked_out_by_hand_and_the_book_its_total(lived: Lived, tmp_path: Path) -> None:
    book, desk = BOOKS[lived.story.id], lived.desk
    desk.act(OnsetSet(onset_us=us(book.at(book.onset))), reason="the documented moment")
    desk.act(CreditBasisSet(services=book.services, nationwide=any(one.scope.region is None for one in
             lived.incident.scopes)), reason="as the story tells")  # fmt: skip
    entries = desk.incidents.timeline(lived.incident.id)
    seen = credit_incident(entries, desk.incidents.timeline, zone=lived.story.zone, now_us=desk.clock.at_us)
    assert not seen.going_on
    assert min(one.start_us for one in seen.incident.windows) == us(book.at(book.onset))
    assert {one.end_us for one in seen.incident.windows} == {us(book.at(book.until))}
    for number, one in enumerate(book.tries):
        paper = parse_policy(policy_text(one.policy), one.policy)
        refused = worked_out(book, seen.incident, paper, tmp_path / f"{number}-on-the-day")
        stands = "policy_not_in_force" if one.reading == "not_in_force" else "evaluated"
        assert refused.totals.incidents[0].status == stands
        # What was not in force gives nothing on the day, and is then tried as if it had been.
        as_if = msgspec.structs.replace(paper, valid_from=None, valid_to=None)
        found = worked_out(book, seen.incident, as_if, tmp_path / f"{number}-as-if")
        assert found.totals.incidents[0].status == "evaluated"
        assert found.gets == {member.who: member.gets[number] for member in book.members}
        assert found.totals.net_minor == one.total
        assert sum(one.total.values()) == sum(member.gets[number] for member in book.members)
        if one.reading == "not_in_force":
            assert refused.totals.net_minor == {}
