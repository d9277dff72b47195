"""What each regulator's rule asks of one incident now: whether it applies, which clocks run, what a report still lacks.

A rule that binds nobody here (another country's, not in force on the day, only proposed) is worked out "as if" all the
same and says so, for comparison and for replays. Source: docs/regulators.md (requirement N2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from pulih.learn.regulator import ContentItem, Rule
from pulih.learn.report_items import Part, parts_of
from pulih.learn.rule_clocks import RuleClock, rule_clocks
from pulih.learn.thresholds import Reach, ended_us, reach
from pulih.learn.wording import Pair, moment, span
from pulih.model.clock import from_micros
from pulih.model.record import Record

# Whether the outage is large enough: surely; perhaps, since bounds are wide; not yet, while it grows; never.
Applies = Literal["applies", "may_apply", "not_yet", "never"]
# Whether the rule binds: it does; it is another country's; not in force yet, or not any more; only proposed.
Binding = Literal["binding", "elsewhere", "before", "after", "proposed"]
_URGENT: Final = ("applies", "may_apply", "not_yet", "never")
# Members of the European Union, whose rules bind in all of them.
_UNION: Final = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_WAITING: Final = frozenset({"running", "missed", "at_once"})


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """One rule for one incident.

    Attributes:
        rule: the rule.
        applies, binding: see `Applies`, `Binding`.
        reached: since when it is large enough, surely and perhaps.
        clocks: what it sets; none where it can never apply.
        parts: of its report; `missing` those that nobody knows yet.
        instead: id of the rule under which the outage is told in place of this one, "" for none.
    """

    rule: Rule
    applies: Applies
    binding: Binding
    reached: Reach
    clocks: tuple[RuleClock, ...]
    parts: tuple[Part, ...]
    instead: str = ""

    @property
    def as_if(self) -> bool:
        """Whether it is told for comparison only."""
        return self.binding != "binding"

    @property
    def missing(self) -> tuple[ContentItem, ...]:
        """What the report lacks."""
        return tuple(one.item for one in self.parts if one.says is None)

    def next_due(self) -> RuleClock | None:
        """Return the clock that runs out first of what waits; what is due at once comes before all."""
        waiting = [one for one in self.clocks if one.state in _WAITING]
        return min(waiting, key=lambda one: one.due_us or one.start_us or 0, default=None)


def obligations(rules: Iterable[Rule], record: Record, *, now_us: int) -> tuple[Obligation, ...]:
    """Return what every rule asks: binding ones first, then by how surely they apply.

    Args:
        rules: of all packs.
        record: of the incident.
        now_us: the present.
    """
    every = {rule.id: obligation(rule, record, now_us=now_us) for rule in rules}
    found = [_yielding(one, every.get(one.rule.unless)) for one in every.values()]
    return tuple(sorted(found, key=lambda one: (one.as_if, _URGENT.index(one.applies), one.rule.id)))


def obligation(rule: Rule, record: Record, *, now_us: int) -> Obligation:
    """Return what one rule asks.

    Args:
        rule: which.
        record: of the incident.
        now_us: the present.
    """
    reached = reach(rule, record)
    applies = _applies(reached, record, now_us)
    return Obligation(
        rule=rule,
        applies=applies,
        binding=binding(rule, record),
        reached=reached,
        clocks=() if applies == "never" else rule_clocks(rule, record, reached, now_us=now_us),
        parts=parts_of(rule, record, now_us=now_us),
    )


def _yielding(one: Obligation, other: Obligation | None) -> Obligation:
    """Return what a rule asks beside another one that it gives way to, None for no such rule."""
    # What may apply takes nothing away, and what does not bind takes nothing from what does.
    if other is None or other.applies != "applies" or (other.as_if and not one.as_if) or one.applies == "never":
        return one
    return msgspec.structs.replace(one, applies="never", clocks=(), instead=other.rule.id)


def binding(rule: Rule, record: Record) -> Binding:
    """Return whether a rule binds, by the day of the onset where the rule is made."""
    day = from_micros(record.incident.onset_us).astimezone(ZoneInfo(rule.zone)).date()
    if rule.standing == "proposed":
        return "proposed"
    if rule.valid_from is not None and day < rule.valid_from:
        return "before"
    if rule.valid_to is not None and day >= rule.valid_to:
        return "after"
    here = rule.country == record.country or (rule.country == "EU" and record.country in _UNION)
    return "binding" if here else "elsewhere"


def _applies(reached: Reach, record: Record, now_us: int) -> Applies:
    sure_us, possible_us = reached.sure_us, reached.possible_us
    if record.incident.state == "rejected" or possible_us is None:
        return "never"
    if sure_us is not None and sure_us <= now_us:
        # What is only suspected may be no outage at all.
        return "may_apply" if record.incident.state == "suspected" else "applies"
    if possible_us <= now_us:
        return "may_apply"
    return "not_yet" if ended_us(record) is None else "never"


def ahead(found: Sequence[Obligation], *, now_us: int, within_us: int) -> tuple[Obligation, ...]:
    """Return the obligations that the outage will grow into before long, the nearest first.

    Args:
        found: what every rule asks.
        now_us: the present.
        within_us: how far ahead is looked.
    """
    near = [
        one
        for one in found
        if (crosses_us := crossing(one, now_us=now_us)) is not None and crosses_us - now_us <= within_us
    ]
    return tuple(sorted(near, key=lambda one: (one.as_if, crossing(one, now_us=now_us) or 0)))


def crossing(one: Obligation, *, now_us: int) -> int | None:
    """Return when the outage becomes large enough, None when it is already, or never will by itself.

    By its lower bounds where those get there; else by its upper ones, and then it only may.
    """
    if one.applies not in {"not_yet", "may_apply"}:
        return None
    moments = (one.reached.sure_us, one.reached.possible_us)
    return next((at_us for at_us in moments if at_us is not None and at_us > now_us), None)


def announced(one: Obligation, record: Record, *, now_us: int) -> Pair | None:
    """Say ahead that an outage becomes notifiable, None when nothing is ahead.

    Args:
        one: of which rule.
        record: of the incident.
        now_us: the present.
    """
    at_us = crossing(one, now_us=now_us)
    if at_us is None or ended_us(record) is not None:
        return None
    wait, at, title = span(at_us - now_us), moment(at_us, record.zone), (one.rule.title_id, one.rule.title_en)
    surely = at_us == one.reached.sure_us
    verb = (
        ("menjadi wajib lapor", "becomes notifiable")
        if surely
        else ("bisa menjadi wajib lapor", "may become notifiable")
    )
    seeming = (" (sebagai perbandingan)", " (for comparison)") if one.as_if else ("", "")
    return (
        f"Dalam {wait[0]} ({at[0]}) gangguan ini {verb[0]} menurut {one.rule.regulator}: {title[0]}{seeming[0]}",
        f"In {wait[1]} ({at[1]}) this {verb[1]} under {one.rule.regulator}: {title[1]}{seeming[1]}",
    )


def document(one: Obligation, *, now_us: int) -> str:
    """Write the report that a rule asks for, in the language of the rule.

    Args:
        one: of which rule, with its parts.
        now_us: when it is written.
    """
    indonesian = one.rule.language == "id"
    at = moment(now_us, one.rule.zone)
    number = 0 if indonesian else 1
    heads = (
        ("LAPORAN GANGGUAN LAYANAN", "OUTAGE REPORT"),
        ("Kepada", "To"),
        ("Aturan", "Rule"),
        ("Disusun", "Written"),
        ("belum diketahui", "not known yet"),
        (
            "Catatan: aturan ini tidak mengikat untuk insiden ini; laporan disusun sebagai perbandingan.",
            "Note: this rule does not bind for this incident; the report is drawn for comparison.",
        ),
    )
    title, to, rule, written, unknown, seeming = (pair[number] for pair in heads)
    recipients = "; ".join(_recipients(one.rule, number)) or one.rule.regulator
    lines = [
        title,
        f"{to}: {recipients}",
        f"{rule}: {one.rule.regulator}, {(one.rule.title_id, one.rule.title_en)[number]} ({one.rule.id})",
        f"{written}: {at[number]}",
        *([seeming] if one.as_if else []),
        "",
        *(f"{part.name[number]}: {part.says[number] if part.says else unknown}" for part in one.parts),
    ]
    return "\n".join(lines) + "\n"


def _recipients(rule: Rule, language: int) -> list[str]:
    """Return to whom a report of a rule goes, each once; whom a public statement reaches only where nobody else is."""
    rows = [row for row in rule.clock if row.met_by == "filing"] or rule.clock
    return [*dict.fromkeys((row.to_id, row.to_en)[language] for row in rows)]
