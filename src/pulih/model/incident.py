"""An Incident is what people manage: scopes with a state each, who owns it, what is known; a timeline that only grows.

It is never written to. It is what the entries of its timeline add up to (`confirm.timeline.added`), so that what is
shown and what was done can not differ. States and moves are those of docs/ontology.md (TMF656, ITU-T X.733).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.credit_batch import CreditBasis, CreditBatch
from pulih.model.notice import Notice
from pulih.model.recovery import Estimate, ScopeRecovery
from pulih.model.scope import Scope

State = Literal["suspected", "confirmed", "claimed_fixed", "restored", "rejected"]
# A scope that is only suspected takes no confirmed outage back, and keeps an incident open when all else is restored.
GRAVEST: tuple[State, ...] = ("confirmed", "claimed_fixed", "suspected", "restored")
Severity = Literal["minor", "major", "critical"]
# Whether 112, 110 and 119 can be reached from the scopes that are hit.
EmergencyCalls = Literal["unknown", "reachable", "not_reachable"]
# Who works on a task outside of the desk.
Party = Literal["own", "vendor", "tower", "backbone", "power", "authority"]


# How a task stands; done once it has `done_us`.
TaskState = Literal["open", "under_way", "held", "dropped"]


class ScopeState(msgspec.Struct, frozen=True):
    """One scope of an incident with its own state; a scope names one service, or none while nobody knows which."""

    scope: Scope
    state: State


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Work towards recovery.

    Attributes:
        id, what: of it.
        party: whose work it is, and `outside` their name where they are not the operator, or "".
        owner: who at the desk sees to it, "" for nobody.
        due_us: until when; `done_us` when it was done, None while it was not.
        state: how it stands while it is not done.
        after: ids of the tasks that must be done before it.
        tells_end: its due time is the desk's own word on when the outage will be over.
    """

    id: str
    what: str
    party: Party = "own"
    owner: str = ""
    due_us: int | None = None
    done_us: int | None = None
    state: TaskState = "open"
    outside: str = ""
    after: tuple[str, ...] = ()
    tells_end: bool = False


class Rumour(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that goes round, the fact, and the answer the desk gives, in both languages; answers may still be ""."""

    id: str
    claim: str
    fact: str = ""
    answer_id: str = ""
    answer_en: str = ""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of a timeline.

    Attributes:
        id: as `YYYYMMDD-xxxx`, the local day it was opened and four letters or digits.
        version: number of its entries; who acts says which version they saw.
        opened_us: when it was opened; `onset_us` when trouble began, estimated or set; microseconds since 1970 UTC.
        operator: catalogue id of whose service it is.
        scopes: what is hit, each with its state.
        state: the gravest of its scopes' states, as `GRAVEST` orders them; of a rejected incident "rejected".
        severity, owner: set by people; owner is a user name or "".
        cause_id, cause_en: the cause in both languages once it is known, else "".
        emergency_calls: see `EmergencyCalls`.
        priority_customers: hospitals, banks and the like that are hit, by name.
        alternatives_id, alternatives_en: what still works ("telepon dan SMS"), or "".
        findings: ids of findings that belong to it; `cleared` those whose reports are back to usual.
        quiet_us: since when the reports of all its findings are back to usual, None while some are not.
        confirmed_us: when it was first confirmed, None if never.
        ended_us: when it was restored or rejected, None while it goes on.
        reopened_us: when it was taken up again after it had been over, None while it never was, or is over again.
        tasks, rumours, notices: in the order in which they were added.
        merged_into: id of the incident that took this one over, or "".
        maintenance: id of the planned change that explains it, or "".
        took_over: ids of incidents that were merged into this one, in order.
        credit_basis: what people said that credits go by; None while nobody has.
        acknowledged_us: when somebody last took it up, None while nobody did.
        credits: batches of credits, in the order in which they were asked for.
        recovery: what was judged of the end in each scope, as it stands; of a scope that is not in it nothing was.
        estimate: when it may be over; None while nobody can say.
        posts: numbers of entries by which the desk was told to send a report, or to ask customers.
        overridden: scopes that a person called restored although what is heard did not prove it.
    """

    id: str
    version: int
    opened_us: int
    onset_us: int
    operator: str
    scopes: tuple[ScopeState, ...]
    state: State = "suspected"
    severity: Severity = "major"
    owner: str = ""
    cause_id: str = ""
    cause_en: str = ""
    emergency_calls: EmergencyCalls = "unknown"
    priority_customers: tuple[str, ...] = ()
    alternatives_id: str = ""
    alternatives_en: str = ""
    findings: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    quiet_us: int | None = None
    confirmed_us: int | None = None
    ended_us: int | None = None
    tasks: tuple[Task, ...] = ()
    rumours: tuple[Rumour, ...] = ()
    notices: tuple[Notice, ...] = ()
    merged_into: str = ""
    maintenance: str = ""
    took_over: tuple[str, ...] = ()
    credit_basis: CreditBasis | None = None
    credits: tuple[CreditBatch, ...] = ()
    recovery: tuple[ScopeRecovery, ...] = ()
    estimate: Estimate | None = None
    overridden: tuple[Scope, ...] = ()
    posts: tuple[int, ...] = ()
    acknowledged_us: int | None = None
    reopened_us: int | None = None
