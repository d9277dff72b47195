"""Care: what an agent asks of the desk about one customer, and the answer: affected or not, and what to say.

The text is masked before anything reads it, and nothing of the question is kept or logged. A subscriber number is
looked up in the imported list and forgotten; the answer names the incident, never what the list says (L3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from pulih.communicate.addresses import address as address_of
from pulih.communicate.affected import Asked, Belonging, Certain, belonging
from pulih.communicate.care import Reply, reply
from pulih.communicate.speech import Pair
from pulih.listen.masking import mask, mask_handles
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.incident import Incident
from pulih.model.reading import Reading, Service
from pulih.model.signal import Role
from pulih.ports.care import SubscriberLines
from pulih.ports.clock import Clock
from pulih.ports.live import Readers, Text
from pulih.service.incidents import Incidents

TEXT_CHARS_MAX: Final = 5_000
SUBSCRIBER_CHARS_MAX: Final = 64
_OPEN_MAX: Final = 200
_PAST_MAX: Final = 50
_PUBLIC: Final = frozenset({"confirmed", "claimed_fixed", "restored"})


class CareAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent is told.

    Attributes:
        reply: what to say, in both languages.
        certain: how surely the customer is hit by the incident, None where none is known.
        incident: the incident, None where none is known.
        asked: what was read or given: operator, service, region.
        reading: what the text says, None where none was given.
        listed: a subscriber was asked for and is in the list; None where none was asked for.
    """

    reply: Reply
    certain: Certain | None = None
    incident: Incident | None = None
    asked: Asked = Asked()
    reading: Reading | None = None
    listed: bool | None = None


class Care:
    """Answers agents; every method may be called from any thread.

    Args:
        incidents: all incidents of the desk.
        readers: read texts.
        clock: the desk's.
        find_region: returns the code of a region that is named, "" for none of that name.
        handles: of operators; those of people are masked.
        lines: the imported list of subscribers, None without one.
        address: of the public site, without a slash at its end, "" where there is none or it is not known.
    """

    def __init__(
        self,
        incidents: Incidents,
        readers: Readers,
        clock: Clock,
        *,
        find_region: Callable[[str], str],
        handles: frozenset[str] = frozenset(),
        lines: SubscriberLines | None = None,
        address: str = "",
    ) -> None:
        self._incidents = incidents
        self._readers = readers
        self._clock = clock
        self._find_region = find_region
        self._handles = handles
        self._lines = lines
        self._address = address

    @property
    def has_list(self) -> bool:
        """Whether subscribers can be looked up."""
        return self._lines is not None

    def read(self, text: str, *, operator: str = "", place: str = "", role: Role = "public") -> CareAnswer:
        """Return what to answer to a post, a ticket or notes of a call.

        Args:
            text: what the customer wrote or said.
            operator, place: what is known besides; they count where the text names none.
            role: as in a report.

        Raises: RefusedInput when the text is empty or too long; OutsideFailed when no reader can be had.
        """
        if not text.strip():
            raise RefusedInput("The text is empty; paste what the customer wrote.", key="care.empty")
        if len(text) > TEXT_CHARS_MAX:
            raise RefusedInput(
                f"The text has {len(text)} characters; at most {TEXT_CHARS_MAX} are read.",
                key="care.long",
                length=len(text),
                most=TEXT_CHARS_MAX,
            )
        [reading] = self._readers.read([Text(mask_handles(mask(text), self._handles), operator, place, role)])
        service = None if reading.service == "any" else reading.service
        region = reading.places[0].code if reading.places else self._region(place)
        asked = Asked(operator=reading.operator or operator, service=service, region=region)
        found = None if reading.recovered else self._found([asked])
        return self._answer(found, asked, reading=reading, works=reading.recovered)

    def affected(self, *, operator: str = "", service: Service | None = None, place: str = "") -> CareAnswer:
        """Return whether a line with this operator, service and place is hit, and what to say.

        Args:
            operator: catalogue id, "" where it is not known.
            service: None where it is not known.
            place: name or code of a region, "" where it is not known.

        Raises: RefusedInput when there is no such place.
        """
        region = self._region(place)
        if place.strip() and not region:
            raise RefusedInput(
                "No province, regency or city of that name is known; write one such as Jakarta Selatan, or nothing.",
                key="care.place",
            )
        asked = Asked(operator=operator, service=None if service == "any" else service, region=region)
        return self._answer(self._found([asked]), asked)

    def subscriber(self, number: str) -> CareAnswer:
        """Return whether a subscriber of the imported list is hit, and what to say; the gravest of their lines counts.

        Raises: RefusedInput when the number is empty or too long; ForbiddenMove when there is no list.
        """
        if self._lines is None:
            raise ForbiddenMove(
                "No list of subscribers is set; name one under [care] in pulih.toml.", key="care.no_list"
            )
        if not number.strip() or len(number) > SUBSCRIBER_CHARS_MAX:
            raise RefusedInput(
                f"A subscriber number has 1 to {SUBSCRIBER_CHARS_MAX} characters.", key="care.number",
                most=SUBSCRIBER_CHARS_MAX,
            )  # fmt: skip
        lines = self._lines.of(number)
        asked = [Asked(operator=one.operator, service=one.service, region=one.region) for one in lines]
        # Of whom nothing is known, nothing can be ruled out.
        answer = self._answer(self._found(asked or [Asked()]), Asked())
        return msgspec.structs.replace(answer, listed=bool(lines))

    def _region(self, place: str) -> str:
        return self._find_region(place) if place.strip() else ""

    def _found(self, asked: list[Asked]) -> Belonging | None:
        known = [*self._incidents.current(_OPEN_MAX), *self._incidents.past(_PAST_MAX)]
        now_us, parents = self._clock.now_us(), self._incidents.speech.parents
        found = [one for each in asked if (one := belonging(each, known, parents=parents, now_us=now_us))]
        return next((one for one in found if one.certain == "surely"), found[0] if found else None)

    def _answer(
        self, found: Belonging | None, asked: Asked, *, reading: Reading | None = None, works: bool = False
    ) -> CareAnswer:
        incident = found.incident if found else None
        said = reply(
            found,
            self._incidents.speech,
            now_us=self._clock.now_us(),
            works=works,
            link=self._link(incident),
        )
        return CareAnswer(
            reply=said, certain=found.certain if found else None, incident=incident, asked=asked, reading=reading
        )

    def _link(self, incident: Incident | None) -> Pair:
        """Return the public pages of an incident that has them."""
        if incident is None or not self._address or incident.state not in _PUBLIC:
            return "", ""
        return (
            f"{self._address}/{address_of('id', 'incident', incident.id)}",
            f"{self._address}/{address_of('en', 'incident', incident.id)}",
        )
