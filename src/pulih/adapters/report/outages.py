"""Findings joined into outages: one sentence each, numbered in order of time.

Findings of one outage share an `incident`. The narrowest of them, those not narrowed to another, say where it
was; a wider one that came first says how early it would have been known. Where a country and some of its towns
stand side by side, the country is the outage and the towns are parts of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.harmless import isolated
from pulih.adapters.report.words import Words, seconds_between
from pulih.model.finding import Finding

_PLACES_NAMED_MAX = 3


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """One outage: its number, the findings that say where it was, the wider ones before them, and its times.

    Attributes:
        number: 1 for the first in time.
        heads: findings that are the outage, by alarm; never empty.
        parts: findings inside the place of one of the heads, by alarm.
        wider: findings narrowed down to another one, by alarm.
        onset_us, alarm_us: estimated start, and first alarm of any of its findings.
        cleared_us: end of the last head to end, None while one is open.
    """

    number: int
    heads: tuple[Finding, ...]
    parts: tuple[Finding, ...]
    wider: tuple[Finding, ...]
    onset_us: int
    alarm_us: int
    cleared_us: int | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, by alarm."""
        return tuple(sorted((*self.heads, *self.parts, *self.wider), key=_order))

    @property
    def strongest(self) -> Finding:
        """The head with most evidence; it says what the trouble was."""
        return max(self.heads, key=lambda f: f.evidence_nats)

    @property
    def evidence_nats(self) -> float:
        """Evidence of its strongest finding."""
        return max(f.evidence_nats for f in self.findings)

    @property
    def earlier_and_wider(self) -> Finding | None:
        """The wider finding that raised the first alarm, None when another one did."""
        first = self.findings[0]
        return first if first in self.wider and first.alarm_us < self.heads[0].alarm_us else None


def outages_of(findings: Sequence[Finding]) -> tuple[Outage, ...]:
    """Return the outages behind `findings`, in order of their first alarm."""
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=_order):
        groups.setdefault(finding.incident or finding.id, []).append(finding)
    ordered = sorted(groups.values(), key=lambda group: _order(group[0]))
    return tuple(_outage(number, group) for number, group in enumerate(ordered, start=1))


def strongest_first(outages: Sequence[Outage], most: int) -> tuple[tuple[Outage, ...], tuple[Outage, ...]]:
    """Split into the `most` outages with the strongest evidence and the rest, both in order of time."""
    ranked = sorted(outages, key=lambda o: (-o.evidence_nats, o.number))
    chosen = {outage.number for outage in ranked[:most]}
    return (
        tuple(o for o in outages if o.number in chosen),
        tuple(o for o in outages if o.number not in chosen),
    )


def numbered(outage: Outage) -> dict[str, str]:
    """Return the number of each finding by id: "2", or "2a", "2b" where an outage has several."""
    findings = outage.findings
    if len(findings) == 1:
        return {findings[0].id: str(outage.number)}
    return {finding.id: f"{outage.number}{_letter(index)}" for index, finding in enumerate(findings)}


