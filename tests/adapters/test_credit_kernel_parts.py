"""What the kernel is made of: exact amounts, files read side by side, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from credit_cases import CreditCase, CreditRow, Row, draw, subscriber
from credit_examples import USUAL, P, listed, one_clause, paid, present
from credit_files import SCHEMAS, read_credits, task_of
from hypothesis import given
from hypothesis import strategies as st
from rules_on_cases import run_rules

from pulih.adapters.credit.kernel import KernelEngine
from pulih.adapters.credit.kernel_amounts import TOO_LARGE, rounded_product
from pulih.adapters.credit.kernel_streams import LAST_ID, ReadAhead, SortedRows, Source, blocks, empty_batch, ints
from pulih.compensate.policy import read_policy
from pulih.model.errors import RefusedInput
from pulih.ports.credit import Unsuited

WORDS = st.one_of(st.integers(0, 10**4), st.integers(0, 2**63 - 1), st.sampled_from((2**32, 2**63 - 1, 10**14)))
PRESENCE = Source(path="", texts=("region",), instants=("start", "end"))


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def _run(case: CreditCase, folder: Path) -> tuple[list[CreditRow], dict[str, Any]]:
    task = task_of(case, folder, ordered=True)
    totals = KernelEngine().run(task, _quiet)
    return read_credits(task.out), json.loads(msgspec.json.encode(totals))


@given(WORDS, WORDS, WORDS, st.one_of(st.integers(1, 10), st.integers(1, 2**63 - 1)))
def test_an_amount_is_the_exact_fraction_rounded_half_even(a: int, b: int, c: int, divisor: int) -> None:
    expected = min(round(Fraction(a * b * c, divisor)), TOO_LARGE)
    found = rounded_product(a, b, c, divisor)
    assert (type(found), found) == (int, expected)


@given(st.integers(0, 2**31), st.integers(1, 2**30), st.integers(1, 2**30))
def test_halves_go_to_the_even_neighbour(whole: int, times: int, divisor: int) -> None:
    assert rounded_product(2 * whole + 1, times, divisor, 2 * divisor * times) == whole + whole % 2


def test_what_does_not_fit_is_named_and_refused_instead_of_worked_out(tmp_path: Path) -> None:
    policy = one_clause(
        quantity={"kind": "fixed", "units": 1},
        value={"kind": "amount", "amount_minor": 2**62, "currency": "IDR"},
        multiplier=4,
    )
    assert KernelEngine().leaves(read_policy(policy)) == ("clause c: amounts whose factors exceed 64 bits",)
    with pytest.raises(RefusedInput, match="clause c: amounts whose factors exceed 64 bits"):
        KernelEngine().run(task_of(CreditCase(policy, USUAL, [subscriber()]), tmp_path, ordered=True), _quiet)
    policy["clause"][0] |= {"multiplier": 1, "quantity": {"kind": "fixed", "units": 9}}
    assert KernelEngine().leaves(read_policy(policy)) == ()
    with pytest.raises(RefusedInput, match="subscriber 1: an amount comes to more than 64 bits hold"):
        case = CreditCase(policy, USUAL, [subscriber()], [present()])
        KernelEngine().run(task_of(case, tmp_path, ordered=True), _quiet)


@pytest.mark.parametrize(
    ("table", "make"),
    [
        ("subscribers", subscriber),
        ("presence", lambda who: {**present(), "subscriber_id": who}),
        ("affected", lambda who: {**listed("data", "10:00", "11:00"), "subscriber_id": who}),
        ("paid", lambda who: {**paid(1), "subscriber_id": who}),
    ],
)
@pytest.mark.parametrize("ids", [(1, 3, 2), (1, 2, 5, 4), (9, 8)])
def test_a_file_out_of_order_is_left_to_another_engine_with_file_and_row(
    table: str, make: Callable[[int], Row], ids: tuple[int, ...], tmp_path: Path
) -> None:
    task = task_of(CreditCase(P, USUAL, [subscriber(2)]), tmp_path, ordered=True)
    path = str(getattr(task.inputs, table))
    pq.write_table(pa.Table.from_pylist([make(who) for who in ids], schema=SCHEMAS[table]), path, row_group_size=2)
    with pytest.raises(Unsuited) as refusal:
        KernelEngine().run(task, _quiet)
    in_one_group = len(ids) != 3
    where = (
        f", row {len(ids)}: subscriber_id {ids[-1]} stands"
        if in_one_group
        else f": a row group begins at subscriber_id {ids[-1]}"
    )
    assert f"{path}{where} after {ids[-2]}" in str(refusal.value)
    assert "sorted by subscriber_id" in str(refusal.value)


def test_rows_whose_subscriber_nobody_knows_are_looked_at_too(tmp_path: Path) -> None:
    task = task_of(CreditCase(P, USUAL, [subscriber(2)], [present()]), tmp_path, ordered=True)
    rows = [{**present(), "subscriber_id": who} for who in (1, 3, 4, 5)] + [{**present(), "region": None}]
    rows[-1]["subscriber_id"] = 6
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS["presence"]), task.inputs.presence, row_group_size=1)
    with pytest.raises(RefusedInput, match="row 5: region is empty"):
        KernelEngine().run(task, _quiet)


@pytest.mark.parametrize("rows_a_group", [1, 3, 7, 1000])
@pytest.mark.parametrize("rows_at_once", [2, 5, 1000])
def test_rows_of_a_subscriber_come_together_however_the_file_is_cut(
    rows_a_group: int, rows_at_once: int, tmp_path: Path
) -> None:
    chance = Random(rows_a_group)
    who = sorted(chance.choice((1, 2, 3, 5, 8, 8, 8, 13)) for _ in range(40))
    rows = [{**present(f"{at % 3}"), "subscriber_id": id_, "start": at} for at, id_ in enumerate(who)]
    path = tmp_path / "presence.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS["presence"]), path, row_group_size=rows_a_group)
    source = Source(path=str(path), texts=PRESENCE.texts, instants=PRESENCE.instants)
    with ThreadPoolExecutor(1) as threads:
        file = SortedRows(ReadAhead(blocks(source, rows_at_once=rows_at_once), threads), empty_batch(source))
        for id_ in (2, 3, 4, 8, 20):
            known = file.known_to(id_)
            taken = file.take(id_)
            expected = [at for at, whose in enumerate(who) if whose == id_]
            assert ints(taken, "start").tolist() == expected
            assert taken.column("region").to_pylist() == [f"{at % 3}" for at in expected]
            assert known == LAST_ID or known < max(who)
        assert file.known_to(21) == LAST_ID


def test_progress_ends_when_all_subscribers_are_worked_out(tmp_path: Path) -> None:
    parts: list[float] = []
    case = CreditCase(P, USUAL, [subscriber(who) for who in range(1, 6)], [present()])
    KernelEngine().run(task_of(case, tmp_path, ordered=True), lambda _doing, part: parts.append(part))
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_days_of_lists_years_away_from_the_windows_are_counted(tmp_path: Path) -> None:
    policy = one_clause(
        location="listed", quantity={"kind": "local_days", "op": ">", "seconds": 43_200}, value={"kind": "days"}
    )
    rows = [
        listed("data", "2019-12-30T01:00Z", "2020-01-02T10:00Z"),
        listed("data", "2031-01-01T00:00Z", "2031-03-01T00:00Z"),
    ]
    case = CreditCase(policy, USUAL, [subscriber()], affected=rows)
    found, totals = _run(case, tmp_path)
    assert [row[5:] for row in found] == [(63, "DAY")]
    assert (found, totals) == run_rules(case)


def test_presence_without_an_end_is_presence_for_ever(tmp_path: Path) -> None:
    rows = [{**present(), "start": -(2**63), "end": 2**63 - 1}]
    case = CreditCase(P, USUAL, [subscriber(home_region="94.01")], rows)
    found, totals = _run(case, tmp_path)
    assert [row[4:6] for row in found] == [(5400, 20_833)]
    assert (found, totals) == run_rules(case)


@pytest.mark.parametrize("text", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.large_string())])
def test_text_may_be_of_any_kind_that_parquet_has(text: pa.DataType, tmp_path: Path) -> None:
    case = next(draw(seed) for seed in range(50_000, 60_000) if len(run_rules(draw(seed))[0]) > 4)
    task = task_of(case, tmp_path, ordered=True)
    for table, schema in SCHEMAS.items():
        path = str(getattr(task.inputs, table))
        rows = pq.read_table(path)
        fields = [pa.field(field.name, text if pa.types.is_string(field.type) else field.type) for field in schema]
        pq.write_table(rows.cast(pa.schema(fields)), path, row_group_size=2)
    totals = KernelEngine().run(task, _quiet)
    assert (read_credits(task.out), json.loads(msgspec.json.encode(totals))) == run_rules(case)


@pytest.mark.parametrize("empty", ["segment", "payment", "plan_id"])
def test_a_column_about_which_no_clause_asks_has_no_empty_row_either(empty: str, tmp_path: Path) -> None:
    task = task_of(CreditCase(P, USUAL, [subscriber(1), subscriber(2)], [present()]), tmp_path, ordered=True)
    rows = [{"kin": {"of": who}, **subscriber(who)} for who in (1, 2, 3, 4)]
    rows[2][empty] = None
    table = pa.Table.from_pylist(
        rows, schema=SCHEMAS["subscribers"].insert(0, pa.field("kin", pa.struct([("of", pa.int8())])))
    )
    pq.write_table(table, task.inputs.subscribers, row_group_size=2)
    with pytest.raises(RefusedInput, match=f"row 3: {empty} is empty"):
        KernelEngine().run(task, _quiet)
    pq.write_table(table.slice(0, 2), task.inputs.subscribers)
    assert KernelEngine().run(task, _quiet).subscribers == 2
