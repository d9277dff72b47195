"""A CreditBatch is all credits that were worked out at once for an incident: asked for, approved, handed over.

It carries what must not change between a second person's look and the money: sums, and digests of the file of credits
and of all that it rests on. Subscribers are never named in it; those stand in the file alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

# The services that credits know; a scope that names none becomes some of these only when a person says which.
CreditService = Literal["data", "voice", "sms", "fixed", "tv", "app", "billing"]
BatchState = Literal["asked", "approved", "handed_over", "reversed"]


class CreditBasis(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said that credits go by, where the scopes of an incident do not tell.

    Attributes:
        services: what scopes without a service mean; none = nobody has said.
        nationwide: whether a scope without a region is the whole country; else nothing follows from such a scope.
        excluded: the incident gives no credit.
        cause: word by which policies exclude causes, such as force_majeure; "" for none.
        attributes: whole numbers by name that policies ask for, such as how many towers were down.
    """

    services: tuple[CreditService, ...] = ()
    nationwide: bool = False
    excluded: bool = False
    cause: str = ""
    attributes: Mapping[str, int] = {}


class CreditBatch(msgspec.Struct, frozen=True, kw_only=True):
    """One batch of an incident.

    Attributes:
        id: its own, unique on the desk; it is the name of its folder.
        policy: id of the policy.
        subscribers: how many are credited; `rows` how many credits there are.
        net_minor: their sum in minor units by currency (or unit in kind).
        digest: SHA-256 of the file of credits, hexadecimal.
        rests_on: SHA-256 of incident, earlier credits and policy.
        who_id, who_en: who qualifies, a sentence for each clause that gives something.
        by_us: until when it is to be with subscribers, as the second person said; None where they said nothing.
        asked_by, asked_us: who asked, when; `approved_by`, `approved_us` the second person, "" and None before.
    """

    id: str
    policy: str
    subscribers: int
    rows: int
    net_minor: Mapping[str, int]
    digest: str
    rests_on: str
    asked_by: str
    asked_us: int
    approved_by: str = ""
    approved_us: int | None = None
    state: BatchState = "asked"
    who_id: tuple[str, ...] = ()
    who_en: tuple[str, ...] = ()
    by_us: int | None = None


def committed(batch: CreditBatch) -> bool:
    """Whether a batch stands in the books: approved or handed over, and not reversed.

    >>> asked = CreditBatch(id="b", policy="p", subscribers=1, rows=1, net_minor={}, digest="", rests_on="",
    ...                     asked_by="sari", asked_us=0)
    >>> committed(asked)
    False
    """
    return batch.state in {"approved", "handed_over"}
