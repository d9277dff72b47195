"""A statement says no number, time or cause that the facts do not bear out, and promises nothing without a time."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_world import BUDI, JAKARTA, MINUTE_US, SARI, START_US, after, begun, histories, lived
from msgspec.structs import replace

from pulih.communicate.claims import claims_of
from pulih.communicate.facts_check import RULES, check_facts
from pulih.communicate.speech import Draft, Speech
from pulih.communicate.statements import statement
from pulih.confirm.timeline import added
from pulih.model.entry import CauseSet, Confirmed, NoticeDrafted, NoticePublished, TaskAdded
from pulih.model.incident import Incident
from pulih.model.notice import NoticeKind

WIB = timezone(timedelta(hours=7), "WIB")
SPEECH = Speech(
    zone=WIB,
    operators={"sf": "Smartfren", "3": "3 Indonesia"},
    regions={"31": "DKI Jakarta", "32.73": "Kota Bandung"},
    parents={"32.73": "32"},
)
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
# The outage begins at 08.35 WIB, the desk opens it at 08.40.
NOW_US = START_US + 30 * MINUTE_US
BY_US = START_US + 90 * MINUTE_US


def doubts(
    text_id: str, text_en: str, incident: Incident | None = None, *, by_us: int | None = BY_US, evidence: tuple = ()
) -> list[tuple[str, str]]:
    draft = Draft(kind="update", text_id=text_id, text_en=text_en, next_update_by_us=by_us)
    asked = incident or after(begun(JAKARTA), Confirmed())
    return [(one.rule, one.language) for one in check_facts(draft, asked, SPEECH, now_us=NOW_US, evidence=evidence)]


@settings(max_examples=150)
@given(histories, st.sampled_from(KINDS), st.integers(0, 3 * 24 * 60))
def test_what_the_desk_words_by_itself_is_borne_out_by_the_facts(attempted: list, kind: NoticeKind, later: int) -> None:
    incident = added(lived(attempted))
    now_us = START_US + later * MINUTE_US
    draft = statement(kind, incident, SPEECH, now_us=now_us)
    assert check_facts(draft, incident, SPEECH, now_us=now_us) == ()


@pytest.mark.parametrize(
    ("indonesian", "english", "rule"),
    [
        ("Ada 5.000 pelanggan terdampak.", "5,000 customers are hit.", "fact.number"),
        ("Sekitar 40 % menara mati.", "About 40 % of towers are down.", "fact.number"),
        ("Layanan mati sejak pukul 07.10 WIB.", "The service is down since 07:10 WIB.", "fact.onset"),
        ("Tim tiba pukul 11.45 WIB.", "The crew arrives at 11:45 WIB.", "fact.time"),
        ("Ini terjadi pada 2 Oktober 2025.", "It happened on 2 October 2025.", "fact.date"),
        ("Kabar berikutnya menyusul.", "The next update follows.", "fact.promise"),
        ("Kami akan segera mengabarkan perkembangannya.", "We will keep you posted.", "fact.promise"),
        ("Layanan akan segera pulih.", "The service will be restored soon.", "fact.recovery"),
        ("Penyebabnya: kabel laut putus.", "Cause: a submarine cable was cut.", "fact.cause"),
        ("Gangguan disebabkan pemadaman.", "It was caused by a power cut.", "fact.cause"),
    ],
)
def test_what_the_facts_do_not_bear_out_is_refused_in_both_languages(indonesian: str, english: str, rule: str) -> None:
    assert {(rule, "id"), (rule, "en")} <= set(doubts(indonesian, english))


def test_a_number_may_be_rounded_and_must_be_in_the_evidence() -> None:
    assert doubts("Ada 1.200 laporan.", "There are 1,200 reports.", evidence=(1237,)) == []
    assert doubts("Lebih dari 1.000 laporan.", "More than 1,000 reports.", evidence=(1237,)) == []
    assert len(doubts("Ada 1.500 laporan.", "There are 1,500 reports.", evidence=(1237,))) == 2
    assert doubts("Jaringan 4G dan 5G terganggu.", "4G and 5G are disrupted.") == []
    assert doubts("Hubungi 112 bila darurat.", "Call 112 in an emergency.") == []


def test_how_long_it_goes_on_may_be_said_and_is_no_evidence_for_other_numbers() -> None:
    assert doubts("Sudah 35 menit.", "For 35 minutes.") == []
    assert doubts("Sudah 55 menit.", "For 55 minutes.") != []
    assert doubts("Ada 35 laporan.", "There are 35 reports.") != []


def test_times_of_the_timeline_may_be_named_and_about_may_round_to_five_minutes() -> None:
    assert doubts("Sejak sekitar pukul 08.35 WIB.", "Since about 08:35 WIB.") == []
    odd = replace(after(begun(JAKARTA), Confirmed()), onset_us=START_US - 6 * MINUTE_US)
    assert doubts("Sejak sekitar pukul 08.35 WIB.", "Since about 08:35 WIB.", odd) == []
    assert doubts("Sejak pukul 08.36 WIB.", "Since 08:36 WIB.", odd) != []
    assert doubts("Pada Jumat, 3 Oktober 2025, mulai 08.35.", "On Friday, 3 October 2025, began at 08:35.") == []


def test_what_people_entered_is_evidence_afterwards() -> None:
    confirmed = after(begun(JAKARTA), Confirmed())
    hope = ("Internet diperkirakan pulih pukul 12.00 WIB.", "It is expected to be restored at 12:00 WIB.")
    assert {rule for rule, _ in doubts(*hope, confirmed)} == {"fact.time", "fact.recovery"}
    due_us = START_US + 200 * MINUTE_US
    planned = after(confirmed, TaskAdded(task="t1", what="Sambung 2 kabel", due_us=due_us))
    assert doubts(*hope, planned) == []
    assert doubts("Tim menyambung 2 kabel.", "The crew splices 2 cables.", planned) == []
    cause = ("Penyebabnya: listrik padam.", "Cause: a power cut.")
    settled = after(confirmed, CauseSet(cause_id="listrik padam", cause_en="a power cut"))
    assert doubts(*cause, settled) == []
    assert doubts("Penyebabnya belum diketahui.", "The cause is not known yet.") == []


def test_a_promise_names_the_time_that_is_promised() -> None:
    right = ("Kabar berikutnya paling lambat pukul 10.10 WIB.", "Next update by 10:10 WIB.")
    assert doubts(*right) == []
    assert ("fact.promise", "id") in doubts(*right, by_us=None)
    assert ("fact.promise", "en") in doubts(*right, by_us=BY_US + 5 * MINUTE_US)


def test_a_time_in_one_language_alone_is_told() -> None:
    assert doubts("Sejak 08.35 WIB.", "It goes on.") == [("fact.languages", "id")]


def test_times_of_earlier_words_and_of_drafting_may_be_named() -> None:
    drafted = after(
        after(begun(JAKARTA), Confirmed()),
        NoticeDrafted(notice="n1", kind="update", text_id="a", text_en="b"),
    )
    said = after(drafted, NoticePublished(notice="n1"), BUDI)
    assert said.notices[0].drafted_by == SARI.name
    assert doubts("Kabar kami pukul 08.43 WIB tetap berlaku.", "Our word of 08:43 WIB stands.", said) == []


@given(st.text(max_size=300), st.sampled_from(("id", "en")))
def test_no_text_can_break_the_reading_of_claims(text: str, language: str) -> None:
    claims_of(text, language)  # type: ignore[arg-type]


def test_every_rule_has_an_id_of_its_own_and_says_what_it_refuses() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.id.startswith("fact.") and rule.refuses for rule in RULES)
