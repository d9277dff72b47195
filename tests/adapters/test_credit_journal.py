"""The journal of credits: each is granted once, corrected by reversal, never taken back, and nobody rewrites it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, Row, subscriber
from credit_examples import P, incident, present, window
from credit_files import read_credits, write_inputs

from pulih.adapters.credit.journal import CreditJournal
from pulih.main_credit import CreditWishes, credit
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs

PEOPLE = [subscriber(1), subscriber(2)]
PRESENCE = [present(), {**present(), "subscriber_id": 2}]
SHORT, LONG = window("10:00", "11:30"), window("10:00", "12:00")


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def _run(folder: Path, name: str, down: Row, **more: Any) -> list[int]:
    """Run with one incident, post to the journal, and return the amounts given."""
    case = CreditCase(P, down, PEOPLE, PRESENCE)
    if not (folder / "in").exists():
        write_inputs(case, folder / "in")
    (folder / f"{name}.json").write_text(json.dumps(down))
    tables = {table: str(folder / "in" / f"{table}.parquet") for table in ("subscribers", "presence")}
    wishes = CreditWishes(
        incident=str(folder / f"{name}.json"),
        policy="idn-default",
        inputs=CreditInputs(**tables, **more),
        out=folder / name,
        journal=folder / "journal",
    )
    credit(wishes, _quiet)
    return [row[5] for row in read_credits(folder / name / "credits.parquet")]


def _postings(folder: Path) -> list[tuple[str, int]]:
    files = sorted((folder / "journal").glob("*.parquet"))
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    return [(row["posting"], row["amount_minor"]) for row in rows if row["subscriber_id"] == 1]


def test_a_run_is_granted_once_and_accounts_balance(tmp_path: Path) -> None:
    assert _run(tmp_path, "first", incident(SHORT)) == [20_833, 20_833]
    before = {path.name: path.read_bytes() for path in (tmp_path / "journal").iterdir()}
    _run(tmp_path, "first", incident(SHORT))
    _run(tmp_path, "again", incident(SHORT))
    assert {path.name: path.read_bytes() for path in (tmp_path / "journal").iterdir()} == before
    assert CreditJournal(tmp_path / "journal").balances() == {"cost": {"IDR": 41_666}, "owed": {"IDR": -41_666}}


def test_before_hand_over_a_correction_is_a_reversal_and_a_new_grant(tmp_path: Path) -> None:
    _run(tmp_path, "first", incident(SHORT))
    assert _run(tmp_path, "longer", incident(LONG)) == [27_778, 27_778]
    assert _run(tmp_path, "none", incident(window("10:00", "10:30"))) == []
    expected = [("grant", 20_833), ("reversal", 20_833), ("grant", 27_778), ("reversal", 27_778)]
    assert _postings(tmp_path) == expected
    assert CreditJournal(tmp_path / "journal").balances() == {"cost": {"IDR": 0}, "owed": {"IDR": 0}}


def test_after_hand_over_nothing_is_taken_back_and_only_the_difference_is_granted(tmp_path: Path) -> None:
    _run(tmp_path, "first", incident(SHORT))
    assert CreditJournal(tmp_path / "journal").hand_over("to billing").handed_over == 2
    assert CreditJournal(tmp_path / "journal").hand_over("again").handed_over == 0
    assert _run(tmp_path, "shorter", incident(window("10:00", "11:00"))) == []
    assert _run(tmp_path, "longer", incident(LONG)) == [6945, 6945]
    assert _postings(tmp_path) == [("grant", 20_833), ("hand_over", 20_833), ("grant", 6945)]
    balances = CreditJournal(tmp_path / "journal").balances()
    assert sum(amounts["IDR"] for amounts in balances.values()) == 0
    assert balances["handed_over"] == {"IDR": -41_666}


def test_what_is_open_under_a_superseded_incident_is_reversed(tmp_path: Path) -> None:
    _run(tmp_path, "first", incident(SHORT, id="I0"))
    assert _run(tmp_path, "merged", incident(SHORT, id="I1", supersedes=["I0"])) == [20_833, 20_833]
    assert sorted(_postings(tmp_path)) == [("grant", 20_833), ("grant", 20_833), ("reversal", 20_833)]
    assert CreditJournal(tmp_path / "journal").balances()["cost"] == {"IDR": 41_666}


def test_ids_are_permanent_and_differ_between_credits(tmp_path: Path) -> None:
    _run(tmp_path, "first", incident(SHORT))
    _run(tmp_path, "longer", incident(LONG))
    files = sorted((tmp_path / "journal").glob("*.parquet"))
    pairs = {(row["credit_id"], row["subscriber_id"]) for path in files for row in pq.read_table(path).to_pylist()}
    assert len(files) == len(pairs) == len({credit_id for credit_id, _ in pairs}) == 2


def test_a_changed_or_missing_file_breaks_the_chain(tmp_path: Path) -> None:
    _run(tmp_path, "first", incident(SHORT))
    _run(tmp_path, "longer", incident(LONG))
    first = min((tmp_path / "journal").glob("*.parquet"))
    kept = first.read_bytes()
    pq.write_table(pq.read_table(first).slice(1), first)
    with pytest.raises(RefusedInput, match=r"000002-grant.parquet: the journal's chain breaks here"):
        CreditJournal(tmp_path / "journal")
    first.unlink()
    with pytest.raises(RefusedInput, match="the journal's chain breaks here"):
        CreditJournal(tmp_path / "journal")
    first.write_bytes(kept)
    assert CreditJournal(tmp_path / "journal").balances()["owed"] == {"IDR": -55_556}


def test_a_journal_and_earlier_credits_are_not_given_together(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="--paid and --journal"):
        _run(tmp_path, "first", incident(SHORT), paid="paid.parquet")
