"""Impacts: for each finding of a backtest, hear what its texts tell and say whom it touches (requirement U2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from pulih.detect.tally import UNNAMED, counted
from pulih.model.impact import Impact
from pulih.model.scope import Scope
from pulih.ports.files import Archive, Wanted
from pulih.service.understanding import Read
from pulih.understand.impact import impact
from pulih.understand.served import Known, operators_of
from pulih.understand.testimony import Testimony, beyond_usual, mentions

# Texts read again for the groups of one finding; one in fifteen names one, and more than 120 of those move nothing.
TEXTS_MAX = 2_000


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as a backtest wrote it, as far as its impact needs it.

    Attributes:
        id, incident, narrowed_to: as in findings.json; narrowed_to "" where no other finding explains it.
        region_name: name of the region, None without one.
        scope: operator, service, region, symptom.
        start_us, end_us: from the onset until it cleared, or until the data ends.
        lasts: it had not cleared when the data ended.
        signals, expected: reports counted in it, and how many were usual.
    """

    id: str
    incident: str
    narrowed_to: str
    region_name: str | None
    scope: Scope
    start_us: int
    end_us: int
    lasts: bool
    signals: int
    expected: float


class Texts(msgspec.Struct, frozen=True):
    """The kept signals of a backtest, and how to read them."""

    archive: Archive
    read: Read


def impacts_of(
    findings: Sequence[Recorded], known: Known, texts: Texts | None, *, zone: tzinfo
) -> list[tuple[Recorded, Impact]]:
    """Return the impact of every finding, in the same order.

    Args:
        findings: what a backtest found; impacts of nested findings count the same people and must not be added.
        known: regions, operators, priors, the operator's table.
        texts: the texts behind them; None where they were not kept.
        zone: local zone.

    Raises: RefusedInput when nothing tells how many people there are.
    """
    return [
        (
            one,
            impact(
                one.scope,
                Testimony() if texts is None else _testimony(one, known, texts),
                known,
                start_us=one.start_us,
                end_us=one.end_us,
                zone=zone,
            ),
        )
        for one in findings
    ]


def _testimony(one: Recorded, known: Known, texts: Texts) -> Testimony:
    region = one.scope.region
    wanted = Wanted(
        start_us=one.start_us,
        end_us=one.end_us,
        operators=frozenset(operators_of(one.scope, known.catalogue) or (UNNAMED,)),
        within=(lambda code: region in known.gazetteer.ancestors(code)) if region else None,
    )
    people = texts.archive.people(wanted)
    readings = [(texts.read(signal), weight) for signal, weight in texts.archive.sample(wanted, TEXTS_MAX).signals]
    return Testimony(
        people=None if people is None else beyond_usual(people, signals=one.signals, expected=one.expected),
        mentions=mentions((reading, counted(reading, weight)) for reading, weight in readings),
    )
