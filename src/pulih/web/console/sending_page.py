"""What the page of sending shows: how far each word has come, what waits, and how each channel does."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get

from pulih.model.errors import OutsideFailed
from pulih.model.subscription import DeliveryState, SendProgress
from pulih.service.sending_now import SendingNow
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import spoken
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

_UNSETTLED: frozenset[DeliveryState] = frozenset({"waiting", "leased", "handing"})
# What is said of a word beside how many have it, in this order.
_SAID: tuple[DeliveryState, ...] = ("refused", "given_up", "uncertain", "dropped")


@get("/console/sending", guards=[require("viewer")], include_in_schema=False)
@in_thread
def sending(request: AnyRequest) -> Response[bytes]:
    """Show how sending stands."""
    return page(request, "console/sending.html", **sending_values(asking(request)))


def sending_values(asked: Asking) -> dict[str, Any]:
    """Return what the page shows; while the database cannot be read, that it cannot."""
    try:
        now = asked.rooms.sending()
    except OutsideFailed as problem:
        now = SendingNow(on=True, trouble=str(problem))
    return {**spoken(asked.tongue), "sending": now, "rows": [row_of(one) for one in now.words]}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One word on one channel: how many are to get it, how many have it, how many wait, what became of the others."""

    word: SendProgress
    total: int
    sent: int
    left: int
    others: tuple[tuple[DeliveryState, int], ...]


def row_of(progress: SendProgress) -> Row:
    """Return what is shown of a word.

    >>> one = SendProgress(word="a/n1", channel="email", incident="a", counts=(("waiting", 2), ("sent", 3)),
    ...     queued_us=0, changed_us=0)
    >>> row_of(one).total, row_of(one).sent, row_of(one).left
    (5, 3, 2)
    """
    counts = dict(progress.counts)
    return Row(
        word=progress,
        total=sum(counts.values()),
        sent=counts.get("sent", 0),
        left=sum(count for state, count in counts.items() if state in _UNSETTLED),
        others=tuple((state, counts[state]) for state in _SAID if state in counts),
    )
