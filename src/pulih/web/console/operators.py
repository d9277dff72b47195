"""Operators over the last hour: reports against the usual, and the services and symptoms that are named most."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.model.bulletin import Level
from pulih.service.view import OperatorNow
from pulih.web.console.phrasing import Tongue, listed, operator_of
from pulih.web.console.tile_map import level_of

_NAMED_MAX = 3
# What says nothing definite is not worth a word here.
_VAGUE = frozenset({"none", "other", "any"})


class OperatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One operator over the last hour: reports against the usual, what is named most, and open findings."""

    id: str
    name: str
    reports: int
    usual: float
    level: Level
    services: str
    symptoms: str
    findings: int


def operator_rows(tongue: Tongue, operators: Sequence[OperatorNow]) -> list[OperatorRow]:
    """Return the rows of operators, in their order."""
    return [_row(tongue, one) for one in operators]


def _row(tongue: Tongue, one: OperatorNow) -> OperatorRow:
    return OperatorRow(
        id=one.operator,
        name=operator_of(tongue, one.operator),
        reports=one.reports,
        usual=one.usual,
        level=level_of(one.reports, one.usual),
        services=_named(tongue, "service", one.services),
        symptoms=_named(tongue, "symptom", one.symptoms),
        findings=len(one.findings),
    )


def _named(tongue: Tongue, group: str, counts: Sequence[tuple[str, int]]) -> str:
    told = [(kind, count) for kind, count in counts if kind not in _VAGUE][:_NAMED_MAX]
    return listed(
        tongue, [f"{tongue.say(f'console.{group}.{kind}')} ({tongue.say.written(count)})" for kind, count in told]
    )
