"""Reviews of the operator's own app at Google Play, from the interface that Google gives its publisher.

People who cannot reach their operator write where its app is. Google tells reviews of the last seven days, and nothing
of where somebody is; of the telephone it tells much, and none of that is kept. A review that its writer changes is a
new word of the same person, who is known by the id of the review, as each may write one.

Source: Google Play Developer API v3, reviews.list; Using OAuth 2.0 for server to server applications.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, Operator, SecretFile, Stars
from pulih.adapters.sources.people._polled import PAGES_MAX, Page, Polled, Rhythm
from pulih.adapters.sources.people._signed_token import signed_token, signing_key
from pulih.listen.hooks.plain import joined, plain
from pulih.listen.payload import TEXT_CHARS_MAX
from pulih.model.clock import DAY_S, MICROS, from_micros
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Item, Means, SourceKind

_ADDRESS: Final = "https://androidpublisher.googleapis.com"
_SCOPE: Final = "https://www.googleapis.com/auth/androidpublisher"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_S: Final = 3_600
# Before a token runs out a new one is asked for.
_SPARE_S: Final = 120
_KEPT_S: Final = 7 * DAY_S
_CALLED: Final = "Google Play"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        package: of the app, such as "com.example.care".
        key_file: the key of a service account that may read reviews, JSON as Google gives it.
        operator: whose app it is, as an id of the catalogue; "" where several operators share it.
        languages: reviews in these only, such as ["id", "en"]; empty = all.
        stars_max: reviews with more stars are left out.
        every_s: seconds between two times that Google is asked; it allows 200 an hour.
        address: of the interface.
    """

    package: Annotated[
        str, Meta(pattern=r"\A[A-Za-z][\w.]{0,199}\Z", description='the id of the app, such as "id.example.care"')
    ]
    key_file: SecretFile
    operator: Operator = ""
    languages: Annotated[tuple[str, ...], Meta(description='a list such as ["id", "en"]')] = ()
    stars_max: Stars = 5
    every_s: Annotated[float, Meta(ge=20, le=86_400, description="seconds from 20 to 86400")] = 300.0
    address: Address = _ADDRESS


class _Moment(msgspec.Struct, frozen=True):
    seconds: str | int = 0


class _Words(msgspec.Struct, frozen=True, rename="camel"):
    text: str = ""
    last_modified: _Moment = _Moment()
    star_rating: int = 0
    reviewer_language: str = ""


class _Comment(msgspec.Struct, frozen=True, rename="camel"):
    user_comment: _Words | None = None


class _Review(msgspec.Struct, frozen=True, rename="camel"):
    review_id: Annotated[str, Meta(min_length=1, max_length=180)]
    comments: list[_Comment] = []


class _More(msgspec.Struct, frozen=True, rename="camel"):
    next_page_token: str = ""


class _List(msgspec.Struct, frozen=True, rename="camel"):
    reviews: list[msgspec.Raw] = []
    token_pagination: _More | None = None


class _Account(msgspec.Struct, frozen=True):
    client_email: str
    private_key: str
    token_uri: str


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int = _TOKEN_S


def page_of(reviews: list[msgspec.Raw], settings: Settings) -> Page:
    """Return what some reviews say.

    Args:
        reviews: as they were answered.
        settings: of the source.
    """
    items: list[Item] = []
    refused: list[str] = []
    latest_us = 0
    for number, raw in enumerate(reviews, 1):
        try:
            review = msgspec.json.decode(raw, type=_Review)
            words = next((one.user_comment for one in review.comments if one.user_comment is not None), _Words())
            at_s = int(words.last_modified.seconds)
            from_micros(at_s * MICROS)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OverflowError) as problem:
            told = str(problem) if isinstance(problem, msgspec.MsgspecError) else "its moment is none"
            refused.append(f"Review {number} of a page of Google Play: {told}.")
            continue
        latest_us = max(latest_us, at_s * MICROS)
        # A tab parts the title, which reviews once had, from what follows.
        text = joined(*(plain(part) for part in words.text.split("\t")))
        if text and words.star_rating <= settings.stars_max and _spoken(words.reviewer_language, settings.languages):
            items.append(
                Item(
                    id=f"{review.review_id}:{at_s}",
                    at_us=at_s * MICROS,
                    text=text[:TEXT_CHARS_MAX],
                    author=review.review_id,
                    operator=settings.operator,
                )
            )
    return Page(items=tuple(items), refused=tuple(refused), latest_us=latest_us)


