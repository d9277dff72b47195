"""A word is said on every surface within its bounds, in both languages, and nothing that matters is cut off."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sample_bulletin import MINUTE_US, NOW_US, ONSET_US

from pulih.communicate.lengths import cut, weight
from pulih.communicate.renderings import SURFACE_OF, SURFACES, Rendered, Surface, rendered, renderings
from pulih.communicate.sms_alphabet import ALONE, alphabet, sms_parts, sms_units
from pulih.communicate.speech import Speech
from pulih.model.bulletin import PublicIncident, PublicScope, Stage, Word
from pulih.model.notice import NoticeKind
from pulih.model.reading import Service, Symptom
from pulih.ports.channels import ChannelKind

SPEECH = Speech(
    zone=timezone(timedelta(hours=7), "WIB"),
    operators={"smartfren": "Smartfren", "xl": "XL"},
    regions={"31": "DKI Jakarta", "31.74": "Jakarta Selatan", "32": "Jawa Barat", "91": "Papua", "33": "Jawa Tengah"},
    parents={"31.74": "31"},
)
LINKS = {
    "id": "https://status.example.id/gangguan/20251003-ab12/",
    "en": "https://status.example.id/en/incident/20251003-ab12/",
}
DATA = PublicScope(stage="identified", service="mobile_data", symptom="no_internet", region="31")
ONE = PublicIncident(
    id="20251003-ab12",
    operator="smartfren",
    title_id="Internet seluler tidak dapat dipakai di DKI Jakarta",
    title_en="Mobile internet cannot be used in DKI Jakarta",
    stage="identified",
    severity="major",
    scopes=(DATA,),
    onset_us=ONSET_US,
    updated_us=NOW_US,
    confirmed_us=ONSET_US + 18 * MINUTE_US,
)
WORD = Word(
    id="n1",
    number=5,
    kind="update",
    stage="identified",
    published_us=NOW_US,
    text_id="Gangguan masih berlangsung. Kabar berikutnya paling lambat pukul 11.00 WIB.",
    text_en="The disruption continues. Next update by 11:00 WIB.",
    next_update_by_us=NOW_US + 48 * MINUTE_US,
    speaker="Sari Wulandari",
    office="Direktur Jaringan",
)
FAULTS = re.compile(r"!|None|\{|\}|  |\.\. |,,| ,| \.|;;|\(\)|'s's|: \.")

scopes = st.builds(
    PublicScope,
    stage=st.sampled_from(get_args(Stage)),
    service=st.sampled_from((None, *get_args(Service))),
    region=st.sampled_from((None, "31", "31.74", "32", "33", "91")),
    symptom=st.sampled_from((None, *get_args(Symptom))),
)
incidents = st.builds(
    replace,
    st.just(ONE),
    scopes=st.lists(scopes, min_size=1, max_size=6).map(tuple),
    stage=st.sampled_from(get_args(Stage)),
    emergency_calls=st.sampled_from(("unknown", "reachable", "not_reachable")),
    alternatives_id=st.sampled_from(("", "telepon dan SMS")),
    alternatives_en=st.just("calls and text messages"),
    confirmed_us=st.sampled_from((None, ONSET_US)),
    ended_us=st.sampled_from((None, NOW_US)),
    retracted=st.booleans(),
)
words = st.builds(
    replace,
    st.just(WORD),
    kind=st.sampled_from(get_args(NoticeKind)),
    stage=st.sampled_from(get_args(Stage)),
    next_update_by_us=st.sampled_from((None, NOW_US + 48 * MINUTE_US, NOW_US + 20 * 60 * MINUTE_US)),
)


def on(surface: Surface, incident: PublicIncident = ONE, word: Word = WORD, language: str = "id") -> Rendered:
    return rendered(surface, language, incident, word, speech=SPEECH, link=LINKS[language])  # type: ignore[arg-type]


@given(incidents, words)
def test_every_surface_says_a_sound_text_in_both_languages(incident: PublicIncident, word: Word) -> None:
    made = renderings(incident, word, SPEECH, LINKS)  # type: ignore[arg-type]
    assert [one.surface for one in made[::2]] == list(SURFACES) == [one.surface for one in made[1::2]]
    for one in made:
        assert one.text
        assert not FAULTS.search(one.text), one
        assert one.parts


@given(incidents, words)
def test_what_travels_in_parts_is_whole_and_each_part_within_what_it_holds(
    incident: PublicIncident, word: Word
) -> None:
    for language in ("id", "en"):
        sms = on("sms", incident, word, language)
        most = ALONE[alphabet(sms.text)] if len(sms.parts) == 1 else 153
        assert all(sms_units(part) <= most for part in sms.parts)
        assert "".join(sms.parts) == sms.text
        assert len(sms.parts) <= 2
        assert all(sms_units(screen) <= 182 for screen in on("ussd", incident, word, language).parts)
        assert on("social", incident, word, language).fits
        assert len(on("cap", incident, word, language).subject) <= 160


def test_where_there_is_room_the_statement_is_whole_and_says_who_speaks() -> None:
    for surface in ("page", "email", "chat", "press", "cap"):
        one = on(surface)
        assert WORD.text_id in one.text, surface
        if surface != "cap":
            assert "Sari Wulandari, Direktur Jaringan" in one.text
    assert on("email").subject == "Gangguan Smartfren: internet seluler tidak dapat dipakai di DKI Jakarta"
    assert LINKS["en"] in on("email", language="en").text


def test_that_help_can_not_be_called_comes_first_and_is_never_left_out() -> None:
    failing = replace(ONE, emergency_calls="not_reachable", alternatives_id="telepon", alternatives_en="calls")
    for surface in SURFACES:
        one = on(surface, failing)
        if surface in {"page", "email", "chat", "press", "cap"}:
            continue  # They carry the statement as people wrote it.
        assert one.text.startswith(("112", "satu satu dua")), one
    over = replace(failing, stage="resolved", ended_us=NOW_US)
    done = replace(WORD, kind="restored", stage="resolved", next_update_by_us=None)
    assert "112" not in on("sms", over, done).text
    television = replace(failing, scopes=(replace(DATA, service="tv"),))
    assert "112" not in on("sms", television).text


def test_a_suspicion_is_called_one_and_a_claimed_repair_is_no_restoration() -> None:
    suspected = replace(ONE, confirmed_us=None)
    assert on("push", suspected).subject == "Dugaan gangguan Smartfren"
    assert on("push", suspected, language="en").subject == "Smartfren disruption suspected"
    claimed = replace(ONE, scopes=(replace(DATA, stage="monitoring"),), stage="monitoring")
    text = on("sms", claimed, replace(WORD, kind="fixed", stage="monitoring"), "en").text
    assert "reported complete; the result is being checked" in text
    assert "Restored" not in text
    part = replace(ONE, scopes=(replace(DATA, stage="resolved"), replace(DATA, region="32")))
    half = on("sms", part, replace(WORD, kind="restored"), "en").text
    assert half.startswith("Partly restored: Smartfren mobile internet in DKI Jakarta. Not yet restored:")


def test_a_correction_says_so_and_what_is_right() -> None:
    wrong = replace(ONE, retracted=True, stage="resolved")
    word = replace(WORD, kind="correction", stage="resolved", corrects="n1", next_update_by_us=None)
    assert on("banner", wrong, word, "en").text == (
        "Correction: after checking, there was no disruption to Smartfren mobile internet in DKI Jakarta."
    )
    assert on("banner", ONE, replace(word, stage="identified")).text.startswith("Koreksi. Gangguan Smartfren:")


def test_a_word_about_some_places_names_those_alone() -> None:
    two = replace(ONE, scopes=(DATA, replace(DATA, region="32")))
    assert "Jawa Barat" not in on("social", two, replace(WORD, regions=("31",))).text
    assert "DKI Jakarta dan Jawa Barat" in on("social", two).text


def test_when_the_next_word_comes_is_worth_more_than_an_address() -> None:
    long = replace(ONE, scopes=tuple(replace(DATA, region=code) for code in ("31", "32", "33")))
    sms = on("sms", long)
    assert len(sms.parts) == 1
    assert "11.00 WIB" in sms.text
    assert "https" not in sms.text


def test_a_message_spoken_aloud_has_no_address_and_says_figures_one_by_one() -> None:
    said = on("voice", replace(ONE, emergency_calls="reachable"), language="en").text
    assert "one one two" in said
    assert "http" not in said
    assert "Western Indonesia Time" in said


def test_every_channel_that_carries_words_to_people_has_its_surface() -> None:
    assert set(SURFACE_OF) == set(get_args(ChannelKind)) - {"webhook"}


@pytest.mark.parametrize(
    ("text", "kind", "units", "parts"),
    [
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        ("é" * 160, "gsm7", 160, 1),
        ("ā" * 70, "ucs2", 70, 1),
        ("ā" * 71, "ucs2", 71, 2),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 36, "ucs2", 72, 2),
    ],
)
def test_sms_are_counted_as_the_network_counts_them(text: str, kind: str, units: int, parts: int) -> None:
    assert (alphabet(text), sms_units(text), len(sms_parts(text).parts)) == (kind, units, parts)


@given(st.text(max_size=700))
def test_parts_of_an_sms_never_hold_more_than_they_can(text: str) -> None:
    parts = sms_parts(text).texts
    size = sms_units if alphabet(text) == "gsm7" else lambda part: len(part.encode("utf-16-be", "surrogatepass")) // 2
    if len(parts) > 1:
        assert all(size(part) <= (153 if alphabet(text) == "gsm7" else 67) for part in parts)


@given(st.text(alphabet="ab \n", max_size=300), st.integers(2, 40))
def test_cutting_loses_no_letter(text: str, most: int) -> None:
    parts = cut(text, most)
    assert all(len(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_an_address_in_a_post_counts_the_same_however_long_it_is() -> None:
    assert weight(f"Kabar {LINKS['en']}", LINKS["en"]) == 6 + 23
    assert weight("網") == 2
