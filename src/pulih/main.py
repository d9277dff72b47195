"""Join ports to adapters and start: the one place that knows everyone, and the functions of the Python API."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from pulih.adapters.calendars import holidays_of
from pulih.adapters.findings_file import read_findings
from pulih.adapters.impact_sheet import Basis, Reckoned, impacts_json
from pulih.adapters.priors import load_priors
from pulih.adapters.results import FINDINGS, REPORT, SIGNALS, ResultFolder, findings_json
from pulih.adapters.window_width import those_that_work, works, written
from pulih.main_reading import kind_of
from pulih.main_reading import load_knowledge as load_knowledge  # noqa: PLC0414 -- part of what main offers
from pulih.model.clock import INDONESIAN_ZONES
from pulih.model.errors import RefusedInput
from pulih.ports.files import Progress
from pulih.service.impacts import Recorded
from pulih.service.outcome import Outcome, Settings
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue
from pulih.understand.served import Known

# Where nothing else is said, people read the report in western Indonesian time.
LOCAL_ZONE = "Asia/Jakarta"
RATE_MAX = 100


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What a user may ask of a backtest; see docs/commands.md."""

    operator: str | None = None
    text: str | None = None
    time: str | None = None
    author: str | None = None
    place: str | None = None
    id: str | None = None
    tz: str | None = None
    bin_s: int = 300
    false_alarms_per_week: float = 0.1
    catalogue: Path | None = None
    places: Path | None = None
    holidays: str | None = None


class Silence:
    """Progress for callers who do not want to see any."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage and say nothing."""

    def advance(self, steps: int) -> None:
        """Go on and say nothing."""


