"""What is said is plain, in both languages, and never more than is known."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_world import ACTORS, BUDI, CALLS, JAKARTA, MINUTE_US, SARI, START_US, after, begun, histories, lived
from msgspec.structs import replace

from pulih.communicate.holding import approved, holding, is_as_approved, promise_us
from pulih.communicate.situation import handover, headline, situation
from pulih.communicate.speech import Speech, listed, moment
from pulih.communicate.statements import statement
from pulih.communicate.told_entries import told
from pulih.communicate.trouble import places_of, what_is_broken
from pulih.confirm.timeline import added
from pulih.model.entry import (
    CauseSet,
    ClaimedFixed,
    Confirmed,
    HelpSet,
    NoticeDrafted,
    NoticePublished,
    Restored,
    RumourAdded,
    TaskAdded,
)
from pulih.model.incident import Incident, ScopeState
from pulih.model.notice import NoticeKind
from pulih.model.reading import Service, Symptom
from pulih.model.scope import Scope

WIB = timezone(timedelta(hours=7), "WIB")
REGIONS = {"31": "DKI Jakarta", "31.74": "Jakarta Selatan", "32": "Jawa Barat", "32.73": "Kota Bandung"}
SPEECH = Speech(zone=WIB, operators={"sf": "Smartfren"}, regions=REGIONS, parents={"31.74": "31", "32.73": "32"})
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
# Faults of a text that a machine put together.
FAULTS = re.compile(r"!|None|\{|\}|  |\.\.|,,| ,| \.|;;|: *$|: *\.|\(\)|'s's", re.MULTILINE)

scopes = st.builds(
    Scope,
    operator=st.sampled_from(("", "sf", "xl")),
    service=st.sampled_from((None, *get_args(Service))),
    region=st.sampled_from((None, "31", "31.74", "32", "99")),
    symptom=st.sampled_from((None, *get_args(Symptom))),
)
parts = st.builds(ScopeState, scopes, st.sampled_from(("suspected", "confirmed", "claimed_fixed", "restored")))


def _texts(incident: Incident, kind: NoticeKind, speech: Speech = SPEECH) -> tuple[str, str]:
    draft = statement(kind, incident, speech, now_us=START_US)
    return draft.text_id, draft.text_en


@given(
    st.lists(parts, min_size=1, max_size=8, unique_by=lambda part: part.scope),
    st.sampled_from(KINDS),
    st.booleans(),
    st.sampled_from(("unknown", "reachable", "not_reachable")),
)
def test_no_draft_has_the_faults_of_a_text_put_together(made: list, kind: NoticeKind, alone: bool, calls: str) -> None:
    incident = replace(begun(JAKARTA), scopes=tuple(made), state=made[0].state, emergency_calls=calls)
    for text in _texts(incident, kind, replace(SPEECH, independent=alone)):
        assert not FAULTS.search(text), text
        assert text.endswith("."), text
        assert all(line[0].isupper() or line.startswith("Smartfren") for line in text.split("\n")), text


@given(histories)
def test_no_report_or_hand_over_or_line_of_a_timeline_has_such_faults(attempted: list) -> None:
    entries = lived(attempted)
    incident = added(entries)
    texts = [*situation(incident, SPEECH, now_us=START_US), *handover(incident, entries, SPEECH, now_us=START_US)]
    texts += [text for entry in entries for text in told(entry, SPEECH)]
    for text in texts:
        assert not re.search(r"!|None|\{|\}|\(\)", text), text
        assert text.strip()


def test_before_confirmation_it_is_reports_naming_somebody_and_a_suspicion() -> None:
    indonesian, english = _texts(begun(JAKARTA), "holding")
    assert "laporan yang menyebut Smartfren" in indonesian
    assert "dugaan" in indonesian
    assert "reports naming Smartfren" in english
    assert "suspect" in english
    for text in (indonesian, english):
        assert not re.search(r"Layanan Smartfren terganggu|Smartfren's service has|mohon maaf|sorry", text)


def test_a_holding_statement_says_what_where_since_when_and_when_the_next_word_comes() -> None:
    incident = after(
        begun(JAKARTA),
        HelpSet(
            emergency_calls="reachable", alternatives_id="telepon dan SMS", alternatives_en="calls and text messages"
        ),
    )
    draft = holding(incident, SPEECH, now_us=START_US)
    for text, words in (
        (
            draft.text_id,
            (
                "internet seluler tidak dapat dipakai di DKI Jakarta",
                "sejak sekitar pukul 08.35 WIB",
                "112",
                "SMS",
                "09.10 WIB",
            ),
        ),
        (
            draft.text_en,
            ("mobile internet cannot be used in DKI Jakarta", "08:35 WIB", "112", "text messages", "09:10 WIB"),
        ),
    ):
        assert [word for word in words if word.lower() not in text.lower()] == []
    assert draft.next_update_by_us == promise_us(START_US, 30)


def test_an_emergency_call_that_fails_comes_first_and_one_that_works_is_said_only_when_known() -> None:
    failing = after(begun(JAKARTA), HelpSet(emergency_calls="not_reachable"))
    indonesian, english = _texts(failing, "holding")
    assert indonesian.startswith("Nomor darurat 112, 110, dan 119 tidak dapat dihubungi")
    assert english.startswith("Emergency numbers 112, 110 and 119 cannot be reached")
    unknown_id, unknown_en = _texts(begun(JAKARTA), "holding")
    assert "belum memastikan" in unknown_id
    assert "not yet confirmed whether" in unknown_en


def test_trouble_with_television_makes_nobody_doubt_emergency_calls() -> None:
    television = replace(JAKARTA, service="tv", symptom=None)
    assert "112" not in "".join(_texts(begun(television), "holding"))


def test_a_claimed_repair_is_not_called_a_restoration() -> None:
    claimed = after(after(begun(JAKARTA), Confirmed()), ClaimedFixed())
    indonesian, english = _texts(claimed, "fixed")
    assert "belum menyebutnya pulih" in indonesian
    assert "not calling it restored" in english


def test_a_restoration_says_how_long_it_lasted_and_is_sorry_for_what() -> None:
    incident = begun(JAKARTA)
    for fact in (
        Confirmed(),
        CauseSet(cause_id="listrik padam", cause_en="a power cut"),
        ClaimedFixed(),
        Restored(overrides=True),
    ):
        incident = after(incident, fact)
    indonesian, english = _texts(incident, "restored")
    assert "(9 menit)" in indonesian
    assert "Penyebabnya: listrik padam." in indonesian
    assert "mohon maaf karena" in indonesian
    assert "Cause: a power cut." in english
    assert statement("restored", incident, SPEECH, now_us=START_US).next_update_by_us is None


def test_what_is_restored_in_part_says_what_goes_on() -> None:
    incident = after(after(begun(JAKARTA, CALLS), Confirmed()), ClaimedFixed(scopes=(JAKARTA,)))
    incident = after(incident, Restored(scopes=(JAKARTA,), overrides=True))
    draft = statement("restored", incident, SPEECH, now_us=START_US)
    assert "masih berlangsung: telepon tidak tersambung" in draft.text_id
    assert draft.next_update_by_us is not None


def test_a_desk_that_speaks_for_nobody_is_not_sorry_and_blames_nobody() -> None:
    confirmed = after(begun(JAKARTA), Confirmed())
    indonesian, english = _texts(confirmed, "holding", replace(SPEECH, independent=True))
    assert "maaf" not in indonesian
    assert "sorry" not in english
    assert "neither the cause nor who is responsible" in english


def test_a_correction_of_what_was_an_outage_does_not_say_that_there_was_none() -> None:
    confirmed = after(begun(JAKARTA), Confirmed())
    indonesian, english = _texts(confirmed, "correction")
    assert "Keadaan sebenarnya" in indonesian
    assert "do not show" not in english
    assert "do not show a disruption to Smartfren's service" in _texts(begun(JAKARTA), "correction")[1]


def test_places_within_a_named_place_are_left_out_and_many_are_not_all_named() -> None:
    assert places_of(("31", "31.74", "32"), SPEECH) == (
        " di DKI Jakarta dan Jawa Barat",
        " in DKI Jakarta and Jawa Barat",
    )
    assert places_of((None, "31"), SPEECH) == (", terutama di DKI Jakarta", ", mainly in DKI Jakarta")
    many = places_of([str(code) for code in range(11, 18)], Speech(zone=WIB))
    assert many[0].endswith("dan 2 daerah lain")
    assert many[1].endswith("and 2 other places")


def test_kinds_of_trouble_are_told_apart() -> None:
    broken = what_is_broken(begun(JAKARTA, CALLS), SPEECH)
    assert broken[0] == "internet seluler tidak dapat dipakai di DKI Jakarta; telepon tidak tersambung"


def test_what_nobody_can_tell_apart_is_not_said_twice() -> None:
    unknown = Scope(operator="sf", region="31")
    confirmed = after(begun(unknown), Confirmed())
    indonesian, english = _texts(confirmed, "holding")
    assert "Layanan Smartfren terganggu di DKI Jakarta sejak sekitar pukul 08.35 WIB." in indonesian
    assert "Smartfren's service has been disrupted in DKI Jakarta since about 08:35 WIB." in english
    assert "Gangguan layanan Smartfren di DKI Jakarta sejak" in _texts(confirmed, "update")[0]


def test_another_day_is_named() -> None:
    tomorrow = moment(START_US, SPEECH, now_us=START_US - 24 * 60 * MINUTE_US)
    assert tomorrow == ("Jumat, 3 Oktober 2025 pukul 08.40 WIB", "08:40 WIB on Friday, 3 October 2025")


def test_two_names_need_no_comma() -> None:
    assert listed([("Aceh", "Aceh"), ("Riau", "Riau")]) == ("Aceh dan Riau", "Aceh and Riau")


def test_a_situation_report_names_what_a_public_statement_does_not() -> None:
    incident = after(
        begun(JAKARTA), HelpSet(emergency_calls="unknown", priority_customers=("RS Cipto", "Bank Mandiri"))
    )
    incident = after(incident, TaskAdded(task="t1", what="telepon vendor", party="vendor", due_us=START_US))
    incident = after(incident, RumourAdded(rumour="r1", claim="satelit jatuh"))
    indonesian, english = situation(incident, SPEECH, now_us=START_US, reasons=[("+ 412 laporan", "+ 412 reports")])
    for words in (
        "RS Cipto, Bank Mandiri",
        "t1: telepon vendor (vendor), paling lambat",
        "satelit jatuh. Belum dijawab",
        "+ 412",
    ):
        assert words in indonesian
    assert "no statement yet, 5 minutes since the onset" in english
    assert "RS Cipto" not in "".join(_texts(incident, "holding"))


def test_a_hand_over_says_what_is_unsigned_and_which_promise_is_overdue() -> None:
    by_us = START_US + 20 * MINUTE_US
    draft = NoticeDrafted(
        notice="n1", kind="holding", text_id="a", text_en="b", next_update_by_us=by_us, as_worded=True
    )
    incident = after(after(begun(JAKARTA), draft), NoticePublished(notice="n1", before_second=True), SARI)
    indonesian, english = handover(incident, (), SPEECH, now_us=by_us + MINUTE_US)
    assert "Menunggu tanda tangan kedua: n1" in indonesian
    assert "TERLEWAT" in indonesian
    assert "OVERDUE" in english


@pytest.mark.parametrize("state", ["suspected", "confirmed"])
def test_a_headline_says_whether_it_is_sure(state: str) -> None:
    incident = begun(JAKARTA) if state == "suspected" else after(begun(JAKARTA), Confirmed(), BUDI)
    assert headline(incident, SPEECH, now_us=START_US)[1].endswith(f"({state})")
    assert len(ACTORS) > 1


def test_the_desks_own_draft_is_as_approved_and_any_other_word_is_not() -> None:
    incident = begun(JAKARTA)
    draft = approved(incident, SPEECH, now_us=START_US)
    assert draft == holding(incident, SPEECH, now_us=START_US)
    assert is_as_approved(draft, incident, SPEECH, now_us=START_US)
    sent_by_a_form = replace(draft, text_id=draft.text_id.replace("\n", "\r\n"))
    assert is_as_approved(sent_by_a_form, incident, SPEECH, now_us=START_US)
    for other in (
        replace(draft, text_id=draft.text_id + " Hubungi 0800."),
        replace(draft, text_en=draft.text_en.replace("reports", "rep\u200borts")),
        replace(draft, text_en=draft.text_id),
        replace(draft, next_update_by_us=draft.next_update_by_us + 60 * MINUTE_US),
        replace(draft, next_update_by_us=None),
        replace(draft, kind="update"),
    ):
        assert not is_as_approved(other, incident, SPEECH, now_us=START_US)
    assert not is_as_approved(draft, after(incident, Confirmed()), SPEECH, now_us=START_US)


@pytest.mark.parametrize(
    "change",
    [
        {"operator": "Hubungi 0800"},
        {"scopes": (ScopeState(replace(JAKARTA, region="Hubungi 0800"), "suspected"),)},
        {"alternatives_id": "Hubungi 0800", "alternatives_en": "Call 0800"},
    ],
)
def test_no_word_that_somebody_typed_is_in_an_approved_statement(change: dict[str, object]) -> None:
    incident = replace(begun(JAKARTA), **change)
    free = approved(incident, SPEECH, now_us=START_US)
    assert free is None or "0800" not in free.text_id + free.text_en
    assert not is_as_approved(holding(incident, SPEECH, now_us=START_US), incident, SPEECH, now_us=START_US)
