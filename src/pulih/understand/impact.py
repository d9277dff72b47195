"""Impact: how many subscribers and which groups a scope touches, with bounds and the method of each (requirement U2).

Texts cannot tell what part of the customers is hit: one who writes may stand for ten or for ten thousand. So the answer
lies between those who wrote and everybody who has the service there, and says so; "likely" is only the middle of the
orders of magnitude between. Emergency calls and priority customers stand apart and come first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.model.impact import (
    Bounds,
    EmergencyTouched,
    GroupTouched,
    Impact,
    Method,
    PriorityTouched,
    Share,
)
from pulih.model.scope import Scope
from pulih.understand.activity import group_shares, hours_between, kinds_of, prior_shares
from pulih.understand.priors import Priors
from pulih.understand.served import (
    MARKET_UNKNOWN,
    POPULATION,
    REGION_UNKNOWN,
    TABLE,
    TABLE_WIDER,
    Known,
    middle,
    operators_of,
    priority_listed,
    served_by,
)
from pulih.understand.testimony import Testimony

LOW_PEOPLE = "impact.low.people"
LOW_NONE = "impact.low.none"
LOW_BEYOND = "impact.low.beyond_served"
LIKELY_MIDDLE = "impact.likely.middle"
HIGH_ALL = "impact.high.all"
GROUPS_PRIOR = "impact.groups.prior"
GROUPS_TEXTS = "impact.groups.texts"
EMERGENCY_RATE = "impact.emergency.rate"
EMERGENCY_UNSAID = "impact.emergency.unsaid"
PRIORITY_TABLE = "impact.priority.table"
MINUTES_WHOLE = "impact.minutes.whole"
# Every method that may be named; `data/impact/methods.toml` holds the sentences of each.
METHODS = frozenset({
    TABLE, TABLE_WIDER, POPULATION, MARKET_UNKNOWN, REGION_UNKNOWN, LOW_PEOPLE, LOW_NONE, LOW_BEYOND, LIKELY_MIDDLE,
    HIGH_ALL, GROUPS_PRIOR, GROUPS_TEXTS, EMERGENCY_RATE, EMERGENCY_UNSAID, PRIORITY_TABLE, MINUTES_WHOLE,
})  # fmt: skip
_MINUTE_US = 60 * MICROS
_YEAR_US = 8_766 * HOUR_S * MICROS


def impact(scope: Scope, testimony: Testimony, known: Known, *, start_us: int, end_us: int, zone: tzinfo) -> Impact:
    """Return whom a scope touches in [start_us, end_us).

    Args:
        scope: operator, service, region and symptom; a region unknown to the gazetteer is bounded by the country.
        testimony: what its texts tell.
        known: regions, operators, priors, and the operator's table of subscribers or None.
        start_us, end_us: microseconds since 1970 UTC; of an impact that lasts, until now.
        zone: local zone, for the hours of the day.

    Raises: RefusedInput when the time ends before it starts, or nothing tells how many people live there.
    """
    if end_us < start_us:
        raise RefusedInput(f"impact: the time ends {start_us - end_us} microseconds before it starts; end it later")
    served = served_by(scope, known)
    touched = _touched(served.subscribers, testimony)
    share = _share(touched, served.subscribers, testimony)
    emergency = _emergency(scope, touched, known, span_us=end_us - start_us)
    priority = _priority(scope, share, known)
    groups, group_rules = _groups(scope, touched, testimony, known=known, time=(start_us, end_us, zone))
    named = [*served.methods, *share.methods, MINUTES_WHOLE]
    named += [method for kind in priority for method in kind.methods]
    named += [method for group in groups for method in group.methods]
    rules = [*served.rules, *group_rules]
    if emergency:
        named += emergency.methods
        rules.append(known.priors.emergency.id)
    return Impact(
        scope=scope,
        start_us=start_us,
        end_us=end_us,
        emergency=emergency,
        priority=priority,
        subscribers=touched,
        served=served.subscribers,
        share=share,
        groups=groups,
        user_minutes=_times(touched, end_us - start_us, _MINUTE_US),
        methods=_methods(named, known.priors),
        rules=tuple(dict.fromkeys(rules)),
    )


def _touched(served: Bounds, testimony: Testimony) -> Bounds:
    low = min(testimony.people or 0, served.high)
    return Bounds(low, max(low, min(middle(low, served.likely), served.high)), served.high)


def _share(touched: Bounds, served: Bounds, testimony: Testimony) -> Share:
    """Return which part of those served is touched, with the methods of both bounds and of the middle."""
    methods = (_low_method(served, testimony), LIKELY_MIDDLE, HIGH_ALL)
    if not served.high:
        return Share(0.0, 0.0, 0.0, methods)
    likely = min(1.0, touched.likely / served.likely) if served.likely else touched.likely / served.high
    return Share(touched.low / served.high, likely, 1.0, methods)


def _low_method(served: Bounds, testimony: Testimony) -> str:
    if testimony.people is None:
        return LOW_NONE
    return LOW_BEYOND if testimony.people > served.high else LOW_PEOPLE


def _groups(
    scope: Scope, touched: Bounds, testimony: Testimony, *, known: Known, time: tuple[int, int, tzinfo]
) -> tuple[tuple[GroupTouched, ...], tuple[str, ...]]:
    priors = known.priors
    kinds = kinds_of(scope.region, known.gazetteer, rural_below=priors.place.rural_below)
    shares, rules = prior_shares(priors, scope, hours_between(*time), kinds)
    methods = (GROUPS_TEXTS,) if any(testimony.mentions.values()) else (GROUPS_PRIOR,)
    groups = [
        GroupTouched(group, _part(touched, low, likely, high), methods)
        for group, (low, likely, high) in group_shares(shares, testimony.mentions, priors.texts).items()
    ]
    groups.sort(key=lambda one: (-one.subscribers.likely, -one.subscribers.high, one.group))
    return tuple(groups), (*rules, priors.place.id, priors.texts.id)


def _emergency(scope: Scope, touched: Bounds, known: Known, *, span_us: int) -> EmergencyTouched | None:
    """Return the calls for help that fail; a telephone may reach 112 over another network, so perhaps none do."""
    rule = known.priors.emergency
    said = scope.service in rule.services or scope.symptom in rule.symptoms
    operator = known.catalogue.get(scope.operator)
    unsaid = scope.service in (None, "any") and not (operator is not None and operator.kind == "fixed")
    if not (said or unsaid):
        return None
    # Where nobody says that calls fail, they may fail for few or for none.
    callers = Bounds(0, touched.likely if said else min(middle(0, touched.likely), touched.likely), touched.high)
    _, likely, high = rule.calls
    years = span_us / _YEAR_US
    most = _ceiling(callers.high * high * years)
    calls = Bounds(0, min(int(callers.likely * likely * years), most), most)
    return EmergencyTouched(callers, calls, (EMERGENCY_RATE,) if said else (EMERGENCY_RATE, EMERGENCY_UNSAID))


def _priority(scope: Scope, share: Share, known: Known) -> tuple[PriorityTouched, ...]:
    """Return the priority customers that the operator's table lists; nothing tells which of them are hit."""
    if known.table is None:
        return ()
    result = []
    for kind in known.table.kinds(operators_of(scope, known.catalogue)):
        listed = priority_listed(scope, kind, known)
        if listed.subscribers.high:
            touched = _part(listed.subscribers, 0.0, share.likely, 1.0)
            result.append(PriorityTouched(kind, listed.subscribers, touched, (*listed.methods, PRIORITY_TABLE)))
    return tuple(result)


def _part(whole: Bounds, low: float, likely: float, high: float) -> Bounds:
    """Return parts 0..1 of a number: the lower bound rounded down, the upper up."""
    most = min(whole.high, _ceiling(whole.high * high))
    return Bounds(int(whole.low * low), min(int(whole.likely * likely), most), most)


def _times(number: Bounds, span_us: int, unit_us: int) -> Bounds:
    return Bounds(
        number.low * span_us // unit_us, number.likely * span_us // unit_us, -(-number.high * span_us // unit_us)
    )


def _ceiling(value: float) -> int:
    return -int(-value // 1)


def _methods(ids: Iterable[str], priors: Priors) -> tuple[Method, ...]:
    return tuple(priors.methods[one] for one in dict.fromkeys(ids))
