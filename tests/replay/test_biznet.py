"""Real outages are found when they were, where they were; what must not matter does not."""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from biznet import (
    DATA,
    LOCAL,
    PLACE,
    PLACE_NAMES,
    alarm,
    changed,
    cleared,
    during,
    find,
    incidents,
    local_alarms,
    moment,
    moved,
    outages,
    rows,
)

from pulih.model.clock import from_micros
from pulih.model.finding import Finding

BIN = timedelta(minutes=5)
HALF_HOUR = timedelta(minutes=30)
SIX_HOURS = timedelta(hours=6)


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return find(rows(), tmp_path_factory.mktemp("biznet"))


def test_the_evening_of_21_july_is_raised_by_15_10(findings: list[Finding]) -> None:
    found = during(findings, moment("2025-07-21T14:00:00Z"), moment("2025-07-21T15:10:00Z"))
    assert found


def test_28_august_is_raised_by_11_25_and_over_by_13_00(findings: list[Finding]) -> None:
    found = during(findings, moment("2025-08-28T11:10:00Z"), moment("2025-08-28T11:25:00Z"))
    assert found
    assert all((end := cleared(one)) and end <= moment("2025-08-28T13:00:00Z") for one in found)


def test_the_four_local_outages_are_placed_within_a_quarter_hour_of_the_third_post(findings: list[Finding]) -> None:
    placed = local_alarms(findings, PLACE)
    late = {day: str(placed.get(day)) for day, third in LOCAL.items() if day not in placed
            or placed[day] > moment(third) + timedelta(minutes=15)}  # fmt: skip
    assert late == {}


@pytest.mark.parametrize("day", ["2025-07-20", "2025-07-27"])
def test_medium_events_are_found(findings: list[Finding], day: str) -> None:
    event = next(one for one in outages()["outages"] if one["start_utc"].startswith(day))
    assert during(findings, moment(event["start_utc"]), moment(event["end_utc"]) + SIX_HOURS)


def test_at_most_three_incidents_are_explained_by_nothing(findings: list[Finding]) -> None:
    unexplained = [group for group in incidents(findings) if not _explained(group)]
    for group in unexplained:
        for one in group:
            print(from_micros(one.onset_us), alarm(one), cleared(one), one.region_name, one.why)
            for voice in one.voices:
                print("   ", from_micros(voice.at_us), voice.weight, voice.text)
    assert len(unexplained) <= 3
    assert all(sum(voice.weight >= 0.5 for one in group for voice in one.voices) >= 3 for group in unexplained)


def _explained(group: list[Finding]) -> bool:
    known = outages()
    windows = [(moment(one["start_utc"]), moment(one["end_utc"])) for one in known["outages"]]
    windows += [(moment(one["hour_utc"]),) * 2 for one in known["unexplained_flags"]]
    return any(
        from_micros(one.onset_us) <= last + SIX_HOURS and (cleared(one) or alarm(one)) >= first - SIX_HOURS
        for one in group
        for first, last in windows
    )


def _close(changed_ones: list[Finding], originals: list[Finding], *, shift: timedelta = timedelta(0)) -> list[str]:
    """Return what differs by more than one bin in alarms or half an hour in clears."""
    if len(changed_ones) != len(originals):
        return [f"{len(changed_ones)} findings instead of {len(originals)}"]
    differences = []
    for new, old in zip(changed_ones, originals, strict=True):
        if abs(alarm(new) - shift - alarm(old)) > BIN:
            differences.append(f"alarm {alarm(new)} for {alarm(old)}")
        ends = cleared(new), cleared(old)
        if ends[0] and ends[1] and abs(ends[0] - shift - ends[1]) > HALF_HOUR:
            differences.append(f"cleared {ends[0]} for {ends[1]}")
    return differences


