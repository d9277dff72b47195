"""How sending stands, as the console shows it: readers, what waits, how each word came on, how each channel does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from pulih.model.subscription import ChannelKind, SendProgress
from pulih.service.queueing import Held
from pulih.service.sending import LaneNow


class SendingNow(msgspec.Struct, frozen=True, kw_only=True):
    """How sending stands.

    Attributes:
        on: False where the desk sends nothing, since no channel is set.
        readers: active subscriptions by channel; `waiting` deliveries that are not settled, by channel.
        held: words that wait for their pages; `early` the latest that went out before them.
        words: how far the words queued last have come, newest first.
        lanes: how each channel does.
        trouble: why nothing is sent at all, "" while all goes well.
    """

    on: bool = False
    readers: Mapping[ChannelKind, int] = {}
    waiting: Mapping[ChannelKind, int] = {}
    held: Sequence[Held] = ()
    early: Sequence[Held] = ()
    words: Sequence[SendProgress] = ()
    lanes: Sequence[LaneNow] = ()
    trouble: str = ""
