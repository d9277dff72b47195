"""A backtest repeats itself to the byte, balances its counters, and does not mind how the rows arrive."""

from __future__ import annotations

import csv
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from simulated_streams import Outage, quiet_stream, with_outages

from pulih import Wishes, backtest
from pulih.model.clock import from_micros, to_micros
from pulih.service.outcome import Outcome

Rows = list[tuple[str, str, str]]
WISHES = Wishes(operator="Zonanet", tz="Asia/Jakarta")
LOCAL = timedelta(hours=3)


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Six weeks of twelve reports a day, and two hours in which thirty times as many come."""
    quiet = quiet_stream("Zonanet", per_day=12, weeks=6, seed=5)
    start = quiet[0][0] + timedelta(days=30, hours=9)
    posts = with_outages(quiet, "Zonanet", per_day=12, outages=[Outage(start, timedelta(hours=2), 30.0)], seed=6)
    return [(at.isoformat(), text, f"akun{number % 400}") for number, (at, text) in enumerate(posts)]


def _write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["time", "text", "author"])
        writer.writerows(rows)
    return path


def _run(folder: Path, *batches: Rows, wishes: Wishes = WISHES) -> tuple[bytes, Outcome]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [_write(folder / "posts.csv", batch) if i == 0 else _write(folder / f"posts{i}.csv", batch)
             for i, batch in enumerate(batches)]  # fmt: skip
    outcome = backtest(paths, out=folder / "out", wishes=wishes)
    return (folder / "out" / "findings.json").read_bytes(), outcome


def test_the_outage_is_found_when_it_was_and_is_over_when_it_was(rows: Rows, tmp_path: Path) -> None:
    _, outcome = _run(tmp_path, rows)
    start = from_micros(outcome.first_us or 0) + timedelta(days=30, hours=9)
    found = [view.finding for view in outcome.views]
    assert found
    assert abs(from_micros(found[0].alarm_us) - start) < timedelta(minutes=45)
    assert abs(from_micros(found[0].onset_us) - start) < timedelta(hours=1)
    assert found[0].cleared_us is not None
    assert abs(from_micros(found[0].cleared_us) - start - timedelta(hours=2)) < LOCAL


def test_a_replay_twice_is_the_same_to_the_byte(rows: Rows, tmp_path: Path) -> None:
    assert _run(tmp_path / "a", rows)[0] == _run(tmp_path / "b", rows)[0]


def test_shuffled_rows_give_the_same_findings_to_the_byte(rows: Rows, tmp_path: Path) -> None:
    shuffled = list(rows)
    random.Random(1).shuffle(shuffled)
    assert _run(tmp_path / "a", rows)[0] == _run(tmp_path / "b", shuffled)[0]


def test_a_file_given_twice_is_counted_once(rows: Rows, tmp_path: Path) -> None:
    _, once = _run(tmp_path / "a", rows)
    _, twice = _run(tmp_path / "b", rows, rows)
    assert twice.counters.repeated == len(rows)
    assert twice.counters.counted == once.counters.counted
    assert [view.finding.alarm_us for view in twice.views] == [view.finding.alarm_us for view in once.views]


def test_two_equal_posts_in_one_file_are_two(tmp_path: Path) -> None:
    row = ("2025-10-03T08:48:00+07:00", "Zonanet mati", "")
    _, outcome = _run(tmp_path, [row, row, row])
    assert (outcome.counters.counted, outcome.counters.repeated) == (3, 0)


def test_the_counters_balance_whatever_comes(rows: Rows, tmp_path: Path) -> None:
    spoilt = [*rows[:200], ("yesterday-ish", "Zonanet mati", "x"), ("2025-10-03", "", "y"), *rows[:50]]
    _, outcome = _run(tmp_path, spoilt, rows[:120])
    counters = outcome.counters
    assert counters.heard == counters.counted + counters.refused + counters.repeated + counters.late
    assert counters.refused == 2
    assert counters.repeated == 120


def test_posts_of_an_operators_own_account_are_told_and_count_for_nothing(tmp_path: Path) -> None:
    minutes = range(10, 40)
    own = [(f"2025-10-03T08:{minute}:00Z", f"indihome mati total {minute}", "@IndiHomeCare") for minute in minutes]
    _, outcome = _run(tmp_path, own, wishes=Wishes(operator="IndiHome"))
    assert outcome.counters.operator_posts == len(own)
    assert (outcome.counters.reports, outcome.views) == (0, ())


def test_one_row_is_a_valid_file_and_finds_nothing(tmp_path: Path) -> None:
    found, outcome = _run(tmp_path, [("2025-10-03 08:48", "Zonanet mati dari pagi", "")])
    assert json.loads(found)["findings"] == []
    assert outcome.counters.counted == 1
    assert any("one day" in note or "1 day" in note for note, _ in outcome.notes)


def test_nothing_written_holds_a_raw_author_or_an_unmasked_number(tmp_path: Path) -> None:
    rows = [
        (f"2025-10-0{day}T08:4{minute}:00+07:00", "Zonanet mati, hubungi 081234567890", "budi_santoso_77")
        for day in range(1, 7)
        for minute in range(9)
    ]
    _run(tmp_path, rows)
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        assert b"budi_santoso" not in content, path.name
        assert b"081234567890" not in content, path.name
    table = pq.read_table(tmp_path / "out" / "signals.parquet")
    assert not {text for text in table["text"].to_pylist() if "0812" in text}
    assert not {author for author in table["author"].to_pylist() if "budi" in author}


def test_cutting_the_file_after_an_alarm_reproduces_it(rows: Rows, tmp_path: Path) -> None:
    _, whole = _run(tmp_path / "a", rows)
    alarm = whole.views[0].finding.alarm_us
    until = [row for row in rows if _micros(row[0]) < alarm]
    _, cut = _run(tmp_path / "b", until)
    assert alarm in [view.finding.alarm_us for view in cut.views]


def _micros(written: str) -> int:
    return to_micros(datetime.fromisoformat(written))


def test_an_operator_unknown_to_the_catalogue_is_watched_like_any_other(rows: Rows, tmp_path: Path) -> None:
    _, outcome = _run(tmp_path, rows)
    assert {view.finding.operator for view in outcome.views} == {"zonanet"}


def test_findings_json_has_the_keys_that_were_promised(rows: Rows, tmp_path: Path) -> None:
    document = json.loads(_run(tmp_path, rows)[0])
    assert document["schema"] == 1
    assert {"source", "settings", "counters", "findings"} <= set(document)
    promised = {
        "id", "operator", "service", "region", "region_name", "symptom", "onset", "alarm", "peak", "cleared", "signals",
        "expected", "evidence_nats", "false_alarms_per_week", "phrases", "rules", "why", "mengapa",
        "standing", "standing_why", "standing_mengapa",
    }  # fmt: skip
    finding = document["findings"][0]
    assert promised <= set(finding)
    assert finding["onset"] <= finding["alarm"] <= (finding["cleared"] or "9999")
    assert all(finding[time].endswith("Z") for time in ("onset", "alarm", "peak"))
    assert finding["why"].endswith(".")
    assert "laporan" in finding["mengapa"]
    assert "pelanggan" not in finding["mengapa"]
    assert finding["standing"] in ("suspected", "likely")
    assert "reports seem independent" in finding["standing_why"]
    assert "laporan tampak ditulis sendiri-sendiri" in finding["standing_mengapa"]
