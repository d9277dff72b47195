"""A Bulletin is all that the public may know at one moment; pages, feeds, standards and messages are made of it alone.

One picture for all of them keeps a page from saying what a feed does not. Nothing in it is personal, and nothing in it
stems from an incident that is only suspected: that is a complaint level and no more (docs/ontology.md, States).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from pulih.model.incident import EmergencyCalls, Severity
from pulih.model.notice import NoticeKind
from pulih.model.proof import ProofView
from pulih.model.reading import Service, Symptom

# What the public is told of an incident; the words of the Statuspage format.
Stage = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
# Reports against what is usual: a level is about reports and never about customers; silence is unknown.
Level = Literal["usual", "above", "far_above", "unknown"]
PromiseState = Literal["open", "kept", "broken", "ended"]
WorkState = Literal["scheduled", "in_progress", "verifying", "completed"]
Mode = Literal["operator", "independent"]


class Place(msgspec.Struct, frozen=True):
    """A region: Kemendagri code, name, and the code of the region above it ("" right below the country)."""

    code: str
    name: str
    above: str = ""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One published statement.

    Attributes:
        id: unique within its incident; `number` is that of its entry on the timeline.
        kind: see `NoticeKind`; of a correction `corrects` is the id of the word that it corrects, else "".
        stage: what the public was told of the incident from then on.
        published_us: when it was said; `next_update_by_us` until when the next word was promised, None promises none.
        text_id, text_en: the same in both languages, plain text.
        speaker, office: who speaks, by name and office; "" where nobody is named.
        withdrawn_us: when it was taken back, None while it stands; it is shown, struck out, with its time.
        regions, services: what it was about; empty = everything the incident has.
    """

    id: str
    number: int
    kind: NoticeKind
    stage: Stage
    published_us: int
    text_id: str
    text_en: str
    next_update_by_us: int | None = None
    corrects: str = ""
    speaker: str = ""
    office: str = ""
    withdrawn_us: int | None = None
    regions: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A next word that was promised, and what became of it; `ended`: the incident was over before it fell due.

    `kept_us` is when the next word came, None while none has.
    """

    word: str
    promised_us: int
    due_us: int
    state: PromiseState
    kept_us: int | None = None


class PublicScope(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is hit, with its own stage; service, region and symptom are None where nothing is said of them."""

    stage: Stage
    service: Service | None = None
    region: str | None = None
    symptom: Symptom | None = None


class PublicCredit(msgspec.Struct, frozen=True, kw_only=True):
    """Credits that were approved: who qualifies, a sentence for each clause, and until when it is with subscribers.

    Sums and counts are not in it: a small number can tell of one customer.
    """

    who_id: tuple[str, ...]
    who_en: tuple[str, ...]
    approved_us: int
    by_us: int | None = None
    handed_over: bool = False


class PublicReview(msgspec.Struct, frozen=True, kw_only=True):
    """What people learnt from an incident, as it was let out: no owners, no notes, no names.

    Attributes:
        published_us: when it was let out.
        summary_id, summary_en, causes_id, causes_en, well_id, well_en: the words.
        actions_id, actions_en: what is done or will be, those that are told in public.
    """

    published_us: int
    summary_id: str
    summary_en: str
    causes_id: tuple[str, ...] = ()
    causes_en: tuple[str, ...] = ()
    well_id: tuple[str, ...] = ()
    well_en: tuple[str, ...] = ()
    actions_id: tuple[str, ...] = ()
    actions_en: tuple[str, ...] = ()


