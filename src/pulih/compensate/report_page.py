"""The control report and public totals as tables in a language, which HTML and PDF then draw alike.

Long tables are cut after their largest rows; the JSON beside them has all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from pulih.compensate.cells import Cell
from pulih.compensate.control_report import DIMENSIONS, OUTLIER_TIMES, ControlReport, PublicTotals
from pulih.compensate.policy_terms import TERMS
from pulih.compensate.report_words import WORDS
from pulih.compensate.written import Language, amount, number

_ROWS_MAX: Final = 60
_IDS_SHOWN: Final = 5
# Groups whose names are words of ours.
_KINDS: Final = frozenset({"segment", "payment"})


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table: caption, heads (those of numbers are at the right), rows of texts, and a line below, or ""."""

    caption: str
    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    below: str = ""


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """A report in one language: title, lines, tables."""

    language: Language
    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]


class _Told:
    """Says numbers and amounts in a language; units of a clause that gives no money are in kind."""

    def __init__(self, language: Language, money: frozenset[str]) -> None:
        self.words, self.language, self._money = WORDS[language], language, money

    def count(self, value: int) -> str:
        return number(value, self.language)

    def amount(self, value: int, unit: str) -> str:
        return amount(value, unit, self.language, in_kind=unit not in self._money)

    def sums(self, sums: dict[str, int]) -> str:
        return "; ".join(self.amount(value, unit) for unit, value in sums.items()) or "-"


def control_page(report: ControlReport, money: frozenset[str], language: Language) -> ReportPage:
    """The report for finance.

    Args:
        report: all of it.
        money: units that are currencies.
        language: of the words.
    """
    told, words = _Told(language, money), WORDS[language]
    over = words["over_fee"].format(count=told.count(report.over_fee.count))
    if report.over_fee.subscriber_ids:
        shown = ", ".join(str(one) for one in report.over_fee.subscriber_ids[:_IDS_SHOWN])
        over += " " + words["over_ids"].format(ids=shown)
    lines = [
        words["confidential"],
        words["policy"].format(id=report.policy_id, title=_title(report, language)),
        words["source"].format(source=report.source or "-"),
        words["made"].format(at=report.at, sha256=report.credits_sha256),
        words["balanced" if report.balanced else "unbalanced"],
        over,
        *([] if report.outliers else [words["no_outliers"]]),
        *([] if report.handed_over else [words["not_handed"]]),
    ]
    tables = [_account(report, told), _sums(report, told), _zero(report, told), _clauses(report, told)]
    tables += [_groups(name, report.groups[name], told, report.subscribers[name]) for name in DIMENSIONS]
    tables += [_largest(report, told), *_outliers(report, told), *_handed(report, told)]
    return ReportPage(language=language, title=words["title"], lines=tuple(lines), tables=tuple(tables))


def _title(report: ControlReport | PublicTotals, language: Language) -> str:
    return report.title_id if language == "id" else report.title


def public_page(public: PublicTotals, money: frozenset[str], language: Language) -> ReportPage:
    """Totals that may be published.

    Args:
        public: without small cells.
        money: units that are currencies.
        language: of the words.
    """
    told, words = _Told(language, money), WORDS[language]
    # Some hidden groups are large, so no bound may be told of them.
    hidden = words["hidden_cell"]
    credited = hidden if public.credited is None else told.count(public.credited)
    lines = (
        words["policy"].format(id=public.policy_id, title=_title(public, language)),
        words["source"].format(source=public.source or "-"),
        words["incidents"].format(incidents=", ".join(public.incidents)),
        words["published"].format(at=public.at),
        f"{words['credited']}: {credited}",
        words["hidden"].format(least=public.least),
    )
    whole = tuple(msgspec.structs.replace(cell, name=words["all"]) for cell in public.total)
    tables = [
        _groups("sums", whole, told, None, hidden=hidden),
        _groups("by_clause", public.by_clause, told, None, hidden=hidden),
    ]
    tables += [_groups(name, public.groups[name], told, None, hidden=hidden) for name in DIMENSIONS]
    return ReportPage(language=language, title=words["public_title"], lines=lines, tables=tuple(tables))


def _table(caption: str, heads: Iterable[tuple[str, bool]], rows: Iterable[tuple[str, ...]], below: str = "") -> Table:
    told = tuple(heads)
    return Table(
        caption=caption,
        heads=tuple(text for text, _ in told),
        numbers=tuple(number_ for _, number_ in told),
        rows=tuple(rows),
        below=below,
    )


def _account(report: ControlReport, told: _Told) -> Table:
    control, words = report.control, told.words
    rows = [
        (words["in_file"], told.count(control.subscribers_in_file)),
        (words["credited"], told.count(control.credited)),
        (words["not_eligible"], told.count(control.not_eligible)),
        (words["refused"], told.count(control.refused)),
        (words["credits"], told.count(control.rows)),
    ]
    return _table(words["account"], [(words["name"], False), (words["people"], True)], rows)


