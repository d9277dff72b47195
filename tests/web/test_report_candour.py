"""The report claims no more than it knows: how it ended, where it was, whose it was, what raised the alarm."""

from __future__ import annotations

import re

import msgspec
import pytest
from page_reading import article
from sample_outcome import TILES, at, finding, quiet_outcome, trace, usual_outcome, view

from pulih.adapters.report import render_report
from pulih.adapters.report.texts import TEXTS
from pulih.model.finding import Finding
from pulih.service.outcome import FindingView, Outcome, RegionCount, SymptomCount, TalkCount
from pulih.service.wording import SYMPTOMS

WHOLE = trace("biznet", "Biznet", ((at(11, 10), at(11, 14), 9.0),))
TIMES = (at(11, 10), at(11, 11), at(11, 12), at(11, 14))


def rendered(outcome: Outcome) -> str:
    return render_report(outcome, zone="Asia/Jakarta", tiles=TILES)


def outcome_of(*views: FindingView) -> Outcome:
    return msgspec.structs.replace(quiet_outcome(), views=views)


def local(number: int, **more: object) -> Finding:
    given: dict[str, object] = {"whole": WHOLE, "region": "31.74", "name": "Jakarta Selatan", "times": TIMES, **more}
    return finding(number, **given)  # type: ignore[arg-type]


def test_an_end_at_the_alarm_is_told_as_already_ending_with_the_last_report() -> None:
    times = (at(27, 21, 15), at(28, 0, 45), at(28, 0, 45), at(28, 0, 45))
    html = rendered(outcome_of(view(local(1, times=times, last_us=at(28, 0, 41)), WHOLE)))
    english, indonesian = article(html, "en"), article(html, "id")
    assert (
        "from about 21:15 WIB, raised at 00:45 on 28 August, when it was already ending (last report at 00:41)."
        in english
    )
    assert "already ending at the alarm; last report 28 Aug 2025 00:41" in english
    assert "over at about" not in english
    assert "ketika gangguan sudah mereda (laporan terakhir pukul 00.41)." in indonesian
    # Three moments at one place share one label.
    assert "alarm, over and peak 00:45" in english
    assert "alarm, berakhir dan puncak 00.45" in indonesian


def test_the_end_of_an_outage_without_known_last_report_is_told_too() -> None:
    times = (at(27, 21), at(27, 22), None, at(27, 22))
    assert "raised at 22:00, when it was already ending." in article(
        rendered(outcome_of(view(local(1, times=times), WHOLE))), "en"
    )


@pytest.mark.parametrize(
    ("scattered", "english", "indonesian"),
    [
        (True, "no single place", "tidak terpusat di satu tempat"),
        (False, "place not known", "lokasi belum diketahui"),
    ],
)
def test_a_place_that_is_not_known_is_not_told_as_everywhere(scattered: bool, english: str, indonesian: str) -> None:
    html = rendered(outcome_of(view(local(1, region=None, name=None, scattered=scattered), WHOLE)))
    # Once in the list, once above the close-up.
    assert article(html, "en").count(f"Biznet, {english}") == 2
    assert article(html, "id").count(f"Biznet, {indonesian}") == 2


def test_reports_that_name_no_operator_are_a_note_to_the_outage_of_that_time() -> None:
    times = (at(11, 10, 27), at(11, 10, 40), at(11, 11), at(11, 13))
    nobody = local(2, times=times, region=None, name=None, operator="", operator_name="", signals=310)
    html = rendered(outcome_of(view(local(1), WHOLE), view(nobody, WHOLE)))
    english = article(html, "en")
    assert "1 suspected outage in 30 days" in english
    assert "From about 10:27 on, 310 more reports of trouble name no operator." in english
    assert "Sejak sekitar pukul 10.27 ada 310 laporan gangguan lain" in article(html, "id")
    assert 'id="en-finding-2"' not in html


def test_reports_that_name_no_operator_at_another_time_are_an_outage_of_their_own() -> None:
    times = (at(19, 10), at(19, 11), at(19, 12), at(19, 13))
    nobody = local(2, times=times, operator="", operator_name="")
    english = article(rendered(outcome_of(view(local(1), WHOLE), view(nobody, WHOLE))), "en")
    assert "2 suspected outages in 30 days" in english
    assert "Operator not named, Jakarta Selatan:" in english


@pytest.mark.parametrize(
    ("usual", "english", "indonesian"),
    [
        (0.0137, "fewer than one is usual", "kurang dari satu"),
        (0.47, "fewer than one is usual", "kurang dari satu"),
        (1.2, "about one is usual", "sekitar 1"),
        (43.5, "about 44 are usual", "sekitar 44"),
        (1_237.0, "about 1,200 are usual", "sekitar 1.200"),
    ],
)
def test_what_is_usual_is_told_in_whole_reports(usual: float, english: str, indonesian: str) -> None:
    html = rendered(outcome_of(view(local(1, expected=usual, signals=19), WHOLE)))
    assert f"19 reports naming Biznet, where {english}." in article(html, "en")
    assert f"19 laporan yang menyebut Biznet, biasanya {indonesian}." in article(html, "id")


