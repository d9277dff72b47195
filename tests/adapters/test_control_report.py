"""The control report accounts for every subscriber, names what to look at, is signed, and has a side for the public."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, draw, subscriber
from credit_examples import USUAL, P, present
from credit_files import read_credits, write_inputs
from policy_toml import policy_toml

from pulih.adapters.credit.report_tally import whole_subscribers
from pulih.compensate.control_report import ControlReport
from pulih.main_control import ReportWishes, check_report, control_report
from pulih.main_credit import CreditWishes, credit
from pulih.main_settlement import HandOverWishes, hand_over
from pulih.model.errors import RefusedInput

# Forty of one regency, three of another, one far away, and one whose fee is a thousand times the others'.
MANY = CreditCase(
    P,
    USUAL,
    [subscriber(n, home_region="31.74.01", plan_id="small") for n in range(40)]
    + [subscriber(n, home_region="31.74.02", plan_id="large", segment="business") for n in range(40, 43)]
    + [subscriber(50, home_region="94.01")]
    + [subscriber(60, home_region="31.74.01", monthly_fee_minor=10_000_000_000)]
    + [subscriber(61, home_region="31.74.01", monthly_fee_minor=0)],
    [],
)


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def _worked_out(folder: Path, case: CreditCase, policy: str = "idn-default", **more: Any) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "incident.json").write_text(json.dumps(case.incidents))
    inputs = write_inputs(case, folder / "in")
    credit(
        CreditWishes(
            incident=str(folder / "incident.json"), policy=policy, inputs=inputs, out=folder / "credits", **more
        ),
        _quiet,
    )
    return inputs.subscribers


def _reported(folder: Path, subscribers: str, out: str = "report", *, pdf: bool = False) -> ControlReport:
    wishes = ReportWishes(
        credits=folder / "credits", subscribers=subscribers, out=folder / out, key=folder / "key", pdf=pdf
    )
    return control_report(wishes, _quiet).report


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ControlReport]:
    folder = tmp_path_factory.mktemp("many")
    return folder, _reported(folder, _worked_out(folder, MANY), pdf=True)


def test_every_subscriber_is_accounted_for_with_a_reason(many: tuple[Path, ControlReport]) -> None:
    report = many[1]
    assert report.balanced
    assert report.control.subscribers_in_file == 46
    (clause,) = report.clauses
    assert (clause.credited, clause.nothing_due, clause.not_affected, clause.not_for) == (44, 1, 1, 0)


def test_sums_stand_by_plan_region_segment_and_way_of_paying(many: tuple[Path, ControlReport]) -> None:
    report = many[1]
    regions = {cell.name: (cell.credited, cell.net) for cell in report.groups["region"]}
    assert regions == {"31.74.01": (41, 40 * 20_833 + 20_833_333), "31.74.02": (3, 3 * 20_833)}
    assert report.subscribers["region"] == {"31.74.01": 42, "31.74.02": 3, "94.01": 1}
    for cells in report.groups.values():
        assert sum(cell.net or 0 for cell in cells) == report.control.net_minor["IDR"]


def test_the_largest_and_the_unusual_are_named(many: tuple[Path, ControlReport]) -> None:
    report = many[1]
    assert (report.largest[0].subscriber_id, report.largest[0].amount) == (60, 20_833_333)
    (outliers,) = report.outliers
    assert [one.subscriber_id for one in outliers.largest] == [60]
    assert outliers.median <= 20_833 < outliers.median * 33 / 32
    assert report.over_fee.count == 0


def test_the_public_side_names_nobody_and_hides_what_could_be_traced(many: tuple[Path, ControlReport]) -> None:
    folder, _ = many
    text = (folder / "report" / "public-totals.json").read_text()
    public = json.loads(text)
    assert public["credited"] == 44
    # Three people of one regency are hidden, and so is the other one, since the total would tell them.
    assert {cell["name"]: cell["credited"] for cell in public["groups"]["region"]} == {
        "31.74.01": None,
        "31.74.02": None,
    }
    assert public["total"][0]["credited"] == 44
    assert "subscriber_id" not in text
    assert "20833" not in text.replace(str(public["total"][0]["net"]), "")
    page = (folder / "report" / "public-totals.html").read_text()
    # One of the hidden groups has 41 people, so none may be said to have fewer than ten.
    assert page.count("disembunyikan</td>") == page.count("hidden</td>") >= 4
    assert "&lt; 10" not in page
    assert "subscriber_id" not in page


def test_a_report_is_signed_and_a_change_in_any_file_shows(many: tuple[Path, ControlReport], tmp_path: Path) -> None:
    folder, _ = many
    key = (folder / "report" / "signer.pub").read_text()
    names = sorted(path.name for path in (folder / "report").iterdir())
    copy = tmp_path / "report"
    copy.mkdir()
    for name in names:
        (copy / name).write_bytes((folder / "report" / name).read_bytes())
    assert check_report(copy, key).faults == check_report(copy, None).faults == ()
    (copy / "control-report.json").write_text("{}")
    (copy / "public-totals.html").unlink()
    assert check_report(copy, key).faults == ("control-report.json was changed", "public-totals.html is missing")


def test_the_command_that_checks_a_report_ends_with_3_when_it_was_changed(
    many: tuple[Path, ControlReport], tmp_path: Path
) -> None:
    copy = tmp_path / "report"
    shutil.copytree(many[0] / "report", copy)
    words = ["check-report", "report", "--signer", str(many[0] / "report" / "signer.pub")]
    program = f"import sys; from pulih.cli import run; sys.argv[1:] = {words}; run()"
    for change, code, says in ((None, 0, "holds  every file"), ("SHA256SUMS.signed", 3, "FAILS")):
        if change:
            (copy / change).write_text((copy / change).read_text().replace("control-report.json", "control-report.pdf"))
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout[: len(says)]) == (code, says), done.stderr


def test_a_report_under_another_key_does_not_hold(many: tuple[Path, ControlReport], tmp_path: Path) -> None:
    folder, _ = many
    other = tmp_path / "other"
    _reported(other, _worked_out(other, MANY))
    looked = check_report(folder / "report", (other / "report" / "signer.pub").read_text())
    assert len(looked.faults) == 1
    assert (other / "key").stat().st_mode & 0o077 == 0


class _Tables(HTMLParser):
    """Gathers what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.articles: list[str | None] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        if tag == "article":
            self.articles.append(dict(attrs)["lang"])
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["control-report.html", "public-totals.html"])
def test_a_page_stands_alone_in_both_languages(many: tuple[Path, ControlReport], name: str) -> None:
    page = _Tables()
    page.feed((many[0] / "report" / name).read_text())
    assert page.open == []
    assert page.articles == ["id", "en"]
    assert not {"script", "link", "img"} & set(page.seen)
    assert page.seen["caption"] == page.seen["table"] >= 12


