"""What the console computes before anything is drawn: map, curve, sentences, forms, acts and options."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from console_world import named
from hypothesis import given
from hypothesis import strategies as st
from still_desk import JAKARTA, NOW_US, ONSET_US

from pulih.confirm.moves import MOVES
from pulih.model import entry
from pulih.model.actor import Actor
from pulih.model.clock import MICROS, to_micros
from pulih.model.errors import RefusedInput
from pulih.model.incident import Incident, ScopeState, State
from pulih.model.notice import Notice
from pulih.model.reading import Service, Symptom
from pulih.model.scope import Scope
from pulih.service.view import RegionNow, Series
from pulih.web.console.acts import ACTS, fact_of
from pulih.web.console.asking import speech_of
from pulih.web.console.curve import HEIGHT, WIDTH, ceiling, curve_of, span_of
from pulih.web.console.forms import Form, Misfilled, moment_value, scope_of, scope_value
from pulih.web.console.lines import shown
from pulih.web.console.options import BUTTONS, DECISIONS, kinds_of, notice_view, step_of
from pulih.web.console.phrasing import Tongue, sentence_of, what_of
from pulih.web.console.rows import row_of
from pulih.web.console.tile_map import SIDE, level_of, tile_map
from pulih.web.frame.moments import Moments
from pulih.web.frame.rooms import Language, Rooms
from pulih.web.frame.words import words

WIB = ZoneInfo("Asia/Jakarta")
NAMES = named()
scopes = st.builds(
    Scope,
    operator=st.sampled_from(["", "xl", "smartfren"]),
    service=st.none() | st.sampled_from(get_args(Service)),
    region=st.none() | st.sampled_from(["31", "31.74"]),
    symptom=st.none() | st.sampled_from(get_args(Symptom)),
)


def tongue(language: Language) -> Tongue:
    rooms = Rooms(clock=None, people=None, names=NAMES)  # type: ignore[arg-type]
    return Tongue(words(language), Moments(language, WIB, NOW_US), NAMES, speech_of(rooms.settings, rooms.names))


def incident(*parts: tuple[str | None, State], **more: object) -> Incident:
    """Return an incident of Smartfren's mobile internet in some regions."""
    held = tuple(
        ScopeState(Scope(operator="smartfren", service="mobile_data", symptom="no_internet", region=region), state)
        for region, state in parts
    )
    usual = Incident(
        id="20251003-ab12", version=1, opened_us=NOW_US, onset_us=ONSET_US, operator="smartfren", scopes=held
    )
    return msgspec.structs.replace(usual, **more)


def form(**fields: str) -> Form:
    return Form({name: [value] for name, value in fields.items()}, WIB)


# The tile map.


def test_the_map_has_all_38_provinces_and_no_square_covers_another() -> None:
    drawn = tile_map(NAMES.provinces, [])
    assert len(drawn.tiles) == 38
    assert all(
        abs(one.x - other.x) >= SIDE or abs(one.y - other.y) >= SIDE for one, other in combinations(drawn.tiles, 2)
    )
    assert all(0 <= one.x <= drawn.width - SIDE and 0 <= one.y <= drawn.height - SIDE for one in drawn.tiles)


def test_the_map_lists_provinces_by_their_reports_and_marks_those_with_a_finding_in_them() -> None:
    regions = [
        RegionNow(code="31", name="Jakarta", parent="", reports=3, usual=2.0),
        RegionNow(code="73", name="Sulawesi Selatan", parent="", reports=90, usual=4.0),
        RegionNow(code="73.71", name="Makassar", parent="73", reports=80, usual=2.0, finding="f"),
    ]
    drawn = tile_map(NAMES.provinces, regions, hit=["32.73"])
    assert [one.code for one in drawn.tiles[:2]] == ["73", "31"]
    assert {one.code for one in drawn.tiles if one.hit} == {"73", "32"}


@given(st.integers(0, 10**6), st.floats(0, 10**4))
def test_a_province_is_never_shown_as_usual_when_its_silence_tells_nothing(reports: int, usual: float) -> None:
    assert (level_of(reports, usual) == "unknown") == (reports == 0 and usual < 1)


# The curve.


@given(st.lists(st.none() | st.integers(0, 500), max_size=300), st.sampled_from([60, 300, 3600]))
def test_the_curve_stays_inside_its_drawing_and_its_table_loses_no_report(
    counts: list[int | None], step_s: int
) -> None:
    series = Series(
        operator="", region="", start_us=0, step_s=step_s, counts=tuple(counts), expected=(1.0,) * len(counts),
        alarm_at=(9.0,) * len(counts),
    )  # fmt: skip
    drawn = curve_of(series, onset_us=0, alarm_us=10**15)
    assert sum(row.reports or 0 for row in drawn.rows) == sum(count or 0 for count in counts)
    assert len(drawn.rows) <= 48
    numbers = [float(part) for part in drawn.usual.replace("M", " ").replace("L", " ").split()]
    assert all(0 <= x <= WIDTH for x in numbers[0::2])
    assert all(0 <= y <= HEIGHT for y in numbers[1::2])
    assert drawn.alarm_x is None


