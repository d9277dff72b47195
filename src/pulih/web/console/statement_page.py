"""The statement desk: one statement, both languages side by side, held against the facts, as each channel says it.

What is shown is made of what will be published: the timeline with the draft and its publication added, and nothing is
written. It works without script by a button; with script it follows what is typed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import get_args
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pulih.communicate.addresses import LANGUAGES, address
from pulih.communicate.facts_check import Doubt
from pulih.communicate.renderings import SURFACES, Rendered, Surface, renderings
from pulih.communicate.speech import Draft
from pulih.model.actor import Actor
from pulih.model.clock import MICROS
from pulih.model.entry import Entry, NoticeDrafted, NoticePublished
from pulih.model.errors import RefusedInput
from pulih.model.incident import Incident
from pulih.model.notice import Notice, NoticeKind
from pulih.service.harmless import written
from pulih.service.public_incident import public_incident
from pulih.web.console.asking import AnyRequest, Asking, asking
from pulih.web.console.fault import Fault, said
from pulih.web.console.forms import Form, fields_of, moment_value
from pulih.web.console.incident_page import spoken
from pulih.web.console.options import Way, notice_view
from pulih.web.console.promising import worded
from pulih.web.console.rows import found_by, row_of
from pulih.web.frame.guards import require
from pulih.web.frame.redirects import led
from pulih.web.frame.rendering import page
from pulih.web.frame.threads import in_thread

KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
# Which statement an incident in a state asks for next, once something was said.
_NEXT: Mapping[str, NoticeKind] = {
    "suspected": "update", "confirmed": "update", "claimed_fixed": "fixed", "restored": "restored",
    "rejected": "correction",
}  # fmt: skip


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it stands in the fields of the page; `notice` is "" until it was saved."""

    kind: NoticeKind
    text_id: str
    text_en: str
    notice: str = ""
    next_update_by_us: int | None = None
    speaker: str = ""
    office: str = ""
    corrects: str = ""

    def draft(self) -> Draft:
        """Return it as the facts are held against it."""
        return Draft(
            kind=self.kind, text_id=self.text_id, text_en=self.text_en, next_update_by_us=self.next_update_by_us
        )


class Shown(msgspec.Struct, frozen=True):
    """One surface: Indonesian and English beside each other."""

    surface: Surface
    both: tuple[Rendered, Rendered]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a statement: what the facts do not bear out, and how each surface says it.

    `fault` says why nothing can be shown, "" where all is.
    """

    doubts: tuple[Doubt, ...] = ()
    surfaces: tuple[Shown, ...] = ()
    fault: str = ""
    complete: bool = True


@get("/console/incidents/{incident_id:str}/words", guards=[require("duty")], include_in_schema=False)
@in_thread
def statement_page(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show the statement desk: a draft that was saved, or a fresh one of the kind asked for."""
    who = asking(request)
    incident = who.incident(incident_id)
    query = request.query_params
    saved = _saved(incident, query.get("notice", ""))
    text = saved if saved is not None and not query.get("fresh") else _fresh(who, incident, query, saved)
    return _page(request, who, incident, text)


@post("/console/incidents/{incident_id:str}/words/preview", guards=[require("duty")], include_in_schema=False)
async def preview_statement(request: AnyRequest, incident_id: FromPath[str]) -> Response[bytes]:
    """Show what is in the fields as each surface will say it; nothing is written."""
    who = asking(request)
    form = Form(fields_of(await request.form()), who.zone, who.tongue.when.now_us)
    return await in_thread(_preview)(request, who, form, incident_id)


@get("/console/incidents/{incident_id:str}/words/preview", guards=[require("duty")], include_in_schema=False)
async def back_to_statement(incident_id: FromPath[str]) -> Response[bytes]:
    """Lead whoever asks for a preview without its text (another language, a reload) to the statement desk."""
    return led(f"/console/incidents/{quote(incident_id, safe='')}/words")


STATEMENTS: tuple[ControllerRouterHandler, ...] = (statement_page, preview_statement, back_to_statement)


def _preview(request: AnyRequest, who: Asking, form: Form, incident_id: str) -> Response[bytes]:
    incident = who.incident(incident_id)
    text = typed(form)
    try:
        text = msgspec.structs.replace(text, next_update_by_us=form.ahead("next_update_by"))
        for field in ("text_id", "text_en", "speaker", "office"):
            form.text(field)
    except RefusedInput as error:
        return _page(request, who, incident, text, preview=Preview(fault=said(who.tongue, error)))
    return _page(request, who, incident, text)


def typed(form: Form) -> Written:
    """Return what the fields hold, however it was sent; the time of the next word is read by whoever can refuse it."""
    filled = form.filled()
    kind = filled.get("kind", "")
    return Written(
        kind=kind if kind in KINDS else "update",
        text_id=_plain(filled, "text_id"),
        text_en=_plain(filled, "text_en"),
        notice=_plain(filled, "notice"),
        speaker=_plain(filled, "speaker"),
        office=_plain(filled, "office"),
        corrects=_plain(filled, "corrects"),
    )


