"""Credits over files: what is refused and how, what is set aside, and that a folder appears whole or not at all."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, draw, subscriber
from credit_examples import EXAMPLES, USUAL, Example, P, check_example, present
from credit_files import SCHEMAS, read_credits, read_totals, task_of, write_inputs
from credit_oracle import credits

from pulih.adapters.credit.engines import installed_engines
from pulih.adapters.credit.rule_files import packaged_policies, parse_policy, policy_text
from pulih.adapters.credit.rules_engine import RulesEngine
from pulih.main_credit import CreditWishes, credit, explain
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.credit import CreditInputs, CreditTask
from pulih.service.crediting import Credited

CASE = CreditCase(P, USUAL, [subscriber(1), subscriber(2, home_region="94.01"), subscriber(3)], [present()])


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def _wishes(folder: Path, *, case: CreditCase = CASE, inputs: CreditInputs | None = None, **more: Any) -> CreditWishes:
    folder.mkdir(parents=True, exist_ok=True)
    incident = folder / "incident.json"
    if not incident.exists():
        incident.write_text(json.dumps(case.incidents))
    return CreditWishes(
        incident=str(incident),
        policy=more.pop("policy", "idn-default"),
        inputs=inputs or write_inputs(case, folder / "in"),
        out=folder / "out",
        **more,
    )


def _run(folder: Path, **more: Any) -> Credited:
    return credit(_wishes(folder, **more), _quiet)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_rules_engine_gives_over_files_what_the_worked_example_says(example: Example, tmp_path: Path) -> None:
    task = task_of(example.case, tmp_path)
    totals = RulesEngine().run(task, _quiet)
    check_example(example, read_credits(task.out), json.loads(msgspec.json.encode(totals)))


def test_the_rules_engine_over_files_agrees_with_brute_force(tmp_path: Path) -> None:
    for seed in range(5000, 5030):
        case = draw(seed)
        task = task_of(case, tmp_path / str(seed))
        totals = RulesEngine().run(task, _quiet)
        assert (read_credits(task.out), json.loads(msgspec.json.encode(totals))) == credits(case), f"seed {seed}"


def test_every_packaged_policy_loads_under_the_id_of_its_file() -> None:
    assert len(packaged_policies()) == 10
    assert [parse_policy(policy_text(name), name).id for name in packaged_policies()] == list(packaged_policies())


def test_a_run_leaves_credits_totals_and_a_control_account_that_balances(tmp_path: Path) -> None:
    credited = _run(tmp_path)
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["control.json", "credits.parquet", "explain", "totals.json"]
    assert read_credits(out / "credits.parquet") == credits(CASE)[0]
    assert read_totals(out / "totals.json") == credits(CASE)[1]
    control = credited.control
    assert control.subscribers_in_file == control.credited + control.not_eligible + control.refused == 3
    assert not list(tmp_path.glob(".*"))


def test_a_second_run_with_the_first_runs_credits_as_paid_gives_none(tmp_path: Path) -> None:
    _run(tmp_path / "first")
    inputs = write_inputs(CASE, tmp_path / "again" / "in")
    paid = str(tmp_path / "first" / "out" / "credits.parquet")
    again = CreditInputs(subscribers=inputs.subscribers, presence=inputs.presence, paid=paid)
    assert _run(tmp_path / "again", inputs=again).totals.rows == 0
    assert pq.read_schema(tmp_path / "again" / "out" / "credits.parquet").names[-1] == "explanation"


def test_csv_gives_the_same_credits_as_parquet(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    paths = {}
    for name in SCHEMAS:
        paths[name] = str(tmp_path / f"{name}.csv")
        pv.write_csv(pq.read_table(getattr(inputs, name)), paths[name])
    _run(tmp_path / "csv", inputs=CreditInputs(**paths))
    _run(tmp_path / "parquet", inputs=inputs)
    read = [read_credits(tmp_path / kind / "out" / "credits.parquet") for kind in ("csv", "parquet")]
    assert read[0] == read[1] != []


def test_the_same_run_asked_again_changes_nothing_and_another_is_refused(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    first = _run(tmp_path, inputs=inputs)
    written = (tmp_path / "out" / "credits.parquet").stat().st_mtime_ns
    assert _run(tmp_path, inputs=inputs) == first
    assert (tmp_path / "out" / "credits.parquet").stat().st_mtime_ns == written
    with pytest.raises(RefusedInput, match="holds something already"):
        _run(tmp_path, inputs=inputs, policy="rogers-2022")


def test_an_interrupted_run_goes_on_from_its_finished_credits(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")

    def stop_at(doing: str, part: float) -> None:
        if doing == "reconciling":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        credit(_wishes(tmp_path, inputs=inputs), stop_at)
    assert not (tmp_path / "out").exists()
    said: list[str] = []
    credit(_wishes(tmp_path, inputs=inputs), lambda doing, part: said.append(doing))
    assert "working out credits" not in said
    assert read_credits(tmp_path / "out" / "credits.parquet") == credits(CASE)[0]
    assert not list(tmp_path.glob(".*"))


def test_a_refused_run_leaves_nothing_behind(tmp_path: Path) -> None:
    wishes = _wishes(tmp_path)
    Path(wishes.inputs.presence).write_bytes(b"PAR1 nothing")
    with pytest.raises(RefusedInput):
        credit(wishes, _quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "incident.json"]


def _with_column(table: str, column: str, values: pa.Array) -> Callable[[CreditInputs], None]:
    def change(inputs: CreditInputs) -> None:
        path = getattr(inputs, table)
        read = pq.read_table(path)
        pq.write_table(read.set_column(read.schema.get_field_index(column), column, values), path)

    return change


def _without_column(table: str, column: str) -> Callable[[CreditInputs], None]:
    def change(inputs: CreditInputs) -> None:
        path = getattr(inputs, table)
        pq.write_table(pq.read_table(path).drop_columns([column]), path)

    return change


def _cut(table: str) -> Callable[[CreditInputs], None]:
    def change(inputs: CreditInputs) -> None:
        path = Path(getattr(inputs, table))
        path.write_bytes(path.read_bytes()[:-20])

    return change


BROKEN: list[tuple[str, Callable[[CreditInputs], None], str]] = [
    ("missing column", _without_column("presence", "region"), r"presence.parquet: there is no column region"),
    (
        "wrong type",
        _with_column("subscribers", "monthly_fee_minor", pa.array([1.5, 2.0, 3.0])),
        r"subscribers.parquet: the column monthly_fee_minor holds double; whole numbers",
    ),
    (
        "times without a zone",
        _with_column("presence", "start", pa.array([0], pa.timestamp("us"))),
        r"presence.parquet: the column start holds timestamp\[us\]; times in microseconds of UTC",
    ),
    (
        "null",
        _with_column("subscribers", "plan_id", pa.array(["a", None, "b"])),
        r"subscribers.parquet, row 2: plan_id is empty",
    ),
    (
        "null in presence",
        _with_column("presence", "region", pa.array([None], pa.string())),
        r"presence.parquet, row 1: region is empty",
    ),
    (
        "duplicate subscriber",
        _with_column("subscribers", "subscriber_id", pa.array([3, 2, 3])),
        r"subscribers.parquet, row 3: subscriber 3 has a row already",
    ),
    (
        "negative fee",
        _with_column("subscribers", "monthly_fee_minor", pa.array([1, 2, -3])),
        r"subscribers.parquet, row 3: monthly_fee_minor is -3; a fee is 0 or more",
    ),
    ("damaged file", _cut("affected"), r"affected.parquet: the file is damaged or not what its name says"),
]


@pytest.mark.parametrize(("name", "change", "says"), BROKEN, ids=[one[0] for one in BROKEN])
def test_a_broken_table_is_refused_with_file_row_and_reason(
    name: str, change: Callable[[CreditInputs], None], says: str, tmp_path: Path
) -> None:
    wishes = _wishes(tmp_path)
    change(wishes.inputs)
    with pytest.raises(RefusedInput, match=says):
        credit(wishes, _quiet)
    assert not wishes.out.exists(), name


def test_rows_that_cannot_be_used_are_set_aside_when_that_is_asked_for(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    _with_column("subscribers", "monthly_fee_minor", pa.array([10_000_000, -5, 10_000_000]))(inputs)
    people = pq.read_table(inputs.subscribers)
    pq.write_table(pa.concat_tables([people, people.slice(0, 1)]), inputs.subscribers)
    credited = _run(tmp_path, inputs=inputs, lenient=True)
    control = credited.control
    assert (control.subscribers_in_file, control.refused, control.credited, control.not_eligible) == (4, 2, 2, 0)
    refused = pq.read_table(tmp_path / "out" / "refused.parquet").to_pylist()
    assert [(row["row"], row["subscriber_id"], row["reason"]) for row in refused] == [
        (2, "2", "monthly_fee_minor is -5; a fee is 0 or more"),
        (4, "1", "subscriber 1 has a row already; each has one"),
    ]


def test_broken_rows_of_csv_are_told_by_their_row_and_set_aside(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    path = tmp_path / "presence.csv"
    path.write_text(
        "subscriber_id,region,start,end,note\n"
        "1,31.74,2025-10-03T09:00:00+07:00,2025-10-03T12:00:00+07:00,fine\n"
        "1,31.74\n"
        "x,31.74,2025-10-03T09:00:00+07:00,2025-10-03T12:00:00+07:00,\n"
        "1,31.74,2025-10-03T09:00:00,2025-10-03T12:00:00+07:00,\n"
        "1,,2025-10-03T09:00:00Z,2025-10-03T12:00:00Z,\n"
    )
    csv = CreditInputs(subscribers=inputs.subscribers, presence=str(path))
    with pytest.raises(RefusedInput, match=r"presence.csv, row 2: the row has 2 values; its header has 5"):
        _run(tmp_path, inputs=csv)
    credited = _run(tmp_path, inputs=csv, lenient=True)
    assert credited.control.set_aside == {"presence": 4}
    refused = pq.read_table(tmp_path / "out" / "refused.parquet").to_pylist()
    assert [row["row"] for row in refused] == [2, 3, 4, 5]
    assert [row["reason"].split(";")[0] for row in refused] == [
        "the row has 2 values",
        "subscriber_id is 'x'",
        "start is '2025-10-03T09:00:00'",
        "region is empty",
    ]


def test_text_may_be_dictionary_encoded_and_rows_in_any_order(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    people = pq.read_table(inputs.subscribers).take([2, 0, 1])
    coded = people.set_column(6, "home_region", people.column("home_region").dictionary_encode())
    pq.write_table(coded, inputs.subscribers)
    _run(tmp_path, inputs=inputs)
    assert read_credits(tmp_path / "out" / "credits.parquet") == credits(CASE)[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "this is no JSON"),
        (b"\xff", "this is no text in UTF-8"),
        (b'{"id": "A", "id": "B"}', "the key 'id' stands twice"),
        (b'{"id": "A", "zone": "Asia/Nowhere", "windows": []}', "this zone is unknown"),
        (
            b'{"id": "A", "zone": "Asia/Jakarta", "windows": [{"region": "31", "service": "*", '
            b'"start": "2025-10-03T10:00:00", "end": "2025-10-03T11:00:00Z"}]}',
            "incident A: windows 1: start = '2025-10-03T10:00:00'; the offset is missing",
        ),
    ],
)
def test_a_broken_file_of_incidents_is_refused_with_its_name(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "incident.json").write_bytes(content)
    with pytest.raises(RefusedInput, match=says) as refusal:
        _run(tmp_path)
    assert "incident.json" in str(refusal.value)


def test_a_policy_that_is_no_toml_or_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("id = ")
    with pytest.raises(RefusedInput, match=r"mine.toml: this is no TOML"):
        _run(tmp_path, policy=str(tmp_path / "mine.toml"))
    with pytest.raises(RefusedInput, match="no packaged policy of that id"):
        _run(tmp_path, policy="idn-defualt")


def test_an_engine_that_is_not_here_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match=r"--engine abacus: this engine is not here; there are auto, .*rules"):
        _run(tmp_path, engine="abacus")
    assert installed_engines()[-1].name == "rules"


def test_a_credit_beyond_64_bits_is_refused(tmp_path: Path) -> None:
    policy = {**P, "clause": [{**P["clause"][0], "multiplier": 10**15}]}
    policy["clause"][0].pop("cap")
    case = CreditCase(policy, USUAL, CASE.subscribers, CASE.presence)
    task: CreditTask = task_of(case, tmp_path)
    with pytest.raises(RefusedInput, match="which no column of 64 bits holds"):
        RulesEngine().run(task, _quiet)


def test_one_subscribers_account_is_told_in_two_languages_with_what_does_not_count(tmp_path: Path) -> None:
    overlapping = next(one for one in EXAMPLES if one.name == "overlapping incidents").case
    _run(tmp_path, case=overlapping)
    english, indonesian = (explain(tmp_path / "out", 1, language) for language in ("en", "id"))
    assert "Counted for another outage already: 30 min" in english
    assert "60 units x 10,000,000 x 1/43200 = 13,888.88..." in english
    assert "Sudah dihitung pada gangguan lain: 30 menit" in indonesian
    assert "Diberikan: IDR 138,89" in indonesian


def test_an_account_is_refused_for_unknown_subscribers_and_for_tables_that_have_changed(tmp_path: Path) -> None:
    wishes = _wishes(tmp_path)
    credit(wishes, _quiet)
    with pytest.raises(RefusedInput, match="--subscriber 77: the table of subscribers has no such row"):
        explain(tmp_path / "out", 77, "en")
    _with_column("subscribers", "monthly_fee_minor", pa.array([1, 1, 1]))(wishes.inputs)
    with pytest.raises(RefusedInput, match="the tables are not those of the run any more"):
        explain(tmp_path / "out", 1, "en")
    Path(wishes.inputs.subscribers).unlink()
    assert "Given: IDR 208.33" in explain(tmp_path / "out", 1, "en")


def test_a_full_disk_ends_the_run_with_a_sentence_and_leaves_no_folder(tmp_path: Path) -> None:
    wishes = _wishes(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OutsideFailed, match="the disk is full; free some space there"):
            credit(wishes, _quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "incident.json"]