def test_a_gap_in_what_could_be_heard_is_a_gap_in_the_drawing_and_no_zero() -> None:
    series = Series(
        operator="", region="", start_us=0, step_s=60, counts=(1, None, 2), expected=(1,) * 3, alarm_at=(9,) * 3
    )
    drawn = curve_of(series, onset_us=0, alarm_us=None)
    assert drawn.reports.count("M") == 2
    assert drawn.rows[1].reports is None


@given(st.floats(0, 10**7))
def test_an_axis_ends_at_a_round_number_not_far_above_the_highest_count(value: float) -> None:
    assert value <= ceiling(value) <= max(1.0, 2 * value)


@given(st.integers(10**15, 2 * 10**15), st.integers(0, 60 * 24 * 30))
def test_a_span_holds_the_onset_unless_that_is_more_than_a_week_ago(end_us: int, minutes: int) -> None:
    onset_us = end_us - minutes * 60 * MICROS
    span = span_of(onset_us, end_us)
    assert span.end_us >= end_us
    assert span.start_us <= onset_us or minutes > 7 * 24 * 60
    assert (span.end_us - span.start_us) // (span.step_s * MICROS) <= 400


# The sentence.


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "Smartfren: internet seluler mati di Jakarta dan Jawa Barat sejak 08.48 WIB"),
        ("en", "Smartfren: mobile internet down in Jakarta and Jawa Barat since 08:48 WIB"),
    ],
)
def test_the_sentence_says_what_is_broken_where_and_since_when(language: Language, said: str) -> None:
    assert sentence_of(tongue(language), incident(("31", "suspected"), ("32", "suspected"))) == said


def test_the_sentence_leaves_out_places_that_are_restored_and_places_inside_a_named_one() -> None:
    one = incident(("31", "confirmed"), ("31.74", "confirmed"), ("32", "restored"))
    assert "di Jakarta sejak" in sentence_of(tongue("id"), one)


def test_the_sentence_says_that_a_place_is_not_known_and_never_leaves_it_out() -> None:
    assert "internet seluler mati, tempat belum jelas, sejak" in sentence_of(
        tongue("id"), incident((None, "suspected"))
    )
    assert "among them Jakarta" in sentence_of(tongue("en"), incident((None, "suspected"), ("31", "suspected")))


def test_the_sentence_says_what_reports_tell_by_now_where_the_incident_was_opened_on_few() -> None:
    opened = incident(("31", "suspected"))
    scope = msgspec.structs.replace(opened.scopes[0].scope, symptom=None, service=None)
    opened = msgspec.structs.replace(opened, scopes=(ScopeState(scope, "suspected"),), findings=("f-jakarta",))
    assert "gangguan layanan di Jakarta" in sentence_of(tongue("id"), opened)
    assert "internet seluler mati di Jakarta" in sentence_of(tongue("id"), opened, [JAKARTA])
    assert row_of(tongue("id"), opened, {"f-jakarta": JAKARTA}).sentence.startswith("Smartfren: internet seluler mati")


def test_an_incident_whose_reports_are_as_usual_again_says_since_when_and_makes_room_for_others() -> None:
    quiet = incident(("31", "suspected"), quiet_us=NOW_US, findings=("f-jakarta",))
    assert "laporan seperti biasa lagi sejak 08.57 WIB" in row_of(tongue("id"), quiet).note


@given(st.lists(scopes, max_size=4), st.sampled_from(["id", "en"]))
def test_every_service_and_symptom_has_words_in_both_languages(parts: list[Scope], language: Language) -> None:
    assert what_of(tongue(language), parts)


# Forms and acts.


@given(scopes)
def test_a_scope_comes_back_from_its_box_as_it_was(scope: Scope) -> None:
    assert scope_of(scope_value(scope)) == scope


@given(st.integers(0, 4 * 10**15))
def test_a_moment_comes_back_from_its_field_to_the_minute(at_us: int) -> None:
    field = Form({"at": [moment_value(at_us, WIB)]}, WIB)
    assert field.moment("at") == at_us // (60 * MICROS) * 60 * MICROS