def _spoken(language: str, wanted: tuple[str, ...]) -> bool:
    # Java's old name of Indonesian is "in", and Google still writes it.
    spoken = language.replace("_", "-").split("-")[0].lower()
    return not wanted or not spoken or ("id" if spoken == "in" else spoken) in wanted


class _Reviews:
    """Asks for the pages, with a token that is exchanged for the signature of the service account."""

    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self.peer = Peer(means, _CALLED, self._shown)
        self._token, self._good_us = "", 0

    async def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield pages, the newest reviews first, until one holds none of since then."""
        address = (
            f"{self._settings.address.rstrip('/')}/androidpublisher/v3/applications/{self._settings.package}/reviews"
        )
        asked = {"maxResults": "100"}
        for _ in range(PAGES_MAX):
            answer = await self.peer.get(address, asked)
            told = self.peer.read(answer.body, _List, "list of reviews")
            page = page_of(told.reviews, self._settings)
            new = tuple(one for one in page.items if one.at_us is None or one.at_us >= since_us)
            yield msgspec.structs.replace(page, items=new)
            more = told.token_pagination.next_page_token if told.token_pagination is not None else ""
            if not more or (told.reviews and 0 < page.latest_us < since_us):
                return
            asked = {"maxResults": "100", "token": more}
        yield Page(
            gap=f"Google Play has more than {PAGES_MAX * 100:,} new reviews; older ones among them are left out."
        )

    async def _shown(self, again: bool) -> Mapping[str, str]:
        now_us = self._means.clock.now_us()
        if again or now_us >= self._good_us:
            token = await self._exchanged(now_us // MICROS)
            self._token, self._good_us = token.access_token, now_us + (token.expires_in - _SPARE_S) * MICROS
        return {"Authorization": f"Bearer {self._token}"}

    async def _exchanged(self, now_s: int) -> _Token:
        name = self._means.name
        try:
            account = msgspec.json.decode(self._means.secret(self._settings.key_file), type=_Account)
        except (msgspec.MsgspecError, RecursionError):
            raise RefusedInput(
                f"{name}: key_file is no key of a service account; right would be the JSON of Google."
            ) from None
        claims = {
            "iss": account.client_email,
            "scope": _SCOPE,
            "aud": account.token_uri,
            "iat": now_s,
            "exp": now_s + _TOKEN_S,
        }
        signed = signed_token(claims, signing_key(account.private_key, name))
        answer = await self.peer.posted(account.token_uri, {"grant_type": _GRANT, "assertion": signed})
        if answer.status in (400, 401, 403):
            raise RefusedInput(
                f"{name}: Google refuses the service account; make a new key of it, and look at its clock.",
                key="source.token",
                name=name,
                status=str(answer.status),
            )
        if answer.status != 200:
            raise OutsideFailed(
                f"{name}: Google gives no token (status {answer.status}).",
                key="source.answered",
                name=name,
                status=str(answer.status),
            )
        return self.peer.read(answer.body, _Token, "token")


def _opened(settings: Settings, means: Means) -> Polled:
    reviews = _Reviews(settings, means)
    # A review may be looked at for a day before it is shown.
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=DAY_S, keeps_s=_KEPT_S)
    return Polled(means, reviews.pages, rhythm, close=reviews.peer.close)


KIND: Final = SourceKind(
    name="play_reviews",
    settings=Settings,
    open=_opened,
    says="Reviews of the operator's app at Google Play.",
    verified="written answers, shaped as Google documents them; not verified against the vendor",
    away="the reviews of the last seven days; older ones are told as a gap",
    past=True,
)
