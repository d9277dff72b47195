"""Whatever is tried in whatever order: only moves of the table happen, and the timeline adds up to what is shown."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from incident_world import (
    ACTORS,
    BANDUNG,
    BUDI,
    CALLS,
    DEWI,
    ID,
    JAKARTA,
    SARI,
    after,
    attempts,
    batch_asked,
    begun,
    following,
    histories,
    lived,
    opening,
    sample_for,
)

from pulih.confirm.moves import MOVES, allowed, check
from pulih.confirm.timeline import added, follow
from pulih.model.actor import THE_DESK
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    CreditsApproved,
    Entry,
    FindingCleared,
    FindingJoined,
    MergedInto,
    NoticeDrafted,
    NoticePublished,
    Opened,
    Rejected,
    Relapsed,
    Restored,
    ScopesSet,
    SplitOff,
    TookOver,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import GRAVEST, Incident

# The moves of a scope that docs/incidents.md draws, and none beside them.
DRAWN = {
    ("suspected", "confirmed"),
    ("confirmed", "claimed_fixed"),
    ("claimed_fixed", "restored"),
    ("claimed_fixed", "confirmed"),
    ("restored", "confirmed"),
}


@given(histories)
def test_adding_up_at_once_equals_following_entry_by_entry(attempted: list) -> None:
    entries = lived(attempted)
    incident: Incident | None = None
    for count, entry in enumerate(entries, start=1):
        incident = follow(incident, entry)
        assert incident == added(entries[:count])
        assert incident.version == count


@given(histories)
def test_an_entry_written_down_and_read_again_is_the_same(attempted: list) -> None:
    entries = lived(attempted)
    assert msgspec.json.decode(msgspec.json.encode(entries), type=list[Entry]) == entries


@given(histories)
def test_scopes_move_only_as_drawn(attempted: list) -> None:
    entries = lived(attempted)
    for count in range(1, len(entries)):
        before, now = added(entries[:count]), added(entries[: count + 1])
        # Where whole scopes come and go, states are set and not moved.
        if isinstance(entries[count].fact, TookOver | ScopesSet | SplitOff):
            continue
        held = {part.scope: part.state for part in before.scopes}
        moved = {(held[part.scope], part.state) for part in now.scopes if part.scope in held}
        assert {move for move in moved if move[0] != move[1]} <= DRAWN


@given(histories)
def test_the_state_of_an_incident_is_the_gravest_of_its_scopes_unless_rejected(attempted: list) -> None:
    incident = added(lived(attempted))
    if incident.state != "rejected":
        assert incident.state == min((part.state for part in incident.scopes), key=GRAVEST.index)
    assert (incident.ended_us is None) == (incident.state not in {"restored", "rejected"})


@given(histories)
def test_a_rejected_incident_stays_rejected_and_a_merged_one_takes_only_notes(attempted: list) -> None:
    entries = lived(attempted)
    for count in range(1, len(entries)):
        before = added(entries[:count])
        if before.state == "rejected":
            assert added(entries[: count + 1]).state == "rejected"
        if before.merged_into:
            assert type(entries[count].fact).__name__ == "Noted"


@given(histories, attempts)
def test_a_move_that_is_not_in_the_list_of_allowed_ones_is_refused_with_that_list(attempted: list, attempt) -> None:
    incident = added(lived(attempted))
    fact, actor, reason = attempt
    if MOVES[type(fact)].name in allowed(incident, actor) or isinstance(fact, TookOver):
        return
    with pytest.raises(ForbiddenMove) as refused:
        check(incident, following(incident, fact, actor, reason), actor)
    assert refused.value.allowed == allowed(incident, actor)
    assert all(name in str(refused.value) for name in refused.value.allowed)


@settings(max_examples=60)
@given(histories)
def test_every_move_in_the_list_of_allowed_ones_can_be_made(attempted: list) -> None:
    """The list is a promise. What else a move depends on (who drafted, what was said) is told by its own refusal."""
    incident = added(lived(attempted))
    conditional = {"rejected", "merged_into", "notice_published", "notice_scheduled", "notice_signed"}
    for actor in ACTORS:
        for name in set(allowed(incident, actor)) - conditional:
            check(incident, following(incident, sample_for(name, incident), actor), actor)


@given(histories)
def test_nothing_is_in_public_without_four_eyes_or_a_door_that_was_left_open(attempted: list) -> None:
    entries = lived(attempted)
    incident = added(entries)
    glass = {
        entry.fact.notice: entry.reason
        for entry in entries
        if isinstance(entry.fact, NoticePublished) and entry.fact.break_glass
    }
    for notice in incident.notices:
        if notice.published_us is None:
            continue
        assert notice.signed_by != notice.drafted_by
        assert notice.signed_by or notice.before_second
        if notice.break_glass:
            assert glass[notice.id]
        elif notice.before_second:
            assert notice.kind == "holding"


def test_every_state_can_be_reached() -> None:
    suspected = begun(JAKARTA)
    confirmed = after(suspected, Confirmed())
    claimed = after(confirmed, ClaimedFixed())
    restored = after(claimed, Restored(overrides=True))
    walked = [suspected, confirmed, claimed, restored, after(restored, Relapsed()), after(suspected, Rejected())]
    assert [one.state for one in walked] == [
        "suspected",
        "confirmed",
        "claimed_fixed",
        "restored",
        "confirmed",
        "rejected",
    ]
    assert after(claimed, Relapsed()).state == "confirmed"
    assert after(confirmed, Rejected()).state == "rejected"


def test_every_move_of_the_table_can_be_made_by_somebody() -> None:
    worked = begun(JAKARTA, BANDUNG, CALLS)
    for name in ("task_added", "rumour_added", "notice_drafted"):
        worked = after(worked, sample_for(name, worked))
    holding = after(worked, NoticeDrafted(notice="n1", kind="holding", text_id="a", text_en="b", as_worded=True))
    told = after(holding, NoticePublished(notice="n1", before_second=True))
    confirmed = after(worked, Confirmed())
    claimed = after(confirmed, ClaimedFixed())
    over = after(claimed, Restored(overrides=True))
    asked = after(over, batch_asked("k1"))
    approved = after(asked, CreditsApproved(batch="k1"), BUDI)
    reached = {
        name
        for incident in (worked, told, confirmed, claimed, over, asked, approved)
        for actor in (SARI, BUDI, THE_DESK)
        for name in allowed(incident, actor)
    }
    assert reached | {"took_over", "recovery_judged"} == {move.name for move in MOVES.values()}


def test_scopes_have_states_of_their_own() -> None:
    incident = after(begun(JAKARTA, BANDUNG), Confirmed())
    incident = after(incident, ClaimedFixed(scopes=(JAKARTA,)))
    assert [part.state for part in incident.scopes] == ["claimed_fixed", "confirmed"]
    assert incident.state == "confirmed"
    incident = after(incident, Restored(scopes=(JAKARTA,), overrides=True))
    assert incident.ended_us is None
    incident = after(after(incident, ClaimedFixed()), Restored(overrides=True))
    assert incident.state == "restored"
    assert incident.ended_us is not None


def test_a_suspected_scope_that_joins_takes_no_confirmed_outage_back() -> None:
    incident = after(begun(JAKARTA), Confirmed())
    incident = after(incident, FindingJoined(finding="f5", scopes=(BANDUNG,)))
    assert incident.state == "confirmed"
    assert incident.scopes[1].state == "suspected"


def test_reports_are_quiet_only_while_all_findings_are() -> None:
    incident = after(begun(JAKARTA), FindingCleared(finding="f0"))
    quiet_us = incident.quiet_us
    assert quiet_us is not None
    assert incident.state == "suspected"
    assert after(incident, FindingJoined(finding="f1")).quiet_us is None
    assert added([opening(JAKARTA, findings=())]).quiet_us is None


def test_what_takes_over_has_the_graver_state_of_each_scope() -> None:
    incident = after(
        begun(JAKARTA), TookOver(incident="20251003-zz99", scopes=(JAKARTA, CALLS), states=("confirmed", "restored"))
    )
    assert [part.state for part in incident.scopes] == ["confirmed", "restored"]


def test_what_is_split_off_keeps_its_states() -> None:
    fact = Opened(
        operator="sf", onset_us=0, scopes=(JAKARTA, CALLS), states=("claimed_fixed", "restored"), split_from=ID
    )
    incident = added([Entry(incident="20251003-yy88", number=1, at_us=5, actor="sari", fact=fact)])
    assert incident.state == "claimed_fixed"


def test_a_timeline_with_a_gap_or_without_an_opening_adds_up_to_nothing() -> None:
    first = opening()
    with pytest.raises(RefusedInput, match="entry 2"):
        added([first, msgspec.structs.replace(first, number=3, fact=Rejected())])
    with pytest.raises(RefusedInput, match="must open it"):
        added([msgspec.structs.replace(first, fact=Rejected())])
    with pytest.raises(RefusedInput, match="without entries"):
        added([])
    with pytest.raises(RefusedInput, match="opens"):
        added([first, msgspec.structs.replace(first, number=2)])


def test_merging_needs_another_incident_and_nothing_in_public() -> None:
    incident = begun(JAKARTA)
    with pytest.raises(RefusedInput, match="into itself"):
        after(incident, MergedInto(incident=ID))
    told = after(incident, NoticeDrafted(notice="n1", kind="holding", text_id="a", text_en="b"))
    told = after(told, NoticePublished(notice="n1"), DEWI)
    with pytest.raises(ForbiddenMove, match="merge the other one into it"):
        after(told, MergedInto(incident="20251003-zz99"))
