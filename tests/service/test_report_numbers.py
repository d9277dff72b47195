"""Every number that is told can be counted again in signals.parquet, and agrees with the others."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import pulih
from pulih import Wishes, backtest
from pulih.model.clock import MICROS, to_micros
from pulih.service.outcome import FindingView, Outcome

BUNDLED = next((Path(pulih.__file__).parent / "data" / "demo").glob("*.csv.gz"))
WORD = re.compile(r"[^\W_]+")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, list[Row]]:
    """The bundled day, with an outage of more texts than are read again, and the signals it was found in."""
    folder = tmp_path_factory.mktemp("out")
    outcome = backtest([BUNDLED], out=folder, wishes=Wishes(operator="smartfren", tz="WIB"))
    return outcome, pq.read_table(folder / "signals.parquet").to_pylist()


def behind(view: FindingView, rows: list[Row]) -> list[Row]:
    """Return the rows of a finding by what findings.json says of it."""
    found = view.finding
    return [
        row
        for row in rows
        if row["counts_for"] == found.operator
        and found.onset_us <= to_micros(row["at"]) < (found.cleared_us or 10**18)
        and (found.region is None or (row["region"] or "").startswith(found.region))
    ]


def worded(text: str) -> str:
    """Return the words of a text with one space around each."""
    return f" {' '.join(re.findall(WORD, text.lower()))} "


def test_the_reports_of_a_finding_are_the_rows_of_its_operator_time_and_place(
    ran: tuple[Outcome, list[Row]],
) -> None:
    outcome, rows = ran
    assert outcome.views
    for view in outcome.views:
        own = behind(view, rows)
        assert view.finding.signals == len(own) > 1_000
        assert view.finding.last_us == to_micros(own[-1]["at"])
        assert {count.symptom: count.signals for count in view.symptoms} == Counter(row["symptom"] for row in own)
        for count in view.regions:
            within = [row for row in own if row["region"] and f"{row['region']}.".startswith(f"{count.code}.")]
            assert count.signals == len(within), count


def test_a_phrase_is_counted_in_every_report_that_contains_it(ran: tuple[Outcome, list[Row]]) -> None:
    outcome, rows = ran
    for view in outcome.views:
        texts = [worded(row["text"]) for row in behind(view, rows)]
        assert len(view.finding.phrases) == 10
        for phrase in view.finding.phrases:
            assert phrase.signals == sum(worded(phrase.text) in text for text in texts), phrase


def test_what_is_drawn_are_the_reports_that_are_told(ran: tuple[Outcome, list[Row]]) -> None:
    outcome, rows = ran
    for view in outcome.views:
        trace, found = view.trace, view.finding
        starts = [trace.start_us + i * trace.step_s * MICROS for i in range(len(trace.reports))]
        inside = sum(
            n for at, n in zip(starts, trace.reports, strict=True) if found.onset_us - at < trace.step_s * MICROS
        )
        assert inside >= found.signals
    everything = sum(row["counts_for"] == "smartfren" for row in rows)
    assert sum(outcome.traces[0].reports) == everything


def test_the_tables_of_the_whole_file_add_up_to_its_reports(ran: tuple[Outcome, list[Row]]) -> None:
    outcome, rows = ran
    reports = outcome.counters.reports + outcome.counters.unsure
    assert reports == sum(row["counts_for"] is not None for row in rows)
    assert sum(count.signals for count in outcome.symptoms) == reports
    assert sum(talk.reports for talk in outcome.talks) == reports
    assert sum(talk.signals for talk in outcome.talks) == outcome.counters.counted
    assert sum(count.in_findings for count in outcome.symptoms) == outcome.views[0].finding.signals
    named = {count.code: count for count in outcome.regions}
    for count in outcome.views[0].regions:
        assert named[count.code].in_findings == count.signals <= named[count.code].signals


def test_the_headline_and_its_reason_say_the_same_number(ran: tuple[Outcome, list[Row]]) -> None:
    found = ran[0].views[0]
    told = next(count.signals for count in found.symptoms if count.symptom == found.finding.symptom)
    assert f"over the whole outage {told:,} of {found.finding.signals:,} tell of no internet." in found.finding.why


def test_a_part_of_the_simulated_day_under_another_name_is_still_labelled(tmp_path: Path) -> None:
    with gzip.open(BUNDLED, "rt", encoding="utf-8", newline="") as packed:
        lines = list(csv.reader(packed))
    path = tmp_path / "keluhan.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([lines[0], *lines[500:620]])
    assert backtest([path]).simulated


def test_a_real_file_is_not_labelled_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "not_simulated.csv"
    path.write_text("time,text\n2025-10-03T08:48:00+07:00,internet zonanet mati\n", encoding="utf-8")
    assert not backtest([path]).simulated
