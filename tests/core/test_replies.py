"""Care says what is known of the incident that a trouble belongs to, and never a cause, time or number of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_world import BANDUNG, CALLS, JAKARTA, MINUTE_US, START_US, begun, histories, lived
from msgspec.structs import replace

from pulih.communicate.affected import Asked, Belonging, belonging
from pulih.communicate.care import Reply, reply
from pulih.communicate.speech import Speech
from pulih.confirm.timeline import added
from pulih.model.actor import Actor
from pulih.model.entry import Fact
from pulih.model.incident import Incident, ScopeState, State
from pulih.model.notice import Notice
from pulih.model.scope import Scope

ABOVE = {"31.74": "31", "31.71": "31", "32.73": "32"}
SPEECH = Speech(
    zone=ZoneInfo("Asia/Jakarta"),
    operators={"sf": "Smartfren"},
    regions={"31": "DKI Jakarta", "31.74": "Jakarta Selatan", "32.73": "Kota Bandung"},
    parents=ABOVE,
)
SELATAN = Asked(operator="sf", service="mobile_data", region="31.74")
CLOCK = re.compile(r"(?:pukul )?\d\d[.:]\d\d WIB(?: on \w+, \d+ \w+ \d{4})?|\w+, \d+ \w+ \d{4} pukul \d\d\.\d\d WIB")


def incident(*scopes: tuple[Scope, State], **more: object) -> Incident:
    usual = Incident(
        id="20251003-ab12",
        version=3,
        opened_us=START_US,
        onset_us=START_US - 5 * MINUTE_US,
        operator="sf",
        scopes=tuple(ScopeState(scope, state) for scope, state in scopes or [(JAKARTA, "confirmed")]),
        state="confirmed",
    )
    return replace(usual, **more)


def found(asked: Asked, *known: Incident, later_us: int = 0) -> Belonging | None:
    return belonging(asked, known, parents=ABOVE, now_us=START_US + later_us)


def answered(asked: Asked, *known: Incident, speech: Speech = SPEECH, link: tuple[str, str] = ("", "")) -> Reply:
    return reply(found(asked, *known), speech, now_us=START_US, link=link)


def certain(asked: Asked, *known: Incident) -> str | None:
    one = found(asked, *known)
    return one.certain if one else None


def test_trouble_within_operator_service_and_place_of_a_scope_surely_belongs_to_it() -> None:
    assert certain(SELATAN, incident()) == "surely"
    assert certain(replace(SELATAN, region="31"), incident()) == "surely"
    assert certain(SELATAN, incident((Scope(operator="sf"), "confirmed"))) == "surely"


@pytest.mark.parametrize(
    "asked",
    [
        replace(SELATAN, region="32.73"),
        replace(SELATAN, service="fixed_broadband"),
        replace(SELATAN, operator="xl"),
        Asked(region="32.73"),
    ],
)
def test_another_place_service_or_operator_belongs_to_none(asked: Asked) -> None:
    assert certain(asked, incident()) is None
    assert answered(asked, incident()).case == "nothing"


@pytest.mark.parametrize("asked", [replace(SELATAN, region=""), replace(SELATAN, operator=""), Asked()])
def test_what_is_not_known_makes_it_perhaps_and_is_asked_for(asked: Asked) -> None:
    assert certain(asked, incident()) == "perhaps"
    told = answered(asked, incident())
    assert (told.case, told.incident) == ("perhaps", "20251003-ab12")
    assert "kota atau kabupaten Anda" in told.text_id
    assert "your city or regency" in told.text_en


def test_a_province_that_is_named_may_lie_outside_the_city_that_is_hit() -> None:
    assert certain(replace(SELATAN, region="32"), incident((BANDUNG, "confirmed"))) == "perhaps"


def test_of_several_the_sure_one_comes_first_then_the_gravest_then_the_latest() -> None:
    wide = incident((Scope(operator="sf", region="31"), "suspected"), id="suspected", state="suspected")
    old = incident(id="old", onset_us=START_US - 100 * MINUTE_US)
    new = incident(id="new")
    for order in ([wide, old, new], [new, old, wide]):
        one = found(SELATAN, *order)
        assert one is not None
        assert one.incident.id == "new"


def test_what_was_rejected_merged_or_over_for_a_day_is_not_what_people_ask_about() -> None:
    over = incident((JAKARTA, "restored"), state="restored", ended_us=START_US)
    assert certain(SELATAN, incident(state="rejected")) is None
    assert certain(SELATAN, incident(merged_into="other")) is None
    assert found(SELATAN, over, later_us=24 * 60 * MINUTE_US) is not None
    assert found(SELATAN, over, later_us=24 * 60 * MINUTE_US + 1) is None


def test_the_reply_is_about_the_part_that_holds_the_trouble() -> None:
    both = incident((JAKARTA, "restored"), (BANDUNG, "confirmed"))
    assert answered(SELATAN, both).case == "restored"
    assert "Bandung" not in answered(SELATAN, both).text_id
    assert answered(replace(SELATAN, region="32.73"), both).case == "confirmed"


def test_a_cause_is_told_once_the_public_was_told_it_and_not_denied_before() -> None:
    secret = incident(cause_id="Kabel putus di Cibitung", cause_en="A cable was cut at Cibitung")
    said = Notice(
        id="n1", kind="update", text_id="Penyebabnya: Kabel putus di Cibitung.", text_en="x", state="published",
        published_us=START_US,
    )  # fmt: skip
    assert "Cibitung" not in answered(SELATAN, secret).text_id
    assert "enyebab" not in answered(SELATAN, secret).text_id
    assert "Penyebabnya: Kabel putus di Cibitung." in answered(SELATAN, replace(secret, notices=(said,))).text_id
    taken_back = replace(said, state="withdrawn")
    assert "Cibitung" not in answered(SELATAN, replace(secret, notices=(taken_back,))).text_id
    assert "The cause is not known yet." in answered(SELATAN, incident()).text_en


def test_the_next_word_is_named_while_it_is_ahead_and_an_overdue_one_is_not() -> None:
    said = Notice(
        id="n1", kind="holding", text_id="a", text_en="b", state="published", published_us=START_US - 10 * MINUTE_US,
        next_update_by_us=START_US + 20 * MINUTE_US,
    )  # fmt: skip
    assert "Kabar berikutnya paling lambat" in answered(SELATAN, incident(notices=(said,))).text_id
    overdue = replace(said, next_update_by_us=START_US - 1)
    assert "Kabar berikutnya" not in answered(SELATAN, incident(notices=(overdue,))).text_id


def test_a_suspicion_is_called_no_outage_and_nobody_apologises_for_it() -> None:
    told = answered(SELATAN, incident((JAKARTA, "suspected"), state="suspected"))
    assert told.case == "suspected"
    assert "belum kami pastikan sebagai gangguan" in told.text_id
    assert "maaf" not in told.text_id
    assert "sorry" not in told.text_en


def test_an_independent_desk_does_not_apologise_for_an_operator() -> None:
    told = answered(SELATAN, incident(), speech=replace(SPEECH, independent=True))
    assert "maaf" not in told.text_id
    assert answered(SELATAN, incident()).text_id.count("maaf") == 1


def test_a_call_for_help_that_fails_comes_before_all_but_the_greeting() -> None:
    told = answered(SELATAN, incident(emergency_calls="not_reachable"))
    assert told.text_id.split("\n")[1].startswith("Nomor darurat 112, 110, dan 119 tidak dapat dihubungi")


def test_nothing_found_is_never_told_as_all_is_well() -> None:
    told = answered(SELATAN)
    assert "belum berarti semuanya lancar" in told.text_id
    assert "does not mean that all is well" in told.text_en


def test_the_page_is_named_where_there_is_one() -> None:
    told = answered(SELATAN, incident(), link=("https://desk.example.id/gangguan/a/", "https://desk.example.id/en/a/"))
    assert told.text_id.endswith("https://desk.example.id/gangguan/a/")
    assert told.text_en.endswith("https://desk.example.id/en/a/")


_regions = st.sampled_from(("", "31", "31.74", "32", "32.73", "73"))
_asked = st.builds(
    Asked,
    operator=st.sampled_from(("", "sf", "xl")),
    service=st.sampled_from((None, "any", "mobile_data", "mobile_voice")),
    region=_regions,
)


@given(histories, _asked)
def test_whatever_happened_a_reply_says_the_same_in_both_languages_and_no_number_but_times(
    attempted: Sequence[tuple[Fact, Actor, str]], asked: Asked
) -> None:
    known = added(lived(attempted))
    now_us = START_US + known.version * MINUTE_US
    told = reply(belonging(asked, [known], parents=ABOVE, now_us=now_us), SPEECH, now_us=now_us)
    assert told.text_id.count("\n") == told.text_en.count("\n")
    for text in (told.text_id, told.text_en):
        assert not re.search(r"\d", CLOCK.sub("", re.sub(r"\b(?:112|110|119)\b", "", text))), text


@given(_asked, st.lists(st.sampled_from((JAKARTA, BANDUNG, CALLS)), min_size=1, unique=True))
def test_knowing_less_never_turns_an_affected_customer_into_one_that_is_not(asked: Asked, scopes: list[Scope]) -> None:
    known = incident(*((scope, "confirmed") for scope in scopes))
    if certain(asked, known) is None:
        return
    for less in (replace(asked, operator=""), replace(asked, service=None), replace(asked, region="")):
        assert certain(less, known) is not None


def test_who_says_that_it_works_is_thanked() -> None:
    assert reply(found(SELATAN, begun(JAKARTA)), SPEECH, now_us=START_US, works=True).case == "works"
