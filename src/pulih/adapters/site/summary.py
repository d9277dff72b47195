"""What machines read of the site: the bulletin as JSON, and the few bytes that the script and the widget ask for.

`now.json` is small since phones ask for it again and again; `bulletin.json` holds what goes on and what ended lately.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from pulih.adapters.site.tongue import sentences, tongue
from pulih.communicate.addresses import LANGUAGES, address
from pulih.communicate.turns import back_again, doubt, doubted, turn_words
from pulih.model.bulletin import Bulletin, PublicIncident, Stage
from pulih.model.clock import iso
from pulih.ports.channels import Language

# Of those that are over, as many as stand in bulletin.json; all of them are in the history.
_PAST_MAX = 50


class Brief(msgspec.Struct, frozen=True):
    """One incident that goes on, or was called restored and may not be over, in a line of each language.

    `back` says that it is back or may be, "" where it never was said to be over.
    """

    id: str
    stage: Stage
    title: dict[Language, str]
    path: dict[Language, str]
    back: dict[Language, str]


class Now(msgspec.Struct, frozen=True):
    """How things stand: when it was made, from when on it is stale, and a sentence for each language.

    `made` and `stale` are ISO 8601 with Z; `level` "unknown" says that no source of reports is heard.
    """

    desk: str
    made: str
    stale: str
    level: Literal["down", "watch", "ok", "unknown"]
    sentence: dict[Language, str]
    incidents: tuple[Brief, ...]


def summary(bulletin: Bulletin) -> Iterator[tuple[str, bytes]]:
    """Return both files, and the scripts that read them."""
    yield from _scripts()
    yield "now.json", msgspec.json.encode(now_of(bulletin))
    yield "bulletin.json", msgspec.json.encode(msgspec.structs.replace(bulletin, past=bulletin.past[:_PAST_MAX]))


def now_of(bulletin: Bulletin) -> Now:
    """Return how things stand in a few lines.

    >>> quiet = Bulletin(desk="Desk", address="", mode="operator", zone="Asia/Jakarta", made_us=0, stale_us=900_000_000)
    >>> now_of(quiet).sentence["en"], now_of(quiet).stale
    ('No confirmed outage', '1970-01-01T00:15:00Z')
    """
    going = [one for one in bulletin.current if one.confirmed_us is not None]
    loud = {(one.region, one.service) for one in bulletin.levels if bulletin.heard and one.level == "far_above"}
    doubts = doubted(bulletin)
    wary = bool(bulletin.current) or bool(doubts) or bool(loud)
    quiet: Literal["watch", "ok", "unknown"] = "watch" if wary else "ok" if bulletin.heard else "unknown"
    return Now(
        desk=bulletin.desk,
        made=iso(bulletin.made_us),
        stale=iso(bulletin.stale_us),
        level="down" if going else quiet,
        sentence={
            language: _sentence(language, len(going), len(bulletin.current), len(doubts), loud=(None, None) in loud)
            for language in LANGUAGES
        },
        incidents=tuple(_brief(one, bulletin.zone) for one in (*bulletin.current, *doubts)),
    )


def _brief(one: PublicIncident, zone: str) -> Brief:
    turn = doubt(one) or back_again(one)
    back = ("", "") if turn is None else turn_words(turn, tongue("id", zone).speech)
    return Brief(
        one.id,
        one.stage,
        {"id": one.title_id, "en": one.title_en},
        {language: address(language, "incident", one.id) for language in LANGUAGES},
        dict(zip(LANGUAGES, back, strict=True)),
    )


def _sentence(language: Language, confirmed: int, current: int, doubts: int, *, loud: bool) -> str:
    if not current and not doubts:
        return sentences(language)["home.loud" if loud else "home.none"]
    counts = (("home.some", confirmed), ("home.suspected", current), ("home.doubted", doubts))
    key, count = next((key, count) for key, count in counts if count)
    return sentences(language)[f"{key}.one" if count == 1 else key].format(n=count)


@cache
def _scripts() -> tuple[tuple[str, bytes], ...]:
    folder = files("pulih.adapters.site") / "assets"
    return tuple((name, (folder / name).read_bytes()) for name in ("pulih.js", "sw.js", "widget.js"))