def _plain(filled: Mapping[str, str], field: str) -> str:
    return filled.get(field, "").strip()


def refused_page(request: AnyRequest, who: Asking, form: Form, incident: Incident, *, fault: Fault) -> Response[bytes]:
    """Show the statement desk with what was filled in, and why it was not saved."""
    text = typed(form)
    # Where the time can not be read, the fault says so already.
    with contextlib.suppress(RefusedInput):
        text = msgspec.structs.replace(text, next_update_by_us=form.moment("next_update_by"))
    return _page(request, who, incident, text, fault=fault)


def _saved(incident: Incident, notice_id: str) -> Written | None:
    found = next((one for one in incident.notices if one.id == notice_id and one.state == "drafted"), None)
    if found is None:
        return None
    return Written(
        kind=found.kind,
        text_id=found.text_id,
        text_en=found.text_en,
        notice=found.id,
        next_update_by_us=found.next_update_by_us,
        speaker=found.speaker,
        office=found.office,
        corrects=found.corrects,
    )


def _fresh(who: Asking, incident: Incident, query: Mapping[str, str], saved: Written | None) -> Written:
    """Word a statement from the facts, of the kind asked for or that the state asks for next; it replaces `saved`."""
    asked = query.get("kind", "")
    said = any(one.published_us is not None for one in incident.notices)
    kind = asked if asked in KINDS else _NEXT[incident.state] if said else "holding"
    speech = who.tongue.speech
    draft = worded(who, kind, incident)
    return Written(
        kind=kind,
        text_id=draft.text_id,
        text_en=draft.text_en,
        notice=saved.notice if saved else "",
        next_update_by_us=draft.next_update_by_us,
        speaker=speech.speaker,
        office=speech.office,
        corrects=query.get("corrects", "")[:40] if kind == "correction" else "",
    )


def _page(
    request: AnyRequest,
    who: Asking,
    incident: Incident,
    text: Written,
    *,
    preview: Preview | None = None,
    fault: Fault | None = None,
) -> Response[bytes]:
    done = request.query_params.get("done", "") == "draft" and text.notice
    return page(
        request,
        "console/words.html",
        status=fault.status if fault else 200,
        incident=incident,
        sentence=row_of(who.tongue, incident, found_by(who.rooms)).sentence,
        text=text,
        by_value=moment_value(text.next_update_by_us, who.zone) if text.next_update_by_us is not None else "",
        kinds=KINDS,
        said=[one for one in incident.notices if one.published_us is not None],
        preview=preview or preview_of(who, incident, text, _site(request, who)),
        fault=fault,
        simulated=who.simulated(),
        done=who.tongue.say("console.words.saved", notice=text.notice) if done else "",
        way=_way(incident, text.notice, who.actor),
        **spoken(who.tongue),
        shown_text=written,
    )


def _way(incident: Incident, notice_id: str, actor: Actor) -> Way:
    """Return how the one who saved a draft may publish it: the approved first word at once, others not alone."""
    saved = next((one for one in incident.notices if one.id == notice_id), None)
    return notice_view(saved, actor).publish_way if saved is not None else ""


def _site(request: AnyRequest, who: Asking) -> str:
    return who.rooms.settings.public_address or str(request.base_url).rstrip("/")


def preview_of(who: Asking, incident: Incident, text: Written, site: str) -> Preview:
    """Return what becomes of a statement if it is published now.

    Args:
        who: whose desk it is.
        incident: as it is now.
        text: the statement.
        site: address of the public site, without a slash at the end.
    """
    if not (text.text_id and text.text_en):
        return Preview(complete=False)
    entries = _published(who, incident, text)
    told = public_incident(entries, who.tongue.speech)
    word = next(one for one in told.words if one.number == entries[-1].number)
    links = {language: f"{site}/{address(language, 'incident', incident.id)}" for language in LANGUAGES}
    made = renderings(told, word, who.tongue.speech, links)
    return Preview(
        doubts=who.rooms.incidents.doubts(text.draft(), incident),
        surfaces=tuple(
            Shown(surface, (made[2 * index], made[2 * index + 1])) for index, surface in enumerate(SURFACES)
        ),
    )


def _published(who: Asking, incident: Incident, text: Written) -> list[Entry]:
    """Return the timeline as it would be with this statement drafted and published now."""
    known: tuple[Notice, ...] = incident.notices
    notice = text.notice or f"n{len(known) + 1}"
    drafted = NoticeDrafted(
        notice=notice,
        kind=text.kind,
        text_id=text.text_id,
        text_en=text.text_en,
        next_update_by_us=text.next_update_by_us,
        speaker=text.speaker,
        office=text.office,
        corrects=text.corrects,
    )
    entries = list(who.rooms.incidents.timeline(incident.id))[: incident.version]
    at_us = max(who.tongue.when.now_us, entries[-1].at_us)
    for fact in (drafted, NoticePublished(notice=notice)):
        entries.append(
            Entry(incident=incident.id, number=len(entries) + 1, at_us=at_us, actor=who.actor.name, fact=fact)
        )
        at_us += MICROS
    return entries
