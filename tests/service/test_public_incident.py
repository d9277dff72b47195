"""What the public is told of an incident follows from its timeline, and nothing that is the desk's own is in it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from incident_world import (
    BANDUNG,
    BUDI,
    DEWI,
    JAKARTA,
    MINUTE_US,
    SARI,
    START_US,
    attempts,
    following,
    histories,
    lived,
    opening,
)

from pulih.communicate.speech import Speech
from pulih.confirm.timeline import added
from pulih.model.actor import Actor
from pulih.model.bulletin import PublicIncident
from pulih.model.entry import (
    CauseSet,
    ClaimedFixed,
    Confirmed,
    Entry,
    Fact,
    HelpSet,
    Noted,
    NoticeDrafted,
    NoticePublished,
    NoticeWithdrawn,
    OwnerSet,
    RecoveryJudged,
    Rejected,
    Relapsed,
    Restored,
    RumourAdded,
    TaskAdded,
)
from pulih.model.recovery import RecoveryVerdict, ScopeRecovery
from pulih.service.public_incident import is_shown, public_incident, with_promises

SPEECH = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"sf": "Smartfren"}, regions={"31": "DKI Jakarta"})
CAUSE = CauseSet(cause_id="kabel putus di Bekasi.", cause_en="a cut cable in Bekasi.")


def after(*facts: Fact, actor: Actor = SARI) -> list[Entry]:
    """Return the timeline of an incident of Jakarta and Bandung to which all this happened."""
    entries = [opening()]
    for fact in facts:
        entries.append(following(added(entries), fact, actor))
    return entries


def said(number: int, text: str, *, kind: str = "update", next_us: int | None = None) -> tuple[Fact, Fact]:
    """Return the two entries of a word."""
    drafted = NoticeDrafted(
        notice=f"n{number}",
        kind=kind,
        text_id=text,
        text_en=f"{text} (en)",
        next_update_by_us=next_us,  # type: ignore[arg-type]
    )
    return drafted, NoticePublished(notice=f"n{number}", break_glass=True)


def told(*facts: Fact) -> PublicIncident:
    return public_incident(after(*facts), SPEECH)


@given(histories)
def test_every_word_that_was_published_is_told_in_order_and_none_besides(history: list[object]) -> None:
    entries = lived(history)  # type: ignore[arg-type]
    public = public_incident(entries, SPEECH)
    published = [entry for entry in entries if isinstance(entry.fact, NoticePublished)]
    assert [word.number for word in public.words] == [entry.number for entry in published]
    assert [word.published_us for word in public.words] == [entry.at_us for entry in published]
    standing = {one.id for one in added(entries).notices if one.state == "published"}
    assert {word.id for word in public.words if word.withdrawn_us is None} == standing


@given(attempts)
def test_an_incident_is_shown_only_when_it_was_confirmed_or_spoken_of(attempt: object) -> None:
    incident = added(lived([attempt]))  # type: ignore[list-item]
    spoken = any(one.published_us is not None for one in incident.notices)
    assert not is_shown(incident) or incident.state == "confirmed" or spoken


def test_nothing_of_the_desk_itself_is_told() -> None:
    public = told(
        OwnerSet(owner="pemilik-rahasia"),
        HelpSet(emergency_calls="reachable", priority_customers=("RS Rahasia",)),
        TaskAdded(task="t1", what="kirim kru rahasia"),
        RumourAdded(rumour="r1", claim="kabar rahasia"),
        Noted(),
        NoticeDrafted(notice="n1", kind="update", text_id="draf rahasia", text_en="secret draft"),
        CauseSet(cause_id="sebab rahasia", cause_en="secret cause"),
        Confirmed(),
    )
    whole = msgspec.json.encode(public).decode()
    assert "rahasia" not in whole
    assert "secret" not in whole
    assert "sari" not in whole


def test_a_cause_is_told_when_a_word_has_told_it_and_not_when_the_desk_knows_it() -> None:
    known = told(Confirmed(), CAUSE, *said(1, "Internet terganggu."))
    assert (known.cause_id, known.stage) == ("", "investigating")
    spoken = told(Confirmed(), CAUSE, *said(1, "Penyebabnya: kabel putus di Bekasi."))
    assert (spoken.cause_en, spoken.stage) == ("a cut cable in Bekasi.", "identified")
    assert {one.stage for one in spoken.scopes} == {"identified"}


def test_each_word_keeps_the_stage_of_its_moment() -> None:
    public = told(
        *said(1, "Kami periksa.", kind="holding"),
        Confirmed(),
        CAUSE,
        *said(2, "Penyebabnya: kabel putus di Bekasi."),
        ClaimedFixed(),
        *said(3, "Sudah diperbaiki.", kind="fixed"),
        Restored(),
        *said(4, "Pulih.", kind="restored"),
    )
    assert [word.stage for word in public.words] == ["investigating", "identified", "monitoring", "resolved"]
    assert public.ended_us is not None
    assert public.monitoring_us is not None


def test_beside_what_is_decided_a_suspected_scope_stays_untold() -> None:
    public = told(Confirmed(scopes=(JAKARTA,)))
    assert [one.region for one in public.scopes] == ["31"]
    assert public.title_id == "Internet seluler tidak dapat dipakai di DKI Jakarta"
    assert {one.region for one in told(*said(1, "Kami periksa.")).scopes} == {JAKARTA.region, BANDUNG.region}


def test_a_word_that_is_taken_back_stays_with_its_time() -> None:
    public = told(Confirmed(), *said(1, "Keliru."), NoticeWithdrawn(notice="n1"))
    assert [(word.text_id, word.withdrawn_us) for word in public.words] == [("Keliru.", public.updated_us)]


def test_a_suspicion_whose_only_word_is_taken_back_stays_with_the_word_struck_out_and_once_rejected_too() -> None:
    entries = after(*said(1, "Keliru."), NoticeWithdrawn(notice="n1"))
    assert is_shown(added(entries))
    assert all(word.withdrawn_us is not None for word in public_incident(entries, SPEECH).words)
    rejected = after(*said(1, "Keliru."), NoticeWithdrawn(notice="n1"), Rejected())
    assert is_shown(added(rejected)) and public_incident(rejected, SPEECH).retracted


def test_a_suspicion_that_was_spoken_of_and_put_right_is_retracted() -> None:
    entries = after(*said(1, "Kami periksa."), Rejected(), *said(2, "Bukan gangguan.", kind="correction"))
    assert is_shown(added(entries))
    public = public_incident(entries, SPEECH)
    assert public.retracted
    assert public.title_en.startswith("No outage after all: ")
    assert not is_shown(added(after(Rejected())))


def test_a_relapse_ends_the_watching() -> None:
    assert told(Confirmed(), ClaimedFixed(), Relapsed()).monitoring_us is None


def judged(*, relapsed: bool = False, verdict: RecoveryVerdict = "restored") -> RecoveryJudged:
    """Return a verdict over both scopes."""
    scopes = (JAKARTA, BANDUNG)
    return RecoveryJudged(scopes=tuple(ScopeRecovery(scope=one, verdict=verdict, relapsed=relapsed) for one in scopes))


def test_an_end_that_is_taken_back_is_a_turn_with_when_it_was_said_and_when_it_ended() -> None:
    public = told(Confirmed(), judged(), ClaimedFixed(), Restored(), Relapsed())
    (turn,) = public.turns
    assert (turn.kind, turn.was, turn.stage, turn.partly) == ("reopened", "resolved", "investigating", False)
    assert (turn.was_us, turn.at_us) == (START_US + 4 * MINUTE_US, START_US + 5 * MINUTE_US)
    assert (public.ended_us, public.updated_us) == (None, turn.at_us)


def test_a_part_that_comes_back_is_told_as_a_part() -> None:
    whole = told(Confirmed(), judged(), ClaimedFixed(), Restored(), Relapsed(scopes=(BANDUNG,))).turns[0]
    part = told(
        Confirmed(), ClaimedFixed(scopes=(JAKARTA,)), Restored(scopes=(JAKARTA,)), Relapsed(scopes=(JAKARTA,))
    ).turns[0]
    assert [(one.was, one.partly) for one in (whole, part)] == [("resolved", True), ("partly", False)]


def test_a_repair_that_did_not_hold_was_never_an_end() -> None:
    (turn,) = told(Confirmed(), ClaimedFixed(), Relapsed()).turns
    assert (turn.was, turn.was_us) == ("monitoring", START_US + 2 * MINUTE_US)


def test_reports_that_rise_again_after_an_end_are_a_turn_and_news_and_so_is_that_they_are_usual_again() -> None:
    risen = told(Confirmed(), judged(), ClaimedFixed(), Restored(), judged(relapsed=True, verdict="not_yet"))
    assert [(one.kind, one.stage) for one in risen.turns] == [("relapsed", "resolved")]
    assert risen.relapsed and risen.updated_us == risen.turns[0].at_us
    calm = told(Confirmed(), judged(), ClaimedFixed(), Restored(), judged(relapsed=True, verdict="not_yet"), judged())
    assert [one.kind for one in calm.turns] == ["relapsed", "as_usual"] and not calm.contradicted


def test_the_same_verdict_again_and_a_source_that_falls_silent_are_no_turn() -> None:
    again = judged(relapsed=True, verdict="not_yet")
    assert len(told(Confirmed(), judged(), ClaimedFixed(), Restored(), again, again).turns) == 1
    against = judged(verdict="contradicted")
    silent = told(Confirmed(), ClaimedFixed(), against, judged(verdict="unknown"))
    assert [one.kind for one in silent.turns] == ["contradicted"] and not silent.contradicted


def test_verdicts_before_anybody_said_that_it_is_over_are_no_turn() -> None:
    assert told(Confirmed(), judged(), judged(relapsed=True, verdict="not_yet")).turns == ()


def test_an_end_that_is_doubted_for_ever_keeps_its_latest_turns_only() -> None:
    flapping = [judged(relapsed=True, verdict="not_yet"), judged()] * 15
    assert len(told(Confirmed(), judged(), ClaimedFixed(), Restored(), *flapping).turns) == 20


def test_a_promise_breaks_as_time_goes_by_though_nothing_was_written() -> None:
    public = told(Confirmed(), *said(1, "Kami periksa.", next_us=START_US + 30 * MINUTE_US))
    due = START_US + 30 * MINUTE_US
    assert [with_promises(public, at).promises[0].state for at in (due, due + 1)] == ["open", "broken"]
    kept = with_promises(public, due)
    assert with_promises(kept, due) is kept


def test_people_of_every_role_write_the_same_picture() -> None:
    facts = (Confirmed(), *said(1, "Kami periksa."))
    made = {msgspec.json.encode(public_incident(after(*facts, actor=who), SPEECH)) for who in (SARI, BUDI, DEWI)}
    assert len(made) == 1
