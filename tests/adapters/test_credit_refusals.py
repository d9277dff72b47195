"""Tables, policies and incidents that cannot be used are refused with file, row and reason, or set aside."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, subscriber
from credit_examples import USUAL, P, present
from credit_files import (
    quiet,
    run_credit,
    task_of,
    wishes_for,
    write_inputs,
)

from pulih.adapters.credit.engines import engines_for
from pulih.adapters.credit.rules_engine import RulesEngine
from pulih.main_credit import credit
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.credit import CreditInputs, CreditTask

CASE = CreditCase(P, USUAL, [subscriber(1), subscriber(2, home_region="94.01"), subscriber(3)], [present()])


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
    wishes = wishes_for(tmp_path, CASE)
    change(wishes.inputs)
    with pytest.raises(RefusedInput, match=says):
        credit(wishes, quiet)
    assert not wishes.out.exists(), name


def test_rows_that_cannot_be_used_are_set_aside_when_that_is_asked_for(tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    _with_column("subscribers", "monthly_fee_minor", pa.array([10_000_000, -5, 10_000_000]))(inputs)
    people = pq.read_table(inputs.subscribers)
    pq.write_table(pa.concat_tables([people, people.slice(0, 1)]), inputs.subscribers)
    credited = run_credit(tmp_path, CASE, inputs=inputs, lenient=True)
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
        run_credit(tmp_path, CASE, inputs=csv)
    credited = run_credit(tmp_path, CASE, inputs=csv, lenient=True)
    assert credited.control.set_aside == {"presence": 4}
    refused = pq.read_table(tmp_path / "out" / "refused.parquet").to_pylist()
    assert [row["row"] for row in refused] == [2, 3, 4, 5]
    assert [row["reason"].split(";")[0] for row in refused] == [
        "the row has 2 values",
        "subscriber_id is 'x'",
        "start is '2025-10-03T09:00:00'",
        "region is empty",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "this is no JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "this is no JSON that can be read"),
        (b"\xff", "this is no text in UTF-8; save it as that"),
        (b'{"id": "A", "zone": "localtime", "windows": []}', "this zone is unknown"),
        (b'{"id": "A", "windows": [], "incidents": []}', "windows and incidents stand side by side"),
        (
            b'{"id": "A", "zone": "Asia/Jakarta", "windows": [], "attributes": {"towers": 9223372036854775808}}',
            "towers = 9223372036854775808; a whole number that fits 64 bits",
        ),
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
        run_credit(tmp_path, CASE)
    assert "incident.json" in str(refusal.value)


def test_a_policy_that_is_no_toml_or_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("id = ")
    with pytest.raises(RefusedInput, match=r"mine.toml: this is no TOML"):
        run_credit(tmp_path, CASE, policy=str(tmp_path / "mine.toml"))
    with pytest.raises(RefusedInput, match="no packaged policy of that id"):
        run_credit(tmp_path, CASE, policy="idn-defualt")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 50_000], ids=["digits", "brackets"])
def test_a_policy_that_its_parser_stumbles_over_is_refused_with_its_name(value: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f"id = {value}")
    with pytest.raises(RefusedInput, match=r"mine.toml: this is no TOML that can be read"):
        run_credit(tmp_path, CASE, policy=str(tmp_path / "mine.toml"))


PRESENCE = "subscriber_id,region,start,end\n1,31.74,2025-10-03T09:00:00Z,2025-10-03T12:00:00Z\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PRESENCE.replace(",", ";").encode(), "presence.csv: the header is separated by ';'; separate values with com"),
        (PRESENCE.replace("31.74", "Bogé").encode("latin-1"), "presence.csv, row 1: this is no text in UTF-8; save"),
        (PRESENCE.encode("utf-16"), "presence.csv: this is no text in UTF-8 .*; save it as that"),
        (
            PRESENCE.replace("\n1,", "\n9223372036854775808,").encode(),
            "presence.csv, row 1: subscriber_id is '9223372036854775808'; a whole number that fits 64 bits",
        ),
        (
            PRESENCE.replace("\n1,", f"\n{'9' * 5000},").encode(),
            "row 1: subscriber_id .* a whole number that fits 64 bits",
        ),
    ],
    ids=["semicolons", "latin-1", "utf-16", "65 bits", "5000 digits"],
)
def test_a_csv_of_another_making_is_told_what_would_be_right(content: bytes, says: str, tmp_path: Path) -> None:
    inputs = write_inputs(CASE, tmp_path / "in")
    path = tmp_path / "presence.csv"
    path.write_bytes(content)
    with pytest.raises(RefusedInput, match=says):
        run_credit(tmp_path, CASE, inputs=CreditInputs(subscribers=inputs.subscribers, presence=str(path)))


def test_an_engine_that_is_not_here_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match=r"--engine abacus: this engine is not here; there are auto, .*rules"):
        run_credit(tmp_path, CASE, engine="abacus")
    assert next(engines_for("rules")).name == "rules"


def test_a_credit_beyond_64_bits_is_refused(tmp_path: Path) -> None:
    policy = {**P, "clause": [{**P["clause"][0], "multiplier": 10**15}]}
    policy["clause"][0].pop("cap")
    case = CreditCase(policy, USUAL, CASE.subscribers, CASE.presence)
    task: CreditTask = task_of(case, tmp_path)
    with pytest.raises(RefusedInput, match="which no column of 64 bits holds"):
        RulesEngine().run(task, quiet)


def test_a_full_disk_ends_the_run_with_a_sentence_and_leaves_no_folder(tmp_path: Path) -> None:
    wishes = wishes_for(tmp_path, CASE)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OutsideFailed, match="the disk is full; free some space there"):
            credit(wishes, quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "incident.json"]
