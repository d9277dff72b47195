"""Credits are handed over once, as the standards ask, to the last cash unit; what said where people were is removed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, draw, subscriber
from credit_examples import USUAL, P, present
from credit_files import read_credits, write_inputs
from policy_toml import policy_toml
from tmf_schemas import ADJUSTMENT, RATE, faults

from pulih.adapters.credit.journal import CreditJournal
from pulih.main_credit import CreditWishes, credit, explain
from pulih.main_settlement import HandedOver, HandOverWishes, hand_over
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.ports.credit import CreditInputs

CASE = CreditCase(
    P,
    USUAL,
    [
        subscriber(3, payment="prepaid"),
        subscriber(1, payment="postpaid"),
        subscriber(2, home_region="94.01"),
        subscriber(4, payment="prepaid", monthly_fee_minor=10_000),
    ],
    [present()],
)
IN_KIND = """
id = "kind"
[[clause]]
id = "quota"
location = "home"
quantity = { kind = "fixed", units = 1 }
value = { kind = "benefit", unit = "MB", amount = 1024 }
[[clause]]
id = "days"
location = "home"
quantity = { kind = "fixed", units = 2 }
value = { kind = "days" }
"""


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def _worked_out(folder: Path, case: CreditCase = CASE, **more: Any) -> CreditInputs:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "incident.json").write_text(json.dumps(case.incidents))
    inputs = more.pop("inputs", None) or write_inputs(case, folder / "in")
    policy = more.pop("policy", "idn-default")
    wishes = CreditWishes(
        incident=str(folder / "incident.json"), policy=policy, inputs=inputs, out=folder / "credits", **more
    )
    credit(wishes, _quiet)
    return inputs


def _handed(folder: Path, inputs: CreditInputs, *, out: str = "out", forget: bool = False) -> HandedOver:
    wishes = HandOverWishes(credits=folder / "credits", subscribers=inputs.subscribers, out=folder / out, forget=forget)
    return hand_over(wishes, _quiet)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_credit_is_in_one_payload_that_its_standard_accepts(tmp_path: Path) -> None:
    handed = _handed(tmp_path, _worked_out(tmp_path))
    adjustments = _lines(tmp_path / "out" / "tmf654-adjust-balance.ndjson")
    rates = _lines(tmp_path / "out" / "tmf678-applied-rates.ndjson")
    assert [fault for one in adjustments for fault in faults(one, ADJUSTMENT)] == []
    assert [fault for one in rates for fault in faults(one, RATE)] == []
    assert [(one["bucket"]["id"], one["amount"]) for one in adjustments] == [("3", {"amount": 208, "units": "IDR"})]
    assert [(one["billingAccount"]["id"], one["taxExcludedAmount"]) for one in rates] == [
        ("1", {"unit": "IDR", "value": 208})
    ]
    # 20,833 sen are 208 rupiah and 33 sen; 21 sen of a fee of 100 rupiah cannot be paid.
    (sums,) = handed.receipt.account.sums
    assert (sums.net, sums.handed, sums.rounding, sums.too_small) == (2 * 20_833 + 21, 41_600, -87, 1)


def test_the_sheet_has_the_same_ids_and_amounts_as_the_payloads(tmp_path: Path) -> None:
    _handed(tmp_path, _worked_out(tmp_path))
    out = tmp_path / "out"
    rows = list(csv.DictReader((out / "credits.csv").read_text().splitlines()))
    payloads = {one["externalId"] for one in _lines(out / "tmf654-adjust-balance.ndjson")}
    payloads |= {one["id"] for one in _lines(out / "tmf678-applied-rates.ndjson")}
    assert {row["credit_id"] for row in rows} == payloads
    assert [(row["subscriber_id"], row["standard"], row["amount"], row["rounding_minor"]) for row in rows] == [
        ("1", "TMF678", "208", "-33"),
        ("3", "TMF654", "208", "-33"),
    ]


def test_checksums_are_those_of_the_files_and_sha256sum_reads_them(tmp_path: Path) -> None:
    _handed(tmp_path, _worked_out(tmp_path))
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "out").iterdir()} == {0}


def test_what_is_given_in_kind_adjusts_a_bucket_however_the_subscriber_pays(tmp_path: Path) -> None:
    (tmp_path / "kind.toml").write_text(IN_KIND)
    _handed(tmp_path, _worked_out(tmp_path, policy=str(tmp_path / "kind.toml")))
    adjustments = _lines(tmp_path / "out" / "tmf654-adjust-balance.ndjson")
    assert [fault for one in adjustments for fault in faults(one, ADJUSTMENT)] == []
    assert [
        (one["bucket"]["id"], one["usageType"], one["amount"]) for one in adjustments if one["bucket"]["id"] == "1"
    ] == [
        ("1", "other", {"amount": 2, "units": "DAY"}),
        ("1", "data", {"amount": 1024, "units": "MB"}),
    ]
    assert _lines(tmp_path / "out" / "tmf678-applied-rates.ndjson") == []


def test_a_second_hand_over_to_the_same_place_changes_nothing(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    first = _handed(tmp_path, inputs)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()}
    again = _handed(tmp_path, inputs)
    assert (again.before, again.receipt) == (True, first.receipt)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()} == before


def test_a_second_hand_over_to_another_place_is_refused(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    _handed(tmp_path, inputs)
    with pytest.raises(RefusedInput, match="no credit is handed over twice"):
        _handed(tmp_path, inputs, out="elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_files_that_are_gone_are_made_again_to_the_last_byte(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    _handed(tmp_path, inputs)
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    for path in (tmp_path / "out").iterdir():
        path.unlink()
    (tmp_path / "out").rmdir()
    _handed(tmp_path, inputs)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == made


def test_files_that_were_changed_after_the_hand_over_are_told(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    _handed(tmp_path, inputs)
    (tmp_path / "out" / "credits.csv").write_text("")
    with pytest.raises(RefusedInput, match="this is not the file that was handed over"):
        _handed(tmp_path, inputs)


def test_an_interrupted_hand_over_leaves_nothing_and_can_be_asked_again(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)

    def stop(doing: str, part: float) -> None:
        raise KeyboardInterrupt

    wishes = HandOverWishes(credits=tmp_path / "credits", subscribers=inputs.subscribers, out=tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        hand_over(wishes, stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["credits", "in", "incident.json"]
    assert not (tmp_path / "credits" / "handed-over.json").exists()
    assert not _handed(tmp_path, inputs).before


def test_while_one_hand_over_goes_on_another_is_refused(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)

    def meanwhile(doing: str, part: float) -> None:
        with pytest.raises(ForbiddenMove, match="being handed over now"):
            _handed(tmp_path, inputs, out="other")

    wishes = HandOverWishes(credits=tmp_path / "credits", subscribers=inputs.subscribers, out=tmp_path / "out")
    hand_over(wishes, meanwhile)


def test_credits_that_do_not_add_up_any_more_are_not_handed_over(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    path = tmp_path / "credits" / "credits.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    with pytest.raises(RefusedInput, match="Nothing was handed over; work the credits out anew"):
        _handed(tmp_path, inputs)
    assert not (tmp_path / "out").exists()


def test_a_table_of_other_subscribers_is_refused_by_name(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    table = pq.read_table(inputs.subscribers)
    pq.write_table(table.filter(pa.compute.not_equal(table.column("subscriber_id"), 3)), inputs.subscribers)
    with pytest.raises(RefusedInput, match="no row of subscriber 3"):
        _handed(tmp_path, inputs)


def test_the_difference_after_an_extension_has_an_id_of_its_own_and_a_repeated_run_has_not(tmp_path: Path) -> None:
    longer = json.loads(json.dumps(CASE.incidents))
    longer["windows"][0]["end"] = "2025-10-03T12:30:00+07:00"
    ids = {}
    for name, case, paid in (("first", CASE, None), ("same", CASE, None), ("longer", None, "first")):
        folder = tmp_path / name
        used = case or CreditCase(P, longer, CASE.subscribers, CASE.presence)
        inputs = write_inputs(used, folder / "in")
        given = None if paid is None else str(tmp_path / paid / "credits" / "credits.parquet")
        inputs = CreditInputs(subscribers=inputs.subscribers, presence=inputs.presence, paid=given)
        _worked_out(folder, used, inputs=inputs)
        _handed(folder, inputs)
        rows = list(csv.DictReader((folder / "out" / "credits.csv").read_text().splitlines()))
        ids[name] = {(row["subscriber_id"], row["credit_id"]) for row in rows}
        assert {whose for whose, _ in ids[name]} >= {"1", "3"}
    assert ids["first"] == ids["same"]
    assert not ids["first"] & ids["longer"]


def test_a_hand_over_is_posted_to_the_journal_once(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    inputs = CreditInputs(subscribers=inputs.subscribers, presence=inputs.presence)
    _worked_out(tmp_path, inputs=inputs, journal=tmp_path / "journal")
    wishes = HandOverWishes(
        credits=tmp_path / "credits",
        subscribers=inputs.subscribers,
        out=tmp_path / "out",
        journal=tmp_path / "journal",
    )
    owed = hand_over(wishes, _quiet).receipt.account.sums[0].net
    assert CreditJournal(tmp_path / "journal").balances()["handed_over"] == {"IDR": -owed}
    posted = sorted(path.name for path in (tmp_path / "journal").iterdir())
    assert hand_over(wishes, _quiet).before
    assert sorted(path.name for path in (tmp_path / "journal").iterdir()) == posted
    ids = {one["id"] for one in _lines(tmp_path / "out" / "tmf678-applied-rates.ndjson")}
    assert ids <= set(pq.read_table(tmp_path / "journal" / posted[0]).column("credit_id").to_pylist())


def test_a_journal_in_which_something_else_is_open_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    (tmp_path / "journal").mkdir()
    wishes = HandOverWishes(
        credits=tmp_path / "credits",
        subscribers=inputs.subscribers,
        out=tmp_path / "out",
        journal=tmp_path / "journal",
    )
    with pytest.raises(RefusedInput, match="nothing is open there"):
        hand_over(wishes, _quiet)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "credits" / "handed-over.json").exists()


def test_forgetting_removes_presence_and_lists_and_keeps_a_receipt_of_what_they_were(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)
    handed = _handed(tmp_path, inputs, forget=True)
    assert [one.table for one in handed.removed] == ["presence", "affected"]
    assert inputs.affected is not None
    assert not Path(inputs.presence).exists()
    assert not Path(inputs.affected).exists()
    assert Path(inputs.subscribers).exists()
    receipt = json.loads((tmp_path / "credits" / "forgotten.json").read_text())
    assert [(one["table"], len(one["sha256"])) for one in receipt["removed"]] == [("presence", 64), ("affected", 64)]
    assert _handed(tmp_path, inputs, forget=True).removed == handed.removed
    assert "20" in explain(tmp_path / "credits", 1, "id")


def test_forgetting_follows_a_link_and_keeps_what_is_needed_still(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    (tmp_path / "link.parquet").symlink_to(inputs.presence)
    linked = CreditInputs(subscribers=inputs.subscribers, presence=str(tmp_path / "link.parquet"), paid=inputs.paid)
    _worked_out(tmp_path, inputs=linked)
    _handed(tmp_path, linked, forget=True)
    assert not Path(inputs.presence).exists()
    assert not (tmp_path / "link.parquet").is_symlink()
    assert inputs.paid is not None
    assert Path(inputs.paid).exists()
    assert Path(inputs.subscribers).exists()


def test_the_command_hands_over_once_and_says_so(tmp_path: Path) -> None:
    inputs = _worked_out(tmp_path)

    def asked(out: str) -> subprocess.CompletedProcess[str]:
        words = ["hand-over", "--credits", "credits", "--subscribers", inputs.subscribers, "--out", out]
        program = f"import sys; from pulih.cli import run; sys.argv[1:] = {words}; run()"
        return subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    first, again, elsewhere = asked("out"), asked("out"), asked("elsewhere")
    assert (first.returncode, again.returncode, elsewhere.returncode) == (0, 0, 2)
    assert "1 balance adjustments (TMF654), 1 rates on bills (TMF678), 1 too small to be paid" in first.stdout
    assert "already; nothing was changed" in again.stdout
    assert "no credit is handed over twice" in elsewhere.stderr


def test_over_drawn_cases_every_credit_goes_out_once_and_sums_agree(tmp_path: Path) -> None:
    for seed in range(40, 50):
        folder = tmp_path / str(seed)
        case = draw(seed)
        (folder / "in").mkdir(parents=True)
        (folder / "policy.toml").write_text(policy_toml(case.policy))
        inputs = _worked_out(folder, case, policy=str(folder / "policy.toml"))
        account = _handed(folder, inputs).receipt.account
        rows = read_credits(folder / "credits" / "credits.parquet")
        lines = _lines(folder / "out" / "tmf654-adjust-balance.ndjson")
        rates = _lines(folder / "out" / "tmf678-applied-rates.ndjson")
        assert [fault for one in lines for fault in faults(one, ADJUSTMENT)] == [], f"seed {seed}"
        assert [fault for one in rates for fault in faults(one, RATE)] == [], f"seed {seed}"
        ids = {one["externalId"] for one in lines} | {one["id"] for one in rates}
        assert len(ids) == len(lines) + len(rates) == len(rows) - account.routes["too_small"], f"seed {seed}"
        assert sum(one.net for one in account.sums) == sum(row[5] for row in rows), f"seed {seed}"
        assert all(one.handed == one.net + one.rounding for one in account.sums)
