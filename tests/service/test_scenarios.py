"""Outages of the past, lived through again: heard, found, told, restored, judged by rules, credited and reviewed.

Facts and assumptions stand with each story; rules and policies that were not in force on the day are tried "as if".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from journal_in_memory import MINUTE_US
from scenario_desk import ScenarioDesk, cut_off, us
from scenario_stories import STORIES, Story

from pulih.adapters.credit.rule_files import parse_policy, policy_text
from pulih.adapters.regulators import load_regulators
from pulih.communicate.promises import promises_of
from pulih.compensate.crediting import accounts
from pulih.compensate.holdings import CreditSubscriber, Holding, Presence
from pulih.compensate.outages import CreditIncident
from pulih.learn.experience import experience
from pulih.learn.obligations import Obligation, obligations
from pulih.learn.review import review_document
from pulih.model.entry import CreditBasisSet, RecoveryJudged
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
    # The desk promises its next word as the cadence of the house asks, and keeps it: no update was ever owed in vain.
    assert [one.broken for one in owed["id.house.2026"].clocks if one.clock == "updates"] == [0]
    measured = experience(lived.record(), now_us=lived.desk.clock.at_us)
    assert measured.broken == 0


def test_a_policy_gives_what_it_says_for_the_time_that_people_confirmed(lived: Lived) -> None:
    paid = lived.story.paid
    assert paid is not None
    regions = {part.scope.region for part in lived.incident.scopes}
    desk = lived.desk
    desk.act(CreditBasisSet(services=paid.services, nationwide=None in regions), reason="as the story tells")
    entries = desk.incidents.timeline(lived.incident.id)
    seen = credit_incident(entries, desk.incidents.timeline, zone=lived.story.zone, now_us=desk.clock.at_us)
    home = next((one for one in sorted(filter(None, regions))), "01")
    subscriber = CreditSubscriber(
        subscriber_id=1, plan_id="any", segment="residential", monthly_fee_minor=paid.fee, currency=paid.currency,
        payment="postpaid", home_region=home,
    )  # fmt: skip
    holding = Holding(subscriber=subscriber, presence=(Presence(home, 0, 2**53),))
    policy = parse_policy(policy_text(paid.policy), paid.policy)
    found = tuple(accounts(policy, (seen.incident,), holding))
    net = sum(one.net for one in found if one.currency == paid.currency)
    refused = all(one.status == "policy_not_in_force" for one in found)
    assert refused == (paid.reading == "not_in_force")
    if refused:
        # As if it had been in force: Korea's asks for more than two hours, Britain's for a fixed line.
        lifted = msgspec.structs.replace(policy, valid_from=None, valid_to=None)
        as_if = tuple(accounts(lifted, (seen.incident,), holding))
        assert {one.status for one in as_if} == {"evaluated"}
        assert sum(one.net for one in as_if) == 0
    if paid.each is None:
        assert net == pytest.approx(paid.fee * _minutes_down(seen.incident, home) / 43_200, rel=0.001, abs=1.0)
    else:
        assert net == paid.each


def test_the_review_tells_the_story_in_both_languages_and_keeps_the_inside_in(lived: Lived) -> None:
    record, now_us = lived.record(), lived.desk.clock.at_us
    inside = review_document(record, found=tuple(lived.owed().values()), public=False, now_us=now_us)
    public = review_document(record, public=True, now_us=now_us)
    assert all(all(section.title) for section in inside.sections)
    assert {"summary", "steps", "statements", "promises"} <= {section.id for section in inside.sections}
    assert {"obligations", "notes"}.isdisjoint(section.id for section in public.sections)
    assert lived.story.operator in public.headline[0] + str(public.sections)


def _minutes_down(incident: CreditIncident, home: str) -> float:
    """Return for how many minutes something was down at home, none counted twice."""
    here = sorted((one.start_us, one.end_us) for one in incident.windows if one.region in {"*", home})
    total_us, until_us = 0, 0
    for start_us, end_us in here:
        total_us += max(0, end_us - max(start_us, until_us))
        until_us = max(until_us, end_us)
    return total_us / MINUTE_US