class PublicIncident(msgspec.Struct, frozen=True, kw_only=True):
    """One incident as the public may know it.

    Attributes:
        id: the incident's own id, as in its address.
        operator: catalogue id; `title_id`, `title_en` what, where: "Internet seluler terganggu di DKI Jakarta".
        stage: of the gravest of its scopes; `severity` as the desk judges it.
        scopes: what is hit.
        onset_us, confirmed_us: since when; `monitoring_us`, `ended_us` None until it is so; `updated_us` last change.
        retracted: it was said in public and was no outage after all; the correction is among the words.
        cause_id, cause_en: as published, "" while none is.
        emergency_calls, alternatives_id, alternatives_en: as in Incident.
        words: published statements, oldest first; `promises` in the order of their words.
        maintenance: id of the planned work that overran into it, or "".
        credits: what was approved for those who were hit.
        review: what people learnt, once it was published; None before.
        unproved: it was called restored on a person's own word, without proof from reports, in some of its scopes.
        contradicted: a repair was claimed, or it was called restored, and reports say otherwise.
        relapsed: of these, reports had been as usual and have risen again.
    """

    id: str
    operator: str
    title_id: str
    title_en: str
    stage: Stage
    severity: Severity
    scopes: tuple[PublicScope, ...]
    onset_us: int
    updated_us: int
    confirmed_us: int | None = None
    monitoring_us: int | None = None
    ended_us: int | None = None
    retracted: bool = False
    cause_id: str = ""
    cause_en: str = ""
    emergency_calls: EmergencyCalls = "unknown"
    alternatives_id: str = ""
    alternatives_en: str = ""
    words: tuple[Word, ...] = ()
    promises: tuple[Promise, ...] = ()
    maintenance: str = ""
    credits: tuple[PublicCredit, ...] = ()
    review: PublicReview | None = None
    unproved: bool = False
    contradicted: bool = False
    relapsed: bool = False


class ComplaintLevel(msgspec.Struct, frozen=True, kw_only=True):
    """How many reports name an operator, of one service and place or of all (None), against what is usual.

    Attributes:
        reports, usual: of the last hour; reports are rounded to what they mean where they are shown. What is usual of
            one service nobody counts; there it is that of all services of the operator, which is more.
        repeated: they are many and yet as usual, since most repeat each other or come from few places.
        curve: reports in each of the last twelve times 15 minutes, oldest first; empty = not drawn.
    """

    operator: str
    level: Level
    reports: int = 0
    usual: float = 0.0
    service: Service | None = None
    region: str | None = None
    repeated: bool = False
    curve: tuple[int, ...] = ()


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """What own probes say lately: of `asked` targets of a kind, `failed` did not answer."""

    operator: str
    kind: str
    asked: int
    failed: int
    region: str | None = None
    at_us: int = 0


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Planned work: whose, where (none: everywhere), what, when; `incident` when it overran into one.

    Of work that was called off `cancelled_us` says when, and its state is completed.
    """

    id: str
    operator: str
    state: WorkState
    start_us: int
    end_us: int
    title_id: str
    title_en: str
    text_id: str = ""
    text_en: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    announced_us: int = 0
    updated_us: int = 0
    incident: str = ""
    cancelled_us: int | None = None


class PublicOperator(msgspec.Struct, frozen=True):
    """An operator that this desk shows: catalogue id, name, its services, and since when it is shown (0: not told)."""

    id: str
    name: str
    services: tuple[Service, ...] = ()
    since_us: int = 0


class Bulletin(msgspec.Struct, frozen=True, kw_only=True):
    """What the public may know at `made_us`.

    Attributes:
        desk: its name; `address` where the public site is reached, without a slash at the end, "" when unknown.
        mode: an operator shows its own brands; an independent desk shows all, and says "reports naming X".
        zone: IANA name of the desk's time zone.
        stale_us: from then on a copy of it must say that it is stale.
        heard: False while no source of complaints lives: levels are unknown then, never as usual.
        simulated: some of what is heard was made up, as in the demo; every page says so, and no clock makes it stale.
        operators, places: what can be chosen, in the order in which it is shown; places are provinces and regencies.
        current: incidents that go on, gravest first, then latest; `past` those that are over, latest first.
        levels, measurements: beside the operator's word, each labelled as what it is.
        works: planned work that is ahead, under way, or was over lately.
        proof: the tamper-evident timeline that holds all of `current` and `past`; None where none is kept.
    """

    desk: str
    address: str
    mode: Mode
    zone: str
    made_us: int
    stale_us: int
    heard: bool = True
    simulated: bool = False
    operators: tuple[PublicOperator, ...] = ()
    places: tuple[Place, ...] = ()
    current: tuple[PublicIncident, ...] = ()
    past: tuple[PublicIncident, ...] = ()
    levels: tuple[ComplaintLevel, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    works: tuple[Work, ...] = ()
    proof: ProofView | None = None
