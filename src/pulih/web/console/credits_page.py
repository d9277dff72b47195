"""The page of an incident's credits: what they go by, previews side by side, approval by a second person, the books.

Each picture is drawn from the same numbers as the table behind it (requirements K1, C1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from pulih.communicate.speech import Pair
from pulih.compensate.written import amount, number
from pulih.confirm.credit_moves import may_approve
from pulih.confirm.moves import allowed
from pulih.model.credit_batch import CreditBasis, CreditBatch, committed
from pulih.model.errors import OutsideFailed
from pulih.model.incident import Incident
from pulih.ports.credit_desk import JournalLine, Outcome, Preview, RemovedTable, Share
from pulih.service.credit_books import balances
from pulih.service.credit_desk import SCENARIOS_MAX, CreditDesk
from pulih.service.credit_incident import CreditView
from pulih.web.console.asking import Asking
from pulih.web.console.credit_papers import PapersView, papers_view
from pulih.web.console.fault import Fault
from pulih.web.console.incident_page import spoken
from pulih.web.console.phrasing import Tongue, scope_words
from pulih.web.frame.rooms import Names

TWISTS: Final = ("as_is", "by_hour", "flat_day")
SERVICES: Final = ("data", "voice", "sms", "fixed", "tv", "app", "billing")
# Units of a bar's drawing; its longest one.
BAR_WIDTH: Final = 200
_IN_KIND: Final = frozenset({"DAY", "MB", "SMS", "MIN"})


class Bar(msgspec.Struct, frozen=True):
    """One bar: its name, its width of `BAR_WIDTH`, and what it stands for in words; `people` are those credited."""

    name: str
    width: int
    told: str
    people: str


class Chart(msgspec.Struct, frozen=True):
    """Bars of one currency: what they divide (regions, plans, segments, scenarios), and the finding they tell."""

    kind: str
    currency: str
    finding: str
    bars: tuple[Bar, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario as the page shows it."""

    outcome: Outcome
    name: str
    title: str
    sums: str
    credited: str
    share: str
    charts: tuple[Chart, ...]
    clauses: tuple[tuple[str, str, str], ...]


class BatchView(msgspec.Struct, frozen=True, kw_only=True):
    """One batch, its sums in words, and the buttons that may be pressed now."""

    batch: CreditBatch
    title: str
    sums: str
    credited: str
    acts: tuple[str, ...]
    waits_for_other: bool
    papers: PapersView | None
    forgotten: tuple[RemovedTable, ...]


def credit_desk(who: Asking) -> CreditDesk:
    """Return what works credits out. Raises OutsideFailed where the desk runs without."""
    if who.rooms.credits is None:
        raise OutsideFailed("This desk runs without credits; start it with pulih serve.")
    return who.rooms.credits


def credits_values(
    who: Asking, incident: Incident, *, fault: Fault | None = None, done: str = "", links: Pair | None = None
) -> dict[str, Any]:
    """Return what the page shows.

    Args:
        who: who asks.
        incident: as it is now.
        fault: what was refused just now, if anything.
        done: name of the button that was pressed just now, "" if none.
        links: the two addresses of one subscriber's account that were made just now.
    """
    desk, tongue = credit_desk(who), who.tongue
    view, preview = desk.view(incident.id), desk.preview(incident.id)
    outcomes = preview.told.outcomes if preview is not None else ()
    lines = desk.journal(incident.id) if any(one.approved_us is not None for one in incident.credits) else []
    moves = frozenset(allowed(incident, who.actor))
    key = f"credits.done.{done}"
    return {
        **spoken(tongue),
        "incident": incident,
        "view": view,
        "windows": _windows(view, who.rooms.names),
        "left_out": [(scope_words(tongue, one.scope), one.why) for one in view.left_out],
        "basis": incident.credit_basis or CreditBasis(),
        "said": incident.credit_basis is not None,
        "services": SERVICES,
        "has_tables": bool(desk.settings.subscribers and desk.settings.presence),
        "policies": [(name, title_of(tongue, name, desk)) for name in sorted(desk.policies)],
        "twists": TWISTS,
        "rows": _rows(preview, fault),
        "preview": preview,
        "settled": preview is not None
        and any(committed(one) and one.rests_on == preview.rests_on for one in incident.credits),
        "fresh": preview is not None and preview.told.state == "done" and desk.fresh(preview),
        "percent": 0 if preview is None else int(preview.told.part * 100),
        "found": [_found(tongue, one, desk) for one in outcomes],
        "compared": _compared(tongue, outcomes),
        "batches": [_batch(who, incident, one, moves=moves, desk=desk) for one in incident.credits],
        "may_ask": "credits_asked" in moves and not any(one.state == "asked" for one in incident.credits),
        "may_basis": "credit_basis_set" in moves,
        "linkable": any(committed(one) for one in incident.credits) and who.rooms.credit_links is not None,
        "links": links,
        "journal": lines,
        "balances": _balances(tongue, lines),
        "money": lambda minor, currency: money(tongue, minor, currency),
        "bar_width": BAR_WIDTH,
        "fault": fault,
        "acted": done,
        "done": tongue.say(key) if tongue.say.has(key) and not (done == "preview" and _over(preview)) else "",
    }


def money(tongue: Tongue, minor: int, currency: str) -> str:
    """Write an amount as people do."""
    return amount(minor, currency, tongue.say.language, in_kind=currency in _IN_KIND or len(currency) != 3)


def sums_told(tongue: Tongue, net_minor: Mapping[str, int]) -> str:
    """Write sums of several currencies in one line, or that there is none."""
    told = [money(tongue, net, currency) for currency, net in sorted(net_minor.items()) if net]
    return " + ".join(told) or tongue.say("credits.nothing")


