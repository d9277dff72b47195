"""Handing over: the call with which an operator's own platform asks whom a published word is for, and with which text.

It names no customer: the platform has the list, and decides who is in a segment (requirement T4).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from pulih.model.clock import from_micros
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.reading import Service
from pulih.ports.channels import Language
from pulih.service.public_incident import is_shown, public_incident
from pulih.service.segments import LANGUAGES, Handover
from pulih.web.api.operation import Behind, Call, Operation
from pulih.web.api.reading import incident_named
from pulih.web.api.shapes import Moment

PlatformSurface = Literal["sms", "push", "chat", "banner", "ussd", "voice", "social"]
SURFACES: Final[tuple[PlatformSurface, ...]] = ("sms", "push", "chat", "banner", "ussd", "voice", "social")


class SegmentsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which word; without one, the last that stands."""

    word: Annotated[str, Meta(max_length=64, description="id of a word, such as n2")] = ""


class SegmentShape(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a word is for: an operator's customers in a region with a service; null: everywhere, all of them."""

    operator: str
    region: str | None
    region_name: str
    service: Service | None


class SegmentText(msgspec.Struct, frozen=True, kw_only=True):
    """What is told on one kind of platform, in one language; `parts` as it travels: of an SMS, screens of USSD."""

    surface: PlatformSurface
    language: Literal["id", "en"]
    subject: str
    text: str
    parts: tuple[str, ...]
    link: str


class SegmentsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A published word, whom it is for, and what they are told."""

    incident: str
    word: str
    published: Moment
    segments: tuple[SegmentShape, ...]
    texts: tuple[SegmentText, ...]


def _segments(behind: Behind, call: Call) -> SegmentsAnswer:
    incident, asked = incident_named(behind, call.name), call.query
    if not is_shown(incident):
        raise ForbiddenMove(f"Nothing of {incident.id} is public, so there is nothing to hand over.")
    speech = behind.incidents.speech
    shown = public_incident(behind.incidents.timeline(incident.id), speech)
    try:
        made = [
            Handover(shown, speech, address=behind.address, word=asked.word or None, surface=surface)
            for surface in SURFACES
        ]
    except RefusedInput as refused:
        # The shape is right; the word it names is not there, or was taken back.
        raise ForbiddenMove(str(refused)) from refused
    return SegmentsAnswer(
        incident=shown.id,
        word=made[0].word.id,
        published=from_micros(made[0].word.published_us),
        segments=tuple(
            SegmentShape(
                operator=one.operator,
                region=one.region or None,
                region_name=speech.regions.get(one.region, ""),
                service=None if one.service == "any" else one.service,
            )
            for one in made[0].segments
        ),
        texts=tuple(
            _text(one, surface, language) for surface, one in zip(SURFACES, made, strict=True) for language in LANGUAGES
        ),
    )


def _text(handover: Handover, surface: PlatformSurface, language: Language) -> SegmentText:
    told, link = handover.text(language)
    return SegmentText(
        surface=surface,
        language=language,
        subject=told.subject,
        text=told.text,
        parts=told.parts,
        link=link,
    )


_EXAMPLE: Final = {
    "incident": "20251003-k7qd",
    "word": "n1",
    "published": "2025-10-03T02:06:00Z",
    "segments": [
        {"operator": "smartfren", "region": "31", "region_name": "DKI Jakarta", "service": "mobile_data"},
    ],
    "texts": [
        {
            "surface": "sms",
            "language": "id",
            "subject": "",
            "text": "Gangguan Smartfren: internet seluler tidak dapat dipakai di DKI Jakarta sejak 08.48 WIB.",
            "parts": ["Gangguan Smartfren: internet seluler tidak dapat dipakai di DKI Jakarta sejak 08.48 WIB."],
            "link": "https://status.example.id/gangguan/20251003-k7qd/",
        }
    ],
}

HANDING = (
    Operation(
        id="getSegments",
        method="GET",
        path="/v1/incidents/{incident}/segments",
        role="viewer",
        summary="Whom a published word is for, and which text",
        description=(
            "For the operator's own platforms, which have the list of customers: segments by operator, place and "
            "service, and the text of each kind of platform in both languages. 409 when nothing is public, or the word "
            "is not there or was taken back."
        ),
        query=SegmentsQuery,
        answer=SegmentsAnswer,
        do=_segments,
        refusals=(404, 409),
        examples={"answer": _EXAMPLE},
    ),
)
