"""Fusion: complaints, probes, alarms, views from afar, planned changes and silent sources, in one verdict with reasons.

Requirement D3. Complaints alone can suffice, volume alone cannot. Each kind of evidence speaks once, for or against, in
a sentence people can check; how sure the desk is follows from how many kinds agree, and never from one number. A kind
weighs as much as the best of its sources that speak was right so far (learn/usefulness): what is said a thousand times
by one source weighs as much as once, and sources that are mostly wrong do not become right by being many.

Complaints weigh in full, since their usual is known; only those of sources that were mostly wrong weigh less. Public
measurement from afar corroborates: it speaks for trouble, never against it, and never names a cause.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

import msgspec

from pulih.learn.usefulness import Sort, Worth, unknown, usefulness
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.finding import Finding
from pulih.ports.live import PlannedChange, Row
from pulih.service.live.failing import BY_PROBES
from pulih.service.live.states import HELD_S, SAID_NATS, failure_nats, firing, sort_of
from pulih.service.view import Certainty, Reason, Side, SourceNow, Verdict

# Probes that failed before say how often they fail when all is well; so many hours of them are looked at.
BEFORE_S = 86_400
# With fewer answers than this, probes that went well say little.
PROBES_MIN = 5
# A source that is right more seldom than this is told of, and counts for nothing.
LITTLE: Final = 0.2
# What must come to likely complaints, as weight, for the desk to be sure: one source that is right every other time,
# or two kinds of which nothing is known yet.
ENOUGH: Final = 0.5
# What is seen from afar may begin so long before people complain.
_EARLY_US: Final = HOUR_S * MICROS


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the complaints of one finding.

    Attributes:
        states: probes, alarms and views from afar, from a day before its onset until `until_us`, oldest first.
        until_us: the moment by which things are judged; None = that of the last state.
        afar: names of sources that measure from a distance.
        worth: tells what a source is worth.
        carried: the share of its reports that each source brought; empty where all sources count in full.
        changes: announced work that overlaps it.
        others: findings of other operators that overlap it.
        sources: all sources as they are now.
        network: the operators that share its network, itself among them.
        nested: whether two regions lie within one another, or are one.
    """

    states: Sequence[Row] = ()
    until_us: int | None = None
    afar: Collection[str] = ()
    worth: Callable[[str, Sort], Worth] = unknown
    carried: Mapping[str, float] = msgspec.field(default_factory=dict)
    changes: Sequence[PlannedChange] = ()
    others: Sequence[Finding] = ()
    sources: Sequence[SourceNow] = ()
    network: frozenset[str] = frozenset()
    nested: Callable[[str, str], bool] = lambda one, other: one == other


class _Weighed(msgspec.Struct, frozen=True):
    """A reason, and how much it counts: 1 in full, 0 not at all."""

    reason: Reason
    weight: float = 1.0


def judge(finding: Finding, around: Around) -> Verdict:
    """Return all evidence about a finding joined.

    Args:
        finding: what complaints say.
        around: what else is known.
    """
    told = [
        _complaints(finding, around),
        _probes(finding, around),
        _alarms(finding, around),
        _afar(finding, around),
        _planned(finding, around),
        _others(around),
        _silent(around),
    ]
    weighed = [one for one in told if one is not None]
    return Verdict(certainty=_certainty(finding, weighed), reasons=tuple(one.reason for one in weighed))


def _certainty(finding: Finding, weighed: Sequence[_Weighed]) -> Certainty:
    """Return how sure the desk is: complaints and enough beside them, with nothing against, make it high."""
    speaking, against = (sum(one.weight for one in weighed if one.reason.side == side) for side in ("for", "against"))
    if finding.standing != "likely":
        return "medium" if speaking >= against + 1.0 else "low"
    if speaking >= 1.0 + ENOUGH and not against:
        return "high"
    return "medium" if speaking >= max(against, ENOUGH) else "low"