def name_of(tongue: Tongue, policy: str) -> str:
    """Return the short name of a policy, with what is different about it."""
    base, _, twist = policy.partition(".")
    return ", ".join((base, *((tongue.say(f"credits.twist.{twist.replace('-', '_')}"),) if twist else ())))


def title_of(tongue: Tongue, policy: str, desk: CreditDesk) -> str:
    """Return what a policy is about."""
    base = policy.partition(".")[0]
    return desk.policies.get(base, (base, base))[tongue.say.language == "en"]


def _over(preview: Preview | None) -> bool:
    return preview is not None and preview.told.state != "running"


def _windows(view: CreditView, names: Names) -> list[tuple[str, str, int, int]]:
    return [
        (names.region(one.region) if one.region != "*" else "*", one.service, one.start_us, one.end_us)
        for one in view.incident.windows
    ]


def _rows(preview: Preview | None, fault: Fault | None) -> list[tuple[str, str]]:
    """Return what is chosen in each row of the form: as it was sent, or as the last preview was."""
    if fault is not None and fault.act == "preview":
        return [
            (fault.fields.get(f"policy{row}", ""), fault.fields.get(f"twist{row}", "as_is"))
            for row in range(1, SCENARIOS_MAX + 1)
        ]
    chosen: list[tuple[str, str]] = [(one.policy, one.twist) for one in preview.scenarios] if preview else []
    chosen = chosen or [("idn-default", "as_is")]
    return [*chosen, *[("", "as_is")] * (SCENARIOS_MAX - len(chosen))]


def _found(tongue: Tongue, outcome: Outcome, desk: CreditDesk) -> Found:
    say = tongue.say
    language = say.language
    part = 100 * outcome.credited / outcome.subscribers if outcome.subscribers else 0.0
    return Found(
        outcome=outcome,
        name=name_of(tongue, outcome.policy),
        title=title_of(tongue, outcome.policy, desk),
        sums=sums_told(tongue, outcome.net_minor),
        credited=number(outcome.credited, say.language),
        share=tongue.say("credits.share", part=say.written(round(part, 1)), all=outcome.subscribers),
        charts=tuple(_charts(tongue, outcome)),
        clauses=tuple(
            (one.sentence_id if language == "id" else one.sentence_en, one.status, number(one.qualified, say.language))
            for one in outcome.clauses
        ),
    )


def _charts(tongue: Tongue, outcome: Outcome) -> Iterable[Chart]:
    groups: tuple[tuple[str, Sequence[Share]], ...] = (
        ("regions", outcome.regions),
        ("plans", outcome.plans),
        ("segments", outcome.segments),
    )
    for kind, shares in groups:
        for currency in sorted({currency for one in shares for currency in one.net_minor}):
            parts = [one for one in shares if one.net_minor.get(currency)]
            bars = [(_named(tongue, kind, one.name), one.net_minor[currency], one.subscribers) for one in parts]
            if bars:
                yield _chart(tongue, kind, currency, bars)


def _named(tongue: Tongue, kind: str, name: str) -> str:
    if name == "...":
        return tongue.say("credits.others")
    if kind == "regions":
        return tongue.names.region(name) or name
    if kind == "segments" and tongue.say.has(f"credits.segment.{name}"):
        return tongue.say(f"credits.segment.{name}")
    return name


def _chart(tongue: Tongue, kind: str, currency: str, bars: Sequence[tuple[str, int, int | None]]) -> Chart:
    ordered = sorted(bars, key=lambda one: -one[1])
    most, total = ordered[0][1], sum(net for _, net, _ in bars)
    part = round(100 * most / total) if total else 0
    finding = tongue.say(f"credits.finding.{kind}", name=ordered[0][0], part=part, sum=money(tongue, most, currency))
    drawn = tuple(
        Bar(
            name=name,
            width=max(1, round(BAR_WIDTH * net / most)) if net > 0 else 0,
            told=money(tongue, net, currency),
            people="" if people is None else number(people, tongue.say.language),
        )
        for name, net, people in ordered
    )
    return Chart(kind, currency, finding, drawn)


def _compared(tongue: Tongue, outcomes: Sequence[Outcome]) -> list[Chart]:
    """Draw the scenarios side by side, by currency; one alone is compared with nothing."""
    if len(outcomes) < 2:
        return []
    charts = []
    for currency in sorted({one for outcome in outcomes for one in outcome.net_minor}):
        bars = [(name_of(tongue, one.policy), one.net_minor.get(currency, 0), one.credited) for one in outcomes]
        charts.append(_chart(tongue, "scenarios", currency, bars))
    return charts


def _batch(
    who: Asking, incident: Incident, batch: CreditBatch, *, moves: frozenset[str], desk: CreditDesk
) -> BatchView:
    acts = []
    if batch.state == "asked" and "credits_approved" in moves and may_approve(batch, who.actor):
        acts.append("approve")
    if batch.state == "approved" and "credits_handed_over" in moves:
        acts.append("hand_over")
    if batch.state in {"asked", "approved"} and "credits_reversed" in moves:
        acts.append("reverse")
    return BatchView(
        batch=batch,
        title=f"{name_of(who.tongue, batch.policy)} ({title_of(who.tongue, batch.policy, desk)})",
        sums=sums_told(who.tongue, batch.net_minor),
        credited=number(batch.subscribers, who.tongue.say.language),
        acts=tuple(acts),
        waits_for_other=batch.state == "asked" and "approve" not in acts,
        papers=papers_view(incident, batch, desk, who.tongue),
        forgotten=desk.forgotten(batch.id) if batch.state == "handed_over" else (),
    )


def _balances(tongue: Tongue, lines: Sequence[JournalLine]) -> list[tuple[str, str]]:
    return [(account, money(tongue, net, currency)) for (account, currency), net in balances(lines).items()]
