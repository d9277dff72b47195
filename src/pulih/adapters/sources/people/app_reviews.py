"""Reviews of the operator's own app at Apple's App Store, from the interface that Apple gives its publisher.

Apple shows a review up to a day after it was written, and names the country of its writer and no place within it; so
`territories` say whose reviews are heard, and no place is told.

Source: App Store Connect API, customer reviews; generating tokens for API requests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, Operator, SecretFile, Stars
from pulih.adapters.sources.people._polled import PAGES_MAX, Page, Polled, Rhythm
from pulih.adapters.sources.people._signed_token import Key, signed_token, signing_key
from pulih.listen.hooks.plain import joined, plain
from pulih.listen.payload import TEXT_CHARS_MAX
from pulih.model.clock import DAY_S, MICROS, to_micros
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Item, Means, SourceKind

_ADDRESS: Final = "https://api.appstoreconnect.apple.com"
_AUDIENCE: Final = "appstoreconnect-v1"
# Apple takes tokens that are good for twenty minutes at most.
_TOKEN_S: Final = 1_200
_SPARE_S: Final = 120
_PAGE: Final = "200"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        app: its number at Apple.
        key_id: of the key that Apple gave.
        issuer: of it, shown beside it.
        key_file: the key itself, the file .p8 as Apple gives it.
        operator: whose app it is, as an id of the catalogue; "" where several operators share it.
        territories: reviews from these countries only, in three letters such as "IDN"; empty = all.
        stars_max: reviews with more stars are left out.
        every_s: seconds between two times that Apple is asked.
        address: of the interface.
    """

    app: Annotated[str, Meta(pattern=r"\A[0-9]{1,20}\Z", description='the number of the app, such as "682658836"')]
    key_id: Annotated[str, Meta(pattern=r"\A\w{1,40}\Z", description="the id that Apple shows beside the key")]
    issuer: Annotated[str, Meta(pattern=r"\A[\w-]{1,80}\Z", description="the id that Apple shows above the keys")]
    key_file: SecretFile
    operator: Operator = ""
    territories: Annotated[
        tuple[Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")], ...],
        Meta(description='countries in three letters, such as ["IDN"]'),
    ] = ()
    stars_max: Stars = 5
    every_s: Annotated[float, Meta(ge=20, le=86_400, description="seconds from 20 to 86400")] = 300.0
    address: Address = _ADDRESS


class _Words(msgspec.Struct, frozen=True, rename="camel"):
    created_date: datetime
    title: str | None = None
    body: str | None = None
    rating: int = 0
    reviewer_nickname: str | None = None


class _Review(msgspec.Struct, frozen=True):
    id: Annotated[str, Meta(min_length=1, max_length=180)]
    attributes: _Words


class _Links(msgspec.Struct, frozen=True):
    next: str = ""


class _List(msgspec.Struct, frozen=True):
    data: list[msgspec.Raw]
    links: _Links = _Links()


def page_of(reviews: list[msgspec.Raw], settings: Settings, name: str) -> Page:
    """Return what some reviews say.

    Args:
        reviews: as they were answered.
        settings: of the source.
        name: of the source, beside which nicknames stand: those of another place are other people's.
    """
    items: list[Item] = []
    refused: list[str] = []
    latest_us = 0
    for number, raw in enumerate(reviews, 1):
        try:
            review = msgspec.json.decode(raw, type=_Review)
            at_us = to_micros(review.attributes.created_date)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            refused.append(f"Review {number} of a page of the App Store: {problem}.")
            continue
        except TypeError:
            refused.append(f"Review {number} of a page of the App Store: its moment has no zone.")
            continue
        latest_us = max(latest_us, at_us)
        words = review.attributes
        text = joined(plain(words.title or ""), plain(words.body or ""))
        if text and words.rating <= settings.stars_max:
            items.append(
                Item(
                    id=f"{review.id}:{at_us // MICROS}",
                    at_us=at_us,
                    text=text[:TEXT_CHARS_MAX],
                    author=f"{name}:{words.reviewer_nickname}"[:200] if words.reviewer_nickname else "",
                    operator=settings.operator,
                )
            )
    return Page(items=tuple(items), refused=tuple(refused), latest_us=latest_us)


class _Reviews:
    """Asks for the pages, with a token that the key signs."""

    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self.peer = Peer(means, "the App Store", self._shown)
        self._token, self._good_us = "", 0

    async def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield pages, the newest reviews first, until one holds none of since then."""
        settings = self._settings
        address = f"{settings.address.rstrip('/')}/v1/apps/{settings.app}/customerReviews"
        asked: Mapping[str, str] | None = {
            "sort": "-createdDate",
            "limit": _PAGE,
            **({"filter[territory]": ",".join(settings.territories)} if settings.territories else {}),
        }
        for _ in range(PAGES_MAX):
            answer = await self.peer.get(address, asked)
            told = self.peer.read(answer.body, _List, "list of reviews")
            page = page_of(told.data, settings, self._means.name)
            new = tuple(one for one in page.items if one.at_us is None or one.at_us >= since_us)
            yield msgspec.structs.replace(page, items=new)
            if not told.links.next or (told.data and 0 < page.latest_us < since_us):
                return
            # The link holds the whole query; the key is shown to Apple and to nobody a link may name.
            if urlsplit(told.links.next)[:2] != urlsplit(settings.address)[:2]:
                raise OutsideFailed(f"{self._means.name}: the App Store names a next page of another server.")
            address, asked = told.links.next, None
        yield Page(gap=f"The App Store has more than {PAGES_MAX} pages of new reviews; older ones are left out.")

    async def _shown(self, again: bool) -> Mapping[str, str]:
        now_us = self._means.clock.now_us()
        if again or now_us >= self._good_us:
            now_s = now_us // MICROS
            claims = {
                "iss": self._settings.issuer,
                "iat": now_s,
                "exp": now_s + _TOKEN_S,
                "aud": _AUDIENCE,
            }
            self._token = signed_token(claims, self._key(), kid=self._settings.key_id)
            self._good_us = now_us + (_TOKEN_S - _SPARE_S) * MICROS
        return {"Authorization": f"Bearer {self._token}"}

    def _key(self) -> Key:
        return signing_key(self._means.secret(self._settings.key_file), self._means.name)


def _opened(settings: Settings, means: Means) -> Polled:
    reviews = _Reviews(settings, means)
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=2 * DAY_S)
    return Polled(means, reviews.pages, rhythm, close=reviews.peer.close)


KIND: Final = SourceKind(
    name="app_reviews",
    settings=Settings,
    open=_opened,
    says="Reviews of the operator's app at Apple's App Store.",
    verified="written answers, shaped as Apple documents them; not verified against the vendor",
    away="all reviews that were written meanwhile",
    past=True,
)
