"""Measures by hand and by brute force: times, promises, SAIDI, SAIFI, CAIDI, surveys, levels (requirement N1)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learn_world import HOUR_US, MINUTE_US, ONSET_US, at, exactly, outage
from msgspec.structs import replace

from pulih.learn.complaint_level import group_level
from pulih.learn.experience import Range, experience, indices
from pulih.learn.measures import MEASURES
from pulih.learn.regulator import ContentItem
from pulih.learn.report_items import ITEMS, At
from pulih.learn.survey import survey_result
from pulih.learn.trend import month_of, trend
from pulih.model.bulletin import Promise
from pulih.model.entry import ClaimedFixed, Confirmed, Entry, Noted, Opened
from pulih.model.errors import RefusedInput
from pulih.model.impact import Bounds
from pulih.model.incident import ScopeState
from pulih.model.record import Affected, Curve, Figures, Level, Record, Survey
from pulih.model.recovery import ScopeRecovery
from pulih.model.scope import Scope

OVER_US = ONSET_US + 4 * HOUR_US


def _line(number: int, minutes: int, fact: object, actor: str = "sari") -> Entry:
    return Entry(incident="i", number=number, at_us=ONSET_US + minutes * MINUTE_US, actor=actor, fact=fact)  # type: ignore[arg-type]


def test_each_step_is_measured_from_the_onset_and_the_claim_against_what_customers_said() -> None:
    record = outage(
        ended_us=OVER_US,
        words=(ONSET_US + 11 * MINUTE_US,),
        detected_us=ONSET_US + 5 * MINUTE_US,
        entries=(
            _line(1, 6, Opened(operator="", onset_us=0, scopes=()), "desk"),
            _line(2, 8, Confirmed()),
            _line(3, 90, ClaimedFixed()),
            _line(4, 150, ClaimedFixed()),
            _line(5, 240, Noted()),
        ),
    )
    assert experience(record, now_us=OVER_US).minutes == {
        "time_to_detect": 5,
        "time_to_acknowledge": 8,
        "time_to_first_word": 11,
        "time_to_claim": 90,
        "time_to_restore": 240,
        "claim_gap": 150,
    }


def proved(record: Record, *since_min: int | None) -> Record:
    """The same outage in so many scopes, each back since so many minutes after the onset; None is not proved."""
    places = [Scope(operator="xl", region=f"{31 + number}") for number in range(len(since_min))]
    judged = tuple(
        ScopeRecovery(scope=place, verdict="not_yet" if minutes is None else "restored",
                      since_us=None if minutes is None else ONSET_US + minutes * MINUTE_US)
        for place, minutes in zip(places, since_min, strict=True)
    )  # fmt: skip
    parts = tuple(ScopeState(place, record.incident.state) for place in places)
    return replace(record, incident=replace(record.incident, scopes=parts, recovery=judged))


def item(name: ContentItem, record: Record) -> tuple[str, str] | None:
    """What one part of a report says, in both languages."""
    return ITEMS[name][1](At(record, OVER_US, record.zone))


def test_what_was_back_before_anybody_pressed_is_measured_from_when_it_was_back_in_the_last_place() -> None:
    figures = Figures(affected=(Affected(users=exactly(100)),), served=exactly(1_000))
    called = replace(outage(ended_us=OVER_US), figures=figures)
    back = experience(proved(called, 30, 40), now_us=OVER_US + HOUR_US)
    assert (back.steps["restored"], back.steps["called_restored"]) == (ONSET_US + 40 * MINUTE_US, OVER_US)
    assert (back.minutes["time_to_restore"], back.on_word) == (40, False)
    assert back.user_minutes == exactly(4_000)
    assert back.caidi is not None and back.caidi.likely == 40
    assert item("duration", proved(called, 30, 40)) == ("40 menit", "40 min")


@pytest.mark.parametrize("case", ["one not proved", "overridden", "never judged"])
def test_where_it_is_not_proved_everywhere_the_press_is_the_end_and_told_to_be_the_desks_word(case: str) -> None:
    record = proved(outage(ended_us=OVER_US), 30, None if case == "one not proved" else 40)
    if case == "overridden":
        record = replace(record, incident=replace(record.incident, overridden=(record.incident.scopes[0].scope,)))
    if case == "never judged":
        record = replace(record, incident=replace(record.incident, recovery=()))
    found = experience(record, now_us=OVER_US + HOUR_US)
    assert (found.minutes["time_to_restore"], found.on_word) == (240, True)
    assert found.steps["restored"] == found.steps["called_restored"] == OVER_US
    told = item("restored_time", record)
    assert told is not None and "menurut petugas" in told[0] and "on the desk's word" in told[1]


def test_a_proof_from_after_the_press_never_makes_an_outage_longer() -> None:
    assert experience(proved(outage(ended_us=OVER_US), 300), now_us=OVER_US).minutes["time_to_restore"] == 240


def test_what_is_back_and_not_called_restored_goes_on() -> None:
    found = experience(proved(outage(), 40), now_us=OVER_US)
    assert (found.steps["restored"], found.steps["called_restored"], found.on_word) == (None, None, False)


def test_what_did_not_happen_is_not_known_and_never_zero() -> None:
    found = experience(outage(detected_us=None), now_us=OVER_US)
    assert set(found.minutes.values()) == {None}
    assert (found.hit, found.user_minutes, found.saidi, found.promises_kept) == (None, None, None, None)


def test_who_knew_before_customers_felt_it_needed_no_time() -> None:
    record = outage(detected_us=ONSET_US - HOUR_US)
    assert experience(record, now_us=OVER_US).minutes["time_to_detect"] == 0


def test_promises_count_when_they_fell_due() -> None:
    made = tuple(
        Promise(word=f"n{number}", promised_us=0, due_us=1, state=state)
        for number, state in enumerate(("kept", "kept", "kept", "broken", "open", "ended"))
    )
    found = experience(replace(outage(), promises=made), now_us=OVER_US)
    assert (found.kept, found.broken, found.promises_kept) == (3, 1, 75.0)


def test_the_indices_of_a_worked_example() -> None:
    """Of 1,000 customers 100 are without for an hour and 50 for four: 18,000 customer minutes, 150 interruptions."""
    hour = Affected(users=exactly(100), end_us=ONSET_US + HOUR_US)
    four = Affected(users=exactly(50))
    momentary = Affected(users=exactly(999), end_us=ONSET_US + 5 * MINUTE_US)
    figures = Figures(affected=(hour, four, momentary), served=exactly(1_000))
    found = experience(replace(outage(ended_us=OVER_US), figures=figures), now_us=OVER_US + HOUR_US)
    assert found.saidi is not None
    assert found.saifi is not None
    assert found.caidi is not None
    assert (found.saidi.low, found.saidi.high) == (18.0, 18.0)
    assert found.saifi.likely == 0.15
    assert found.caidi.likely == 120.0
    # User-minutes are not left out however short; that is the regulators' measure.
    assert found.user_minutes == exactly(18_000 + 999 * 5)


def test_an_interruption_of_five_minutes_is_momentary_and_one_of_a_second_more_is_not() -> None:
    for away, counts in ((0, False), (1_000_000, True)):
        record = outage(exactly(10), ended_us=ONSET_US + 5 * MINUTE_US + away)
        assert (experience(record, now_us=OVER_US).caidi is not None) == counts


@pytest.mark.parametrize("case", ["nobody was hit", "for five minutes only"])
def test_where_none_was_interrupted_the_indices_are_nothing_and_a_mean_of_none_is_none(case: str) -> None:
    minutes, users = (240, exactly(0)) if case == "nobody was hit" else (5, exactly(10))
    figures = Figures(affected=(Affected(users=users),), served=exactly(1_000))
    found = experience(replace(outage(ended_us=ONSET_US + minutes * MINUTE_US), figures=figures), now_us=OVER_US)
    assert found.saidi == found.saifi == Range(0.0, 0.0, 0.0)
    assert found.caidi is None


@pytest.mark.parametrize("served", [exactly(0), Bounds(0, 500, 1_000), None])
def test_of_perhaps_no_customers_there_is_no_share_and_those_hit_have_a_mean_all_the_same(
    served: Bounds | None,
) -> None:
    figures = Figures(affected=(Affected(users=exactly(10)),), served=served)
    found = experience(replace(outage(ended_us=OVER_US), figures=figures), now_us=OVER_US)
    assert (found.saidi, found.saifi, found.caidi) == (None, None, Range(240.0, 240.0, 240.0))


def test_an_interruption_over_midnight_and_over_the_end_of_summer_time_is_as_long_as_it_was() -> None:
    # 23:30 until 02:15 of clocks that are turned back at 02:00: three hours and three quarters.
    onset_us, over_us = at("2026-10-31T23:30:00-04:00"), at("2026-11-01T02:15:00-05:00")
    record = outage(exactly(4), onset_us=onset_us, ended_us=over_us, zone="America/New_York")
    found = experience(record, now_us=over_us)
    assert (found.minutes["time_to_restore"], found.user_minutes) == (225.0, exactly(900))
    assert month_of(record) == "2026-10"


rows = st.lists(
    st.tuples(st.integers(6, 600), st.integers(0, 30), st.integers(0, 30)).map(
        lambda one: Affected(
            users=Bounds(one[1], one[1] + one[2] // 2, one[1] + one[2]), end_us=ONSET_US + one[0] * MINUTE_US
        )
    ),
    min_size=1,
    max_size=4,
)


@given(rows)
def test_the_bounds_of_caidi_are_what_trying_every_corner_gives(hit: list[Affected]) -> None:
    record = replace(outage(ended_us=OVER_US), figures=Figures(affected=tuple(hit), served=exactly(1_000)))
    saidi, saifi, caidi = indices([record], served=exactly(1_000), now_us=OVER_US)
    assert saidi is not None
    assert saifi is not None
    assert (caidi is None) == all(one.users.high == 0 for one in hit)
    assert saidi.low <= saidi.likely <= saidi.high
    assert saifi.low <= saifi.likely <= saifi.high
    if caidi is None:
        return
    spans = [((one.end_us or 0) - ONSET_US) / MINUTE_US for one in hit]
    corners = [
        sum(span * users for span, users in zip(spans, chosen, strict=True)) / sum(chosen)
        for chosen in product(*[(one.users.low, one.users.high) for one in hit])
        if sum(chosen)
    ]
    if corners:
        assert (caidi.low, caidi.high) == pytest.approx((min(corners), max(corners)))
    assert caidi.low - 1e-9 <= caidi.likely <= caidi.high + 1e-9


def test_scores_are_those_of_their_definitions() -> None:
    assert survey_result(Survey(question="csat", asked=5, scores=(5, 4, 3, 1, 1))).score == 40.0
    nps = survey_result(Survey(question="nps", asked=10, scores=(10, 9, 8, 7, 6, 0)))
    assert nps.score == pytest.approx(100 * (2 - 2) / 6)
    assert (nps.low, nps.high) == pytest.approx((100 * (2 - 6) / 10, 100 * (6 - 2) / 10))
    assert survey_result(Survey(question="ces", asked=2, scores=(7, 4))).score == 5.5


def test_nobody_answering_says_nothing_and_bounds_everything() -> None:
    silent = survey_result(Survey(question="nps", asked=4))
    assert (silent.score, silent.low, silent.high, silent.response_rate) == (None, -100.0, 100.0, 0.0)
    unasked = survey_result(Survey(question="nps", asked=0))
    assert (unasked.score, unasked.low, unasked.response_rate) == (None, None, None)


def test_an_answer_off_its_scale_and_more_answers_than_questions_are_refused() -> None:
    for survey in (Survey(question="csat", asked=1, scores=(0,)), Survey(question="nps", asked=1, scores=(1, 2))):
        with pytest.raises(RefusedInput):
            survey_result(survey)


@given(st.sampled_from(("csat", "nps", "ces")), st.lists(st.integers(1, 5), max_size=20), st.integers(0, 20))
def test_whatever_the_silent_would_have_said_lies_within_the_bounds(kind: str, scores: list[int], silent: int) -> None:
    asked = len(scores) + silent
    found = survey_result(Survey(question=kind, asked=asked, scores=tuple(scores)))  # type: ignore[arg-type]
    for other in (1, 3, 5):
        whole = survey_result(Survey(question=kind, asked=asked, scores=(*scores, *[other] * silent)))  # type: ignore[arg-type]
        if whole.score is not None and found.low is not None and found.high is not None:
            assert found.low - 1e-9 <= whole.score <= found.high + 1e-9


def _curve(*reports: float | None, usual: float = 4.0) -> Curve:
    levels = tuple(
        Level(start_us=ONSET_US + index * 300_000_000, reports=one, usual=usual) for index, one in enumerate(reports)
    )
    return Curve(group="31", step_s=300, levels=levels)


def test_a_group_is_back_to_usual_once_it_stays_so() -> None:
    found = group_level(_curve(40, 60, 8, 30, 9, 4), onset_us=ONSET_US)
    assert found.recovered_us == ONSET_US + 4 * 300_000_000
    assert (found.peak_us, found.peak_ratio) == (ONSET_US + 300_000_000, 15.0)
    assert found.excess == 36 + 56 + 4 + 26 + 5


def test_a_silent_feed_never_says_that_a_group_is_back_to_usual() -> None:
    assert group_level(_curve(40, 60, None, None), onset_us=ONSET_US).recovered_us is None
    assert group_level(_curve(40, 3, None), onset_us=ONSET_US).recovered_us is None
    assert group_level(_curve(40, 30), onset_us=ONSET_US).recovered_us is None


def test_a_trend_says_how_many_it_knows_and_keeps_months_and_operators_apart() -> None:
    told = outage(
        exactly(100), ended_us=OVER_US, words=(ONSET_US + 15 * MINUTE_US,), figures={"served": exactly(1_000)}
    )
    late = outage(ended_us=OVER_US, words=(ONSET_US + 16 * MINUTE_US,))
    earlier_us = at("2026-02-28T23:59:59+07:00")
    other = outage(exactly(100), onset_us=earlier_us, ended_us=earlier_us + HOUR_US)
    found = trend([told, other, late], now_us=OVER_US)
    assert (found.in_time, found.told) == (1, 2)
    assert found.medians["time_to_first_word"] == 15.5
    assert found.known["time_to_restore"] == 3
    march, february = found.periods
    assert (march.month, march.incidents, march.counted) == ("2026-03", 2, 1)
    assert march.saidi is not None
    assert march.saidi.likely == 24.0
    assert (february.month, february.saidi) == ("2026-02", None)


def test_a_month_is_that_of_the_desk_and_not_of_greenwich() -> None:
    record: Record = outage(onset_us=at("2026-02-28T18:00:00+00:00"))
    assert month_of(record) == "2026-03"


def test_every_measure_has_a_formula_a_unit_and_a_source_in_both_languages() -> None:
    for row in MEASURES.values():
        assert all((*row.name, row.formula, *row.unit, row.source)), row.id
