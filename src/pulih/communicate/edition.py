"""An Edition is a bulletin in one language and by one clock; feeds, CAP and the Statuspage format are written from it.

It knows the addresses of the public site, what stages and services are called, and how moments are written, so that no
format says it in a way of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from pulih.communicate.speech import Pair, Speech, full_moment
from pulih.communicate.turns import turn_words
from pulih.model.bulletin import Bulletin, PublicIncident, PublicReview, Stage, Turn, Word, Work, WorkState
from pulih.model.clock import from_micros
from pulih.model.reading import Service

PageLanguage = Literal["id", "en"]
# Where a desk says that it is when nobody told it its address; feeds must name one.
UNKNOWN_ADDRESS: Final = "http://localhost"

_STAGES: Final[Mapping[Stage | WorkState, Pair]] = {
    "investigating": ("Sedang diperiksa", "Investigating"),
    "identified": ("Penyebab diketahui", "Identified"),
    "monitoring": ("Perbaikan selesai, masih dipantau", "Monitoring"),
    "resolved": ("Pulih", "Resolved"),
    "postmortem": ("Pulih, sudah ditinjau", "Postmortem"),
    "scheduled": ("Dijadwalkan", "Scheduled"),
    "in_progress": ("Sedang berlangsung", "In progress"),
    "verifying": ("Hasil diperiksa", "Verifying"),
    "completed": ("Selesai", "Completed"),
}
_SERVICES: Final[Mapping[Service, Pair]] = {
    "mobile_data": ("Internet seluler", "Mobile internet"),
    "mobile_voice": ("Telepon", "Calls"),
    "sms": ("SMS", "Text messages"),
    "fixed_broadband": ("Internet rumah", "Home internet"),
    "tv": ("Televisi", "Television"),
    "app": ("Aplikasi", "App"),
    "billing": ("Tagihan dan kuota", "Billing and quota"),
    "any": ("Semua layanan", "All services"),
}
_WITHDRAWN: Final[Pair] = ("[Ditarik kembali {0}] {1}", "[Withdrawn {0}] {1}")
_WORK_BEGUN: Final[Pair] = ("Pekerjaan dimulai.", "The work has begun.")
_WORK_CHECKED: Final[Pair] = (
    "Waktu yang direncanakan sudah lewat; hasil pekerjaan sedang diperiksa.",
    "The planned time is over; the result of the work is being checked.",
)
_WORK_DONE: Final[Pair] = ("Pekerjaan selesai.", "The work is complete.")
_WORK_CALLED_OFF: Final[Pair] = (
    "Pekerjaan dibatalkan; layanan tidak dihentikan.",
    "The work was called off; no service will be interrupted for it.",
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what was said of an incident or of work: when, at which stage, in which words.

    `word` is the id of the published word, "" of what the desk says by itself; `touched_us` when it last changed.
    `turn` tells one turn of an incident from another, "" of all else.
    """

    at_us: int
    touched_us: int
    stage: Stage | WorkState
    text: str
    word: str = ""
    turn: str = ""


