"""One language and one time zone, bound together: what every part of the page speaks through.

Sentences are trusted data and may carry `<b>`; whatever is put into them is escaped here, once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from pulih.adapters.report import local_time
from pulih.adapters.report.numerals import rounded, written
from pulih.adapters.report.texts import TEXTS, Language
from pulih.model.clock import DAY_S, HOUR_S, MICROS


class Words(msgspec.Struct, frozen=True):
    """Says things in one language, with the clock of one zone."""

    language: Language
    zone: ZoneInfo

    @property
    def texts(self) -> Mapping[str, str]:
        """All sentences of the language by key."""
        return TEXTS[self.language]

    def say(self, key: str, **values: object) -> Markup:
        """Return the sentence `key` with `values` filled in and escaped."""
        return Markup(self.texts[key]).format(**values)

    def count(self, key: str, number: float, **values: object) -> Markup:
        """Return the sentence `key` for `number` of something, with its own singular where there is one."""
        exact = f"{key}.one" if number == 1 and f"{key}.one" in self.texts else key
        return self.say(exact, n=self.number(number), **values)

    def name(self, group: str, key: str | None) -> str:
        """Return the human name of a fixed value, such as a symptom; the value itself when it has none."""
        return self.texts.get(f"{group}.{key}", str(key or ""))

    def number(self, value: float) -> str:
        """Write a number exactly enough for a table."""
        return written(value, self.language)

    def about(self, value: float) -> str:
        """Write a number as a sentence wants it, rounded to what it means."""
        return written(rounded(value), self.language)

    def usual(self, value: float) -> Markup:
        """Write how many reports are usual, with the verb; a part of a report is no more than "fewer than one"."""
        whole = round(value) if math.isfinite(value) else 0
        return self.say("usual.less") if whole < 1 else self.count("usual", whole, about=self.about(whole))

    def listed(self, items: Sequence[Markup | str]) -> Markup:
        """Join names into "a, b and c"."""
        parts = [Markup("{}").format(item) for item in items]
        if len(parts) < 2:
            return Markup("").join(parts)
        last = Markup(" {} ").format(self.say("and"))
        comma = Markup(", ")
        return comma.join(parts[:-1]) + last + parts[-1]

    def delay(self, seconds: float) -> Markup:
        """Write how much later something came; from three hours on, minutes would claim too much."""
        return self.count("span.hours", round(seconds / HOUR_S)) if seconds >= 3 * HOUR_S else self.span(seconds)

    def span(self, seconds: float) -> Markup:
        """Write a length of time: "15 minutes", "2 hours 10 minutes", "30 days"."""
        whole = round(seconds)
        if 0 < whole < 60:
            return self.count("span.seconds", whole)
        minutes = round(whole / 60)
        if minutes < 120 and minutes != 60:
            return self.count("span.minutes", minutes)
        if minutes < 2 * DAY_S // 60:
            hours, rest = divmod(minutes, 60)
            text = self.count("span.hours", hours)
            return text + Markup(" ") + self.count("span.minutes", rest) if rest else text
        return self.count("span.days", round(whole / DAY_S))

    def window(self, seconds: float) -> Markup:
        """Write the width of a window after "in a" or "per": "hour", "day", "10 minutes"."""
        names = {3_600: "window.hour", DAY_S: "window.day"}
        whole = round(seconds)
        return self.say(names[whole]) if whole in names else self.say("window.other", span=self.span(seconds))

    def long_span(self, seconds: float) -> Markup:
        """Write how long a whole file reaches, in hours below two days and in days above."""
        if seconds < 2 * DAY_S:
            return self.count("span.hours", max(1, -(-int(seconds) // HOUR_S)))
        return self.count("span.days", -(-int(seconds) // DAY_S))

    def clock(self, at_us: int) -> str:
        """Write a time of day, without its zone."""
        return local_time.clock(at_us, self.zone, self.language)

    def clock_zone(self, at_us: int) -> str:
        """Write a time of day with the name of its zone."""
        return f"{self.clock(at_us)} {self.zone_name(at_us)}"

    def zone_name(self, at_us: int) -> str:
        """Name the zone at that moment."""
        return local_time.zone_name(at_us, self.zone)

    def day(self, at_us: int) -> str:
        """Write a date in full."""
        return local_time.day(at_us, self.zone, self.language)

    def moment_since(self, at_us: int, since_us: int) -> str:
        """Write a time of day, with the short date when that is another day than `since_us`."""
        same = local_time.same_day(at_us, since_us, self.zone)
        return self.clock(at_us) if same else self.moment(at_us)

    def short_day(self, at_us: int, *, year: bool = True) -> str:
        """Write a date in short, for tables."""
        return local_time.short_day(at_us, self.zone, self.language, year=year)

    def moment(self, at_us: int, *, year: bool = True) -> str:
        """Write a short date with the time of day, for tables."""
        return f"{local_time.short_day(at_us, self.zone, self.language, year=year)} {self.clock(at_us)}"

    def same_year(self, first_us: int, second_us: int) -> bool:
        """Tell whether two moments fall in one year of the zone."""
        return local_time.same_year(first_us, second_us, self.zone)

    def clock_since(self, at_us: int, since_us: int) -> str:
        """Write a time of day, with its date when that is another day than `since_us`."""
        if local_time.same_day(at_us, since_us, self.zone):
            return self.clock(at_us)
        other_year = not self.same_year(at_us, since_us)
        day = local_time.day(at_us, self.zone, self.language, year=other_year)
        return str(self.say("clock.other_day", clock=self.clock(at_us), day=day))


def seconds_between(first_us: int, last_us: int) -> float:
    """Return the seconds from one moment to a later one.

    >>> seconds_between(0, 1_500_000)
    1.5
    """
    return (last_us - first_us) / MICROS
