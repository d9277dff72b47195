"""One language of the site at one moment: what every template of it may use, and how a page becomes bytes.

Templates hold what people read; what is to be decided is decided here and in `pages`. Everything is escaped by Jinja,
and each page carries a policy that lets nothing run or load but what stands beside it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pulih.adapters.site.curve import curve
from pulih.adapters.site.tongue import about, tongue
from pulih.communicate.addresses import LANGUAGES, Kind, address, file_of
from pulih.communicate.turns import back_again, doubt, turn_words
from pulih.model.bulletin import Bulletin, Promise, PublicIncident
from pulih.model.clock import MICROS
from pulih.model.reading import Service
from pulih.ports.channels import Language

# What a stage is drawn as; the words beside it say it, too.
_MOODS: Final[Mapping[str, str]] = {
    "investigating": "down", "identified": "down", "monitoring": "watch", "resolved": "ok", "postmortem": "ok",
}  # fmt: skip


class Page(msgspec.Struct, frozen=True):
    """A page: its kind, its address below the root, and that of the same page in the other language."""

    kind: Kind
    address: str
    other_language: Language
    other: str


class Scene:
    """What the templates of one language share for one bulletin."""

    def __init__(self, bulletin: Bulletin, language: Language, *, desk_url: str, proved: bool) -> None:
        self.bulletin = bulletin
        self.t = tongue(language, bulletin.zone)
        self.independent = bulletin.mode == "independent"
        self.root = f"{urlsplit(bulletin.address).path.rstrip('/')}/"
        self.operators = _Names({one.id: one.name for one in bulletin.operators})
        self._regions = {place.code: place.name for place in bulletin.places}
        style, digest = _style(max(0, bulletin.stale_us - bulletin.made_us) // MICROS)
        self._shared: dict[str, Any] = {
            "bulletin": bulletin, "t": self.t, "root": self.root, "to": self.to, "desk_url": desk_url, "style": style,
            "policy": _policy(digest, desk_url), "operators": self.operators, "independent": self.independent,
            "mood": self.mood, "where": self.where, "services": self.services, "became": self.became, "curve": curve,
            "about": about, "proved": proved, "back": self.back, "named": self.named,
        }  # fmt: skip
        # What stands on a thousand pages alike is written once.
        self._shared |= {"stamp": self._piece("stamp.html"), "foot": self._piece("foot.html"), "nav": cache(self._nav)}

    def to(self, kind: Kind, *parts: str | int) -> str:
        """Return the link to a page in this language."""
        return self.root + address(self.t.language, kind, *parts)

    def made(
        self, template: str, kind: Kind, *parts: str | int, stamped: bool = True, **values: Any
    ) -> tuple[str, bytes]:
        """Return the file and the content of a page.

        Args:
            template: which one.
            kind, parts: the page, as `address` knows it.
            stamped: it says when it was made and from when on it is stale, and names the day of no moment of today.
            values: what its template asks for beyond what all share.
        """
        language = self.t.language
        other = LANGUAGES[1 - LANGUAGES.index(language)]
        page = Page(kind, address(language, kind, *parts), other, address(other, kind, *parts))
        return file_of(page.address), self.rendered(template, page=page, stamped=stamped, **values)

    def rendered(self, template: str, *, stamped: bool, **values: Any) -> bytes:
        """Return the content of a page that may have no address of its own."""
        now_us = self.bulletin.made_us if stamped else None
        text = _templates().get_template(template).render(**self._shared, stamped=stamped, now_us=now_us, **values)
        return text.encode()

    def _nav(self, here: Kind | None) -> Markup:
        return self._piece("nav.html", here=here)

    def _piece(self, template: str, **values: Any) -> Markup:
        return Markup(_templates().get_template(template).render(**self._shared, **values))

    def mood(self, one: PublicIncident) -> tuple[str, str]:
        """Return what an incident is drawn as, and its stage in words."""
        if one.retracted:
            return "off", self.t("stage.retracted")
        if one.stage == "investigating" and one.confirmed_us is None:
            return "info", self.t("stage.suspected")
        if one.ended_us is not None and doubt(one) is not None:
            return "watch", self.t("stage.doubted")
        return _MOODS[one.stage], self.t(f"stage.{one.stage}")

    def back(self, one: PublicIncident) -> str:
        """Say that an outage is back, or may be, or that its end is not proved; "" where nothing speaks against it."""
        turn = doubt(one) or back_again(one)
        return "" if turn is None else turn_words(turn, self.t.speech)[LANGUAGES.index(self.t.language)]

    def where(self, codes: Iterable[str | None]) -> str:
        """Name places as the language lists them; "" for none."""
        return self.t.joined([self._regions.get(code, code) for code in codes if code])

    def named(self, codes: Sequence[str], most: int) -> str:
        """Name some places and say how many more there are."""
        shown = [self._regions.get(code, code) for code in codes[:most]]
        more = len(codes) - len(shown)
        return self.t.joined([*shown, self.t("site.and_more", n=more)] if more else shown)

    def services(self, services: Iterable[Service]) -> str:
        """Name services as the language lists them."""
        return self.t.joined([self.t(f"service.{one}") for one in services])

    def became(self, promise: Promise) -> str:
        """Say what became of a promise."""
        if promise.state == "open":
            return self.t("promise.overdue" if promise.due_us < self.bulletin.made_us else "promise.open")
        if promise.state == "ended":
            return self.t("promise.ended")
        if promise.kept_us is None:
            return self.t("promise.never")
        return self.t(f"promise.{promise.state}", moment=self.t.moment(promise.kept_us, self.bulletin.made_us))


class _Names(dict[str, str]):
    """Names of operators; one that the bulletin does not name is called as the catalogue calls it."""

    def __missing__(self, key: str) -> str:
        return key


def capitalized(text: str) -> str:
    """Begin a text with a capital and leave the rest, as names of brands want it.

    >>> capitalized("internet seluler XL")
    'Internet seluler XL'
    """
    return text[:1].upper() + text[1:]


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("pulih.adapters.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["capitalized"] = capitalized
    return made


@cache
def _style(good_for_s: int) -> tuple[Markup, str]:
    sheet = (files("pulih.adapters.site") / "templates" / "style.css").read_text(encoding="utf-8")
    text = sheet.replace("GOOD_FOR_S", str(good_for_s)).replace("\n", "")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    # The sheet is our own and holds nothing from outside.
    return Markup(text), digest


def _policy(digest: str, desk_url: str) -> str:
    peers = " ".join(filter(None, ("'self'", desk_url)))
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'sha256-{digest}'",
            "script-src 'self'",
            "worker-src 'self'",
            f"connect-src {peers}",
            f"form-action {peers}",
            "img-src 'self' data:",
            "base-uri 'none'",
        )
    )