def _here(finding: Finding, around: Around, sort: Sort) -> list[Row]:
    """Return the states of one sort that may speak of the finding: same network, no region or a nested one.

    What is seen from afar may be of a whole country or region, whoever's network it is.
    """
    network = around.network or {finding.operator}
    return [
        row
        for row in around.states
        if sort_of(row, around.afar) == sort
        and (row.operator in network or (sort == "afar" and row.operator is None))
        and (row.region is None or finding.region is None or around.nested(row.region, finding.region))
    ]


def _complaints(finding: Finding, around: Around) -> _Weighed:
    """Tell what complaints say; they weigh less as far as they come from sources that were mostly wrong."""
    if BY_PROBES in finding.rules:
        return _Weighed(Reason(side="unknown", text_id=finding.standing_mengapa, text_en=finding.standing_why))
    likely = finding.standing == "likely"
    usual, total = usefulness("complaint"), sum(around.carried.values())
    weight = 1.0
    if total:
        shares = ((share, around.worth(source, "complaint").usefulness) for source, share in around.carried.items())
        weight = sum(share * min(1.0, useful / usual) for share, useful in shares) / total
    less_id, less_en = _DOUBTED if weight < ENOUGH else ("", "")
    reason = Reason(
        side="for" if likely else "unknown",
        text_id=f"{finding.mengapa} {finding.standing_mengapa} {less_id}".strip(),
        text_en=f"{finding.why} {finding.standing_why} {less_en}".strip(),
        nats=finding.evidence_nats,
    )
    return _Weighed(reason, weight)


_DOUBTED: Final = (
    "Sebagian besar laporan datang dari sumber yang sejauh ini sering keliru, jadi bobotnya kecil.",
    "Most of these reports come from sources that were mostly wrong so far, so they count little.",
)


def _probes(finding: Finding, around: Around) -> _Weighed | None:
    """Compare how often probes fail since the onset with how often they failed on the day before (beta-binomial)."""
    found = _here(finding, around, "probe")
    useful = {name: around.worth(name, "probe").usefulness for name in {row.source for row in found}}
    rows = [row for row in found if useful[row.source] >= LITTLE]
    since = [row for row in rows if row.at_us >= finding.onset_us and not _is_over(finding, row.at_us)]
    before = [row for row in rows if row.at_us < finding.onset_us]
    failed, failed_before = (sum(not row.recovered for row in part) for part in (since, before))
    if not since:
        return None
    nats = failure_nats(failed, len(since), failed_before, len(before))
    many_id, many_en = f"{failed} dari {len(since)} uji", f"{failed} of {len(since)} probes"
    if nats >= SAID_NATS:
        reason = Reason(
            side="for",
            text_id=f"{many_id} gagal sejak gangguan diduga mulai.",
            text_en=f"{many_en} have failed since the estimated onset.",
            nats=round(nats, 1),
        )
        # One source that fails most must not be lifted by others that do not.
        return _Weighed(reason, sum(useful[row.source] for row in since if not row.recovered) / failed)
    if nats < 0 and len(since) >= PROBES_MIN:
        reason = Reason(
            side="against",
            text_id=f"Uji tidak lebih sering gagal daripada biasanya: {many_id}.",
            text_en=f"Probes fail no more often than usual: {many_en}.",
            nats=round(-nats, 1),
        )
        return _Weighed(reason, sum(useful[row.source] for row in since) / len(since))
    return _Weighed(
        Reason(
            side="unknown",
            text_id=f"Uji belum menunjukkan apa-apa yang pasti: {many_id} gagal.",
            text_en=f"Probes do not say anything definite yet: {many_en} failed.",
        )
    )


def _alarms(finding: Finding, around: Around) -> _Weighed | None:
    """Tell of alarms that were raised and not resolved since."""
    on = firing(_here(finding, around, "alarm"))
    if not on:
        return None
    names, best = _heard_from(on, around, "alarm")
    many = len(on)
    told_id = f"{many} alarm jaringan masih menyala, dari: {names}"
    told_en = f"{many} network alarm{'s are' if many > 1 else ' is'} active, from: {names}"
    return _told(told_id, told_en, best)


