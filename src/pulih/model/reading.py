"""A Reading is what one text says: is it a report, of what, where, by whose fault, and which words led to it.

The values are the fixed vocabulary of the interface; what each means stands in docs/labelling.md.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Service = Literal["mobile_data", "mobile_voice", "sms", "fixed_broadband", "tv", "app", "billing", "any"]
Symptom = Literal[
    "no_signal",
    "no_internet",
    "slow",
    "intermittent",
    "call_failure",
    "sms_failure",
    "destination_unreachable",
    "app_failure",
    "billing_quota",
    "los_red",
    "other",
    "none",
]
Group = Literal["work", "study", "shopping", "streaming", "gaming", "banking", "emergency", "business"]
Language = Literal["id", "en", "jv", "su", "mix"]
# What a text is about when it is not (only) a report; the quality gate of a finding counts these.
Talk = Literal[
    "trouble",
    "recovery",
    "price",
    "purchase",
    "joke",
    "app",
    "care",
    "praise",
    "operator_post",
    "promotion",
    "news",
    "memory",
    "other",
]

SERVICE_LOSS: frozenset[str] = frozenset(
    {
        "no_signal",
        "no_internet",
        "slow",
        "intermittent",
        "call_failure",
        "sms_failure",
        "destination_unreachable",
        "los_red",
        "other",
    }
)


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """One phrase that led to a reading, and the permanent id of the rule that knows it."""

    phrase: str
    rule: str


class Place(msgspec.Struct, frozen=True, gc=False):
    """A region the text speaks of: Kemendagri code (31 province, 31.74 regency or city), name, p 0..1."""

    code: str
    name: str
    p: float


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What one text says (requirement U1); the keys are those of `pulih read`.

    Attributes:
        is_report: a service problem of the writer's own, or of those they speak for.
        p_report: probability of that, 0..1.
        acute: going on now or today; only of reports.
        service: what fails, or None.
        symptom: how it fails; "none" if no report.
        operator: id of the operator asserted to be in trouble or just recovered, or None.
        places: most probable first; empty means no place named.
        groups: activities named as hit.
        recovered: the text says that service is back.
        language: of most words, or None.
        evidence: phrases with rule ids, in text order.
        named_at: the phrases that named its places, with rule ids, in text order; `pulih read` shows them behind the
            others.
        talk: what the text is about; not part of the output of `pulih read`.
        named: ids of all operators named, in text order; not part of that output.
        caller: id of the operator whose customers say that they cannot reach `operator` (requirement U3), or None; not
            part of that output either.
        sharing: ids of other operators that the same words blame beside `operator` ("X dan Y mati"); not part of it
            either.
    """

    is_report: bool
    p_report: float
    acute: bool
    service: Service | None
    symptom: Symptom
    operator: str | None
    places: tuple[Place, ...] = ()
    groups: tuple[Group, ...] = ()
    recovered: bool = False
    language: Language | None = None
    evidence: tuple[Evidence, ...] = ()
    talk: Talk = "other"
    named: tuple[str, ...] = ()
    caller: str | None = None
    sharing: tuple[str, ...] = ()
    named_at: tuple[Evidence, ...] = ()