def _sums(report: ControlReport, told: _Told) -> Table:
    words = told.words
    rows = [(unit, told.amount(net, unit)) for unit, net in report.control.net_minor.items()]
    return _table(words["sums"], [(words["unit"], False), (words["sum"], True)], rows)


def _zero(report: ControlReport, told: _Told) -> Table:
    words = told.words
    heads = [(words[name], False) for name in ("incident", "clause", "status")]
    heads += [(words[name], True) for name in ("credited", "nothing_due", "not_affected", "not_for")]
    rows = [
        (
            one.incident_id,
            one.clause_id,
            words[one.status],
            *(told.count(count) for count in (one.credited, one.nothing_due, one.not_affected, one.not_for)),
        )
        for one in report.clauses
    ]
    return _cut(words["zero"], heads, rows, told)


def _clauses(report: ControlReport, told: _Told) -> Table:
    words = told.words
    heads = [(words["incident"], False), (words["clause"], False)]
    heads += [(words[name], True) for name in ("gross", "paid", "net")]
    rows = [
        (
            one.incident_id,
            one.clause_id,
            *(told.sums(sums) for sums in (one.gross_minor, one.already_paid_minor, one.net_minor)),
        )
        for one in report.clauses
    ]
    return _cut(words["money"], heads, rows, told)


def _groups(
    name: str, cells: tuple[Cell, ...], told: _Told, people: dict[str, int] | None, *, hidden: str = ""
) -> Table:
    """One table of cells, those of most people first; `people` are all subscribers of each group, where told."""
    words = told.words

    def shown(value: int | None, say: Callable[[int], str]) -> str:
        return hidden if value is None else say(value)

    heads = [(words["name"], False), *([(words["in_file"], True)] if people is not None else [])]
    heads += [(words["credited"], True), (words["credits"], True), (words["sum"], True)]
    rows = []
    for cell in sorted(cells, key=lambda cell: (-(cell.credited or 0), cell.name, cell.unit)):
        unit = cell.unit
        rows.append(
            (
                TERMS[told.language].get(cell.name, cell.name) if name in _KINDS else cell.name,
                *([told.count(people.get(cell.name, 0))] if people is not None else []),
                shown(cell.credited, told.count),
                shown(cell.credits, told.count),
                f"{unit} -" if cell.net is None else told.amount(cell.net, unit),
            )
        )
    return _cut(words[name], heads, rows, told)


def _largest(report: ControlReport, told: _Told) -> Table:
    words = told.words
    heads = [(words[name], False) for name in ("subscriber", "incident", "clause")]
    rows = [
        (str(one.subscriber_id), one.incident_id, one.clause_id, told.amount(one.amount, one.unit))
        for one in report.largest
    ]
    return _cut(words["largest"], [*heads, (words["amount"], True)], rows, told)


def _outliers(report: ControlReport, told: _Told) -> list[Table]:
    if not report.outliers:
        return []
    words = told.words
    heads = [(words["incident"], False), (words["clause"], False)]
    heads += [(words[name], True) for name in ("median", "limit", "count", "biggest")]
    rows = [
        (
            one.incident_id,
            one.clause_id,
            told.amount(one.median, one.unit),
            told.amount(one.limit, one.unit),
            told.count(one.count),
            "; ".join(
                f"{found.subscriber_id}: {told.amount(found.amount, one.unit)}" for found in one.largest[:_IDS_SHOWN]
            ),
        )
        for one in report.outliers
    ]
    return [_cut(words["outliers"].format(times=OUTLIER_TIMES), heads, rows, told)]


def _handed(report: ControlReport, told: _Told) -> list[Table]:
    if report.handed_over is None:
        return []
    words = told.words
    heads = [(words["unit"], False)]
    heads += [(words[name], True) for name in ("credits", "owed", "handed_over", "rounding", "too_small")]
    rows = [
        (
            one.unit,
            told.count(one.credits),
            *(told.amount(value, one.unit) for value in (one.net, one.handed, one.rounding)),
            told.count(one.too_small),
        )
        for one in report.handed_over.sums
    ]
    return [_cut(words["handed"], heads, rows, told)]


def _cut(caption: str, heads: Iterable[tuple[str, bool]], rows: Sequence[tuple[str, ...]], told: _Told) -> Table:
    """A table that ends after its first rows, and says so."""
    left = len(rows) - _ROWS_MAX
    below = told.words["more"].format(count=told.count(left)) if left > 0 else ""
    return _table(caption, heads, rows[:_ROWS_MAX], below)