def test_of_a_time_that_the_clock_shows_twice_what_was_is_the_latest_before_now_and_what_comes_the_next_one() -> None:
    zone, hour_us = ZoneInfo("America/New_York"), 3_600 * MICROS
    # 1 November 2026: 01:30 EDT is 05:30 UTC, and 01:30 EST an hour later.
    first_us = to_micros(datetime(2026, 11, 1, 5, 30, tzinfo=UTC))

    def typed(now_us: int) -> Form:
        return Form({"at": ["2026-11-01T01:30"]}, zone, now_us)

    assert [typed(first_us + away).past("at") - first_us for away in (0, hour_us - 1, hour_us)] == [0, 0, hour_us]
    assert [typed(first_us + away).ahead("at") for away in (-1, 0, hour_us - 1)] == [
        first_us, first_us + hour_us, first_us + hour_us
    ]  # fmt: skip
    with pytest.raises(Misfilled, match="past"):
        typed(first_us + hour_us).ahead("at")
    with pytest.raises(Misfilled, match="future"):
        typed(first_us - 1).past("at")
    # What the clock skips is the moment after the gap by as much, and only that.
    skipped = Form({"at": ["2026-03-08T02:30"]}, zone)
    assert skipped.moment("at") == to_micros(datetime(2026, 3, 8, 7, 30, tzinfo=UTC))


@given(st.text(max_size=30), st.sampled_from(["scope", "onset", "version"]))
def test_whatever_is_typed_a_form_reads_it_or_says_which_field_is_wrong(text: str, field: str) -> None:
    filled = form(**{field: text})
    try:
        filled.scopes(), filled.moment("onset"), filled.number("version") if field == "version" else 0
    except Misfilled as error:
        assert error.field == field
        assert words("id").has(f"refusal.{error.key}")


def test_every_move_that_people_may_make_has_a_button_with_words_and_a_form() -> None:
    moves = {row.name for row in MOVES.values() if "duty" in row.roles or "approver" in row.roles}
    # Joining and clearing findings, and taking over, come about by other acts; credits have a page of their own, a
    # report is sent from the page of obligations, and customers are asked from that of the review.
    other = {"finding_joined", "finding_cleared", "took_over", "report_sent", "customers_asked"}
    assert {name for name in moves - set(BUTTONS) if not name.startswith("credit")} == other
    assert set(BUTTONS.values()) == set(ACTS)
    assert {act for act, _, _ in DECISIONS} <= set(ACTS)
    for language in ("id", "en"):
        assert all(words(language).has(f"console.act.{act}") for act in ACTS)


def test_an_unknown_act_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RefusedInput, match="confirm"):
        fact_of("delete", form(), incident(("31", "suspected")))


def test_a_scope_is_added_to_those_that_stay_and_the_others_go() -> None:
    one = incident(("31", "confirmed"), ("32", "confirmed"))
    filled = Form({"scope": [scope_value(one.scopes[0].scope)], "add_service": ["sms"], "add_region": ["36"]}, WIB)
    fact = fact_of("scopes", filled, one)
    assert isinstance(fact, entry.ScopesSet)
    assert [(scope.service, scope.region) for scope in fact.scopes] == [("mobile_data", "31"), ("sms", "36")]
    assert {scope.operator for scope in fact.scopes} == {"smartfren"}


# What may be done.


def test_the_one_next_step_goes_from_draft_to_publishing_to_the_second_signature_to_an_update() -> None:
    duty, approver = Actor("dewi", "duty"), Actor("citra", "approver")
    fresh = incident(("31", "suspected"))
    draft = Notice(id="n1", kind="holding", text_id="a", text_en="b", drafted_by="dewi", wording="approved")
    out = msgspec.structs.replace(draft, state="published", published_us=NOW_US, before_second=True)
    signed = msgspec.structs.replace(out, signed_by="citra")
    update = msgspec.structs.replace(draft, id="n2", kind="update")
    steps = [
        step_of(msgspec.structs.replace(fresh, notices=notices), actor)
        for notices, actor in (
            ((), duty),
            ((draft,), duty),
            ((out,), approver),
            ((out,), duty),
            ((signed, update), duty),
            ((signed, update), approver),
        )
    ]
    assert steps == ["draft", "publish", "sign", "update", "", "publish"]


def test_only_a_holding_statement_goes_out_before_a_second_person_saw_it() -> None:
    update = Notice(id="n2", kind="update", text_id="a", text_en="b", drafted_by="dewi")
    alone = notice_view(update, Actor("dewi", "duty"))
    assert (alone.publish_way, alone.may_glass, alone.may_sign) == ("", True, False)
    assert notice_view(update, Actor("citra", "approver")).publish_way == "second"


@pytest.mark.parametrize(
    ("state", "kinds"),
    [("suspected", ("holding",)), ("confirmed", ("holding",)), ("claimed_fixed", ("fixed",)),
     ("restored", ("restored",)), ("rejected", ())],
)  # fmt: skip
def test_the_desk_words_only_statements_that_fit_the_state(state: State, kinds: tuple[str, ...]) -> None:
    assert kinds_of(incident(("31", state), state=state)) == kinds


def test_a_short_timeline_shows_the_first_entry_and_the_last_ones() -> None:
    entries = [
        entry.Entry(incident="i", number=number, at_us=number, actor="desk", fact=entry.Noted())
        for number in range(1, 30)
    ]
    assert [one.number for one in shown(entries, 4)] == [1, 27, 28, 29]
