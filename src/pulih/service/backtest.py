"""Backtest: hear, understand, count, find, and say what Pulih would have told, when (requirement D4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from zoneinfo import ZoneInfo

import msgspec

from pulih.detect.calendar import Calendar, lay_out
from pulih.detect.days import Calendar as DayCalendar
from pulih.detect.family import CROWD
from pulih.detect.standing import Told
from pulih.detect.tally import UNNAMED
from pulih.listen.acceptance import Acceptor
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.files import Archive, Progress, Sink, Source, Spool, Wanted
from pulih.service.attribution import Attribution
from pulih.service.closeup import look_closely
from pulih.service.finding_out import Desk, Found, find_out, standing_of
from pulih.service.hearing import Heard, hear
from pulih.service.hierarchy import Family, families
from pulih.service.outcome import Counters, FindingView, Outcome, RegionCount, Settings, SymptomCount, TalkCount, Trace
from pulih.service.raising import Raised, raise_rises, whole_scans
from pulih.service.understanding import Read, Understood, read_with, understand_all
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue
from pulih.understand.reader import Reader

# A history in more bins than this would not fit in memory: ten years of five minutes.
BINS_MAX = 1_100_000
# Two weeks teach the rhythm; until then its prior shape leads.
LEARNT_DAYS = 14


class Rooms(msgspec.Struct, frozen=True):
    """What a backtest is given by `main`: the reader and its knowledge, places to sort and keep, and holidays."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    reader: Reader
    spool: Spool
    sink: Sink
    archive: Archive
    progress: Progress
    special: DayCalendar | None = None


def run(sources: Sequence[Source], rooms: Rooms, settings: Settings) -> Outcome:
    """Run a backtest over `sources`.

    Raises: RefusedInput when the sources cannot be used; OutsideFailed when the disk cannot.
    """
    accounts = rooms.catalogue.handles()
    acceptor = Acceptor(dict.fromkeys(accounts, "operator"), accounts)
    heard = hear(sources, acceptor, rooms.spool, rooms.progress)
    key = blake2b(heard.digest.to_bytes(16), digest_size=32, person=b"pulih-backtest").digest()
    read = read_with(rooms.reader)
    understood = understand_all(
        rooms.spool, read, key=key, bin_s=settings.bin_s, sink=rooms.sink, progress=rooms.progress
    )
    rooms.sink.finish()
    calendar = _calendar(understood, settings, rooms.special)
    found = _find(understood, rooms, settings, calendar=calendar, read=read)
    return _outcome(sources, heard, understood, found=found, rooms=rooms, settings=settings)


def _calendar(understood: Understood, settings: Settings, special: DayCalendar | None) -> Calendar:
    first_us, last_us = understood.first_us or 0, understood.last_us or 0
    heard_s = understood.tally.heard_s()
    bins = (last_us - first_us) // MICROS // settings.bin_s
    if bins > BINS_MAX:
        days, most = (last_us - first_us) // MICROS // DAY_S, BINS_MAX * settings.bin_s // DAY_S
        raise RefusedInput(
            f"The data spans {days} days; with bins of {settings.bin_s} s at most {most} days can be scanned. "
            "Cut the file, or ask for wider bins with --bin."
        )
    return lay_out(
        first_us // MICROS,
        last_us // MICROS,
        bin_s=settings.bin_s,
        zone=ZoneInfo(settings.zone),
        # Where nobody said anything there are no pauses to look for.
        heard_s=heard_s if len(heard_s) else None,
        special=special,
    )


def _find(understood: Understood, rooms: Rooms, settings: Settings, *, calendar: Calendar, read: Read) -> list[Found]:
    tuning = msgspec.structs.replace(CROWD, bin_s=settings.bin_s, false_alarms_per_week=settings.false_alarms_per_week)
    archive, scans = rooms.archive, whole_scans(understood.tally, calendar, tuning)

    def told(wanted: Wanted, since_us: int) -> Told:
        # A campaign of short bursts shows in what its authors write later; a desk that is live has yet to hear that.
        until_us = max(wanted.end_us, wanted.start_us + DAY_S * MICROS)
        return archive.told(wanted, since_us=since_us, until_us=until_us)

    desk = Desk(
        look=lambda asked: look_closely(archive, read, asked.wanted, alarm_us=asked.alarm_us),
        stand=lambda asked, usual: standing_of(told, asked.wanted, usual),
        region_name=rooms.gazetteer.name,
        calendar=calendar,
        tuning=tuning,
    )
    watched = _watched(understood, rooms, settings)
    rooms.progress.stage("finding", len(watched))
    raised: dict[str, Raised] = {}
    for family in watched:
        found = raise_rises(family, scans, networks=raised)
        rooms.progress.advance(1)
        if found is not None:
            raised[family.operator] = found
    return [find_out(one, desk) for one in Attribution(watched, scans).settle(raised).values()]


def _watched(understood: Understood, rooms: Rooms, settings: Settings) -> list[Family]:
    everyone = families(rooms.catalogue, rooms.gazetteer, understood.tally.operators())
    if settings.operator is None:
        return everyone
    return [family for family in everyone if family.operator in (settings.operator, UNNAMED)]