def _letter(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f".{index + 1}"


def finding_anchor(words: Words, number: str) -> str:
    """Return the anchor of the close-up of the finding that goes by `number`."""
    return f"{words.language}-finding-{number.replace('.', '-')}"


def sentence(words: Words, outage: Outage) -> Markup:
    """Return the one sentence about an outage: who, where, what, since when, raised when, over when."""
    parts = [
        words.say("outage.trouble", trouble=trouble(words, outage.strongest)),
        words.say(
            "outage.onset",
            day=words.day(outage.onset_us),
            clock=together(words.clock_zone(outage.onset_us)),
        ),
        *_raised(words, outage),
        *_over(words, outage),
    ]
    lead = words.say("outage.lead", operator=operators(words, outage), place=place(words, outage))
    return lead + Markup(" ") + Markup(", ").join(parts) + Markup(".")


def operators(words: Words, outage: Outage) -> Markup:
    """Return whose outage it was; several names where brands share what failed."""
    return words.listed(list(dict.fromkeys(operator(words, finding.operator_name) for finding in outage.heads)))


def operator(words: Words, name: str) -> Markup:
    """Return the name of an operator, or that none was named."""
    return isolated(name) if name else words.say("operator.none")


def together(text: str) -> Markup:
    """Keep a time and its zone on one line."""
    return Markup('<span class="together">{}</span>').format(text)


def place(words: Words, outage: Outage) -> Markup:
    """Return where an outage was, as the names of its narrowest findings."""
    return _places(words, outage.heads) or words.say("place.none")


def _places(words: Words, findings: Sequence[Finding]) -> Markup:
    """Return the first places by name and how many more there are, nothing when one of them has no place."""
    names = list(dict.fromkeys(f.region_name or f.region or "" for f in findings))
    if "" in names:
        return Markup("")
    shown: list[Markup | str] = [isolated(name) for name in names[:_PLACES_NAMED_MAX]]
    if len(names) > _PLACES_NAMED_MAX:
        shown.append(words.count("place.more", len(names) - _PLACES_NAMED_MAX))
    return words.listed(shown)


def region(words: Words, finding: Finding) -> Markup:
    """Return where one finding was."""
    name = finding.region_name or finding.region
    return isolated(name) if name else words.say("place.whole")


def trouble(words: Words, finding: Finding) -> str:
    """Return what the reports say is wrong, by symptom, else by service.

    The symptoms "other" and "none" tell a reader nothing, so there the service is named.
    """
    if finding.symptom not in {None, "other", "none"}:
        return words.name("symptom", finding.symptom)
    return words.name("trouble", finding.service or "any")


def _raised(words: Words, outage: Outage) -> list[Markup]:
    delay_s = seconds_between(outage.onset_us, outage.alarm_us)
    clock = words.clock_since(outage.alarm_us, outage.onset_us)
    # Less than half a minute after the estimated start there is nothing worth saying.
    later = words.say("outage.later", span=words.delay(delay_s)) if delay_s >= 30 else Markup("")
    wide = outage.earlier_and_wider
    if wide is None:
        return [words.say("outage.raised", clock=clock, later=later)]
    name = wide.region_name or wide.region
    seen = (
        words.say("outage.seen_in", clock=clock, later=later, place=isolated(name))
        if name
        else words.say("outage.seen_wide", clock=clock, later=later)
    )
    placed_us = outage.heads[0].alarm_us
    return [seen, words.say("outage.placed", clock=words.clock_since(placed_us, outage.alarm_us))]


def _over(words: Words, outage: Outage) -> list[Markup]:
    if outage.cleared_us is None:
        return [words.say("outage.open")]
    over = words.say("outage.over", clock=words.clock_since(outage.cleared_us, outage.onset_us))
    left = [part for part in outage.parts if part.cleared_us is None]
    return [over, words.say("outage.left", places=_places(words, left))] if left else [over]


def _outage(number: int, group: Sequence[Finding]) -> Outage:
    ids = {finding.id for finding in group}
    narrowest = [f for f in group if f.narrowed_to not in ids or f.narrowed_to == f.id] or list(group)
    parts = tuple(f for f in narrowest if any(_contains(other, f) for other in narrowest))
    heads = tuple(f for f in narrowest if f not in parts)
    first, onset_us = group[0], min(f.onset_us for f in heads)
    ends = [f.cleared_us for f in heads if f.cleared_us is not None]
    return Outage(
        number=number,
        heads=heads,
        parts=parts,
        wider=tuple(f for f in group if f not in narrowest),
        # A start after the first alarm would be an odd thing to read; that alarm knows its own start.
        onset_us=onset_us if onset_us <= first.alarm_us else first.onset_us,
        alarm_us=first.alarm_us,
        cleared_us=max(ends) if len(ends) == len(heads) else None,
    )


def _contains(wide: Finding, narrow: Finding) -> bool:
    if wide.operator != narrow.operator or not narrow.region:
        return False
    return not wide.region or narrow.region.startswith(f"{wide.region}.")


def _order(finding: Finding) -> tuple[int, str]:
    return (finding.alarm_us, finding.id)
