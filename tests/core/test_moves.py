"""What is refused, to whom, and in which words."""

from __future__ import annotations

import pytest
from incident_world import (
    BANDUNG,
    BUDI,
    CALLS,
    JAKARTA,
    MINUTE_US,
    SARI,
    START_US,
    VIEWER,
    after,
    begun,
)

from pulih.confirm.moves import MOVES, allowed
from pulih.model.actor import COMMAND_LINE, THE_DESK, Actor, through_token
from pulih.model.entry import (
    CauseSet,
    ClaimedFixed,
    Confirmed,
    Fact,
    FindingJoined,
    HelpSet,
    Noted,
    NoticeDrafted,
    NoticePublished,
    NoticeScheduled,
    NoticeSigned,
    NoticeWithdrawn,
    OnsetSet,
    Rejected,
    Restored,
    ScopesSet,
    SeveritySet,
    SplitOff,
    TaskAdded,
    TaskDone,
)
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.notice import NoticeKind

# 9999-12-31T23:59:59Z is a day later in Jakarta, and 0001-01-01T00:00:00+14:00 a day before the first in UTC.
DAY_US = 24 * 60 * MINUTE_US
END_OF_THE_CALENDAR_US, BEFORE_THE_CALENDAR_US = 253_402_300_799_000_000, -62_135_647_200_000_000


def _promising(next_update_by_us: int) -> NoticeDrafted:
    return NoticeDrafted(notice="n1", kind="update", text_id="a", text_en="b", next_update_by_us=next_update_by_us)


def _drafted(incident: Incident, kind: NoticeKind = "holding", by: Actor = SARI, **more: int) -> Incident:
    drafted = NoticeDrafted(notice="n1", kind=kind, text_id="a", text_en="b", as_worded=kind == "holding", **more)
    return after(incident, drafted, by)


def test_ids_of_moves_are_permanent_and_of_one_move_each() -> None:
    ids = [move.id for move in MOVES.values()]
    assert len(set(ids)) == len(ids)
    assert all(move.id == f"move.{move.name}" for move in MOVES.values())


def test_claimed_fixed_is_not_restored() -> None:
    confirmed = after(begun(JAKARTA), Confirmed())
    with pytest.raises(ForbiddenMove, match=r"restored is not possible while .* is confirmed.*claimed_fixed"):
        after(confirmed, Restored(overrides=True))


def test_nothing_is_fixed_that_nobody_confirmed() -> None:
    with pytest.raises(ForbiddenMove, match="is suspected"):
        after(begun(JAKARTA), ClaimedFixed())


def test_what_was_repaired_was_an_outage() -> None:
    claimed = after(after(begun(JAKARTA), Confirmed()), ClaimedFixed())
    for incident in (claimed, after(claimed, Restored(overrides=True))):
        with pytest.raises(ForbiddenMove, match="rejected is not possible"):
            after(incident, Rejected())


def test_a_scope_is_moved_only_from_where_it_is() -> None:
    incident = after(begun(JAKARTA, BANDUNG), Confirmed(scopes=(JAKARTA,)))
    with pytest.raises(ForbiddenMove, match=r"sf mobile_data 32\.73 no_internet"):
        after(incident, ClaimedFixed(scopes=(BANDUNG,)))
    with pytest.raises(ForbiddenMove, match="mobile_voice"):
        after(incident, Confirmed(scopes=(CALLS,)))


@pytest.mark.parametrize("fact", [Confirmed(), Rejected(), ScopesSet(scopes=(CALLS,)), OnsetSet(onset_us=START_US)])
def test_whoever_changes_what_the_outage_is_says_why(fact: Confirmed) -> None:
    with pytest.raises(RefusedInput, match="came without a reason"):
        after(begun(JAKARTA), fact, reason="  ")


def test_a_viewer_may_do_nothing_and_the_desk_decides_nothing() -> None:
    incident = begun(JAKARTA)
    assert allowed(incident, VIEWER) == ()
    with pytest.raises(ForbiddenMove, match="role viewer of tamu"):
        after(incident, Confirmed(), VIEWER)
    by_itself = {"finding_joined", "finding_cleared", "recovery_judged", "explained", "called"}
    assert set(allowed(incident, THE_DESK)) == by_itself


def test_who_drafted_does_not_publish_alone() -> None:
    incident = _drafted(begun(JAKARTA), by=BUDI)
    with pytest.raises(ForbiddenMove, match="budi drafted n1; a second person must sign"):
        after(incident, NoticePublished(notice="n1"), BUDI)


def test_whoever_made_a_token_is_no_second_person_to_it() -> None:
    bot = Actor(through_token("budi", "noc bot [9f2c11ab]"), "approver")
    other = Actor(through_token("dewi", "noc bot [77aa0001]"), "approver")
    for drafter, signer in ((BUDI, bot), (bot, BUDI), (bot, Actor(through_token("budi", "x"), "admin"))):
        with pytest.raises(ForbiddenMove, match="a second person must sign"):
            after(_drafted(begun(JAKARTA), by=drafter), NoticePublished(notice="n1"), signer)
    assert after(_drafted(begun(JAKARTA), by=bot), NoticePublished(notice="n1"), other).notices[0].signed_by


