"""The choices of a subscription as a form without script shows and sends them: places, services, operators, how often.

A place is chosen in two steps, province and then its regencies and cities: 552 boxes would be a page that nobody on a
weak network waits for. What was chosen before stays in the form while another province is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast, get_args

import msgspec

from pulih.model.reading import Service
from pulih.model.subscription import Language, Pace, Subscription, Topics
from pulih.service.subscribing import TOPICS_MAX, Wish
from pulih.web.frame.rooms import Names, Rooms
from pulih.web.public.offered import operators_shown, services_of

# How refusals of subscribing are answered, where not with 400.
STATUS: Final[Mapping[str, int]] = {"subscribe.wait": 429, "subscribe.crowded": 503}
Fields = Mapping[str, Sequence[str]]
SERVICES: Final[tuple[Service, ...]] = ("mobile_data", "mobile_voice", "sms", "fixed_broadband", "tv")
PACES: Final[tuple[Pace, ...]] = get_args(Pace)


class Choice(msgspec.Struct, frozen=True):
    """One box: what it sends, how it is called, and whether it is ticked."""

    value: str
    name: str
    ticked: bool


class TopicsForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the form shows."""

    places: tuple[Choice, ...]
    provinces: tuple[Choice, ...]
    services: tuple[Service, ...]
    operators: tuple[Choice, ...]
    wish: Wish

    def kept(self) -> tuple[tuple[str, str], ...]:
        """Return what is chosen, for the form that opens a province."""
        topics = self.wish.topics
        return (
            *(("place", one) for one in topics.regions),
            *(("service", one) for one in topics.services),
            *(("operator", one) for one in topics.operators),
        )


def form_of(rooms: Rooms, wish: Wish, province: str = "") -> TopicsForm:
    """Return the form with a wish filled in, and the regencies of a province to choose from."""
    names, chosen = rooms.names, wish.topics
    inside = sorted(_inside(names, province), key=names.region)
    provinces = [one for one in names.regions if "." not in one]
    # The one that was opened, or else that of the place somebody came from.
    open_one = province or next((one.partition(".")[0] for one in chosen.regions), "")
    return TopicsForm(
        places=tuple(
            Choice(code, names.region(code), code in chosen.regions)
            for code in dict.fromkeys([*chosen.regions, *([province] if inside else []), *inside])
        ),
        provinces=tuple(Choice(one, names.region(one), one == open_one) for one in sorted(provinces, key=names.region)),
        services=tuple(
            one for one in SERVICES if one in chosen.services or one in services_of(rooms, chosen.operators)
        ),
        operators=tuple(Choice(one, name, one in chosen.operators) for one, name in operators_shown(rooms).items()),
        wish=wish,
    )


def wish_in(rooms: Rooms, fields: Fields, language: Language) -> Wish:
    """Return what a form, or an address that leads to it, asks for; what there is not is left out."""
    operators, regions = operators_shown(rooms), rooms.names.regions
    pace = _one(fields, "pace")
    return Wish(
        topics=Topics(
            operators=_known(fields, "operator", operators),
            services=cast(tuple[Service, ...], _known(fields, "service", SERVICES)),
            regions=_known(fields, "place", regions),
        ),
        language=cast(Language, _one(fields, "language")) if _one(fields, "language") in {"id", "en"} else language,
        pace=pace if pace in PACES else "each",
        quiet=bool(_one(fields, "quiet")),
    )


def fields_of(sent: Any) -> dict[str, list[str]]:
    """Return the fields of a form that was sent, each with all of its values."""
    fields: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields


def wish_of(subscription: Subscription) -> Wish:
    """Return what a subscription has."""
    return Wish(
        topics=subscription.topics,
        language=subscription.language,
        pace=subscription.pace,
        quiet=subscription.quiet,
    )


def _known(fields: Fields, name: str, there: Sequence[str] | Mapping[str, str]) -> tuple[str, ...]:
    # One more than may be, so that too many are refused and not cut.
    return tuple(one for one in dict.fromkeys(fields.get(name, ())) if one in there)[: TOPICS_MAX + 1]


def _one(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _inside(names: Names, province: str) -> list[str]:
    return [code for code in names.regions if code.startswith(f"{province}.")] if province in names.regions else []
