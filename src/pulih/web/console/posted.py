"""What was sent because somebody pressed for it, as pages of an incident show it: what, by whom, how far it came."""

from __future__ import annotations

import msgspec

from pulih.model.entry import CustomersAsked, ReportSent
from pulih.model.subscription import DeliveryState
from pulih.ports.outbox import Became
from pulih.service.posting import Post
from pulih.web.console.asking import Asking


class PostView(msgspec.Struct, frozen=True, kw_only=True):
    """One report or question.

    Attributes:
        fact: what it is; `who` pressed for it, at `at_us`.
        became: how many are in which state, and why; nothing before it is queued.
        lost: it was not queued in time and is not sent any more.
        in_vain: it is certain that it reached nobody, so it may be pressed for again.
    """

    fact: ReportSent | CustomersAsked
    who: str
    at_us: int
    became: tuple[Became, ...]
    lost: bool
    in_vain: bool = False

    def many(self, *states: DeliveryState) -> int:
        """Return how many are in one of some states."""
        return sum(one.many for one in self.became if one.state in states)


def posts_of(who: Asking, incident_id: str) -> tuple[PostView, ...]:
    """Return what was to be sent about an incident, the latest first. Raises OutsideFailed."""
    if who.rooms.posting is None:
        return ()
    return tuple(map(_view, reversed(who.rooms.posting.posts(incident_id))))


def _view(post: Post) -> PostView:
    entry = post.entry
    assert isinstance(entry.fact, ReportSent | CustomersAsked)
    lost = not post.became and not post.awaited
    return PostView(
        fact=entry.fact, who=entry.actor, at_us=entry.at_us, became=post.became, lost=lost, in_vain=post.in_vain
    )
