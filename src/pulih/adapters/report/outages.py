"""Findings joined into outages: one sentence each, numbered by when they began.

Findings of one outage share an `incident`. The narrowest of them, those not narrowed to another, say where it
was; a wider one that came first says how early it would have been known. Where a country and some of its towns
stand side by side, the country is the outage and the towns are parts of it. Reports that name no operator, at the
time of an outage of one that is named, are a note to it and no outage of their own.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from pulih.adapters.report.words import Words, seconds_between
from pulih.model.finding import Finding
from pulih.service.harmless import isolated, plain

_PLACES_NAMED_MAX = 3


class Outage(msgspec.Struct, frozen=True, kw_only=True):
    """One outage: its number, the findings that say where it was, the wider ones before them, and its times.

    Attributes:
        number: 1 for the first to begin.
        heads: findings that are the outage, by alarm; never empty.
        parts: findings inside the place of one of the heads, by alarm.
        wider: findings narrowed down to another one, by alarm.
        onset_us, alarm_us: estimated start, and first alarm of any of its findings.
        cleared_us: end of the last head to end, None while one is open.
        unnamed: findings from reports at the same time that name no operator, by alarm.
    """

    number: int
    heads: tuple[Finding, ...]
    parts: tuple[Finding, ...]
    wider: tuple[Finding, ...]
    onset_us: int
    alarm_us: int
    cleared_us: int | None
    unnamed: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, by alarm."""
        return tuple(sorted((*self.heads, *self.parts, *self.wider), key=_order))

    @property
    def strongest(self) -> Finding:
        """The head with most evidence; it says what the trouble was."""
        return max(self.heads, key=lambda f: f.evidence_nats)

    @property
    def told_by(self) -> Finding:
        """The head that says how the outage stands: the strongest likely one, else the strongest."""
        return max(self.heads, key=lambda f: (f.standing == "likely", f.evidence_nats))

    @property
    def signals(self) -> int:
        """Reports in its heads."""
        return sum(f.signals for f in self.heads)

    @property
    def last_us(self) -> int | None:
        """Moment of its last report, None where that is not known."""
        return max((f.last_us for f in self.heads if f.last_us is not None), default=None)

    @property
    def ending_at_alarm(self) -> bool:
        """Whether reports were back to usual as soon as the alarm was raised."""
        return self.cleared_us is not None and self.cleared_us <= self.alarm_us

    @property
    def earlier_and_wider(self) -> Finding | None:
        """The wider finding that raised the first alarm, None when another one did."""
        first = self.findings[0]
        return first if first in self.wider and first.alarm_us < self.heads[0].alarm_us else None


def outages_of(findings: Sequence[Finding]) -> tuple[Outage, ...]:
    """Return the outages behind `findings`, in order of their start."""
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=_order):
        groups.setdefault(finding.incident or finding.id, []).append(finding)
    ordered = sorted(map(_outage, groups.values()), key=lambda o: (o.onset_us, o.alarm_us, o.findings[0].id))
    named = [outage for outage in ordered if outage.heads[0].operator]
    notes: dict[str, list[Finding]] = {}
    alone = []
    for outage in ordered:
        beside = None if outage.heads[0].operator else _at_the_same_time(outage, named)
        if beside is not None:
            notes.setdefault(beside.findings[0].id, []).extend(outage.findings)
        else:
            alone.append(outage)
    return tuple(
        msgspec.structs.replace(outage, number=number, unnamed=tuple(notes.get(outage.findings[0].id, ())))
        for number, outage in enumerate(alone, start=1)
    )


def _at_the_same_time(outage: Outage, others: Sequence[Outage]) -> Outage | None:
    """Return the largest of the others that went on at some moment of `outage`."""
    met = [o for o in others if _before_end(o.onset_us, outage) and _before_end(outage.onset_us, o)]
    return max(met, key=lambda o: o.signals, default=None)