def _outcome(
    sources: Sequence[Source],
    heard: Heard,
    understood: Understood,
    *,
    found: list[Found],
    rooms: Rooms,
    settings: Settings,
) -> Outcome:
    views = sorted(
        (view for one in found for view in one.views),
        key=lambda view: (view.finding.alarm_us, view.finding.operator, view.finding.region or ""),
    )
    names = tuple(source.name for source in sources)
    return Outcome(
        names=names,
        digest=f"{heard.digest:032x}",
        chosen=tuple(source.chosen for source in sources),
        first_us=understood.first_us,
        last_us=understood.last_us,
        settings=settings,
        counters=Counters(
            heard=heard.heard,
            counted=understood.counted,
            refused=heard.refused,
            # Counted where repeats are dropped, not worked out from the rest: so the balance can fail, and is a check.
            repeated=rooms.spool.repeated(),
            reports=understood.reports,
            unsure=understood.unsure,
            acute=understood.acute,
            recovered=understood.recovered,
            near_duplicates=understood.near_duplicates,
            operator_posts=understood.operator_posts,
        ),
        views=tuple(views),
        traces=_traces(found),
        regions=_region_counts(understood, rooms.gazetteer, views),
        symptoms=_symptom_counts(understood, views),
        talks=tuple(
            TalkCount(talk, count, understood.counted_talks.get(talk, 0))
            for talk, count in sorted(understood.talks.items(), key=lambda item: (-item[1], item[0]))
        ),
        refused=heard.reasons,
        refused_samples=heard.samples,
        notes=_notes(sources, understood, edited=rooms.spool.edited()),
        simulated=heard.simulated,
    )


def _traces(found: list[Found]) -> tuple[Trace, ...]:
    """Return the series of each operator with a finding, or of the busiest one."""
    with_findings = [one.trace for one in found if one.views]
    if with_findings or not found:
        return tuple(with_findings)
    return (max((one.trace for one in found), key=lambda trace: sum(trace.reports)),)


def _region_counts(understood: Understood, gazetteer: Gazetteer, views: list[FindingView]) -> tuple[RegionCount, ...]:
    """Return reports by region, those of its parts included, and how many of them lie in findings."""
    everywhere, within = Counter[str](), Counter[str]()
    for code, count in understood.regions.items():
        everywhere.update(dict.fromkeys(gazetteer.ancestors(code), count))
    for view in _widest(views):
        # These hold the reports of the regions inside them already.
        within.update({region.code: region.signals for region in view.regions})
    ranked = sorted(everywhere.items(), key=lambda item: (-item[1], item[0]))
    return tuple(RegionCount(code, gazetteer.name(code), count, min(count, within[code])) for code, count in ranked)


def _symptom_counts(understood: Understood, views: list[FindingView]) -> tuple[SymptomCount, ...]:
    within = Counter[str]()
    for view in _widest(views):
        within.update({count.symptom: count.signals for count in view.symptoms})
    ranked = sorted(understood.symptoms.items(), key=lambda item: (-item[1], item[0]))
    return tuple(SymptomCount(one, count, min(count, within[one])) for one, count in ranked)


def _widest(views: list[FindingView]) -> list[FindingView]:
    """Return the finding with most signals of each incident, so that no report is counted twice."""
    best: dict[str, FindingView] = {}
    for view in views:
        held = best.setdefault(view.finding.incident, view)
        if view.finding.signals > held.finding.signals:
            best[view.finding.incident] = view
    return list(best.values())


def _notes(sources: Sequence[Source], understood: Understood, *, edited: int) -> tuple[tuple[str, str], ...]:
    days = ((understood.last_us or 0) - (understood.first_us or 0)) // MICROS // DAY_S + 1
    history = _MATURE if days >= LEARNT_DAYS else _young(days)
    columns = sorted({source.chosen.native_id for source in sources if source.chosen.native_id})
    repeats = (_edited(columns, edited),) if edited else ()
    states = (_states(understood.states),) if understood.states else ()
    return (*(note for source in sources for note in source.notes), *repeats, *states, history)


def _states(rows: int) -> tuple[str, str]:
    english, bahasa = f"{rows:,}", f"{rows:,}".replace(",", ".")
    return (
        f"Rows of probes and alarms: {english}. They are counted and kept, and raise no finding: people's reports do.",
        f"Baris uji jaringan dan alarm: {bahasa}. Baris ini dihitung dan disimpan, tetapi tidak memunculkan temuan; "
        "yang memunculkannya adalah laporan orang.",
    )


def _edited(columns: Sequence[str], rows: int) -> tuple[str, str]:
    names = ", ".join(f'"{name}"' for name in columns)
    english, bahasa = f"{rows:,}", f"{rows:,}".replace(",", ".")
    return (
        f"An id in {names} that was there already came again with another text (rows: {english}); such a post counts "
        "once, as it first stood. If that is not the id of a post, say which column is with --id, or --id '' for none.",
        f"Id di {names} yang sudah ada muncul lagi dengan teks lain (baris: {bahasa}); kiriman seperti itu dihitung "
        "sekali, menurut bentuk pertamanya. Bila itu bukan id kiriman, sebutkan kolomnya dengan --id, atau --id '' "
        "bila tidak ada.",
    )


_MATURE = (
    "In the first two weeks of the data the usual level and rhythm are still being learnt. "
    "What was already under way when the data begins cannot be told from usual.",
    "Pada dua minggu pertama data, jumlah dan irama laporan yang biasa masih dipelajari. "
    "Gangguan yang sudah berlangsung ketika data dimulai tidak dapat dibedakan dari keadaan biasa.",
)


def _young(days: int) -> tuple[str, str]:
    return (
        f"The data covers {days} day{'' if days == 1 else 's'}. With less than two weeks the weekly rhythm "
        "cannot be learnt: Pulih starts from a general daily shape and is less sure, above all in the first hours.",
        f"Data ini mencakup {days} hari. Dari data kurang dari dua minggu, irama mingguan belum dapat "
        "dipelajari: Pulih memakai pola harian umum dan belum terlalu yakin, terutama pada jam-jam pertama.",
    )
