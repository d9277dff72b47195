"""The whole simulated story: four quiet weeks, then 3 October 2025 with outage, noise and recovery."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from simulation import chatter, quiet, recovery, reports_day, rhythm
from simulation.handles import OPERATOR_ACCOUNT, PRESS_ACCOUNTS, Crowd
from simulation.wording import Wanted, Wording

WIB = timezone(timedelta(hours=7), "WIB")
FIRST_DAY = datetime(2025, 9, 5, tzinfo=WIB)
OUTAGE_DAY = datetime(2025, 10, 3, tzinfo=WIB)
PROTEST_DAY = datetime(2025, 9, 22, tzinfo=WIB)
NAME = "Smartfren"

# Posts of a quiet day by kind: templates, mean a day.
QUIET_STREAMS: tuple[tuple[tuple[str, ...], float], ...] = (
    (quiet.COMPLAINTS, 42.0),
    (quiet.QUESTIONS, 14.0),
    (quiet.PRAISE, 8.0),
    (chatter.RIVAL_TROUBLE, 58.0),
    (chatter.PROMOTIONS, 12.0),
    (chatter.SELLERS, 14.0),
    (chatter.JOKES, 10.0),
    (chatter.FOOTBALL, 5.0),
    (chatter.PRICES, 4.0),
)
# How reports of the day are worded: kind and weight.
REPORT_MIX: tuple[tuple[tuple[str, ...], float], ...] = (
    (reports_day.SHORT, 26.0),
    (reports_day.PLAIN, 48.0),
    (reports_day.FORMAL, 6.0),
    (reports_day.CAPITALS, 3.0),
    (reports_day.JAVANESE, 7.0),
    (reports_day.SUNDANESE, 7.0),
    (reports_day.ENGLISH, 3.0),
)
PROFILE_PLACE_SHARE = 0.12


@dataclass(frozen=True)
class Post:
    """One row of the simulated file before it gets its id."""

    at: datetime
    author: str
    text: str
    place: str


class Story:
    """Writes all posts of the simulation from one generator, in an arbitrary but repeatable order."""

    def __init__(self, rng: random.Random) -> None:
        """Draw everything from `rng`."""
        self._rng = rng
        self._wording = Wording(rng)
        self._crowd = Crowd(rng, return_share=0.18)

    def posts(self) -> list[Post]:
        """Return every post of the four weeks and the day, by time."""
        told = [*self._quiet_weeks(), *self._outage(), *self._around_the_outage(), *self._evening()]
        told = [post for post in told if post.at < OUTAGE_DAY + timedelta(days=1)]
        return sorted(told, key=lambda post: (post.at, post.author, post.text))

    def _post(self, at: datetime, template: str, wanted: Wanted, author: str = "") -> Post:
        text, town = self._wording.write(template, wanted)
        shows_place = not author and self._rng.random() < PROFILE_PLACE_SHARE
        return Post(at, author or self._crowd.somebody(), text, town if shows_place else "")

    def _quiet_weeks(self) -> Iterator[Post]:
        days = [FIRST_DAY + timedelta(days=n) for n in range((OUTAGE_DAY - FIRST_DAY).days + 1)]
        for templates, per_day in QUIET_STREAMS:
            for at in rhythm.quiet_moments(self._rng, days, per_day):
                post = self._post(at, self._rng.choice(templates), Wanted())
                yield post
                if templates is quiet.COMPLAINTS:
                    yield from self._chain(post, quiet.REPLIES, Wanted())
        for at in rhythm.quiet_moments(self._rng, days, 1.5):
            yield self._post(at, self._rng.choice(chatter.OPERATOR_NEWS), Wanted(roughness=0), OPERATOR_ACCOUNT)
        for at in rhythm.curve_moments(self._rng, PROTEST_DAY, rhythm.PRICE_PROTEST):
            yield self._post(at, self._rng.choice(chatter.PRICES), Wanted())

    def _chain(self, first: Post, templates: tuple[str, ...], wanted: Wanted) -> Iterator[Post]:
        """Yield what a report draws: now and then a few replies, now and then the operator's own answer."""
        asked = Wanted(**{**vars(wanted), "to": first.author})
        if self._rng.random() < 0.22:
            at = first.at
            for _ in range(self._rng.randrange(1, 4)):
                at += timedelta(seconds=self._rng.randrange(60, 1200))
                yield self._post(at, self._rng.choice(templates), asked)
        if self._rng.random() < 0.08:
            at = first.at + timedelta(seconds=self._rng.randrange(300, 5400))
            plain = Wanted(to=first.author, roughness=0)
            yield self._post(at, self._rng.choice(chatter.OPERATOR_REPLIES), plain, OPERATOR_ACCOUNT)

    def _outage(self) -> Iterator[Post]:
        """Yield the reports of the day and their replies; the first comes at 08:48."""
        rng = self._rng
        moments = [rhythm.at_clock(OUTAGE_DAY, "08:48") + timedelta(seconds=14)]
        moments += rhythm.curve_moments(rng, OUTAGE_DAY, rhythm.OUTAGE)
        for at in moments:
            pool = _report_pool(rng, at)
            roughness = 0.25 if pool is reports_day.FORMAL else 1.0
            wanted = Wanted(outage=True, since=_since(at), place_share=0.3, roughness=roughness)
            post = self._post(at, rng.choice(pool), wanted)
            yield post
            if rng.random() < 0.3:
                yield from self._chain(post, reports_day.REPLIES, wanted)
        for at in rhythm.curve_moments(rng, OUTAGE_DAY, rhythm.RECOVERY):
            pool = rng.choices((recovery.BACK, recovery.REPLIES_BACK, recovery.HALFWAY), (70, 18, 12))[0]
            hour = rng.choice((f"{at.hour}", f"{at.hour}.{rng.randrange(0, 60, 5):02d}", f"{max(at.hour - 12, 1)}an"))
            wanted = Wanted(outage=True, since="late", to=self._crowd.somebody(), hour=hour, place_share=0.35)
            yield self._post(at, rng.choice(pool), wanted)

    def _around_the_outage(self) -> Iterator[Post]:
        """Yield what others say about it: comparison, sympathy, jokes, headlines, the operator's own word."""
        rng = self._rng
        for curve, pool, share in (
            (rhythm.OUTAGE, chatter.COMPARE, 0.06),
            (rhythm.OUTAGE, chatter.SYMPATHY, 0.025),
            (rhythm.OUTAGE, chatter.OUTAGE_JOKES, 0.025),
        ):
            later = timedelta(minutes=35)
            for at in rhythm.curve_moments(rng, OUTAGE_DAY, tuple((clock, rate * share) for clock, rate in curve)):
                yield self._post(at + later, rng.choice(pool), Wanted())
        for clock, template in chatter.OPERATOR_DAY:
            yield self._plain(clock, template, OPERATOR_ACCOUNT)
        for clock, template in chatter.HEADLINES:
            yield self._plain(clock, template, rng.choice(PRESS_ACCOUNTS))

    def _evening(self) -> Iterator[Post]:
        """Yield the football match of the evening, full of words that also belong to networks."""
        for at in rhythm.curve_moments(self._rng, OUTAGE_DAY, rhythm.FOOTBALL):
            yield self._post(at, self._rng.choice(chatter.FOOTBALL), Wanted())

    def _plain(self, clock: str, template: str, author: str) -> Post:
        at = rhythm.at_clock(OUTAGE_DAY, clock) + timedelta(seconds=self._rng.randrange(60))
        return Post(at, author, template.format(op=NAME), "")


def _report_pool(rng: random.Random, at: datetime) -> tuple[str, ...]:
    """Return the templates of one report; "still" and "back and gone" need some hours to be true."""
    later = 0.0 if _since(at) in {"fresh", "morning"} else 0.35
    if rng.random() < later:
        return reports_day.LATER
    return rng.choices([kind for kind, _ in REPORT_MIX], [weight for _, weight in REPORT_MIX])[0]


def _since(at: datetime) -> str:
    """Return which of the "since when" pieces fits the hour."""
    clock = at.strftime("%H:%M")
    return "fresh" if clock < "09:15" else "morning" if clock < "12:00" else "noon" if clock < "15:00" else "late"
