"""Caring: the calls with which a system of customer service asks whether a customer is affected, and what to say.

Both are POST, so that nothing that names a customer stands in an address or a log; nothing of the question is kept.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from pulih.communicate.affected import Certain
from pulih.communicate.care import Case
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.model.reading import Service
from pulih.service.care import SUBSCRIBER_CHARS_MAX, TEXT_CHARS_MAX, Care, CareAnswer
from pulih.web.api.operation import Behind, Call, Operation

_ANSWER: Final[dict[str, Any]] = {
    "case": "confirmed",
    "certain": "surely",
    "incident": "20251003-k7qd",
    "text_id": "Terima kasih sudah memberi tahu kami, dan mohon maaf atas gangguan yang Anda alami.",
    "text_en": "Thank you for telling us, and we are sorry for the trouble you are having.",
    "language": None,
    "listed": None,
}
_ASKED: Final[dict[str, Any]] = {"operator": "smartfren", "service": "mobile_data", "place": "31.74"}
_WRITTEN: Final[dict[str, Any]] = {"text": "smartfren di tebet sinyal penuh tapi internet mati dari pagi"}


class AffectedSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One customer: a number of the operator's own list, or else what is known of their line."""

    subscriber: Annotated[
        str,
        Meta(max_length=SUBSCRIBER_CHARS_MAX, description="as in the operator's list; then the rest is not looked at"),
    ] = ""
    operator: Annotated[str, Meta(max_length=64, description="catalogue id; empty = not known")] = ""
    service: Annotated[Service | None, Meta(description="null = not known")] = None
    place: Annotated[str, Meta(max_length=80, description="name or code of a region; empty = not known")] = ""


class TextSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a customer wrote or said."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT_CHARS_MAX, description="masked before anything reads it")]
    operator: Annotated[str, Meta(max_length=64, description="meant where the text names none")] = ""
    place: Annotated[str, Meta(max_length=80, description="meant where the text names none")] = ""


class CareShape(msgspec.Struct, frozen=True, kw_only=True):
    """What to say, on which incident it stands, and how surely; a person reads it before it is sent.

    `language` is that of most words of the text. `listed` says whether a subscriber is in the list.
    """

    case: Case
    certain: Certain | None
    incident: str
    text_id: str
    text_en: str
    language: Literal["id", "en", "jv", "su", "mix"] | None = None
    listed: bool | None = None


def told_care(answer: CareAnswer) -> CareShape:
    """Return an answer as the interface spells it; of a subscriber it tells no line and no place of theirs."""
    return CareShape(
        case=answer.reply.case,
        certain=answer.certain,
        incident=answer.reply.incident,
        text_id=answer.reply.text_id,
        text_en=answer.reply.text_en,
        language=answer.reading.language if answer.reading else None,
        listed=answer.listed,
    )


def _affected(behind: Behind, call: Call) -> CareShape:
    sent: AffectedSent = call.body
    care = _care(behind)
    try:
        if sent.subscriber:
            return told_care(care.subscriber(sent.subscriber))
        return told_care(care.affected(operator=sent.operator, service=sent.service, place=sent.place))
    except RefusedInput as refused:
        # The shape is right; what it names is not there.
        raise ForbiddenMove(str(refused)) from refused


def _reply(behind: Behind, call: Call) -> CareShape:
    sent: TextSent = call.body
    try:
        return told_care(_care(behind).read(sent.text, operator=sent.operator, place=sent.place))
    except RefusedInput as refused:
        raise ForbiddenMove(str(refused)) from refused


def _care(behind: Behind) -> Care:
    if behind.care is None:
        raise OutsideFailed("This desk runs without care; start it with pulih serve.")
    return behind.care


CARING = (
    Operation(
        id="askAffected",
        method="POST",
        path="/v1/affected",
        role="viewer",
        summary="Ask whether a customer is affected, and what to say",
        description=(
            "By a number of the operator's own list, or by operator, service and place. `surely` means that a scope of "
            "the incident holds all of them, `perhaps` that something is not known. Nothing found is no proof that all "
            "is well. 409 when there is no such place, or a number is asked for and the desk has no list."
        ),
        body=AffectedSent,
        answer=CareShape,
        do=_affected,
        refusals=(409,),
        examples={"answer": _ANSWER, "body": _ASKED},
    ),
    Operation(
        id="draftReply",
        method="POST",
        path="/v1/replies",
        role="viewer",
        summary="Draft a reply to a customer's text",
        description=(
            "Reads the text, finds the incident it belongs to and drafts an answer in both languages, from what is "
            "confirmed or was announced and nothing else. The text is not kept. 409 when there is nothing to read."
        ),
        body=TextSent,
        answer=CareShape,
        do=_reply,
        refusals=(409,),
        examples={"answer": _ANSWER, "body": _WRITTEN},
    ),
)
