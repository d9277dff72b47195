"""Outages of the past as stories: documented facts with their source, what is assumed, and what people did when.

Nobody's posts are copied: what customers write is invented (`scenario_words`), how many write is assumed: 300 complain
on any day, and 350 to 1,000 in the worst hour of a national outage. (In the busiest hour of 28 August 2025 a sample of
X alone holds 40 posts that name Biznet, which has far fewer customers.) `scenario_seeds` measures what fewer show. A
story is told for one operator with brands and a footprint of its own, so that nothing hangs on the packaged catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Act = Literal["first_word", "claimed_fixed"]


@dataclass(frozen=True)
class Stretch:
    """A time in which more people than usual complain: `per_hour` at its end, rising or falling evenly to it."""

    end: datetime
    per_hour: float
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """One outage.

    Attributes:
        id: as in the collection of scenarios that it was taken from.
        operator: name that people write.
        zone, language: of its customers.
        begin: when trouble began, and `relief` when the last customers were served again.
        trouble: key of `scenario_words.TROUBLES`.
        stretches: how many complain, one stretch after the other from `begin`.
        acts: what the operator did when, as documented; where nothing is documented the desk's own habits hold.
        customers: how many were hit, lower and upper; 0 where nobody says.
        emergency: whether emergency calls failed.
        sources: who documents it.
        assumed: what no source says.
        country: whose rules are looked at.
        clocks: what becomes of clocks of rules: rule, clock, state at the end.
        paid: what a policy gives.
    """

    id: str
    operator: str
    zone: str
    language: Literal["id", "en"]
    begin: datetime
    relief: datetime
    trouble: str
    stretches: tuple[Stretch, ...]
    acts: tuple[tuple[datetime, Act], ...]
    customers: tuple[int, int] = (0, 0)
    emergency: bool = False
    sources: tuple[str, ...] = ()
    assumed: str = ""
    country: str = "ID"
    clocks: tuple[tuple[str, str, str], ...] = ()
    usual_per_day: float = 300.0
    seed: int = field(default=1)


def local(zone: str, *when: int) -> datetime:
    """Return a local moment: year, month, day, hour, minute."""
    return datetime(*when, tzinfo=ZoneInfo(zone))  # type: ignore[misc,arg-type]


def plateau(begin: datetime, relief: datetime, per_hour: float, *, places: Sequence[str] = ()) -> tuple[Stretch, ...]:
    """Return how complaints mostly go: up in forty minutes, level, down over the last fifth or the last two hours."""
    fade = min((relief - begin) / 5, timedelta(hours=2))
    named = tuple(places)
    return (
        Stretch(begin + timedelta(minutes=40), per_hour, named),
        Stretch(relief - fade, per_hour * 0.8, named),
        Stretch(relief, 0.0, named),
    )


_JAKARTA, _SYDNEY, _TORONTO = "Asia/Jakarta", "Australia/Sydney", "America/Toronto"
_TOKYO, _SEOUL, _LONDON = "Asia/Tokyo", "Asia/Seoul", "Europe/London"


def _smartfren() -> Story:
    begin, peak = local(_JAKARTA, 2025, 10, 3, 8, 48), local(_JAKARTA, 2025, 10, 3, 10, 18)
    relief = local(_JAKARTA, 2025, 10, 3, 16, 30)
    return Story(
        id="smartfren-2025-10-03", operator="Smartfren", zone=_JAKARTA, language="id", begin=begin, relief=relief,
        trouble="no_internet",
        stretches=(
            Stretch(peak, 450), Stretch(local(_JAKARTA, 2025, 10, 3, 14, 30), 250), Stretch(relief, 0.0),
        ),
        acts=((local(_JAKARTA, 2025, 10, 3, 16, 0), "claimed_fixed"),),
        sources=("siarandigital.id", "buser.co.id"),
        assumed="the end (sources say: still affected in the afternoon), the claim of a repair at 16:00",
        # It began slowly: reports stood out only when a quarter of an hour had passed.
        clocks=(("id.house.2026", "first", "late"), ("id.house.2026", "ministry", "running")),
    )  # fmt: skip


def _optus() -> Story:
    begin, relief = local(_SYDNEY, 2023, 11, 8, 4, 5), local(_SYDNEY, 2023, 11, 8, 16, 0)
    return Story(
        id="optus-2023", operator="Optus", zone=_SYDNEY, language="en", begin=begin, relief=relief, trouble="no_signal",
        stretches=plateau(begin, relief, 800),
        acts=(
            (local(_SYDNEY, 2023, 11, 8, 6, 33), "first_word"),
            (local(_SYDNEY, 2023, 11, 8, 16, 5), "claimed_fixed"),
        ),
        customers=(10_200_000, 10_200_000), emergency=True, sources=("aph.gov.au, Senate report, chapters 2 and 3",),
        assumed="updates by the desk's own habit", country="AU",
        clocks=(("au.major.2024", "first_public", "met"), ("jp.mic.2023", "first", "late")),
    )  # fmt: skip


def _rogers() -> Story:
    begin = local(_TORONTO, 2022, 7, 8, 4, 45)
    relief = begin + timedelta(hours=19)
    return Story(
        id="rogers-2022", operator="Rogers", zone=_TORONTO, language="en", begin=begin, relief=relief,
        trouble="no_internet", stretches=plateau(begin, relief, 750),
        acts=((relief + timedelta(minutes=10), "claimed_fixed"),), customers=(12_250_000, 12_250_000), emergency=True,
        sources=("technewsday.com", "narcity.com"), assumed="the hour of the beginning, all acts but the end",
        country="CA", clocks=(("ca.crtc.2025-225", "notice", "missed"), ("jp.mic.2023", "first", "met")),
    )  # fmt: skip


def _kddi() -> Story:
    begin, relief = local(_TOKYO, 2022, 7, 2, 1, 35), local(_TOKYO, 2022, 7, 4, 15, 0)
    return Story(
        id="kddi-2022", operator="KDDI", zone=_TOKYO, language="en", begin=begin, relief=relief, trouble="call_failure",
        stretches=plateau(begin, relief, 350),
        acts=((local(_TOKYO, 2022, 7, 4, 15, 30), "claimed_fixed"),), customers=(30_910_000, 35_890_000),
        emergency=True, sources=("japannews.yomiuri.co.jp", "asahi.com"),
        assumed="that people write in English; the moment at which the repair was claimed", country="JP",
        clocks=(("jp.mic.2023", "first", "met"),),
    )  # fmt: skip


def _kt() -> Story:
    begin = local(_SEOUL, 2021, 10, 25, 11, 16)
    relief = begin + timedelta(minutes=89)
    return Story(
        id="kt-2021", operator="KT Corp", zone=_SEOUL, language="en", begin=begin, relief=relief,
        trouble="no_internet",
        stretches=(Stretch(begin + timedelta(minutes=15), 1000), Stretch(relief - timedelta(minutes=15), 900),
                   Stretch(relief, 0.0)),
        acts=((relief + timedelta(minutes=5), "claimed_fixed"),), customers=(35_000_000, 35_000_000),
        sources=("asiatechwire.com",), assumed="the hour of the beginning; that people write in English",
        country="KR", clocks=(("jp.mic.2023", "first", "met"),),
    )  # fmt: skip


def _o2() -> Story:
    begin = local(_LONDON, 2018, 12, 6, 5, 30)
    relief = begin + timedelta(hours=22)
    return Story(
        id="o2-2018", operator="O2 UK", zone=_LONDON, language="en", begin=begin, relief=relief, trouble="no_internet",
        stretches=plateau(begin, relief, 600),
        acts=((begin + timedelta(hours=24), "claimed_fixed"),), customers=(25_000_000, 32_000_000),
        sources=("computerweekly.com 252454151", "techradar.com"),
        assumed="that the last complaints ended two hours before the day was full", country="GB",
        clocks=(("jp.mic.2023", "first", "met"), ("eu.nis2.23", "early_warning", "missed")),
    )  # fmt: skip


def _telkom() -> Story:
    begin = local(_JAKARTA, 2021, 9, 19, 17, 33)
    declared, relief = local(_JAKARTA, 2021, 9, 25, 9, 0), local(_JAKARTA, 2021, 9, 26, 12, 0)
    return Story(
        id="telkom-2021", operator="IndiHome", zone=_JAKARTA, language="id", begin=begin, relief=relief,
        trouble="no_internet",
        stretches=(
            Stretch(begin + timedelta(hours=1), 450), Stretch(local(_JAKARTA, 2021, 9, 20, 12, 0), 150),
            Stretch(declared, 150), Stretch(local(_JAKARTA, 2021, 9, 26, 6, 0), 100), Stretch(relief, 0.0),
        ),
        acts=((declared, "claimed_fixed"), (relief + timedelta(minutes=15), "claimed_fixed")),
        sources=("kompas.com 2021/09/25/204600665", "tekno.kompas.com"),
        assumed="hours of day: the claims at 09:00 on the 25th and 12:15 on the 26th, the last complaints at noon",
        clocks=(("id.house.2026", "first", "met"), ("id.house.2026", "ministry", "missed")),
    )  # fmt: skip


def _power() -> Story:
    begin = local(_JAKARTA, 2024, 6, 4, 11, 30)
    places = ("Palembang", "Jambi", "Bengkulu", "Bandar Lampung")
    hours = [Stretch(begin + timedelta(hours=3 * (one + 1)), 200, (place,)) for one, place in enumerate(places)]
    relief = begin + timedelta(hours=13)
    return Story(
        id="rolling-power", operator="Telkomsel", zone=_JAKARTA, language="id", begin=begin, relief=relief,
        trouble="no_signal", stretches=(*hours, Stretch(relief, 0.0, places[-1:])),
        acts=((relief + timedelta(minutes=20), "claimed_fixed"),),
        sources=("invented: a power failure that goes from town to town",), assumed="everything",
        clocks=(("id.house.2026", "first", "met"),),
    )  # fmt: skip


STORIES = {story.id: story for story in (_kt(),)}
# These last for most of a day or longer, and take a while to live through: `make replay` does.
LONG_STORIES = {
    story.id: story for story in (_smartfren(), _optus(), _rogers(), _o2(), _kddi(), _telkom(), _power())
}  # fmt: skip
