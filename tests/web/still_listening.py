"""Sources that the desk listens to by itself, standing still: a paid one quiet on a filter, one that needs a person."""

from __future__ import annotations

from still_desk import FILTERS, MINUTE_US, NOW_US

from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.listening import Missing, SourcePast
from pulih.service.listening.one_source import Standing
from pulih.service.listening.room import ListenedNow
from pulih.service.listening.spending import Spent
from pulih.service.view import Alive

_HOUR = NOW_US // (HOUR_S * MICROS)
SOURCES = (
    ListenedNow(
        name="x",
        kind="x",
        standing=Standing("listening", NOW_US - 600 * MINUTE_US),
        past=SourcePast(
            source="x",
            sign_us=NOW_US,
            item_us=NOW_US - MICROS,
            hours=((_HOUR - 30, 7), (_HOUR - 1, 1_200), (_HOUR, 412)),
            delays_s=(1.0, 2.0, 2.0, 3.0, 60.0),
            missing=(Missing(NOW_US - 300 * MINUTE_US, "x keeps five minutes, and it was cut for twelve."),),
            refused=("A line that is no JSON: <b>oops</b>",),
        ),
        filters=FILTERS,
        spent=Spent(micros=12_340_000, budget_micros=50_000_000),
    ),
    ListenedNow(
        name="imap-aduan",
        kind="email",
        standing=Standing(
            "refused",
            NOW_US - 5 * MINUTE_US,
            "imap-aduan: the mail server does not let the desk in; give the present password.",
            key="source.shut",
            values={"name": "imap-aduan"},
        ),
        past=SourcePast(source="imap-aduan"),
    ),
)


class StillListening:
    """What pages ask of a `Listening`."""

    def alive(self) -> dict[str, Alive]:
        return {one.name: Alive(filters=one.filters) for one in SOURCES}

    def standings(self) -> dict[str, Standing]:
        return {one.name: one.standing for one in SOURCES}

    def one(self, name: str) -> ListenedNow:
        for one in SOURCES:
            if one.name == name:
                return one
        raise RefusedInput(f"There is no source {name!r}.")