def test_a_token_that_was_made_for_no_person_is_no_second_person_and_leaves_none() -> None:
    nobody = Actor(through_token(COMMAND_LINE, "noc bot [9f2c11ab]"), "approver")
    for drafter, signer in ((BUDI, nobody), (nobody, BUDI), (nobody, nobody)):
        with pytest.raises(ForbiddenMove, match=r"made for no person.* pulih token create --for NAME"):
            after(_drafted(begun(JAKARTA), by=drafter), NoticePublished(notice="n1"), signer)
    alone = after(_drafted(begun(JAKARTA), by=nobody), NoticePublished(notice="n1", before_second=True), nobody)
    assert alone.notices[0].state == "published", "a door that needs no second person stays open"


def test_a_second_person_who_approves_publishes_and_thereby_signs() -> None:
    incident = after(_drafted(begun(JAKARTA)), NoticePublished(notice="n1"), BUDI)
    assert incident.notices[0].signed_by == "budi"
    assert incident.notices[0].state == "published"
    with pytest.raises(ForbiddenMove, match="an approver publishes n1"):
        after(_drafted(begun(JAKARTA), by=BUDI), NoticePublished(notice="n1"), SARI)


def test_one_person_on_duty_may_send_the_holding_statement_at_three_in_the_morning() -> None:
    incident = after(_drafted(begun(JAKARTA)), NoticePublished(notice="n1", before_second=True), SARI)
    assert incident.notices[0].before_second
    assert incident.notices[0].signed_by == ""
    with pytest.raises(ForbiddenMove, match="role duty"):
        after(incident, NoticeSigned(notice="n1"), SARI)
    signed = after(incident, NoticeSigned(notice="n1"), BUDI)
    assert signed.notices[0].signed_by == "budi"
    with pytest.raises(ForbiddenMove, match="notice_signed is not possible"):
        after(signed, NoticeSigned(notice="n1"), BUDI)


def test_a_holding_statement_in_words_of_ones_own_needs_a_second_person() -> None:
    own = NoticeDrafted(notice="n1", kind="holding", text_id="Hubungi 0800", text_en="Call 0800")
    incident = after(begun(JAKARTA), own)
    assert incident.notices[0].wording == "own"
    with pytest.raises(ForbiddenMove, match=r"not word for word .* a second person publishes it") as refused:
        after(incident, NoticePublished(notice="n1", before_second=True))
    assert "notice_drafted" in refused.value.allowed
    assert after(incident, NoticePublished(notice="n1"), BUDI).notices[0].signed_by == "budi"


@pytest.mark.parametrize(
    "fact",
    [
        ScopesSet(scopes=(CALLS,)),
        OnsetSet(onset_us=START_US - MINUTE_US),
        Confirmed(),
        FindingJoined(finding="f9", scopes=(BANDUNG,)),
        HelpSet(emergency_calls="not_reachable"),
        HelpSet(emergency_calls="unknown", alternatives_id="Beli sekarang", alternatives_en="Buy now"),
    ],
)
def test_approved_words_that_facts_have_overtaken_need_a_second_person(fact: Fact) -> None:
    incident = after(_drafted(begun(JAKARTA)), fact)
    assert incident.notices[0].wording == "outdated"
    with pytest.raises(ForbiddenMove, match="has changed since"):
        after(incident, NoticePublished(notice="n1", before_second=True))
    assert after(_drafted(incident), NoticePublished(notice="n1", before_second=True)).notices[0].before_second


def test_what_a_holding_statement_does_not_tell_does_not_overtake_it() -> None:
    incident = _drafted(begun(JAKARTA))
    for fact in (
        FindingJoined(finding="f9"),
        Noted(),
        SeveritySet(severity="critical"),
        CauseSet(cause_id="a", cause_en="b"),
    ):
        incident = after(incident, fact)
    assert incident.notices[0].wording == "approved"


def test_no_other_statement_goes_out_before_the_second_signature() -> None:
    incident = _drafted(begun(JAKARTA), "update")
    with pytest.raises(ForbiddenMove, match="Only a holding statement"):
        after(incident, NoticePublished(notice="n1", before_second=True))


def test_the_glass_is_broken_with_a_reason_that_stays() -> None:
    incident = _drafted(begun(JAKARTA), "update")
    with pytest.raises(RefusedInput, match="broken only with a reason"):
        after(incident, NoticePublished(notice="n1", break_glass=True), reason="")
    told = after(incident, NoticePublished(notice="n1", break_glass=True), reason="tidak ada yang bisa dihubungi")
    assert told.notices[0].break_glass
    with pytest.raises(RefusedInput, match="exclude each other"):
        after(incident, NoticePublished(notice="n1", break_glass=True, before_second=True))


@pytest.mark.parametrize("kind", ["fixed", "restored"])
def test_no_statement_is_ahead_of_the_incident(kind: NoticeKind) -> None:
    incident = after(_drafted(begun(JAKARTA), kind), Confirmed())
    with pytest.raises(ForbiddenMove, match=f"says {kind}, and .* is confirmed"):
        after(incident, NoticePublished(notice="n1"), BUDI)