@pytest.mark.parametrize("name", ["Zonanet", "Kabelindo", "Wakatel"])
def test_the_name_of_the_operator_does_not_matter(name: str, findings: list[Finding], tmp_path: Path) -> None:
    def rename(text: str) -> str:
        for old, new in (("biznet", name.lower()), ("BIZNET", name.upper()), ("Biznet", name), ("BizNet", name)):
            text = text.replace(old, new)
        return text

    assert _close(find(changed(rows(), rename), tmp_path, operator=name), findings) == []


@pytest.mark.parametrize("weeks", [-30, 9])
def test_the_date_does_not_matter(weeks: int, findings: list[Finding], tmp_path: Path) -> None:
    assert _close(find(moved(rows(), weeks), tmp_path), findings, shift=timedelta(weeks=weeks)) == []


def _districts() -> list[tuple[str, str]]:
    """Return (name, regency code) of districts whose name is one word that stands once in all of them."""
    with (DATA / "geo" / "districts.csv").open(encoding="utf-8", newline="") as lines:
        districts = [(row["name"], row["code"][:5]) for row in csv.DictReader(lines)]
    with (DATA / "geo" / "regions.csv").open(encoding="utf-8", newline="") as lines:
        regions = " ".join(row["name"].lower() for row in csv.DictReader(lines)).split()
    often = Counter(name.lower() for name, _ in districts)
    words = {word for post in rows() for word in post["text"].lower().split()}
    return [
        (name, code)
        for name, code in districts
        if often[name.lower()] == 1
        and name.isalpha()
        and len(name) >= 6
        and name.lower() not in regions
        and name.lower() not in words
    ]


def test_of_forty_other_districts_at_least_36_are_placed_all_four_times(tmp_path: Path) -> None:
    sample = random.Random(20251122).sample(_districts(), 40)
    placed = {}
    for name, code in sample:
        found = find(changed(rows(), lambda text, name=name: PLACE_NAMES.sub(name, text)), tmp_path)
        placed[name] = len(local_alarms(found, code))
    missed = {name: times for name, times in placed.items() if times < 4}
    assert len(missed) <= 4, missed


@pytest.mark.parametrize("name", ["Kaliwates", "Panakkukang"])
def test_the_district_does_not_matter(name: str, findings: list[Finding], tmp_path: Path) -> None:
    code = next(code for district, code in _districts() if district == name)
    found = local_alarms(find(changed(rows(), lambda text: PLACE_NAMES.sub(name, text)), tmp_path), code)
    placed = local_alarms(findings, PLACE)
    assert {day: abs(found[day] - placed[day]) <= BIN for day in LOCAL} == dict.fromkeys(LOCAL, True)


def test_cutting_the_file_right_after_an_alarm_reproduces_it(findings: list[Finding], tmp_path: Path) -> None:
    lost = []
    for one in findings:
        until = [post for post in rows() if moment(post["time_utc"]) < alarm(one)]
        again = find(until, tmp_path)
        if (one.alarm_us, one.region) not in {(other.alarm_us, other.region) for other in again}:
            lost.append(f"{alarm(one)} {one.region}")
    assert lost == []


@pytest.mark.parametrize("day", list(LOCAL))
def test_one_report_less_delays_at_most_to_the_next_that_names_the_place(
    day: str, findings: list[Finding], tmp_path: Path
) -> None:
    posts = rows()
    raised = local_alarms(findings, PLACE)[day]
    naming = [
        i
        for i, post in enumerate(posts)
        if PLACE_NAMES.search(post["text"]) and abs(moment(post["time_utc"]) - raised) < timedelta(hours=12)
    ]
    following = next(moment(posts[i]["time_utc"]) for i in naming if moment(posts[i]["time_utc"]) >= raised)
    for left_out in (i for i in naming if moment(posts[i]["time_utc"]) < raised):
        found = local_alarms(find(posts[:left_out] + posts[left_out + 1 :], tmp_path), PLACE)
        # The bin of that post has to end before anything is said.
        assert found[day] <= following + timedelta(minutes=5), posts[left_out]["text"]
