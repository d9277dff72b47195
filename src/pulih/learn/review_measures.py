"""The parts of a review that hold numbers: the curve of complaints, groups, and the table of measures."""

from __future__ import annotations

from pulih.learn.complaint_level import group_level
from pulih.learn.experience import Experience, Range
from pulih.learn.measures import MEASURES
from pulih.learn.review_parts import Block, Grid, LevelCurve, Section, Text
from pulih.learn.survey import SurveyResult, survey_result
from pulih.learn.thresholds import ended_us
from pulih.learn.wording import Pair, between, decimal, short_moment, span, whole
from pulih.model.impact import Bounds
from pulih.model.record import Curve, Record

_UNKNOWN: Pair = ("belum diketahui", "not known")
_TICKS = 4


def level_section(record: Record, *, public: bool) -> Section:
    """Return the section on complaints: a curve of the widest group and, inside, how each group rose and fell."""
    if not record.curves:
        return Section("levels", ("Laporan pelanggan", "What customers reported"), ())
    curve = record.curves[0]
    blocks: list[Block] = [_curve(curve, record)]
    if not public:
        blocks.append(_groups(record))
    return Section("levels", ("Laporan pelanggan", "What customers reported"), tuple(blocks))


def _curve(curve: Curve, record: Record) -> LevelCurve:
    found = group_level(curve, onset_us=record.incident.onset_us)
    if found.peak_us is None or found.excess < 1:
        finding: Pair = ("Tidak ada laporan di atas biasa", "No reports beyond usual")
    else:
        peak = short_moment(found.peak_us, record.zone)
        finding = (f"Laporan memuncak {peak[0]}", f"Reports peaked at {peak[1]}")
        if found.recovered_us is not None:
            again = short_moment(found.recovered_us, record.zone)
            finding = (
                f"{finding[0]} dan kembali biasa sejak {again[0]}",
                f"{finding[1]} and were as usual from {again[1]}",
            )
    step = span(curve.step_s * 1_000_000)
    caption = (
        f"Laporan tiap {step[0]}, bukan jumlah pelanggan. Garis putus: biasanya pada jam itu.",
        f"Reports per {step[1]}, not customers. Dashed line: usual at that hour.",
    )
    begun_us = curve.levels[0].start_us if curve.levels else 0
    long_us = len(curve.levels) * curve.step_s * 1_000_000
    # From the left end to the right one, so that labels that are spread evenly stand where their moments are.
    picked = [begun_us + long_us * index // (_TICKS - 1) for index in range(_TICKS)] if curve.levels else []
    ticks = tuple((at_us, short_moment(at_us, record.zone)) for at_us in picked)
    return LevelCurve(finding, caption, curve, record.incident.onset_us, ended_us(record), ticks)


def _groups(record: Record) -> Grid:
    rows = []
    for curve in record.curves:
        found = group_level(curve, onset_us=record.incident.onset_us)
        name = record.region_names.get(curve.group, curve.group)
        excess = whole(round(found.excess))
        ratio = ("–", "–") if found.peak_ratio is None else decimal(found.peak_ratio)
        again = _UNKNOWN if found.recovered_us is None else short_moment(found.recovered_us, record.zone)
        rows.append(((name, name) if curve.group else ("seluruh negeri", "the whole country"), excess, ratio, again))
    return Grid(
        ("Laporan menurut wilayah", "Reports by region"),
        (
            ("Wilayah", "Region"),
            MEASURES["excess_reports"].name,
            MEASURES["peak_ratio"].name,
            ("Kembali normal sejak", "Usual again from"),
        ),
        tuple(rows),
        (False, True, True, False),
    )


def measure_section(record: Record, found: Experience, *, public: bool) -> Section:
    """Return the section of measures; counts of people and answers of customers stay inside."""
    rows = [
        (MEASURES[name].name, span(round(minutes * 60_000_000)))
        for name, minutes in found.minutes.items()
        if minutes is not None
    ]
    if found.promises_kept is not None:
        kept = decimal(found.promises_kept, 0)
        due = found.kept + found.broken
        told = (f"{found.kept} dari {due} ({kept[0]} %)", f"{found.kept} of {due} ({kept[1]} %)")
        rows.append((MEASURES["promises_kept"].name, told))
    if not public:
        rows += _inside(found)
    heads = (("Ukuran", "Measure"), ("Nilai", "Value"))
    # Pages of the desk's own are nothing that the public can open.
    inside = ("Rumus dan sumber: docs/measures.md", "Formulas and sources: docs/measures.md")
    caption = ("Ukuran gangguan ini", "Measures of this outage") if public else inside
    grid = Grid(caption, heads, tuple(rows), (False, True))
    blocks: list[Block] = [grid] if rows else []
    if not public:
        blocks += [Text(_answers(survey_result(one))) for one in record.surveys if one.asked]
    return Section("measures", ("Ukuran", "Measures"), tuple(blocks))


def _inside(found: Experience) -> list[tuple[Pair, Pair]]:
    return [
        (("Pengguna terdampak", "Users affected"), _people(found.hit)),
        (MEASURES["user_minutes"].name, _people(found.user_minutes)),
        (MEASURES["saidi"].name, _range(found.saidi, MEASURES["saidi"].unit, 1)),
        (MEASURES["saifi"].name, _range(found.saifi, MEASURES["saifi"].unit, 3)),
        (MEASURES["caidi"].name, _range(found.caidi, MEASURES["caidi"].unit, 1)),
    ]


def _people(bounds: Bounds | None) -> Pair:
    return _UNKNOWN if bounds is None else between(bounds)


def _range(found: Range | None, unit: Pair, places: int) -> Pair:
    if found is None:
        return _UNKNOWN
    low, high = decimal(found.low, places), decimal(found.high, places)
    if low == high:
        return f"{low[0]} {unit[0]}", f"{low[1]} {unit[1]}"
    return f"{low[0]} sampai {high[0]} {unit[0]}", f"{low[1]} to {high[1]} {unit[1]}"


def _answers(found: SurveyResult) -> Pair:
    """Say what those who answered said, and how far the others could move it."""
    name = MEASURES[found.question].name
    if found.score is None or found.low is None or found.high is None:
        return (
            f"{name[0]}: {found.asked} orang ditanya, belum ada yang menjawab.",
            f"{name[1]}: {found.asked} were asked, nobody has answered.",
        )
    score, low, high = decimal(found.score), decimal(found.low), decimal(found.high)
    return (
        f"{name[0]} {score[0]} dari {found.answered} orang yang menjawab, dari {found.asked} yang ditanya. Seandainya "
        f"semua yang lain menjawab seburuk atau sebaik mungkin: {low[0]} sampai {high[0]}.",
        f"{name[1]} {score[1]} of {found.answered} who answered, of {found.asked} asked. If all the others had "
        f"answered as badly or as well as can be: {low[1]} to {high[1]}.",
    )