def backtest(
    paths: str | Path | Sequence[str | Path],
    *,
    out: str | Path | None = None,
    wishes: Wishes | None = None,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Outcome:
    """Find the outages in files of complaints, as Pulih would have raised them at the time.

    Args:
        paths: CSV, JSON lines or Parquet, plain or compressed, one or several; "-" is `stdin`.
        out: folder for findings.json, signals.parquet and report.html; None writes nothing.
        wishes: columns, zone, bin width, false-alarm rate, operator.
        progress: told how far the work is.
        stdin: binary stream behind "-".

    Raises: RefusedInput when the files or wishes cannot be used; OutsideFailed when the disk cannot.
    """
    # Arrow and numba take a second to load, and reading texts needs neither.
    from pulih.adapters.files.columns import ColumnWishes  # noqa: PLC0415
    from pulih.adapters.files.opening import open_sources  # noqa: PLC0415
    from pulih.adapters.signals_file import SignalsArchive, SignalsWriter  # noqa: PLC0415
    from pulih.adapters.spool import DiskSpool  # noqa: PLC0415
    from pulih.service.backtest import Rooms, run  # noqa: PLC0415

    asked, files = wishes or Wishes(), _files(paths)
    _check(asked.bin_s, asked.false_alarms_per_week)
    zone, special = zone_name(asked.tz), holidays_of(asked.holidays, asked="--holidays")
    knowledge = load_knowledge(asked.operator, catalogue=asked.catalogue, places=asked.places)
    settings = Settings(
        operator=knowledge.operator,
        bin_s=asked.bin_s,
        false_alarms_per_week=asked.false_alarms_per_week,
        zone=zone,
        version=version("pulih"),
        holidays=asked.holidays,
    )
    columns = ColumnWishes(
        text=asked.text, time=asked.time, author=asked.author, place=asked.place, id=asked.id, zone=asked.tz
    )
    with ExitStack() as stack:
        sources = open_sources(files, columns, now_us=time.time_ns() // 1000, stdin=stdin)
        folder = stack.enter_context(ResultFolder(None if out is None else Path(out)))
        writer = stack.enter_context(SignalsWriter(folder.draft / SIGNALS))
        rooms = Rooms(
            catalogue=knowledge.catalogue,
            gazetteer=knowledge.gazetteer,
            reader=knowledge.reader,
            spool=stack.enter_context(DiskSpool()),
            sink=writer,
            archive=SignalsArchive(writer.path),
            progress=progress or Silence(),
            special=special,
        )
        outcome = run(sources, rooms, settings)
        if out is not None:
            folder.write(FINDINGS, findings_json(outcome))
            folder.write(REPORT, _report(outcome, knowledge.gazetteer))
    return outcome


def _files(paths: str | Path | Sequence[str | Path]) -> list[str]:
    several = [paths] if isinstance(paths, str | Path) else paths
    if not isinstance(several, Iterable):
        raise RefusedInput(f"backtest: give the path of a file, or a list of paths; this is {kind_of(paths)}.")
    files = list(several)
    if not files:
        raise RefusedInput("backtest: which file? Give the path of a file of complaints, or a list of paths.")
    wrong = next((path for path in files if not isinstance(path, str | Path)), None)
    if wrong is not None or None in files:
        raise RefusedInput(f"backtest: a path is a str or a Path, and one of these is {kind_of(wrong)}.")
    return [str(path) for path in files]


def _report(outcome: Outcome, gazetteer: Gazetteer) -> str:
    from pulih.adapters.report import render_report  # noqa: PLC0415 -- templates load only when drawn

    return render_report(outcome, zone=outcome.settings.zone, tiles=tiles_of(gazetteer))


def tiles_of(gazetteer: Gazetteer) -> dict[str, tuple[int, int, str, str]]:
    """Return column, row, name and letters of each province that has a place on the tile map."""
    return {
        region.code: (*region.tile, region.name, region.short)
        for region in gazetteer.regions.values()
        if region.tile is not None
    }


def scan_file(
    file: str,
    *,
    tz: str | None,
    bin_s: int | None,
    false_alarms_per_week: float,
    chart: Path,
    stdin: BinaryIO,
    progress: Progress | None = None,
) -> str:
    """Scan a CSV of counts, write the chart, and return the findings as JSON.

    Raises: RefusedInput when the file cannot be used; OutsideFailed when the chart cannot be written.
    """
    from pulih.adapters.count_scan import Scan, scan_table  # noqa: PLC0415 -- numba loads only here

    _check(bin_s, false_alarms_per_week)
    asked = Scan(
        zone=zone_name(tz),
        bin_s=bin_s,
        false_alarms_per_week=false_alarms_per_week,
        chart=chart,
        now_us=time.time_ns() // 1000,
    )
    return scan_table(file, asked, stdin=stdin, progress=progress or Silence())


class Sheet(msgspec.Struct, frozen=True):
    """The impacts of findings: as they are, as JSON, and what they rest on."""

    reckoned: Reckoned
    basis: Basis
    json: str


def impacts(
    result: Path,
    *,
    subscribers: str | None = None,
    catalogue: Path | None = None,
    places: Path | None = None,
    stdin: BinaryIO | None = None,
) -> Sheet:
    """Say whom the findings of a backtest touch.

    Args:
        result: folder of a backtest, or its findings.json; texts are heard where signals.parquet stands beside it.
        subscribers: the operator's table (docs/impact.md), "-" for `stdin`; without one, the number of people.
        catalogue, places: as in the backtest.
        stdin: binary stream behind "-".

    Raises: RefusedInput when a file cannot be used; OutsideFailed when the disk cannot.
    """
    from pulih.adapters.signals_file import SignalsArchive  # noqa: PLC0415 -- Arrow loads only here
    from pulih.adapters.subscriber_file import read_subscribers  # noqa: PLC0415
    from pulih.service.impacts import Texts, impacts_of  # noqa: PLC0415
    from pulih.service.understanding import read_with  # noqa: PLC0415

    found = read_findings(result)
    knowledge = load_knowledge(found.operator, catalogue=catalogue, places=places)
    _refuse_unknown_operators(found.findings, knowledge.catalogue, result)
    table = None
    if subscribers is not None:
        table = read_subscribers(subscribers, gazetteer=knowledge.gazetteer, catalogue=knowledge.catalogue, stdin=stdin)
    texts = None if found.signals is None else Texts(SignalsArchive(found.signals), read_with(knowledge.reader))
    known = Known(knowledge.gazetteer, knowledge.catalogue, load_priors(), table)
    reckoned = impacts_of(found.findings, known, texts, zone=ZoneInfo(found.zone))
    basis = Basis(
        findings=FINDINGS if result.is_dir() else result.name,
        signals=None if found.signals is None else found.signals.name,
        subscribers=None if subscribers is None else Path(subscribers).name,
        zone=found.zone,
    )
    return Sheet(reckoned, basis, impacts_json(reckoned, basis))


def _refuse_unknown_operators(findings: Sequence[Recorded], catalogue: Catalogue, result: Path) -> None:
    unknown = next((one for one in findings if one.scope.operator and catalogue.get(one.scope.operator) is None), None)
    if unknown is not None:
        raise RefusedInput(
            f"{result}: finding {unknown.id} is of {unknown.scope.operator!r}, which is no operator of the catalogue; "
            "give the file of further operators that the backtest was given, with --catalogue."
        )


def in_environment(name: str) -> str:
    """Return what stands in the environment under a name, without white space around it; "" when nothing does."""
    return os.environ.get(name, "").strip()


def zone_name(asked: str | None) -> str:
    """Return the IANA name of the zone people read the report in.

    Raises: RefusedInput when there is no such zone.

    >>> zone_name("WITA"), zone_name(None)
    ('Asia/Makassar', 'Asia/Jakarta')
    """
    if asked is None:
        return LOCAL_ZONE
    name = INDONESIAN_ZONES.get(asked.upper(), asked)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RefusedInput(
            f"--tz {asked!r}: no such time zone. Give WIB, WITA, WIT or an IANA name such as Asia/Jakarta."
        ) from None


def _check(bin_s: int | None, false_alarms_per_week: float) -> None:
    if bin_s is not None and not works(bin_s):
        raise RefusedInput(f"--bin: windows of {written(bin_s)} do not work; {those_that_work(bin_s)}.")
    if not 0 < false_alarms_per_week <= RATE_MAX:
        raise RefusedInput(
            f"--false-alarms-per-week: {false_alarms_per_week:g} is not a rate that can be kept; "
            f"give a number above 0 and at most {RATE_MAX}, such as 0.1."
        )
