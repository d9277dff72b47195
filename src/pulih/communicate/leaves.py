"""Leaves: what of an incident goes into the tamper-evident timeline, each a line of canonical JSON.

A word is a leaf when it is published, and again when it is withdrawn. What a page states beside the words (stage, since
when, where, cause, help) is a leaf whenever it changes, and so is planned work: nothing on these pages can be changed
without a trace.
No personal data are in it, since a leaf can never be forgotten: the speaker's name stays out, the office stays in.
Titles and promises stay out too, since they follow from what is in.
Source: RFC 8785 (JSON with sorted keys and no blanks, whole numbers and texts only), requirement T5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from pulih.model.bulletin import PublicIncident, PublicReview, PublicScope, Stage, Word, Work
from pulih.model.clock import iso
from pulih.model.errors import RefusedInput
from pulih.model.incident import EmergencyCalls, Severity
from pulih.model.notice import NoticeKind

WorkOutcome = Literal["", "completed", "cancelled", "gone"]
# What one entry of a bundle may have: its length is told in two bytes (C2SP tlog-tiles).
LEAF_BYTES_MAX: Final = 65_535
# Of more scopes a leaf holds the digest only: the whole country times all services would be too long for one entry.
_SCOPES_MAX: Final = 400
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class WordLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="word", tag_field="type"):
    """A word was published; `at` and `next_by` are ISO 8601 UTC, `next_by` "" where no next word was promised."""

    incident: str
    word: str
    at: str
    kind: NoticeKind
    stage: Stage
    text_id: str
    text_en: str
    next_by: str = ""
    corrects: str = ""
    office: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class WithdrawalLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="withdrawal", tag_field="type"):
    """A word was taken back; that it was said stays."""

    incident: str
    word: str
    at: str


class FactsLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="facts", tag_field="type"):
    """What the page states of an incident beside its words, from `at` on; times are ISO 8601 UTC or "".

    `scopes` are sorted; of very many there is `scopes_sha256` instead, the digest of the same JSON list.
    """

    incident: str
    at: str
    operator: str
    stage: Stage
    severity: Severity
    since: str
    scopes: tuple[PublicScope, ...]
    scopes_sha256: str = ""
    confirmed: str = ""
    monitoring: str = ""
    ended: str = ""
    retracted: bool = False
    cause_id: str = ""
    cause_en: str = ""
    emergency_calls: EmergencyCalls = "unknown"
    alternatives_id: str = ""
    alternatives_en: str = ""
    maintenance: str = ""
    unproved: bool = False
    contradicted: bool = False


class WorkLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="work", tag_field="type"):
    """What the page states of planned work, from `at` on; times are ISO 8601 UTC.

    How it stands in its window follows from the clock and stays out; `outcome` is "" until it is over, and `gone` when
    it left the page before its end, as work does that a calendar no longer has. `overran` is the incident it became.
    """

    work: str
    at: str
    operator: str
    start: str
    end: str
    title_id: str
    title_en: str
    text_id: str = ""
    text_en: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    outcome: WorkOutcome = ""
    overran: str = ""


class ReviewLeaf(msgspec.Struct, frozen=True, kw_only=True, tag="review", tag_field="type"):
    """A review was published; one that is published anew is another leaf, and what stood before stays."""

    incident: str
    at: str
    summary_id: str
    summary_en: str
    causes_id: tuple[str, ...] = ()
    causes_en: tuple[str, ...] = ()
    well_id: tuple[str, ...] = ()
    well_en: tuple[str, ...] = ()
    actions_id: tuple[str, ...] = ()
    actions_en: tuple[str, ...] = ()


Leaf = WordLeaf | WithdrawalLeaf | FactsLeaf | WorkLeaf | ReviewLeaf
SaidLeaf = WordLeaf | WithdrawalLeaf | ReviewLeaf
_DECODER: Final = msgspec.json.Decoder(Leaf)


def said_leaves(incident: PublicIncident) -> tuple[SaidLeaf, ...]:
    """Return a leaf for each word of an incident, one for each that was withdrawn, and one for its review."""
    leaves: list[SaidLeaf] = []
    for word in incident.words:
        leaves.append(_word(incident.id, word))
        if word.withdrawn_us is not None:
            leaves.append(WithdrawalLeaf(incident=incident.id, word=word.id, at=iso(word.withdrawn_us)))
    if incident.review is not None:
        leaves.append(_review(incident.id, incident.review))
    return tuple(leaves)


def name_of(leaf: SaidLeaf) -> str:
    """Return what a leaf is called in a report: "word n1", "the withdrawal of word n1", "the review".

    >>> name_of(WithdrawalLeaf(incident="i", word="n1", at=""))
    'the withdrawal of word n1'
    """
    if isinstance(leaf, ReviewLeaf):
        return "the review"
    return f"{'the withdrawal of word' if isinstance(leaf, WithdrawalLeaf) else 'word'} {leaf.word}"


def facts_leaf(incident: PublicIncident) -> FactsLeaf:
    """Return the leaf of what the page states of an incident now."""
    scopes = tuple(sorted(incident.scopes, key=_scope_order))
    many = len(scopes) > _SCOPES_MAX
    return FactsLeaf(
        incident=incident.id,
        at=iso(incident.updated_us),
        operator=incident.operator,
        stage=incident.stage,
        severity=incident.severity,
        since=iso(incident.onset_us),
        scopes=() if many else scopes,
        scopes_sha256=hashlib.sha256(_ENCODER.encode(scopes)).hexdigest() if many else "",
        confirmed=_moment(incident.confirmed_us),
        monitoring=_moment(incident.monitoring_us),
        ended=_moment(incident.ended_us),
        retracted=incident.retracted,
        cause_id=incident.cause_id,
        cause_en=incident.cause_en,
        emergency_calls=incident.emergency_calls,
        alternatives_id=incident.alternatives_id,
        alternatives_en=incident.alternatives_en,
        maintenance=incident.maintenance,
        unproved=incident.unproved,
        contradicted=incident.contradicted,
    )


def work_leaf(work: Work, at_us: int) -> WorkLeaf:
    """Return the leaf of what the page states of planned work at a moment."""
    over: WorkOutcome = "completed" if work.state == "completed" else ""
    return WorkLeaf(
        work=work.id,
        at=iso(at_us),
        operator=work.operator,
        start=iso(work.start_us),
        end=iso(work.end_us),
        title_id=work.title_id,
        title_en=work.title_en,
        text_id=work.text_id,
        text_en=work.text_en,
        regions=work.regions,
        services=work.services,
        outcome="cancelled" if work.cancelled_us is not None else over,
        overran=work.incident,
    )


def left_early(leaf: WorkLeaf, at_us: int) -> bool:
    """Tell whether work that is not on the page any more at a moment left it before its end."""
    return leaf.outcome == "" and _seconds(leaf.end) > _seconds(iso(at_us))


def same_work(one: WorkLeaf | None, other: WorkLeaf) -> bool:
    """Tell whether two leaves state the same of work, whenever it was."""
    return one is not None and msgspec.structs.replace(one, at=other.at) == other


def incident_of(leaf: Leaf) -> str:
    """Return the incident that a leaf is about, "" of planned work."""
    return "" if isinstance(leaf, WorkLeaf) else leaf.incident


def same_facts(one: FactsLeaf | None, other: FactsLeaf) -> bool:
    """Tell whether two leaves state the same, whenever it was."""
    return one is not None and msgspec.structs.replace(one, at=other.at) == other


def encoded(leaf: Leaf) -> bytes:
    """Return the bytes of a leaf, which are hashed and never change.

    Raises: RefusedInput when it is longer than an entry may be.

    >>> encoded(WithdrawalLeaf(incident="20251003-ab12", word="n1", at="2025-10-03T03:12:00Z"))
    b'{"at":"2025-10-03T03:12:00Z","incident":"20251003-ab12","type":"withdrawal","word":"n1"}'
    """
    octets = _ENCODER.encode(leaf)
    if len(octets) > LEAF_BYTES_MAX:
        raise RefusedInput(
            f"An entry of {_named(leaf)} has {len(octets)} bytes, and the timeline takes {LEAF_BYTES_MAX} at most; "
            "say it in fewer words."
        )
    return octets


def decoded(octets: bytes) -> Leaf:
    """Return the leaf that some bytes hold.

    Raises: RefusedInput when they hold none.
    """
    try:
        leaf: Leaf = _DECODER.decode(octets)
    except msgspec.MsgspecError as problem:
        raise RefusedInput(
            f"{octets[:80]!r} is no entry of a timeline ({problem}); it must be a word, a withdrawal, facts or work."
        ) from None
    return leaf


def by_time(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Return leaves in the order in which they happened; at the same moment facts stand before words."""
    return sorted(leaves, key=lambda leaf: (_seconds(leaf.at), _named(leaf), not isinstance(leaf, FactsLeaf)))


def _named(leaf: Leaf) -> str:
    return leaf.work if isinstance(leaf, WorkLeaf) else leaf.incident


def _word(incident: str, word: Word) -> WordLeaf:
    return WordLeaf(
        incident=incident,
        word=word.id,
        at=iso(word.published_us),
        kind=word.kind,
        stage=word.stage,
        text_id=word.text_id,
        text_en=word.text_en,
        next_by=_moment(word.next_update_by_us),
        corrects=word.corrects,
        office=word.office,
        regions=word.regions,
        services=word.services,
    )


def _review(incident: str, review: PublicReview) -> ReviewLeaf:
    words = {name: value for name, value in msgspec.structs.asdict(review).items() if name != "published_us"}
    return ReviewLeaf(incident=incident, at=iso(review.published_us), **words)


def _scope_order(scope: PublicScope) -> tuple[str, str, str, str]:
    return scope.region or "", scope.service or "", scope.symptom or "", scope.stage


def _moment(at_us: int | None) -> str:
    return "" if at_us is None else iso(at_us)


def _seconds(moment: str) -> str:
    """Return a moment so that texts sort by time: a fraction of a second comes after the whole one."""
    return moment.removesuffix("Z")
