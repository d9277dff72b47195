"""Restored needs the verdict or a name: what may be said of the end, and what the timeline and the public see of it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_world import (
    BANDUNG,
    JAKARTA,
    SARI,
    START_US,
    after,
    begun,
    following,
    histories,
    judged_all,
    lived,
    opening,
)

from pulih.communicate.speech import Speech
from pulih.communicate.told_entries import told
from pulih.confirm.recovery_moves import settled
from pulih.confirm.timeline import added, follow
from pulih.model.actor import THE_DESK
from pulih.model.entry import ClaimedFixed, Confirmed, Entry, Fact, RecoveryJudged, Relapsed, Restored
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident
from pulih.model.recovery import Estimate, RecoveryVerdict, ScopeRecovery
from pulih.service.public_incident import public_incident

SPEECH = Speech(zone=ZoneInfo("Asia/Jakarta"), regions={"31": "DKI Jakarta", "32.73": "Kota Bandung"})
UNPROVED: tuple[RecoveryVerdict, ...] = ("not_yet", "contradicted", "unknown")


def claimed() -> Incident:
    return after(after(begun(JAKARTA, BANDUNG), Confirmed()), ClaimedFixed())


def one(scope, verdict: RecoveryVerdict, *, relapsed: bool = False) -> RecoveryJudged:  # type: ignore[no-untyped-def]
    return RecoveryJudged(scopes=(ScopeRecovery(scope=scope, verdict=verdict, relapsed=relapsed),))


def line(*facts: Fact) -> list[Entry]:
    entries = [opening(JAKARTA, BANDUNG)]
    incident = added(entries)
    for fact in facts:
        entries.append(following(incident, fact, SARI))
        incident = follow(incident, entries[-1])
    return entries


def test_nothing_that_was_not_judged_is_called_restored() -> None:
    with pytest.raises(ForbiddenMove, match="does not prove yet") as refused:
        after(claimed(), Restored())
    assert refused.value.key == "move.unproved"


@given(st.sampled_from(UNPROVED))
def test_no_other_verdict_lets_it_be_called_restored(verdict: RecoveryVerdict) -> None:
    incident = after(claimed(), judged_all(verdict), THE_DESK)
    with pytest.raises(ForbiddenMove):
        after(incident, Restored())


def test_the_verdict_lets_it_be_called_restored_and_nothing_is_overridden() -> None:
    over = after(after(claimed(), judged_all("restored"), THE_DESK), Restored())
    assert (over.state, over.overridden) == ("restored", ())


def test_scopes_are_restored_one_by_one_as_they_are_proved() -> None:
    incident = after(claimed(), one(JAKARTA, "restored"), THE_DESK)
    with pytest.raises(ForbiddenMove):
        after(incident, Restored())
    part = after(incident, Restored(scopes=(JAKARTA,)))
    assert [each.state for each in part.scopes] == ["restored", "claimed_fixed"]


def test_a_person_who_overrides_is_on_the_timeline_with_a_reason() -> None:
    over = after(claimed(), Restored(overrides=True))
    assert set(over.overridden) == {JAKARTA, BANDUNG}
    entry = following(claimed(), Restored(overrides=True), SARI)
    assert "tanpa bukti" in told(entry, SPEECH)[0] and "without proof" in told(entry, SPEECH)[1]
    with pytest.raises(Exception, match="without a reason"):
        after(claimed(), Restored(overrides=True), reason=" ")


def test_whoever_overrides_what_is_proved_overrides_nothing() -> None:
    incident = after(claimed(), judged_all("restored"), THE_DESK)
    assert not settled(Restored(scopes=(JAKARTA, BANDUNG), overrides=True), incident).overrides


def test_a_verdict_from_before_a_relapse_proves_nothing_after_it() -> None:
    over = after(after(claimed(), judged_all("restored"), THE_DESK), Restored())
    again = after(after(over, Relapsed()), ClaimedFixed())
    assert again.recovery == ()
    with pytest.raises(ForbiddenMove):
        after(again, Restored())


def test_nobody_but_the_desk_judges() -> None:
    with pytest.raises(ForbiddenMove, match="not for the role"):
        after(claimed(), judged_all("restored"), SARI)


@given(histories)
def test_whatever_happens_every_restored_scope_was_proved_or_overridden(attempted: list) -> None:
    held: dict = {}
    incident = None
    for entry in lived(attempted):
        before, incident = incident, follow(incident, entry)
        if isinstance(entry.fact, Restored) and before is not None:
            held = {each.scope: each.verdict for each in before.recovery}
            was = {part.scope: part.state for part in before.scopes}
            for part in incident.scopes:
                if part.state == "restored" and was.get(part.scope) != "restored":
                    assert held.get(part.scope) == "restored" or part.scope in incident.overridden


def test_the_public_is_told_what_rests_on_a_word_alone() -> None:
    page = public_incident(line(Confirmed(), ClaimedFixed(), Restored(overrides=True)), SPEECH)
    assert page.unproved and not page.contradicted and page.stage == "resolved"
    proved = public_incident(line(Confirmed(), ClaimedFixed(), judged_all("restored"), Restored()), SPEECH)
    assert not proved.unproved


@pytest.mark.parametrize("fact", [one(JAKARTA, "contradicted"), one(JAKARTA, "not_yet", relapsed=True)])
def test_the_public_is_told_that_reports_contradict_a_repair(fact: RecoveryJudged) -> None:
    page = public_incident(line(Confirmed(), ClaimedFixed(), fact), SPEECH)
    assert page.contradicted and page.stage == "monitoring"
    assert page.relapsed == fact.scopes[0].relapsed
    assert not public_incident(line(Confirmed(), fact), SPEECH).contradicted


def test_what_was_judged_is_told_with_places_and_a_range() -> None:
    estimate = Estimate(low_us=START_US, middle_us=START_US, high_us=START_US + 3_600_000_000)
    parts = (
        ScopeRecovery(scope=JAKARTA, verdict="restored"),
        ScopeRecovery(scope=BANDUNG, verdict="not_yet", relapsed=True),
    )
    entry = following(claimed(), RecoveryJudged(scopes=parts, estimate=estimate), THE_DESK)
    indonesian, english = told(entry, SPEECH)
    assert "laporan membuktikan pulih di DKI Jakarta" in indonesian and "setelah sempat pulih" in indonesian
    assert "antara" in indonesian and "keyakinan 80%" in indonesian
    assert "not back yet in Kota Bandung, after it had been" in english and "80% confidence" in english
