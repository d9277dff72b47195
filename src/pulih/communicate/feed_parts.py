"""Feeds of one operator or one province: for whoever wants to hear of their own trouble and of no other.

Each lies beside the page of what it is about, and holds what that page is about: an outage in a regency is in the feed
of its province, one of the whole country in every feed.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from pulih.communicate.edition import Edition
from pulih.model.bulletin import Bulletin, PublicIncident, Work


class FeedPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed is about: an operator or a province, by id; `page` is the path of its page, `name` its name."""

    page: str
    name: str
    operator: str = ""
    province: str = ""

    @property
    def path(self) -> str:
        """Return the path of the feed below the root of the site."""
        return f"{self.page}feed.atom"


def parts_of(edition: Edition) -> Iterator[FeedPart]:
    """Yield what there are feeds of in one language: every operator that is shown, and every province."""
    bulletin = edition.bulletin
    for operator in bulletin.operators:
        page = f"{edition.pick(('layanan', 'en/service'))}/{operator.id}/"
        yield FeedPart(page=page, name=operator.name, operator=operator.id)
    for place in bulletin.places:
        if not place.above:
            page = f"{edition.pick(('wilayah', 'en/place'))}/{place.code}/"
            yield FeedPart(page=page, name=place.name, province=place.code)


def narrowed(bulletin: Bulletin, part: FeedPart) -> Bulletin:
    """Return a bulletin that knows no other incidents and works than those of a part."""

    def inside(one: PublicIncident | Work) -> bool:
        return concerns(part, one)

    return replace(
        bulletin,
        current=tuple(filter(inside, bulletin.current)),
        past=tuple(filter(inside, bulletin.past)),
        works=tuple(filter(inside, bulletin.works)),
    )


def concerns(part: FeedPart, one: PublicIncident | Work) -> bool:
    """Tell whether an incident or planned work belongs in the feed of a part."""
    if part.operator:
        return one.operator == part.operator
    regions = one.regions if isinstance(one, Work) else [scope.region for scope in one.scopes]
    if not regions:
        return True
    # A region is within those whose codes begin its own ("31.74" within "31").
    return any(region is None or f"{region}.".startswith(f"{part.province}.") for region in regions)
