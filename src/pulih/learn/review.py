"""The post-incident review as one document, drawn from timeline, evidence, statements, promises, measures and credits.

What people wrote (summary, causes, what went well, actions) stands beside what the record says. The public version
leaves out names of people, evidence, counts of people, notes and everything else that is the desk's own. The template
is blameless: it asks which conditions let it happen, and who is named owns an action and no fault. Source:
docs/review.md (requirement N2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final

from pulih.learn.experience import STEPS, Experience, Step, experience
from pulih.learn.obligations import Obligation
from pulih.learn.regulator import ClockKind
from pulih.learn.review_measures import level_section, measure_section
from pulih.learn.review_parts import (
    Block,
    Grid,
    Points,
    ReviewDocument,
    Section,
    StepLine,
    Stop,
    Text,
    TimelineLine,
)
from pulih.learn.thresholds import ended_us
from pulih.learn.wording import Pair, listed, moment, services_told, short_moment, span, whole
from pulih.model.bulletin import PromiseState
from pulih.model.credit_batch import committed
from pulih.model.entry import DESK
from pulih.model.notice import NoticeKind
from pulih.model.record import Record
from pulih.model.review import Action, Review

_STEP_NAMES: Final[dict[Step, Pair]] = {
    "onset": ("Mulai gangguan", "Onset"),
    "detected": ("Diketahui", "Detected"),
    "acknowledged": ("Mulai ditangani petugas", "Acknowledged"),
    "first_word": ("Kabar pertama", "First public word"),
    "claimed_fixed": ("Dinyatakan diperbaiki", "Repair claimed"),
    "restored": ("Pulih", "Restored"),
    "called_restored": ("Dinyatakan pulih", "Called restored"),
}
_ON_WORD: Final[Pair] = ("Pulih, menurut petugas", "Restored, on the desk's word")
_KINDS: Final[dict[NoticeKind, Pair]] = {
    "holding": ("Kabar pertama", "Holding statement"),
    "update": ("Kabar lanjutan", "Update"),
    "fixed": ("Perbaikan selesai", "Repair claimed"),
    "restored": ("Pulih", "Restored"),
    "correction": ("Koreksi", "Correction"),
}
_PROMISES: Final[dict[PromiseState, Pair]] = {
    "kept": ("ditepati", "kept"),
    "broken": ("tidak ditepati", "broken"),
    "open": ("berjalan", "open"),
    "ended": ("pulih sebelum jatuh tempo", "over before it fell due"),
}
_APPLIES: Final[dict[str, Pair]] = {
    "applies": ("berlaku", "applies"),
    "may_apply": ("mungkin berlaku", "may apply"),
    "not_yet": ("belum", "not yet"),
    "never": ("tidak berlaku", "does not apply"),
}
_CLOCKS: Final[dict[str, Pair]] = {
    "waiting": ("belum mulai", "not begun"),
    "at_once": ("sesegera mungkin", "as soon as practicable"),
    "running": ("berjalan", "running"),
    "met": ("tepat waktu", "in time"),
    "late": ("terlambat", "late"),
    "missed": ("terlewat", "missed"),
    "ended": ("tidak wajib lagi", "no longer owed"),
}
_CLOCK_NAMES: Final[dict[ClockKind, Pair]] = {
    "first_notice": ("Pemberitahuan pertama", "First notice"),
    "update": ("Kabar berikutnya", "Next update"),
    "initial_report": ("Laporan awal", "Initial report"),
    "final_report": ("Laporan akhir", "Final report"),
    "emergency_notice": ("Pemberitahuan darurat", "Emergency notice"),
}
_BLAMELESS: Final[Pair] = (
    "Tinjauan ini mencari sebab pada sistem dan keputusan, bukan kesalahan orang.",
    "This review looks for causes in systems and decisions, and for nobody's fault.",
)
_UNWRITTEN: Final[Pair] = ("Belum ditulis.", "Not written yet.")
_NONE: Final[Pair] = ("Tidak ada.", "None.")


def review_document(
    record: Record,
    lines: Sequence[TimelineLine] = (),
    found: Sequence[Obligation] = (),
    *,
    public: bool,
    now_us: int,
) -> ReviewDocument:
    """Return the review of an incident.

    Args:
        record: of the incident.
        lines: its timeline as it is told, oldest first.
        found: what rules ask of it.
        public: leave out what is the desk's own.
        now_us: when it is drawn.

    >>> from pulih.model.incident import Incident
    >>> one = Record(incident=Incident(id="i", version=1, opened_us=0, onset_us=0, operator="xl", scopes=()))
    >>> [section.id for section in review_document(one, public=True, now_us=0).sections][:3]
    ['summary', 'steps', 'statements']
    """
    measured = experience(record, now_us=now_us)
    inside = [
        _evidence(record),
        _obligations(found, record),
        Section("notes", ("Catatan dalam", "Notes inside"), (_text(record.review.inside),)),
    ]
    sections = [
        _summary(record, public=public),
        _steps(measured, record),
        level_section(record, public=public),
        _timeline(lines, record, public=public),
        _statements(record),
        _promises(record),
        measure_section(record, measured, public=public),
        _credits(record, public=public),
        _causes(record.review),
        _well(record.review),
        _actions(record, public=public),
        *([] if public else inside),
    ]
    at = moment(now_us, record.zone)
    kind = ("untuk umum", "public version") if public else ("untuk kalangan sendiri", "internal version")
    return ReviewDocument(
        incident=record.incident.id,
        title=(f"Tinjauan gangguan {record.incident.id}", f"Review of outage {record.incident.id}"),
        headline=_headline(record),
        remarks=(_BLAMELESS, (f"Disusun {at[0]}, {kind[0]}.", f"Written {at[1]}, {kind[1]}.")),
        sections=tuple(one for one in sections if one.blocks),
        public=public,
    )


def _headline(record: Record) -> Pair:
    incident = record.incident
    what = services_told(part.scope.service for part in incident.scopes)
    codes = dict.fromkeys(part.scope.region for part in incident.scopes if part.scope.region)
    names = [record.region_names.get(code, code) for code in codes]
    where = listed([(name, name) for name in names])
    who = record.operator_name or incident.operator
    over_us = ended_us(record)
    lasted = None if over_us is None else span(over_us - incident.onset_us)
    places = (f" di {where[0]}", f" in {where[1]}") if names else ("", "")
    began = moment(incident.onset_us, record.zone)
    ends = (f", selama {lasted[0]}", f", for {lasted[1]}") if lasted else (", masih berlangsung", ", still going on")
    return (
        f"{who}: {what[0] or 'layanan'} terganggu{places[0]} sejak {began[0]}{ends[0]}",
        f"{who}: {what[1] or 'services'} disrupted{places[1]} from {began[1]}{ends[1]}",
    )


def _summary(record: Record, *, public: bool) -> Section:
    review, incident = record.review, record.incident
    cause = (incident.cause_id, incident.cause_en)
    told: list[Block] = [_both(review.summary_id, review.summary_en)]
    # A cause that stands on the timeline may never have been told; what the public reads, people wrote.
    if any(cause) and not public:
        told.append(
            Text((f"Penyebab menurut lini masa: {cause[0]}", f"Cause recorded on the timeline: {cause[1]}"), quiet=True)
        )
    return Section("summary", ("Ringkasan", "Summary"), tuple(told))


def _steps(measured: Experience, record: Record) -> Section:
    onset_us = record.incident.onset_us
    names = {**_STEP_NAMES, "restored": _ON_WORD} if measured.on_word else _STEP_NAMES
    stops = tuple(
        Stop(names[step], at_us, short_moment(at_us, record.zone), span(at_us - onset_us))
        for step in STEPS
        # Where the end is the desk's word, the word is the end.
        if (at_us := measured.steps[step]) is not None and not (step == "called_restored" and measured.on_word)
    )
    word, over = measured.steps["first_word"], measured.steps["restored"]
    parts = []
    if word is not None:
        said = span(word - onset_us)
        parts.append((f"kabar pertama sesudah {said[0]}", f"first word after {said[1]}"))
    if over is not None:
        said = span(over - onset_us)
        parts.append((f"pulih sesudah {said[0]}", f"restored after {said[1]}"))
    finding = listed(parts) if parts else ("langkah yang diketahui", "steps that are known")
    title = (finding[0][:1].upper() + finding[0][1:], finding[1][:1].upper() + finding[1][1:])
    # Steps do not always come in their order: who knew before customers felt it stands first.
    ordered = tuple(sorted(stops, key=lambda one: one.at_us))
    return Section("steps", ("Dari mulai sampai pulih", "From onset to restoration"), (StepLine(title, ordered),))


def _who(actor: str) -> Pair:
    """Name who acted, the desk itself as every page does.

    >>> _who("desk"), _who("sari")
    (('Pulih', 'Pulih'), ('sari', 'sari'))
    """
    name = "Pulih" if actor == DESK else actor
    return name, name


def _timeline(lines: Sequence[TimelineLine], record: Record, *, public: bool) -> Section:
    rows = tuple(
        (short_moment(one.at_us, record.zone), one.says) if public else (
            short_moment(one.at_us, record.zone), _who(one.actor), one.says
        )
        for one in lines
        if one.public or not public
    )  # fmt: skip
    heads: tuple[Pair, ...] = (("Waktu", "Time"), ("Oleh", "By"), ("Apa", "What"))
    heads = (heads[0], heads[2]) if public else heads
    caption = (f"Waktu menurut zona {record.zone}", f"Times in the zone {record.zone}")
    grid = Grid(caption, heads, rows, (False,) * len(heads))
    return Section("timeline", ("Lini masa", "Timeline"), (grid,) if rows else ())


def _statements(record: Record) -> Section:
    said = sorted(
        (one for one in record.incident.notices if one.published_us is not None), key=lambda one: one.published_us or 0
    )
    rows = tuple(
        (short_moment(one.published_us or 0, record.zone), _KINDS[one.kind], (_first(one.text_id), _first(one.text_en)))
        for one in said
    )
    grid = Grid(
        ("Pernyataan yang terbit", "Statements that were published"),
        (("Waktu", "Time"), ("Jenis", "Kind"), ("Isi", "Text")),
        rows,
        (False, False, False),
    )
    silent = Text(("Tidak ada pernyataan kepada publik.", "Nothing was said in public."))
    return Section(
        "statements", ("Yang disampaikan kepada publik", "What the public was told"), (grid if rows else silent,)
    )


def _first(text: str) -> str:
    """Return a statement in one line."""
    return " ".join(text.split())


def _promises(record: Record) -> Section:
    rows = tuple(
        (
            short_moment(one.due_us, record.zone) if one.due_us is not None else ("–", "–"),
            _PROMISES[one.state],
            short_moment(one.kept_us, record.zone) if one.kept_us is not None else ("–", "–"),
        )
        for one in record.promises
    )
    heads = (("Dijanjikan paling lambat", "Promised by"), ("Hasil", "Result"), ("Kabar berikutnya", "Next word"))
    grid = Grid(("Janji kabar berikutnya", "Promises of a next word"), heads, rows, (False, False, False))
    return Section("promises", ("Janji", "Promises"), (grid,) if rows else ())


def _credits(record: Record, *, public: bool) -> Section:
    blocks: list[Block] = []
    for batch in record.incident.credits:
        if not committed(batch):
            continue
        blocks.append(Points(tuple(zip(batch.who_id, batch.who_en, strict=False))))
        if not public:
            people = whole(batch.subscribers)
            told = (f"{people[0]} pelanggan, kebijakan {batch.policy}", f"{people[1]} subscribers, {batch.policy}")
            blocks.append(Text(told, quiet=True))
    return Section("credits", ("Kompensasi", "Compensation"), tuple(blocks))


def _causes(review: Review) -> Section:
    told = _list(review.causes_id, review.causes_en)
    return Section("causes", ("Sebab", "Causes"), (told,))


def _well(review: Review) -> Section:
    return Section("well", ("Yang berjalan baik", "What went well"), (_list(review.well_id, review.well_en),))


def _actions(record: Record, *, public: bool) -> Section:
    actions = [one for one in record.review.actions if one.public or not public]
    if not actions:
        return Section("actions", ("Tindakan", "Actions"), () if public else (Text(_NONE),))
    heads: tuple[Pair, ...] = (
        ("Tindakan", "Action"),
        *(() if public else (("Penanggung jawab", "Owner"),)),
        ("Paling lambat", "Due"),
        ("Keadaan", "State"),
    )
    rows = tuple(_action(one, record.zone, public=public) for one in actions)
    caption = ("Agar tidak terulang, atau lebih singkat", "So that it does not happen again, or is shorter")
    return Section("actions", ("Tindakan", "Actions"), (Grid(caption, heads, rows, (False,) * len(heads)),))


def _action(one: Action, zone: str, *, public: bool) -> tuple[Pair, ...]:
    due = ("–", "–") if one.due_us is None else short_moment(one.due_us, zone)
    done = None if one.done_us is None else short_moment(one.done_us, zone)
    state = ("belum selesai", "to be done") if done is None else (f"selesai {done[0]}", f"done {done[1]}")
    owner = () if public else ((one.owner, one.owner),)
    return ((one.what_id, one.what_en), *owner, due, state)


def _evidence(record: Record) -> Section:
    return Section("evidence", ("Bukti", "Evidence"), (Points(tuple(record.evidence)),) if record.evidence else ())


def _obligations(found: Iterable[Obligation], record: Record) -> Section:
    rows = tuple(
        (
            (one.rule.regulator, one.rule.regulator),
            (one.rule.title_id, one.rule.title_en),
            _APPLIES[one.applies],
            _clocks(one),
        )
        for one in found
        if not one.as_if
    )
    heads = (("Regulator", "Regulator"), ("Aturan", "Rule"), ("Berlaku", "Applies"), ("Tenggat", "Clocks"))
    caption = (f"Aturan yang mengikat ({record.country})", f"Rules that bind ({record.country})")
    grid = Grid(caption, heads, rows, (False,) * 4)
    return Section("obligations", ("Kewajiban lapor", "Obligations"), (grid,) if rows else ())


def _clocks(one: Obligation) -> Pair:
    """Say of each clock of a rule what is due, to whom, and how it stands."""
    told = [(_CLOCK_NAMES[clock.kind], clock.to, _CLOCKS[clock.state]) for clock in one.clocks]
    return (
        "; ".join(f"{name[0]} kepada {to[0]}: {stands[0]}" for name, to, stands in told),
        "; ".join(f"{name[1]} to {to[1]}: {stands[1]}" for name, to, stands in told),
    )


def _both(indonesian: str, english: str) -> Text:
    return Text((indonesian, english)) if indonesian or english else Text(_UNWRITTEN, quiet=True)


def _text(words: str) -> Text:
    return Text((words, words)) if words else Text(_NONE, quiet=True)


def _list(indonesian: Sequence[str], english: Sequence[str]) -> Block:
    if not indonesian and not english:
        return Text(_UNWRITTEN, quiet=True)
    # What was written in one language only is told in it to everybody.
    return Points(tuple((one or other, other or one) for one, other in zip_longest(indonesian, english, fillvalue="")))
