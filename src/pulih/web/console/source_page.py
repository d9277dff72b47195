"""What the page of one source shows: whether it is listened to, how much and how late, its filters, gaps and cost."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.listening import SourcePast
from pulih.service.listening.one_source import Standing
from pulih.service.listening.room import ListenedNow
from pulih.service.listening.spending import MICROS_A_UNIT
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.incident_page import spoken
from pulih.web.console.sources_page import never_heard
from pulih.web.console.usefulness import usefulness_values
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread
from pulih.web.frame.words import Words

# What may be wrong comes first.
_ORDER = ("silent", "unknown", "live")
_DAY_HOURS = 24
_SWAPPED = str.maketrans(",.", ".,")


class Volume(msgspec.Struct, frozen=True):
    """Items of the present hour and of the last 24, and each of those hours that had some, newest first."""

    hour: int
    day: int
    hours: tuple[tuple[int, int], ...]


class Delay(msgspec.Struct, frozen=True):
    """Seconds between said and heard of items of late: half came sooner, and nine of ten."""

    half_s: float
    most_s: float


@get("/console/sources/{name:str}", guards=[require("viewer")], include_in_schema=False)
@in_thread
def source(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """Show one source: one that the desk listens to by itself, or one that calls it."""
    asked = asking(request)
    if (now := _listened(asked, name)) is not None:
        return page(request, "console/source.html", **source_values(asked, name, now))
    return page(request, "console/source_called.html", **called_values(asked, name))


def source_values(asked: Asking, name: str, now: ListenedNow) -> dict[str, Any]:
    """Return what the page of a source shows that the desk listens to by itself."""
    counters = next((one for one in asked.rooms.live.sources() if one.source == name), None)
    useful = usefulness_values(asked.rooms)
    return {
        **spoken(asked.tongue),
        **useful,
        "worths": useful["worths"].get(name, ()),
        "source": now,
        "refusal": said_of(now.standing, asked.tongue.say),
        "counters": counters,
        "filters": sorted(now.filters, key=lambda one: (_ORDER.index(one.liveness), one.name)),
        "volume": volume_of(now.past, asked.rooms.clock.now_us()),
        "delay": delay_of(now.past),
        "money": lambda micros: money(micros, asked.tongue.say.language),
    }


def called_values(asked: Asking, name: str) -> dict[str, Any]:
    """Return what the page of a source shows that calls the desk: a hook, a probe, the form, whoever posts.

    Raises: NotFoundException when nobody of that name was heard, and no hook has it.
    """
    calls = asked.rooms.calls.now().get(name)
    counters = next((one for one in asked.rooms.live.sources() if one.source == name), None)
    if counters is None and calls is None:
        raise NotFoundException(f"There is no source {name!r}.")
    now_us = asked.rooms.clock.now_us()
    hours = asked.rooms.live.hours(name, now_us - (_DAY_HOURS - 1) * HOUR_S * MICROS)
    useful = usefulness_values(asked.rooms)
    past = SourcePast(
        source=name,
        hours=tuple((at_us // (HOUR_S * MICROS), many) for at_us, many in hours.items()),
        delays_s=calls.delays_s if calls else (),
    )
    return {
        **spoken(asked.tongue),
        **useful,
        "worths": useful["worths"].get(name, ()),
        "name": name,
        "sort": "hook" if calls else _sort_of(name),
        "calls": calls,
        "counters": counters or never_heard(name),
        "volume": volume_of(past, now_us),
        "delay": delay_of(past),
    }


def _sort_of(name: str) -> str:
    """Return what sort of source calls by a name, as web/words has it."""
    if name.startswith("probe-"):
        return "probe"
    return name if name in {"form", "tmf621", "tmf642"} else "posted"


def said_of(standing: Standing, say: Words) -> str:
    """Return why a source is not listened to in the reader's language, "" where web/words has no such sentence."""
    key = f"refusal.{standing.key}"
    return say(key, **standing.values) if standing.key and say.has(key) else ""


def money(micros: int, language: str) -> str:
    """Write millionths of a unit as people do.

    >>> money(1_234_500_000, "en"), money(1_234_500_000, "id")
    ('1,234.50', '1.234,50')
    """
    written = f"{micros / MICROS_A_UNIT:,.2f}"
    return written.translate(_SWAPPED) if language == "id" else written


def volume_of(past: SourcePast, now_us: int) -> Volume:
    """Return how many items came of late.

    >>> volume_of(SourcePast(source="x", hours=((1, 9), (24, 5), (25, 2))), 25 * 3_600_000_000)
    Volume(hour=2, day=7, hours=((90000000000, 2), (86400000000, 5)))
    """
    hour_us = HOUR_S * MICROS
    present = now_us // hour_us
    late = [(hour, count) for hour, count in past.hours if present - _DAY_HOURS < hour <= present]
    hours = tuple((hour * hour_us, count) for hour, count in reversed(late))
    return Volume(dict(late).get(present, 0), sum(count for _, count in late), hours)


def delay_of(past: SourcePast) -> Delay | None:
    """Return how late items were heard, None where none told when it was said.

    >>> delay_of(SourcePast(source="x", delays_s=(1.0, 3.0, 2.0)))
    Delay(half_s=2.0, most_s=2.8)
    """
    delays = past.delays_s
    if not delays:
        return None
    most_s = delays[0] if len(delays) == 1 else quantiles(delays, n=10, method="inclusive")[-1]
    return Delay(round(median(delays), 1), round(most_s, 1))


def _listened(asked: Asking, name: str) -> ListenedNow | None:
    """Return a source that the desk listens to by itself, None where it is none."""
    try:
        found: ListenedNow | None = None if asked.rooms.listening is None else asked.rooms.listening.one(name)
    except RefusedInput:
        return None
    return found
