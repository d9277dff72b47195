"""Fusion: complaints, probes, alarms, planned changes, other operators and silent sources, in one verdict with reasons.

Requirement D3. Complaints alone can suffice, volume alone cannot. Each kind of evidence speaks once, for or against, in
a sentence people can check; how sure the desk is follows from how many kinds agree, and never from one number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from pulih.model.clock import MICROS
from pulih.model.finding import Finding
from pulih.ports.live import PlannedChange, Row
from pulih.service.view import Certainty, Reason, SourceNow, Verdict

# Probes that failed before say how often they fail when all is well; so many hours of them are looked at.
BEFORE_S = 86_400
# As for a finding: what is three nats likelier is said.
SAID_NATS = 3.0
# With fewer answers than this, probes that went well say little.
PROBES_MIN = 5


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the complaints of one finding.

    Attributes:
        states: probes and alarms of its operator, from a day before its onset on, oldest first.
        changes: announced work that overlaps it.
        others: findings of other operators that overlap it.
        sources: all sources as they are now.
        network: the operators that share its network, itself among them.
        nested: whether two regions lie within one another, or are one.
    """

    states: Sequence[Row] = ()
    changes: Sequence[PlannedChange] = ()
    others: Sequence[Finding] = ()
    sources: Sequence[SourceNow] = ()
    network: frozenset[str] = frozenset()
    nested: Callable[[str, str], bool] = lambda one, other: one == other


def judge(finding: Finding, around: Around) -> Verdict:
    """Return all evidence about a finding joined.

    Args:
        finding: what complaints say.
        around: what else is known.
    """
    told = [
        _complaints(finding),
        _probes(finding, _here(finding, around, "probe")),
        _alarms(_here(finding, around, "alarm")),
        _planned(finding, around),
        _others(around),
        _silent(around),
    ]
    reasons = tuple(reason for reason in told if reason is not None)
    return Verdict(certainty=_certainty(finding, reasons), reasons=reasons)


def _certainty(finding: Finding, reasons: Sequence[Reason]) -> Certainty:
    """Return how sure the desk is: two kinds of evidence that agree, and none against, make it high."""
    speaking = sum(1 for one in reasons if one.side == "for")
    against = sum(1 for one in reasons if one.side == "against")
    if finding.standing != "likely":
        return "medium" if speaking > against + 1 else "low"
    return "high" if speaking >= 2 and not against else "medium" if speaking >= against else "low"


def _here(finding: Finding, around: Around, kind: str) -> list[Row]:
    """Return the states of one kind that may speak of the finding: same network, no region or a nested one."""
    network = around.network or {finding.operator}
    return [
        row
        for row in around.states
        if row.kind == kind
        and row.operator in network
        and (row.region is None or finding.region is None or around.nested(row.region, finding.region))
    ]


def _complaints(finding: Finding) -> Reason:
    likely = finding.standing == "likely"
    return Reason(
        side="for" if likely else "unknown",
        text_id=f"{finding.mengapa} {finding.standing_mengapa}".strip(),
        text_en=f"{finding.why} {finding.standing_why}".strip(),
        nats=finding.evidence_nats,
    )


def _probes(finding: Finding, rows: Sequence[Row]) -> Reason | None:
    """Compare how often probes fail since the onset with how often they failed on the day before (beta-binomial)."""
    since = [row for row in rows if row.at_us >= finding.onset_us and not _is_over(finding, row.at_us)]
    before = [row for row in rows if row.at_us < finding.onset_us]
    failed, failed_before = (sum(not row.recovered for row in part) for part in (since, before))
    if not since:
        return None
    nats = failure_nats(failed, len(since), failed_before, len(before))
    many_id, many_en = f"{failed} dari {len(since)} uji", f"{failed} of {len(since)} probes"
    if nats >= SAID_NATS:
        return Reason(
            side="for",
            text_id=f"{many_id} gagal sejak gangguan diduga mulai.",
            text_en=f"{many_en} have failed since the estimated onset.",
            nats=round(nats, 1),
        )
    if nats < 0 and len(since) >= PROBES_MIN:
        return Reason(
            side="against",
            text_id=f"Uji tidak lebih sering gagal daripada biasanya: {many_id}.",
            text_en=f"Probes fail no more often than usual: {many_en}.",
            nats=round(-nats, 1),
        )
    return Reason(
        side="unknown",
        text_id=f"Uji belum menunjukkan apa-apa yang pasti: {many_id} gagal.",
        text_en=f"Probes do not say anything definite yet: {many_en} failed.",
    )


def failure_nats(failed: int, asked: int, failed_before: int, asked_before: int) -> float:
    """Return how much probes speak for trouble, in nats; below 0 against it.

    Usual is a Beta belief of the day before. In trouble they fail more often, and how much more is open: the belief
    has as many failures at least, and one success at most, so that each failure speaks for it.

    Args:
        failed, asked: since the onset.
        failed_before, asked_before: on the day before it.

    >>> failure_nats(9, 10, 1, 100) > 10, failure_nats(0, 10, 1, 100) < 0
    (True, True)
    """
    a, b = failed_before + 0.5, asked_before - failed_before + 0.5
    usual = _beta(failed + a, asked - failed + b) - _beta(a, b)
    worse, better = max(a, 1.0), min(b, 1.0)
    return _beta(failed + worse, asked - failed + better) - _beta(worse, better) - usual


def _beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _alarms(rows: Sequence[Row]) -> Reason | None:
    """Tell of alarms that were raised and not resolved since; the same alarm has the same author."""
    firing: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.recovered:
            firing.pop((row.source, row.author), None)
        else:
            firing[row.source, row.author] = row
    if not firing:
        return None
    names = ", ".join(sorted({source for source, _ in firing}))
    return Reason(
        side="for",
        text_id=f"{len(firing)} alarm jaringan masih menyala, dari: {names}.",
        text_en=f"{len(firing)} network alarm{'s are' if len(firing) > 1 else ' is'} active, from: {names}.",
    )


def _planned(finding: Finding, around: Around) -> Reason | None:
    network = around.network or {finding.operator}
    here = [
        one
        for one in around.changes
        if one.operator in {*network, ""}
        and (one.region is None or finding.region is None or around.nested(one.region, finding.region))
    ]
    if not here:
        return None
    named = "; ".join(one.text or one.id for one in here[:3])
    return Reason(
        side="against",
        text_id=f"Pekerjaan terencana berlangsung pada waktu yang sama dan dapat menjelaskannya: {named}.",
        text_en=f"Planned work is under way at the same time and may explain it: {named}.",
    )


def _others(around: Around) -> Reason | None:
    names = sorted({one.operator_name or "?" for one in around.others})
    if not names:
        return None
    listed = ", ".join(names)
    return Reason(
        side="unknown",
        text_id=f"Laporan tentang operator lain juga naik ({listed}); penyebabnya mungkin sama, misalnya listrik.",
        text_en=f"Reports naming other operators rise too ({listed}); the cause may be shared, such as power.",
    )


def _silent(around: Around) -> Reason | None:
    names = sorted(name for one in around.sources for name in one.quiet())
    if not names:
        return None
    listed = ", ".join(names)
    return Reason(
        side="unknown",
        text_id=f"Sumber ini sedang diam, jadi keadaannya tidak diketahui dari sana: {listed}.",
        text_en=f"These sources are silent, so nothing is known from them: {listed}.",
    )


def _is_over(finding: Finding, at_us: int) -> bool:
    return finding.cleared_us is not None and at_us >= finding.cleared_us + MICROS