def test_restored_is_said_only_of_what_is_restored() -> None:
    claimed = after(after(_drafted(begun(JAKARTA), "restored"), Confirmed()), ClaimedFixed())
    with pytest.raises(ForbiddenMove, match="is claimed_fixed"):
        after(claimed, NoticePublished(notice="n1"), BUDI)
    assert (
        after(after(claimed, Restored(overrides=True)), NoticePublished(notice="n1"), BUDI).notices[0].state
        == "published"
    )


def test_a_promise_that_has_passed_is_not_published() -> None:
    incident = _drafted(begun(JAKARTA), next_update_by_us=START_US + 2 * MINUTE_US)
    incident = after(incident, TaskAdded(task="t1", what="a"))
    with pytest.raises(ForbiddenMove, match="promise a later time"):
        after(incident, NoticePublished(notice="n1"), BUDI)


def test_what_was_said_in_public_is_corrected_before_an_incident_is_rejected() -> None:
    told = after(_drafted(begun(JAKARTA)), NoticePublished(notice="n1"), BUDI)
    with pytest.raises(ForbiddenMove, match="publish a correction or withdraw"):
        after(told, Rejected())
    corrected = after(told, NoticeDrafted(notice="n2", kind="correction", text_id="a", text_en="b"))
    corrected = after(corrected, NoticePublished(notice="n2"), BUDI)
    assert after(corrected, Rejected()).state == "rejected"
    assert after(after(told, NoticeWithdrawn(notice="n1")), Rejected()).state == "rejected"


def test_nothing_is_corrected_that_was_never_said() -> None:
    with pytest.raises(ForbiddenMove, match="nothing was said"):
        after(_drafted(begun(JAKARTA), "correction"), NoticePublished(notice="n1"), BUDI)


def test_a_public_statement_is_never_written_over() -> None:
    told = after(_drafted(begun(JAKARTA)), NoticePublished(notice="n1"), BUDI)
    with pytest.raises(ForbiddenMove, match="a new draft needs another id"):
        _drafted(told)


def test_input_that_can_not_be_right_is_told_what_would_be() -> None:
    incident = begun(JAKARTA, BANDUNG)
    for fact, words in (
        (ScopesSet(scopes=()), "one at least"),
        (ScopesSet(scopes=(CALLS, CALLS)), "named twice"),
        (OnsetSet(onset_us=START_US + 60 * MINUTE_US), "must lie between"),
        (OnsetSet(onset_us=BEFORE_THE_CALENDAR_US), "must lie between"),
        (_promising(next_update_by_us=END_OF_THE_CALENDAR_US), "before 1900 or after 9998"),
        (_promising(next_update_by_us=BEFORE_THE_CALENDAR_US), "before 1900 or after 9998"),
        (TaskAdded(task="t1", what="a", due_us=END_OF_THE_CALENDAR_US), "before 1900 or after 9998"),
        (_promising(next_update_by_us=START_US + 31 * DAY_US), "more than 30 days ahead"),
        (TaskAdded(task="t1", what="a", due_us=START_US + 367 * DAY_US), "more than 366 days ahead"),
        (CauseSet(cause_id="listrik", cause_en=" "), "cause_en is empty"),
        (SplitOff(incident="a", scopes=(JAKARTA, BANDUNG)), "not all of them"),
        (SplitOff(incident="a", scopes=(JAKARTA,), findings=("f9",)), "does not have"),
        (TaskAdded(task="t1", what="a" * 501), "500 are the most"),
        (NoticeDrafted(notice="n1", kind="update", text_id="a", text_en=""), "text_en is empty"),
    ):
        with pytest.raises(RefusedInput, match=words):
            after(incident, fact)


def test_a_statement_is_not_scheduled_where_no_calendar_has_a_date() -> None:
    with pytest.raises(RefusedInput, match="before 1900 or after 9998"):
        after(_drafted(begun(JAKARTA)), NoticeScheduled(notice="n1", at_us=END_OF_THE_CALENDAR_US), BUDI)


def test_a_statement_is_scheduled_for_the_days_ahead_and_not_for_a_year_that_was_mistyped() -> None:
    drafted = _drafted(begun(JAKARTA))
    with pytest.raises(RefusedInput, match="more than 30 days ahead"):
        after(drafted, NoticeScheduled(notice="n1", at_us=START_US + 31 * DAY_US), BUDI)
    planned = after(drafted, NoticeScheduled(notice="n1", at_us=START_US + 29 * DAY_US), BUDI)
    assert planned.notices[0].publish_at_us == START_US + 29 * DAY_US


def test_a_task_is_done_once() -> None:
    incident = after(begun(JAKARTA), TaskAdded(task="t1", what="a"))
    incident = after(after(incident, TaskAdded(task="t2", what="b")), TaskDone(task="t1"))
    with pytest.raises(ForbiddenMove, match="no open task 't1'; there are: t2"):
        after(incident, TaskDone(task="t1"))