class Edition(msgspec.Struct, frozen=True):
    """A bulletin in one language; `zone` is the time zone of the desk, as `Bulletin.zone` names it."""

    bulletin: Bulletin
    zone: tzinfo
    language: PageLanguage = "id"

    @property
    def address(self) -> str:
        """Return where the public site is, without a slash at the end."""
        return self.bulletin.address.rstrip("/") or UNKNOWN_ADDRESS

    @property
    def host(self) -> str:
        """Return the host name of the site, by which its feeds and alerts are named."""
        return urlsplit(self.address).hostname or "localhost"

    @property
    def prefix(self) -> str:
        """Return what stands before paths of this language: "" or "/en"."""
        return "" if self.language == "id" else "/en"

    def pick(self, pair: Pair) -> str:
        """Return the half of a pair that is in this language."""
        return pair[0] if self.language == "id" else pair[1]

    def home(self) -> str:
        """Return the address of the home page."""
        return f"{self.address}{self.prefix}/"

    def page_of(self, incident: PublicIncident) -> str:
        """Return the address of an incident's page."""
        return f"{self.address}{self.pick(('/gangguan', '/en/incident'))}/{incident.id}/"

    def page_of_work(self, work: Work) -> str:
        """Return the address of planned work on the page of all of it."""
        return f"{self.address}{self.pick(('/pemeliharaan', '/en/maintenance'))}/#w-{work.id}"

    def operator(self, operator: str) -> str:
        """Return the name of an operator."""
        return next((one.name for one in self.bulletin.operators if one.id == operator), operator)

    def place(self, code: str) -> str:
        """Return the name of a region."""
        return next((one.name for one in self.bulletin.places if one.code == code), code)

    def service(self, service: Service) -> str:
        """Return the name of a service, to stand alone."""
        return self.pick(_SERVICES[service])

    def stage(self, stage: Stage | WorkState) -> str:
        """Return what a stage is called.

        >>> from datetime import UTC
        >>> made = Bulletin(desk="", address="", mode="operator", zone="UTC", made_us=0, stale_us=0)
        >>> Edition(made, UTC, "en").stage("in_progress"), Edition(made, UTC).stage("monitoring")
        ('In progress', 'Perbaikan selesai, masih dipantau')
        """
        return self.pick(_STAGES[stage])

    def title(self, incident: PublicIncident) -> str:
        """Return the title of an incident with its operator: "Smartfren: Internet seluler tidak dapat dipakai"."""
        return f"{self.operator(incident.operator)}: {self.pick((incident.title_id, incident.title_en))}"

    def work_title(self, work: Work) -> str:
        """Return the title of planned work with its operator."""
        return f"{self.operator(work.operator)}: {self.pick((work.title_id, work.title_en))}"

    def clock(self, at_us: int) -> str:
        """Return a moment with its day, as people read it."""
        return self.pick(full_moment(at_us, Speech(zone=self.zone)))

    def instant(self, at_us: int, *, timespec: str = "seconds") -> str:
        """Return a moment as ISO 8601 with the numeric offset of the desk's zone, which Atom and CAP both take."""
        return from_micros(at_us).astimezone(self.zone).isoformat(timespec=timespec)

    def said(self, incident: PublicIncident) -> tuple[Said, ...]:
        """Return what was said of an incident, oldest first; before the first word, what is known about it.

        That it is back, or may be, stands among the words: most of what reads this shows nothing else.
        """
        words = [self._word(word) for word in incident.words]
        words += [self._turn(turn) for turn in incident.turns]
        words.sort(key=lambda one: one.at_us)
        lines = (*words, *((self._review(incident.review),) if incident.review is not None else ()))
        begun_us = created_us(incident)
        if lines and lines[0].at_us <= begun_us:
            return lines
        stage = lines[0].stage if lines else incident.stage
        known = self.pick((incident.title_id, incident.title_en)) + "."
        return (Said(at_us=begun_us, touched_us=begun_us, stage=stage, text=known), *lines)

    def work_said(self, work: Work) -> tuple[Said, ...]:
        """Return what there is to say of planned work, oldest first; what has not come to pass is not said."""
        text = self.pick((work.text_id, work.text_en)) or self.pick((work.title_id, work.title_en))
        announced_us = work.announced_us or work.start_us
        told = [Said(at_us=announced_us, touched_us=announced_us, stage="scheduled", text=text)]
        if work.cancelled_us is not None:
            return (*told, self._step(work.cancelled_us, "completed", _WORK_CALLED_OFF))
        if work.state != "scheduled":
            told.append(self._step(work.start_us, "in_progress", _WORK_BEGUN))
        if work.state == "verifying":
            told.append(self._step(work.end_us, "verifying", _WORK_CHECKED))
        if work.state == "completed":
            told.append(self._step(done_us(work), "completed", _WORK_DONE))
        return tuple(sorted(told, key=lambda one: one.at_us))

    def _step(self, at_us: int, stage: WorkState, text: Pair) -> Said:
        return Said(at_us=at_us, touched_us=at_us, stage=stage, text=self.pick(text))

    def _turn(self, turn: Turn) -> Said:
        text, at_us = self.pick(turn_words(turn, Speech(zone=self.zone))), turn.at_us
        return Said(at_us=at_us, touched_us=at_us, stage=turn.stage, text=text, turn=f"turn-{turn.number}")

    def _review(self, review: PublicReview) -> Said:
        at_us = review.published_us
        return Said(at_us=at_us, touched_us=at_us, stage="postmortem", text=self.pick(review_text(review)))

    def _word(self, word: Word) -> Said:
        text = self.pick((word.text_id, word.text_en))
        if word.withdrawn_us is not None:
            # What was said stays readable; none of these formats can strike it out.
            text = self.pick(_WITHDRAWN).format(self.clock(word.withdrawn_us), text)
        return Said(
            at_us=word.published_us,
            touched_us=word.withdrawn_us or word.published_us,
            stage=word.stage,
            text=text,
            word=word.id,
        )


def review_text(review: PublicReview) -> Pair:
    """Return a review as plain text: the summary, then causes, what went well and actions as lists.

    >>> review_text(PublicReview(published_us=0, summary_id="a", summary_en="b", causes_en=("c",)))[1]
    'b\\n\\nCauses:\\n- c'
    """
    return _listed(review, 0), _listed(review, 1)


def _listed(review: PublicReview, language: int) -> str:
    parts = [(review.summary_id, review.summary_en)[language]]
    for name, items in (
        (("Sebab", "Causes"), (review.causes_id, review.causes_en)),
        (("Yang berjalan baik", "What went well"), (review.well_id, review.well_en)),
        (("Tindakan", "Actions"), (review.actions_id, review.actions_en)),
    ):
        if items[language]:
            parts.append("\n".join((f"{name[language]}:", *(f"- {one}" for one in items[language]))))
    return "\n\n".join(parts)


def created_us(incident: PublicIncident) -> int:
    """Return since when the public knows of an incident: its first word, or its confirmation if that came before."""
    known = [word.published_us for word in incident.words[:1]]
    known += [incident.confirmed_us] if incident.confirmed_us is not None else []
    return min(known, default=incident.onset_us)


def done_us(work: Work) -> int:
    """Return when planned work was over: when people said so, and its planned end where that is not known."""
    return max(work.updated_us, work.start_us) if work.updated_us > work.announced_us else work.end_us


def changed_us(bulletin: Bulletin) -> int:
    """Return when anything that feeds tell last changed.

    It does not move while nothing happens, so that a copy made a minute later is the same to the last byte.
    """
    moments = [one.since_us for one in bulletin.operators]
    moments += [one.updated_us for one in (*bulletin.current, *bulletin.past)]
    moments += [work_changed_us(one) for one in bulletin.works if is_announced(one)]
    return max(moments, default=bulletin.made_us)


def is_announced(work: Work) -> bool:
    """Tell whether feeds may tell of planned work: since when it is known, or it has begun.

    Work out of a calendar does not say when it was announced, and an entry cannot be dated into the future.
    """
    return work.announced_us > 0 or work.state != "scheduled"


def work_changed_us(work: Work) -> int:
    """Return when planned work last changed: by hand, or because its time came."""
    if not is_announced(work):
        return work.start_us
    moments = [work.announced_us, work.updated_us]
    if work.cancelled_us is None:
        moments += [work.start_us] if work.state != "scheduled" else []
        moments += [work.end_us] if work.state == "verifying" else []
    return max(moments)