def _afar(finding: Finding, around: Around) -> _Weighed | None:
    """Tell of trouble that is seen from a distance, now or since shortly before the onset."""
    rows = _here(finding, around, "afar")
    recent = [row for row in rows if not row.recovered and row.at_us >= finding.onset_us - _EARLY_US]
    seen = [*firing(rows, _until_us(around) - HELD_S["afar"] * MICROS), *recent]
    if not seen:
        return None
    names, best = _heard_from(seen, around, "afar")
    told_id = f"Pengukuran publik dari luar juga melihat gangguan (penguat, bukan penyebab), dari: {names}"
    told_en = f"Public measurement from afar sees trouble too (it corroborates and is no cause), from: {names}"
    return _told(told_id, told_en, best)


def _heard_from(rows: Sequence[Row], around: Around, sort: Sort) -> tuple[str, Worth]:
    """Return the names of the sources of some states, and what the best of these sources is worth."""
    worths = [around.worth(name, sort) for name in sorted({row.source for row in rows})]
    return ", ".join(one.source for one in worths), max(worths, key=lambda one: one.usefulness)


def _told(told_id: str, told_en: str, best: Worth) -> _Weighed:
    """Return a reason with how far the best of its sources is believed; one that is mostly wrong leaves it open."""
    words_id, words_en = next(words for enough, *words in _BELIEVED if best.usefulness >= enough)
    if best.agreed + best.alone == 0:
        words_id, words_en = _NOT_JUDGED
    side: Side = "for" if best.usefulness >= LITTLE else "unknown"
    return _Weighed(
        Reason(side=side, text_id=f"{told_id}; {words_id}.", text_en=f"{told_en}; {words_en}."), best.usefulness
    )


# From which usefulness on, what is said of it: without numbers, which a statement could give as those of the outage.
_BELIEVED: Final = (
    (ENOUGH, "sejauh ini kebanyakan benar", "this was mostly right so far"),
    (LITTLE, "sejauh ini kadang-kadang benar", "this was right now and then so far"),
    (
        0.0,
        "sejauh ini hampir selalu keliru, jadi tidak dihitung",
        "this was nearly always wrong so far and does not count",
    ),
)
_NOT_JUDGED: Final = ("belum diketahui seberapa sering ini benar", "how often this is right is not known yet")


def _until_us(around: Around) -> int:
    if around.until_us is not None:
        return around.until_us
    return around.states[-1].at_us if around.states else 0


def _planned(finding: Finding, around: Around) -> _Weighed | None:
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
    return _Weighed(
        Reason(
            side="against",
            text_id=f"Pekerjaan terencana berlangsung pada waktu yang sama dan dapat menjelaskannya: {named}.",
            text_en=f"Planned work is under way at the same time and may explain it: {named}.",
        )
    )


def _others(around: Around) -> _Weighed | None:
    names = sorted({one.operator_name or "?" for one in around.others})
    if not names:
        return None
    listed = ", ".join(names)
    return _Weighed(
        Reason(
            side="unknown",
            text_id=f"Laporan tentang operator lain juga naik ({listed}); penyebabnya mungkin sama, misalnya listrik.",
            text_en=f"Reports naming other operators rise too ({listed}); the cause may be shared, such as power.",
        )
    )


def _silent(around: Around) -> _Weighed | None:
    names = sorted(name for one in around.sources for name in one.quiet())
    if not names:
        return None
    listed = ", ".join(names)
    return _Weighed(
        Reason(
            side="unknown",
            text_id=f"Sumber ini sedang diam, jadi keadaannya tidak diketahui dari sana: {listed}.",
            text_en=f"These sources are silent, so nothing is known from them: {listed}.",
        )
    )


def _is_over(finding: Finding, at_us: int) -> bool:
    return finding.cleared_us is not None and at_us >= finding.cleared_us + MICROS
