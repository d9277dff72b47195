"""The evening of 28 August 2025: when Pulih would have called it over, from the posts alone (requirement R1)."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from biznet import alarm, moment, rows

from pulih import Wishes, backtest, read_texts
from pulih.model.clock import from_micros, to_micros
from pulih.service.outcome import FindingView
from pulih.service.recovery_replay import Heard, JudgedAt, replayed

FIRST_WORD, LATEST = moment("2025-08-28T11:52:00Z"), moment("2025-08-28T13:00:00Z")


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> FindingView:
    path = tmp_path_factory.mktemp("recovery") / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, ["time_utc", "text"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows())
    views = backtest([path], wishes=Wishes(operator="Biznet")).views
    return next(one for one in views if alarm(one.finding).date() == FIRST_WORD.date())


def _heard() -> list[Heard]:
    near = [row for row in rows() if abs(moment(row["time_utc"]) - FIRST_WORD) < timedelta(hours=6)]
    readings = read_texts([row["text"] for row in near], operator="Biznet")
    return [
        Heard(to_micros(moment(row["time_utc"])), reading.recovered)
        for row, reading in zip(near, readings, strict=True)
    ]


def _restored(judged: list[JudgedAt]) -> list[JudgedAt]:
    return [one for one in judged if one.judged.verdict == "restored"]


def test_28_august_is_called_restored_after_the_first_word_of_it_and_by_13_00(view: FindingView) -> None:
    first = _restored(list(replayed(view, _heard())))[0]
    assert FIRST_WORD <= from_micros(first.at_us) <= LATEST


def test_it_stays_restored_to_the_end_of_the_evening(view: FindingView) -> None:
    judged = list(replayed(view, _heard()))
    first = judged.index(_restored(judged)[0])
    assert {one.judged.verdict for one in judged[first:]} == {"restored"}


def test_a_feed_that_was_cut_off_at_the_height_of_it_never_proves_anything(view: FindingView) -> None:
    cut_us = to_micros(moment("2025-08-28T11:45:00Z"))
    judged = list(replayed(view, [one for one in _heard() if one.at_us < cut_us]))
    assert _restored(judged) == []
    assert judged[-1].judged.verdict == "unknown" and judged[-1].judged.silent