def _before_end(at_us: int, outage: Outage) -> bool:
    return outage.cleared_us is None or at_us <= outage.cleared_us


class Stretch(msgspec.Struct, frozen=True):
    """Neighbouring outages that are shown, or that are folded away because there are larger ones."""

    folded: bool
    outages: tuple[Outage, ...]


def stretches(outages: Sequence[Outage], most: int) -> tuple[Stretch, ...]:
    """Fold away all but the `most` outages with most reports, each where it stands in the order of time."""
    shown = {outage.number for outage in _ranked(outages)[:most]}
    return tuple(
        Stretch(folded, tuple(group))
        for folded, group in itertools.groupby(outages, key=lambda outage: outage.number not in shown)
    )


def weightiest(outages: Sequence[Outage], most: int) -> tuple[Outage, ...]:
    """Return the `most` outages with most reports, in the order of time."""
    return tuple(sorted(_ranked(outages)[:most], key=lambda o: o.number))


def _ranked(outages: Sequence[Outage]) -> list[Outage]:
    return sorted(outages, key=lambda o: (-o.signals, o.number))


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
    return _places(words, outage.heads) or unplaced(words, outage.heads)


def unplaced(words: Words, findings: Sequence[Finding]) -> Markup:
    """Return that reports come from all over, or that nothing is known of where."""
    return words.say("place.none" if any(f.scattered for f in findings) else "place.unknown")


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
    return isolated(name) if name else unplaced(words, [finding])


def trouble(words: Words, finding: Finding) -> str:
    """Return what the reports say is wrong, by symptom, else by service.

    The symptoms "other" and "none" tell a reader nothing, so there the service is named.
    """
    if finding.symptom not in {None, "other", "none"}:
        return words.name("symptom", finding.symptom)
    return words.name("trouble", finding.service or "any")


def standing(words: Words, finding: Finding) -> Markup:
    """Return how a finding stands, as a label; the label alone says it, and no colour."""
    kind = words.say(f"standing.{finding.standing}")
    return Markup('<b class="standing {}">{}</b>').format(finding.standing, kind)


def standing_why(words: Words, finding: Finding) -> str:
    """Return why it stands so, in one sentence."""
    return plain(finding.standing_why if words.language == "en" else finding.standing_mengapa)


def _raised(words: Words, outage: Outage) -> list[Markup]:
    if outage.ending_at_alarm and outage.earlier_and_wider is None:
        return [_raised_at_the_end(words, outage)]
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


def _raised_at_the_end(words: Words, outage: Outage) -> Markup:
    clock = words.clock_since(outage.alarm_us, outage.onset_us)
    if outage.last_us is None:
        return words.say("outage.raised_ending", clock=clock)
    return words.say("outage.raised_last", clock=clock, last=words.clock_since(outage.last_us, outage.alarm_us))


def _over(words: Words, outage: Outage) -> list[Markup]:
    if outage.cleared_us is None:
        return [words.say("outage.open")]
    if outage.ending_at_alarm and outage.earlier_and_wider is None:
        return []
    # The day stands once, where it began, and again only where another one has begun since the alarm.
    over = words.say("outage.over", clock=words.clock_since(outage.cleared_us, outage.alarm_us))
    left = [part for part in outage.parts if part.cleared_us is None]
    return [over, words.say("outage.left", places=_places(words, left))] if left else [over]


def _outage(group: Sequence[Finding]) -> Outage:
    ids = {finding.id for finding in group}
    narrowest = [f for f in group if f.narrowed_to not in ids or f.narrowed_to == f.id] or list(group)
    parts = tuple(f for f in narrowest if any(_contains(other, f) for other in narrowest))
    heads = tuple(f for f in narrowest if f not in parts)
    first, onset_us = group[0], min(f.onset_us for f in heads)
    ends = [f.cleared_us for f in heads if f.cleared_us is not None]
    return Outage(
        number=0,
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
