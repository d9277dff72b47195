"""No group of a few people can be read off public totals, nor told from their sums."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.compensate.cells import Cell, without_small_cells
from pulih.compensate.control import Control
from pulih.compensate.control_report import DIMENSIONS, ControlReport, OverFee, public_totals

LEAST = 10
CELLS = st.lists(
    st.builds(
        lambda name, unit, people, extra, net: Cell(
            name=str(name), unit=unit, credited=people, credits=people + extra, net=net
        ),
        st.integers(0, 10**6),
        st.sampled_from(["IDR", "MB"]),
        st.one_of(st.integers(0, 30), st.integers(0, 10**6)),
        st.integers(0, 3),
        st.integers(1, 10**12),
    ),
    max_size=20,
)


@given(CELLS)
def test_a_shown_cell_has_enough_people_and_is_what_it_was(cells: list[Cell]) -> None:
    for before, after in zip(cells, without_small_cells(cells, LEAST), strict=True):
        assert (before.name, before.unit) == (after.name, after.unit)
        if after.credited is None:
            assert after.credits is after.net is None
        else:
            assert before == after
            assert after.credited == 0 or after.credited >= LEAST


@given(CELLS)
def test_the_total_less_the_shown_cells_is_of_several_cells_and_enough_people(cells: list[Cell]) -> None:
    shown = without_small_cells(cells, LEAST)
    for unit in {cell.unit for cell in cells}:
        hidden = [
            before for before, after in zip(cells, shown, strict=True) if before.unit == unit and after.credited is None
        ]
        others = [cell for cell in shown if cell.unit == unit and cell.credited]
        if hidden and others:
            assert len(hidden) > 1
            assert sum(cell.credited or 0 for cell in hidden) >= LEAST


def test_the_number_of_all_is_hidden_where_it_would_tell_of_a_hidden_unit() -> None:
    cells = (
        Cell(name="prepaid", unit="IDR", credited=20, credits=20, net=400),
        Cell(name="prepaid", unit="MB", credited=2, credits=2, net=2048),
    )
    report = report_of(cells, credited=22)
    public = public_totals(report, LEAST)
    assert {cell.unit: cell.credited for cell in public.total} == {"IDR": 20, "MB": None}
    assert public.credited is None
    assert public_totals(report_of(cells[:1], credited=20), LEAST).credited == 20


def report_of(cells: tuple[Cell, ...], *, credited: int) -> ControlReport:
    """A report of one table."""
    control = Control(
        subscribers_in_file=credited,
        credited=credited,
        not_eligible=0,
        refused=0,
        rows=credited,
        net_minor={cell.unit: cell.net or 0 for cell in cells},
        engine="rules",
        policy_id="p",
        set_aside={},
    )
    return ControlReport(
        at="2026-01-01T00:00:00Z",
        policy_id="p",
        title="",
        title_id="",
        source="",
        incidents={"I": "evaluated"},
        control=control,
        credits_sha256="",
        clauses=(),
        by_clause=cells,
        groups=dict.fromkeys(DIMENSIONS, cells),
        subscribers={},
        largest=(),
        outliers=(),
        over_fee=OverFee(count=0, subscriber_ids=()),
        handed_over=None,
    )


@given(CELLS)
def test_nothing_is_hidden_where_every_cell_has_enough_people(cells: list[Cell]) -> None:
    large = [cell for cell in cells if cell.credited == 0 or (cell.credited or 0) >= LEAST]
    assert without_small_cells(large, LEAST) == tuple(large)
