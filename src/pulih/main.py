"""Join ports to adapters and start: the one place that knows everyone, and the functions of the Python API."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from pulih.adapters.calendars import holidays_of
from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.findings_file import read_findings
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.impact_sheet import Basis, Reckoned, impacts_json
from pulih.adapters.learnt import load_weights
from pulih.adapters.lexicon import load_lexicon
from pulih.adapters.priors import load_priors
from pulih.adapters.results import FINDINGS, REPORT, SIGNALS, ResultFolder, findings_json
from pulih.adapters.window_width import those_that_work, works, written
from pulih.model.clock import INDONESIAN_ZONES
from pulih.model.errors import RefusedInput
from pulih.model.reading import Reading
from pulih.ports.files import Progress
from pulih.service.impacts import Recorded
from pulih.service.outcome import Outcome, Settings
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.learnt import BATCH_TEXTS
from pulih.understand.operators import Catalogue
from pulih.understand.phrasebook import Phrasebook
from pulih.understand.places import PlaceFinder
from pulih.understand.reader import Reader, Told
from pulih.understand.served import Known

# Where nothing else is said, people read the report in western Indonesian time.
LOCAL_ZONE = "Asia/Jakarta"
RATE_MAX = 100


class Knowledge(msgspec.Struct, frozen=True):
    """What the reader knows: operators, regions, and how both appear in texts."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    reader: Reader
    operator: str | None


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


def load_knowledge(
    operator: str | None = None, *, catalogue: Path | None = None, places: Path | None = None, learnt: bool = False
) -> Knowledge:
    """Load the packaged knowledge, with a user's catalogue and gazetteer where given.

    Args:
        operator: name of the operator that the texts are about, known to the catalogue or not.
        catalogue, places: files of the shapes in docs/lexicon.md and docs/places.md.
        learnt: read with the learnt weights too, and not by the rules alone. Findings rest on what can be traced to
            phrases, so a backtest reads by the rules.

    Raises: RefusedInput when a file does not have that shape.
    """
    with _no_garbage_collected():
        return _load_knowledge(operator, catalogue=catalogue, places=places, learnt=learnt)


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Let the collector rest while much is made and nothing thrown away: it would look through all of it in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load_knowledge(operator: str | None, *, catalogue: Path | None, places: Path | None, learnt: bool) -> Knowledge:
    operators = load_catalogue(catalogue)
    known = None
    if operator:
        operators = operators.with_operator(operator)
        found = operators.resolve(operator)
        if found is None:
            raise RefusedInput(f"--operator {operator!r}: there is no letter in this name. Give the operator's name.")
        known = found.id
    gazetteer, finder = _packaged_places() if places is None else _places(places)
    phrasebook = _packaged_phrasebook()
    reader = Reader(
        lexicon=phrasebook.lexicon,
        catalogue=operators,
        find_places=finder.look,
        default_operator=known,
        weights=load_weights() if learnt else None,
        phrasebook=phrasebook,
    )
    return Knowledge(operators, gazetteer, reader, known)


@cache
def _packaged_places() -> tuple[Gazetteer, PlaceFinder]:
    """Return the packaged gazetteer and its finder, which hold nothing that changes: one each serves all readers."""
    return _places(None)


def _places(file: Path | None) -> tuple[Gazetteer, PlaceFinder]:
    gazetteer = load_gazetteer(file)
    return gazetteer, PlaceFinder(gazetteer)


@cache
def _packaged_phrasebook() -> Phrasebook:
    """Return the phrases of the packaged lexicon, which all readers share likewise."""
    return Phrasebook(load_lexicon())


def read_texts(texts: Iterable[str], *, operator: str | None = None) -> Iterator[Reading]:
    """Read complaints: is each a report, of what, where, by whose fault; one Reading a text, in order.

    Args:
        texts: one complaint each; the first 4,000 characters are read. Those of a list are read several at once,
            which is faster and gives the same; of anything else each is read when it comes.
        operator: the operator meant where a text names none.

    Raises: RefusedInput when `texts` is one text instead of several, or one of them is none.

    >>> next(read_texts(["indihome mati total dari pagi"])).operator
    'indihome'
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise RefusedInput(
            f"read_texts: give several texts, such as a list; this is {_kind(texts)}. For one: read_texts([text])."
        )
    return _readings(texts, load_knowledge(operator, learnt=True).reader)


def _readings(texts: Iterable[str], reader: Reader) -> Iterator[Reading]:
    # Of texts that are all there several are read at once; from a source that goes on, each when it comes.
    most = BATCH_TEXTS if isinstance(texts, Sized) else 1
    batch: list[Told] = []
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            yield from reader.read_all(batch)
            raise RefusedInput(f"read_texts: text {number} (the first is 0) is {_kind(text)}; give texts of type str.")
        batch.append(Told(text))
        if len(batch) == most:
            yield from reader.read_all(batch)
            batch.clear()
    yield from reader.read_all(batch)


def _kind(value: object) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


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
    from pulih.adapters.files import ColumnWishes, open_sources  # noqa: PLC0415
    from pulih.adapters.signals_file import SignalsArchive, SignalsWriter  # noqa: PLC0415
    from pulih.adapters.spool import DiskSpool  # noqa: PLC0415
    from pulih.service.backtest import Rooms, run  # noqa: PLC0415

    asked = wishes or Wishes()
    files = _files(paths)
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
        raise RefusedInput(f"backtest: give the path of a file, or a list of paths; this is {_kind(paths)}.")
    files = list(several)
    if not files:
        raise RefusedInput("backtest: which file? Give the path of a file of complaints, or a list of paths.")
    wrong = next((path for path in files if not isinstance(path, str | Path)), None)
    if wrong is not None or None in files:
        raise RefusedInput(f"backtest: a path is a str or a Path, and one of these is {_kind(wrong)}.")
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
