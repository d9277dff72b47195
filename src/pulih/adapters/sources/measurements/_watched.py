"""Watched: which networks and places a public service is asked about, and whose they are.

No list of autonomous systems comes with Pulih: numbers move between companies, and a wrong one would accuse a
bystander. So the settings say which number is whose; operators and places are named as anywhere else (docs/lexicon.md,
docs/places.md).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.model.errors import RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.ports.sources import Item

WATCHED_MAX: Final = 50
# What a measurement from afar says begins with one of these, as an own probe's does (adapters/probes/schedule.py).
WELL, FAILED = "ok", "failed"


class Watch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One network or place that is watched: exactly one of `asn`, `country` and `region`.

    Attributes:
        asn: number of an autonomous system; `operator` says whose it is.
        country: ISO 3166 code of two letters.
        region: the service's own code of a region; `place` says which it is here.
        operator: id or name of the operator, "" = all of them.
        place: name or code of the region, "" = the whole country.
        service: what is out of order when it does not answer.
    """

    asn: Annotated[int, Meta(gt=0, lt=1 << 32, description="a number such as 64500")] | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$", description="a code of two letters such as ID")] = ""
    region: Annotated[
        str, Meta(pattern="^[A-Za-z0-9._-]*$", max_length=40, description="a code of the service, such as 4416")
    ] = ""
    operator: str = ""
    place: str = ""
    service: Service | None = None

    @property
    def code(self) -> str:
        """What it is called in texts and ids: "AS64500", "ID", "region/4416"."""
        return f"AS{self.asn}" if self.asn is not None else self.country or f"region/{self.region}"


EverySeconds = Annotated[float, Meta(ge=60, le=86_400, description="60 to 86,400 seconds")]
PerSecond = Annotated[float, Meta(gt=0, le=10, description="above 0, at most 10 questions a second")]


def codes_of(settings: Any, _: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the filters of a source that watches: the code of each thing, named as alive with every round."""
    return tuple(one.code for one in settings.watch)


def check_watched(name: str, watched: Collection[Watch], *, regions: bool = False) -> None:
    """Raise RefusedInput when something watched is not told plainly.

    Args:
        name: of the source.
        watched: as in its settings.
        regions: whether the service knows regions.
    """
    if not watched:
        raise RefusedInput(f'{name}: watch names nothing; right would be like [{{ asn = 64500, operator = "..." }}].')
    if len(watched) > WATCHED_MAX:
        raise RefusedInput(f"{name}: watch has {len(watched):,} entries; right would be at most {WATCHED_MAX}.")
    for one in watched:
        kinds = [kind for kind in ("asn", "country", "region") if getattr(one, kind)]
        if len(kinds) != 1:
            told = "asn, country or region" if regions else "asn or country"
            raise RefusedInput(f"{name}: an entry of watch names {len(kinds)} of {told}; right would be one of them.")
        if kinds == ["asn"] and not one.operator:
            raise RefusedInput(f"{name}: watch of {one.code} names no operator; right would be whose network it is.")
        if kinds == ["region"] and not (regions and one.place):
            right = "a place that Pulih knows beside it" if regions else "an asn or a country; no regions are known"
            raise RefusedInput(f"{name}: watch of {one.code}: right would be {right}.")


def item_of(watch: Watch, *, of: str, what: str, at_us: int, well: bool, symptom: Symptom = "no_internet") -> Item:
    """Return what a service says of something watched, as the state of a probe from afar.

    Args:
        watch: of what.
        of: the service and its data, one word, such as "ioda/bgp"; with the watched code it names a state.
        what: in words.
        at_us: since when, microseconds since 1970 UTC.
        well: whether it is in order.
        symptom: what it means when it is not.

    >>> item_of(Watch(asn=64500, operator="a"), of="ioda/bgp", what="at 40 %", at_us=0, well=False).text
    'failed: ioda/bgp AS64500: at 40 %'
    """
    return Item(
        id=f"{of}/{watch.code}/{at_us}/{WELL if well else FAILED}",
        at_us=at_us,
        text=f"{WELL if well else FAILED}: {of} {watch.code}: {what}",
        operator=watch.operator,
        service=watch.service,
        symptom="none" if well else symptom,
        place=watch.place,
        kind="probe",
    )
