"""A small world for what is learnt: one outage stated in a few words, with people, words and reports in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pulih.adapters.regulators import load_regulators
from pulih.learn.obligations import obligation
from pulih.learn.regulator import Rule
from pulih.learn.rule_clocks import RuleClock
from pulih.model.clock import to_micros
from pulih.model.impact import Bounds
from pulih.model.incident import Incident, ScopeState
from pulih.model.notice import Notice
from pulih.model.record import Affected, Figures, Record
from pulih.model.scope import Scope

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
ONSET_US = to_micros(datetime.fromisoformat("2026-03-04T08:48:00+07:00"))
RULES = {rule.id: rule for rule in load_regulators()}


def at(written: str) -> int:
    """Return a moment that is written with its offset."""
    return to_micros(datetime.fromisoformat(written))


def exactly(number: int) -> Bounds:
    return Bounds(number, number, number)


def word(at_us: int, number: int = 1) -> Notice:
    return Notice(id=f"n{number}", kind="update", text_id="a", text_en="b", state="published", published_us=at_us)


def outage(
    users: Bounds | None = None,
    *,
    onset_us: int = ONSET_US,
    ended_us: int | None = None,
    words: tuple[int, ...] = (),
    state: str = "",
    figures: dict[str, Any] | None = None,
    **known: Any,
) -> Record:
    """Return the record of one outage of mobile data in Jakarta; `figures` are further fields of its Figures."""
    told = {
        name: known.pop(name) for name in ("emergency_calls", "maintenance", "cause_id", "cause_en") if name in known
    }
    scope = Scope(operator="smartfren", service="mobile_data", region="31")
    now: Any = state or ("confirmed" if ended_us is None else "restored")
    incident = Incident(
        id="20260304-ab12",
        version=1,
        opened_us=onset_us,
        onset_us=onset_us,
        operator="smartfren",
        scopes=(ScopeState(scope, now),),
        state=now,
        ended_us=ended_us,
        notices=tuple(word(at_us, number) for number, at_us in enumerate(words, 1)),
        **told,
    )
    rows = () if users is None else (Affected(users=users),)
    found = Figures(affected=rows, **(figures or {}))
    return Record(incident=incident, detected_us=known.pop("detected_us", onset_us), figures=found, **known)


def clock_of(rule: Rule | str, clock: str, record: Record, now_us: int) -> RuleClock:
    """Return one clock of a rule at a moment."""
    row = RULES[rule] if isinstance(rule, str) else rule
    return next(one for one in obligation(row, record, now_us=now_us).clocks if one.clock == clock)
