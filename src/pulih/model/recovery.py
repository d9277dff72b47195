"""A ScopeRecovery is what the desk can say of the end in one scope; an Estimate is when that end may come.

Both are written on the timeline by the desk itself, so that what people decided on, and how good the estimates were,
can be read afterwards from the timeline alone (requirement R1).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.scope import Scope

# Not yet back; back; said to be fixed while live complaints say otherwise; nobody can tell from what is heard.
RecoveryVerdict = Literal["not_yet", "restored", "contradicted", "unknown"]


class ScopeRecovery(msgspec.Struct, frozen=True, kw_only=True):
    """What was judged of one scope.

    Attributes:
        scope: of what.
        verdict: see `RecoveryVerdict`.
        since_us: since when it is back, or contradicted; None where that is not the verdict. Microseconds since 1970.
        nats: evidence for "back", in nats; `needed_nats` what makes it a verdict.
        relapsed: it was back since the onset, and is not any more.
    """

    scope: Scope
    verdict: RecoveryVerdict
    since_us: int | None = None
    nats: float = 0.0
    needed_nats: float = 0.0
    relapsed: bool = False


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """When it may be over: a range and its middle, with the confidence that the range was made for.

    Attributes:
        low_us, middle_us, high_us: quantiles of the end, microseconds since 1970 UTC.
        confidence: share of such ranges that should hold, 0..1.
        share: excess of reports over usual of late, relative to its height; what the estimate went by, 0..1.
        incidents: past incidents that it learnt from.
        desk_s: seconds that were left by the desk's own word, which it took in; None where nobody said.
    """

    low_us: int
    middle_us: int
    high_us: int
    confidence: float = 0.8
    share: float = 1.0
    incidents: int = 0
    desk_s: float | None = None
