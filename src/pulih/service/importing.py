"""Takes the public history of another status page over as past incidents, with each word at the time it was said.

An operator that changes its page does not lose its record. What is taken over is the past: incidents that go on there
are left to people. The words of that page are in one language, and stand in both here, as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final, Literal

import msgspec

from pulih.communicate.statuspage.history import HeardIncident, HeardUpdate, History
from pulih.confirm.details import STATEMENT_CHARS_MAX
from pulih.confirm.timeline import follow
from pulih.model.clock import from_micros, to_micros
from pulih.model.entry import (
    ClaimedFixed,
    Confirmed,
    Entry,
    Fact,
    NoticeDrafted,
    NoticePublished,
    Opened,
    Restored,
    SeveritySet,
)
from pulih.model.incident import Incident, Severity
from pulih.model.notice import NoticeKind
from pulih.model.reading import Service
from pulih.model.scope import Scope
from pulih.ports.incidents import Grown, IncidentStore

# Who stands on the timeline for what another page said.
IMPORTER: Final = "import-statuspage"
_OVER: Final = frozenset({"resolved", "postmortem", "completed"})
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_KINDS: Final[Mapping[str, NoticeKind]] = {"monitoring": "fixed", "resolved": "restored"}

Came = Literal["taken", "known", "going", "fresh", "empty"]


class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How another page's incidents become ours.

    Attributes:
        operator: catalogue id of whose page it is.
        zone: time zone of the desk, which names the days of incidents.
        before_us: only what was over by then; what was said lately would be news, and be sent to subscribers.
        services: which service a component of it is, by the component's name in lower case; of others none is said.
    """

    operator: str
    zone: tzinfo
    before_us: int
    services: Mapping[str, Service] = {}


class Imported(msgspec.Struct, frozen=True):
    """What became of one incident there: taken, known already, still going on, over too lately, or without a word."""

    title: str
    came: Came
    incident: str = ""


def take_over(history: History, plan: ImportPlan, store: IncidentStore) -> tuple[Imported, ...]:
    """Write incidents that are over and not here yet, and say of each what became of it, oldest first.

    Called again it takes only what is new. Raises: OutsideFailed when nothing could be written.
    """
    return tuple(_take(one, plan, store) for one in sorted(history.incidents, key=lambda one: one.created_at))


def timeline_of(heard: HeardIncident, plan: ImportPlan) -> list[Entry]:
    """Return the entries that an incident of another page becomes.

    Args:
        heard: one that is over.
        plan: whose it is.
    """
    name, created_us = _id_of(heard, plan), to_micros(heard.created_at)
    onset_us = min(created_us, to_micros(heard.started_at) if heard.started_at else created_us)
    said = sorted(_said(heard, created_us), key=lambda one: one[0])
    facts: list[tuple[int, Fact, str]] = [
        (created_us, Opened(operator=plan.operator, onset_us=onset_us, scopes=_scopes(heard, plan)), _reason(heard)),
        (created_us, Confirmed(), heard.name),
        (created_us, SeveritySet(severity=_severity(heard)), ""),
    ]
    fixed = ended = False
    for number, (at_us, update) in enumerate(said, start=1):
        if update.status in {"monitoring", *_OVER} and not fixed:
            facts.append((at_us, ClaimedFixed(), heard.name))
            fixed = True
        if update.status in _OVER and not ended:
            facts.append((at_us, Restored(overrides=True), heard.name))
            ended = True
        facts += [(at_us, fact, "") for fact in _words(update, number)]
    ended_us = to_micros(heard.resolved_at) if heard.resolved_at else max([created_us, *(at for at, _ in said)])
    facts += [(ended_us, ClaimedFixed(), heard.name)] * (not fixed) + [
        (ended_us, Restored(overrides=True), heard.name)
    ] * (not ended)
    return _numbered(name, facts)


def _take(heard: HeardIncident, plan: ImportPlan, store: IncidentStore) -> Imported:
    if heard.status not in _OVER:
        return Imported(heard.name, "going")
    name = _id_of(heard, plan)
    if store.entries(name):
        return Imported(heard.name, "known", name)
    if not any((one.body or "").strip() for one in heard.incident_updates):
        return Imported(heard.name, "empty")
    entries = timeline_of(heard, plan)
    if entries[-1].at_us >= plan.before_us:
        return Imported(heard.name, "fresh")
    grown: list[Grown] = []
    incident: Incident | None = None
    for entry in entries:
        incident = follow(incident, entry)
        grown.append(Grown(entry, incident))
    store.append(grown)
    return Imported(heard.name, "taken", name)


def _numbered(name: str, facts: Sequence[tuple[int, Fact, str]]) -> list[Entry]:
    entries: list[Entry] = []
    latest_us = 0
    for number, (at_us, fact, reason) in enumerate(facts, start=1):
        # A timeline never runs backwards, whatever the other page's clock did.
        latest_us = max(latest_us, at_us)
        entries.append(Entry(incident=name, number=number, at_us=latest_us, actor=IMPORTER, reason=reason, fact=fact))
    return entries


def _said(heard: HeardIncident, created_us: int) -> list[tuple[int, HeardUpdate]]:
    said = ((created_us if one.at_us is None else max(one.at_us, created_us), one) for one in heard.incident_updates)
    return [(at_us, one) for at_us, one in said if (one.body or "").strip()]


def _words(update: HeardUpdate, number: int) -> tuple[Fact, Fact]:
    text = (update.body or "").strip()[:STATEMENT_CHARS_MAX]
    kind: NoticeKind = "holding" if number == 1 and update.status == "investigating" else "update"
    kind = _KINDS.get(update.status, kind)
    drafted = NoticeDrafted(notice=f"n{number}", kind=kind, text_id=text, text_en=text)
    return drafted, NoticePublished(notice=f"n{number}")


def _scopes(heard: HeardIncident, plan: ImportPlan) -> tuple[Scope, ...]:
    named = [plan.services.get(one.name.casefold()) for one in heard.components or ()]
    services = list(dict.fromkeys(one for one in named if one is not None))
    return tuple(Scope(operator=plan.operator, service=one) for one in services) or (Scope(operator=plan.operator),)


def _severity(heard: HeardIncident) -> Severity:
    grave: Mapping[str, Severity] = {"critical": "critical", "major": "major"}
    return grave.get(heard.impact or "", "minor")


def _reason(heard: HeardIncident) -> str:
    return f"{heard.name}\n{heard.shortlink or ''}".strip()


def _id_of(heard: HeardIncident, plan: ImportPlan) -> str:
    """Return the id that this incident has here, the same whenever it is imported."""
    number = int.from_bytes(hashlib.blake2b(f"{plan.operator}/{heard.id}".encode(), digest_size=8).digest())
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return f"{from_micros(to_micros(heard.created_at)).astimezone(plan.zone):%Y%m%d}-{letters}"