def test_the_pdf_is_one_and_the_same_report_gives_the_same(many: tuple[Path, ControlReport]) -> None:
    drawn = (many[0] / "report" / "control-report.pdf").read_bytes()
    assert drawn.startswith(b"%PDF-")
    assert drawn.rstrip().endswith(b"%%EOF")


def test_without_reportlab_a_pdf_is_refused_with_the_way_out(tmp_path: Path) -> None:
    subscribers = _worked_out(tmp_path, MANY)
    asked = ["control-report", "--credits", "credits", "--subscribers", subscribers, "--out", "report", "--key", "key"]
    # None in place of a module is what Python finds where one is not installed.
    program = f"import sys; sys.modules['reportlab'] = None; from pulih.cli import run; sys.argv[1:] = {asked}; run()"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'pulih[pdf]'" in done.stderr
    assert not (tmp_path / "report").exists()
    without = program.replace("'--key'", "'--without-pdf', '--key'")
    done = subprocess.run([sys.executable, "-c", without], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "balanced" in done.stdout
    assert not (tmp_path / "report" / "control-report.pdf").exists()


def test_after_the_hand_over_the_report_tells_what_was_rounded(tmp_path: Path) -> None:
    subscribers = _worked_out(tmp_path, MANY)
    hand_over(
        HandOverWishes(credits=tmp_path / "credits", subscribers=subscribers, out=tmp_path / "out"),
        _quiet,
    )
    handed = _reported(tmp_path, subscribers).handed_over
    assert handed is not None
    assert handed.sums[0].rounding == -44 * 33


def test_the_table_of_another_run_is_refused(tmp_path: Path) -> None:
    subscribers = _worked_out(tmp_path, MANY)
    pq.write_table(pq.read_table(subscribers).slice(1), subscribers)
    with pytest.raises(RefusedInput, match="name the table of that run"):
        _reported(tmp_path, subscribers)
    assert not (tmp_path / "report").exists()


def test_rows_that_were_set_aside_are_in_the_account(tmp_path: Path) -> None:
    twice = CreditCase(P, USUAL, [*MANY.subscribers, subscriber(0), subscriber(70, monthly_fee_minor=-1)], [present()])
    report = _reported(tmp_path, _worked_out(tmp_path, twice, lenient=True))
    assert report.balanced
    assert report.control.refused == 2


def test_over_drawn_cases_the_report_balances_and_sums_are_those_of_the_credits(tmp_path: Path) -> None:
    for seed in range(80, 90):
        folder, case = tmp_path / str(seed), draw(seed)
        folder.mkdir()
        (folder / "policy.toml").write_text(policy_toml(case.policy))
        report = _reported(folder, _worked_out(folder, case, policy=str(folder / "policy.toml")))
        rows = read_credits(folder / "credits" / "credits.parquet")
        assert report.balanced, f"seed {seed}"
        for dimension, cells in report.groups.items():
            told = {(cell.unit): 0 for cell in cells}
            for cell in cells:
                told[cell.unit] += cell.net or 0
            assert told == dict(_summed((row[6], row[5]) for row in rows)), f"seed {seed} {dimension}"
        people = {(row[0], row[6]) for row in rows}
        assert sum(cell.credited or 0 for cell in report.groups["payment"]) == len(people), f"seed {seed}"


def _summed(pairs: Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for unit, net in pairs:
        sums[unit] = sums.get(unit, 0) + net
    return sums


def test_batches_end_where_a_subscriber_ends_however_the_file_is_cut(tmp_path: Path) -> None:
    ids = [1, 1, 1, 2, 3, 3]
    table = pa.table(
        {
            "subscriber_id": pa.array(ids, pa.int64()),
            "incident_id": pa.array(["a"] * 6).dictionary_encode(),
            "clause_id": ["c"] * 6,
            "amount_minor": pa.array([1] * 6, pa.int64()),
            "currency": ["IDR"] * 6,
        }
    )
    for size in (1, 2, 3, 4, 6):
        pq.write_table(table, tmp_path / "credits.parquet", row_group_size=size)
        parts = [part.column("subscriber_id").to_pylist() for part in whole_subscribers(tmp_path / "credits.parquet")]
        assert [one for part in parts for one in part] == ids
        assert all(before[-1] != after[0] for before, after in pairwise(parts))
