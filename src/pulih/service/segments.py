"""Hands a published word over to an operator's own platforms: who, which text (requirement T4).

Whoever is on the list twice is told once. The counts balance: rows = told + outside + repeated + unusable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

import msgspec

from pulih.communicate.renderings import Rendered, Surface, rendered
from pulih.communicate.segments import Segment, membership, segments_of
from pulih.communicate.speech import Speech
from pulih.model.bulletin import Bulletin, PublicIncident, Word
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service
from pulih.ports.channels import Language
from pulih.ports.segments import Addressed, Subscriber, UnusableRow

LANGUAGES: tuple[Language, ...] = ("id", "en")
# Rows that cannot be used of which it is told why; more of them say no more.
_TOLD_MAX = 5
_KEPT = 100_000


class Tally(msgspec.Struct):
    """How many rows there were and what became of them, with the first that could not be used."""

    rows: int = 0
    told: int = 0
    outside: int = 0
    repeated: int = 0
    unusable: int = 0
    why: list[UnusableRow] = []


class Handover:
    """One word, whom it is for, and what each is told.

    Args:
        incident: as the public knows it.
        speech: what things are called.
        address: of the public site, without a slash at the end, "" when it has none.
        word: id of one of the incident's words, None for the last that stands.
        surface: for which kind of platform the text is.

    Raises: RefusedInput when there is no such word, or it was taken back.

    Attributes:
        incident, word: what is handed over.
        segments: whom it is for.
    """

    def __init__(
        self,
        incident: PublicIncident,
        speech: Speech,
        *,
        address: str,
        word: str | None = None,
        surface: Surface = "sms",
    ) -> None:
        self.incident, self.word = incident, _word(incident, word)
        self._parents = speech.parents
        self.segments = segments_of(incident, self.word, self._parents)
        self._texts = {language: self._rendered(speech, address, surface, language) for language in LANGUAGES}
        # A list repeats the same operator, place and service in millions of rows.
        self._segment = lru_cache(_KEPT)(self._found)
        self._told: set[bytes] = set()

    def text(self, language: Language) -> tuple[Rendered, str]:
        """Return what is told in a language, and the address of the page that it is about."""
        return self._texts[language]

    def lines(self) -> Iterator[Addressed]:
        """Yield a line for each segment and language, for a platform that has the list itself."""
        for segment in self.segments:
            for language in LANGUAGES:
                yield self._line("", segment, "", language)

    def addressed(
        self, subscribers: Iterable[Subscriber | UnusableRow], tally: Tally, *, language: Language
    ) -> Iterator[Addressed]:
        """Yield a line for each subscriber who is in a segment.

        Args:
            subscribers: the operator's list; it may be longer than memory.
            tally: what became of its rows; it is counted while they are read.
            language: of subscribers whose row names none.
        """
        for one in subscribers:
            tally.rows += 1
            if isinstance(one, UnusableRow):
                tally.unusable += 1
                if len(tally.why) < _TOLD_MAX:
                    tally.why.append(one)
                continue
            found = self._segment(one.operator, one.region, one.service)
            if found is None:
                tally.outside += 1
            elif self._again(one.id):
                tally.repeated += 1
            else:
                tally.told += 1
                yield self._line(one.id, found[0], found[1], one.language or language)

    def _found(self, operator: str, region: str, service: Service | None) -> tuple[Segment, str] | None:
        """Return a segment that holds a subscriber, and how surely; the surest."""
        fits = [
            (segment, fit)
            for segment in self.segments
            if segment.operator == operator
            and (fit := membership(segment, region=region, service=service, parents=self._parents))
        ]
        return min(fits, key=lambda one: one[1] != "surely", default=None)

    def _again(self, subscriber: str) -> bool:
        # A digest, since a list has millions and a set of whole numbers would not fit into memory as well.
        digest = blake2b(subscriber.encode(), digest_size=8).digest()
        if digest in self._told:
            return True
        self._told.add(digest)
        return False

    def _line(self, subscriber: str, segment: Segment, surely: str, language: Language) -> Addressed:
        told, link = self._texts[language]
        return Addressed(
            subscriber=subscriber,
            operator=segment.operator,
            region=segment.region,
            service=segment.service,
            surely=surely,
            language=language,
            text=told.text,
            link=link,
            incident=self.incident.id,
            word=self.word.id,
        )

    def _rendered(self, speech: Speech, address: str, surface: Surface, language: Language) -> tuple[Rendered, str]:
        way = "gangguan" if language == "id" else "en/incident"
        link = f"{address}/{way}/{self.incident.id}/" if address else ""
        return rendered(surface, language, self.incident, self.word, speech=speech, link=link), link


def published(bulletin: Bulletin, incident: str) -> tuple[PublicIncident, Speech]:
    """Return an incident of a bulletin, and what things are called in it.

    Raises: RefusedInput when there is no such incident.
    """
    known = (*bulletin.current, *bulletin.past)
    found = next((one for one in known if one.id == incident), None)
    if found is None:
        ids = ", ".join(one.id for one in known[:5]) or "none at all"
        raise RefusedInput(f"there is no public incident {incident!r}; those of the bulletin are {ids}")
    speech = Speech(
        zone=ZoneInfo(bulletin.zone),
        operators={one.id: one.name for one in bulletin.operators},
        regions={one.code: one.name for one in bulletin.places},
        parents={one.code: one.above for one in bulletin.places if one.above},
        independent=bulletin.mode == "independent",
    )
    return found, speech


def _word(incident: PublicIncident, name: str | None) -> Word:
    standing = [one for one in incident.words if one.withdrawn_us is None]
    if name is None:
        if not standing:
            raise RefusedInput(f"nothing was said of {incident.id} in public, so there is nothing to hand over")
        return standing[-1]
    for one in incident.words:
        if one.id == name and one.withdrawn_us is not None:
            raise RefusedInput(f"the word {name} of {incident.id} was taken back, and is handed over to nobody")
        if one.id == name:
            return one
    ids = ", ".join(one.id for one in standing) or "none"
    raise RefusedInput(f"{incident.id} has no word {name!r}; those that stand are {ids}")