def test_outages_stand_and_are_numbered_in_the_order_in_which_they_began() -> None:
    slow = local(1, times=(at(11, 1), at(11, 16), at(11, 17), at(11, 18)), name="Tebet", incident="a")
    quick = local(2, times=(at(11, 9), at(11, 10), at(11, 11), at(11, 12)), name="Depok", incident="b")
    english = article(rendered(outcome_of(view(quick, WHOLE), view(slow, WHOLE))), "en")
    assert english.index("Biznet, Tebet:") < english.index("Biznet, Depok:")


def test_the_line_of_an_alarm_is_drawn_only_where_the_window_before_it_explains_the_alarm() -> None:
    few = msgspec.structs.replace(WHOLE, alarm_at=[50.0] * len(WHOLE.reports))
    sparse = article(rendered(outcome_of(view(local(1), few))), "en")
    assert "No single bar was high enough for an alarm; it rests on all reports up to then together." in sparse
    assert "one bar is enough" not in sparse
    start = (at(11, 10) - WHOLE.start_us) // (900 * 1_000_000)
    reports = [9.0 if index == start else 0.0 for index in range(len(WHOLE.reports))]
    burst = msgspec.structs.replace(WHOLE, reports=reports)
    sudden = local(1, times=(at(11, 10), at(11, 10, 15), at(11, 10, 15), at(11, 14)))
    html = rendered(outcome_of(view(sudden, burst)))
    assert "A single bar that reaches the orange line is enough for an alarm." in article(html, "en")
    assert 'class="alarm" d="M' in html


def test_the_symptoms_of_a_finding_add_up_to_its_reports() -> None:
    counts = tuple(
        SymptomCount(symptom, number, number)
        for symptom, number in (
            ("no_internet", 40), ("slow", 9), ("los_red", 8), ("other", 7), ("none", 6), ("intermittent", 5),
            ("sms_failure", 4),
        )
    )  # fmt: skip
    one = msgspec.structs.replace(view(local(1), WHOLE), symptoms=counts)
    part = article(rendered(outcome_of(one)), "en").split("outage close up", 1)[1]
    rows = "no internet40slow internet9red LOS lamps8trouble without details73 other symptoms15"
    assert rows.replace(" ", "") in part.replace(" ", "")


def test_places_of_a_finding_are_told_by_level_and_say_how_many_more_there_are() -> None:
    regions = (
        RegionCount("32", "Jawa Barat", 90, 90),
        *(RegionCount(f"32.{n}", f"Kota {n}", 10, 10, "32") for n in range(1, 8)),
    )
    english = article(rendered(outcome_of(msgspec.structs.replace(view(local(1), WHOLE), regions=regions))), "en")
    assert "Towns and regencies named: Kota 1 10, Kota 2 10, Kota 3 10, Kota 4 10, Kota 5 10, 2 more." in english
    assert "Provinces, with all places inside them: Jawa Barat 90." in english


def test_texts_that_are_reports_and_those_that_are_not_add_up_in_one_sentence() -> None:
    talks = (TalkCount("trouble", 50, 45), TalkCount("price", 30, 1), TalkCount("joke", 20, 0))
    english = article(rendered(msgspec.structs.replace(usual_outcome(), talks=talks)), "en")
    assert (
        "Of 100 texts, 46 were taken as reports of trouble. The other 54 were read too: prices (29), jokes (20) "
        "and trouble of others or too vague (5)." in english
    )


def test_a_symptom_has_one_name_in_headline_tables_and_reasons() -> None:
    for symptom, names in SYMPTOMS.items():
        assert (TEXTS["en"][f"symptom.{symptom}"], TEXTS["id"][f"symptom.{symptom}"]) == names


def test_nothing_is_called_an_outage_before_it_is_confirmed() -> None:
    english = article(rendered(usual_outcome()), "en").lower()
    outages = re.findall(r"(\w+ \w+) outages?\b", english)
    assert outages
    # "An outage" is any, and none of those that are told here.
    assert [words for words in outages if not words.endswith((" suspected", " an"))] == []
    indonesian = TEXTS["id"]
    telling = [key for key, text in TEXTS["en"].items() if "suspected outage" in text and not key.endswith(".one")]
    assert [key for key in telling if "dugaan gangguan" not in indonesian[key].lower()] == []


def test_the_format_of_a_file_is_told_in_both_languages() -> None:
    outcome = usual_outcome()
    chosen = tuple(msgspec.structs.replace(one, format="CSV (semicolon)") for one in outcome.chosen)
    html = rendered(msgspec.structs.replace(outcome, chosen=chosen))
    assert "CSV (semicolon)" in article(html, "en")
    assert "CSV (titik koma)" in article(html, "id")


def test_a_month_with_one_large_day_is_drawn_by_days_on_a_scale_of_roots() -> None:
    big = trace("biznet", "Biznet", ((at(11, 10), at(11, 14), 400.0),))
    html = rendered(msgspec.structs.replace(outcome_of(view(local(1), big)), traces=(big,)))
    english = article(html, "en")
    assert "one suspected outage stands out; most on 11 August 2025, with" in english
    assert "Reports per day, from midnight to midnight WIB. The scale grows by square roots" in english
    assert "Skalanya memakai akar kuadrat" in article(html, "id")
    usual = article(rendered(msgspec.structs.replace(outcome_of(view(local(1), WHOLE)), traces=(WHOLE,))), "en")
    assert "square roots" not in usual
