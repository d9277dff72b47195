"""Joins publishing: bulletins of a desk's incidents and of what it hears, renderers, and the places where pages go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

import msgspec
from sqlalchemy import Engine

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import Layout, known_layout
from pulih.adapters.publishers.folder import FolderPublisher
from pulih.adapters.publishers.paths_kept import PathsFolder
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.learn_store import SqlLessonStore
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.adapters.sql.work_store import SqlWorkStore
from pulih.communicate.speech import Speech
from pulih.main import zone_name
from pulih.model.bulletin import Bulletin, Place, PublicOperator, Work
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import OutsideFailed
from pulih.model.signal import PROBE_PREFIX, SIMULATION
from pulih.ports.clock import Clock
from pulih.ports.live import PlannedChanges, SignalStore
from pulih.ports.publishing import OWN_SITE, Publisher
from pulih.serve.knowledge import Known, known_to
from pulih.serve.pages import names_of, services_of, web_settings_of
from pulih.serve.places import places_of
from pulih.serve.renderers import renderers_of
from pulih.serve.storage import open_beside, settings_of
from pulih.serve.timeline import timeline_of
from pulih.service.bulletin import Bulletins, Masthead, work_of
from pulih.service.courier import Courier
from pulih.service.incidents import Incidents
from pulih.service.learning import Learning, public_reviews_of
from pulih.service.levels import MEASURED_US, Asked, Heard, can_hear, levels, measurements
from pulih.service.live.desk import LiveDesk
from pulih.service.proving import Proving
from pulih.service.publishing import Publishing
from pulih.service.works import Works, own_id
from pulih.web.console.asking import speech_of

# Planned work is shown so long before it begins, and after it ended.
_AHEAD_US: Final = 30 * DAY_S * MICROS
_BEHIND_US: Final = 7 * DAY_S * MICROS
# Where the pages keep the bulletin that they were made of.
_BULLETIN: Final = "bulletin.json"
_FAILED: Final = 1
# By TMF642 alarms come, and so they do by such hooks.
_ALARMS: Final = frozenset({"tmf642"})
_ALARM_HOOKS: Final = frozenset({"alertmanager"})


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """What the bulletins of a running desk are made of; `since_us` is the first moment that the desk knows of."""

    incidents: Incidents
    live: LiveDesk
    signals: SignalStore
    changes: PlannedChanges
    works: Works
    proving: Proving
    learning: Learning
    since_us: int


def publishing_of(
    settings: DeskSettings, known: Known, layout: Layout, *, sources: Sources, clock: Clock
) -> tuple[Publishing, FolderPublisher]:
    """Return what keeps the site of a running desk, and the folder from which the desk serves it.

    Raises: RefusedInput; OutsideFailed, both as `places_of`.
    """
    masthead = masthead_of(settings, known, since_us=sources.since_us)
    bulletins = Bulletins(
        sources.incidents,
        masthead,
        speech=sources.incidents.speech,
        heard=_hearing(settings, masthead, sources),
        works=works_of(sources.works, sources.changes),
        reviews=sources.learning.public_reviews,
    )
    kept = PathsFolder(layout.published)
    # What was published before a restart says by itself how old it is, and is better than nothing.
    own = FolderPublisher(layout.site, OWN_SITE, there=kept.known(OWN_SITE))
    couriers = [Courier(place, clock, kept) for place in (own, *places_of(settings))]
    made = Publishing(
        _proved(bulletins, sources.proving), renderers_of(settings, known, sources.proving), couriers, clock
    )
    sources.incidents.on_change(lambda *_: made.wake())
    sources.works.on_change(lambda _: made.wake())
    sources.learning.on_written(lambda _: made.wake())
    return made, own


def publish_once(data: Path, config: Path | None, out: TextIO, *, folder: Path | None = None, clock: Clock) -> int:
    """Make the site of what a desk keeps, put it, and say what came of it at each place; return 0, or 1 after failures.

    The desk may run. What is heard now only a running desk knows: it is taken from what that published last, while that
    may be believed, and is unknown otherwise.

    Args:
        data: folder of the desk.
        config: its settings, None for those in the folder.
        out: where to say it.
        folder: the only place, instead of those of the settings.
        clock: what time it is.

    Raises: RefusedInput; OutsideFailed when incidents cannot be read.
    """
    layout, settings = known_layout(data), settings_of(data, config)
    places: list[Publisher] = (
        [FolderPublisher(folder)] if folder else [FolderPublisher(layout.site, OWN_SITE), *places_of(settings)]
    )
    known, engine = known_to(settings), open_beside(layout, settings, "desk")
    try:
        changes = SqlPlannedChanges(engine)
        speech = _speech(settings, known)
        incidents = Incidents(SqlIncidentStore(engine), clock, speech=speech, changes=changes)
        bulletins = Bulletins(
            incidents,
            masthead_of(settings, known, since_us=begun_us(engine, clock)),
            speech=speech,
            heard=lambda now_us: heard_lately(layout.site / _BULLETIN, now_us),
            works=works_of(Works(SqlWorkStore(engine), changes, incidents=incidents, clock=clock), changes),
            reviews=lambda: public_reviews_of(SqlLessonStore(engine)),
        )
        couriers = [Courier(place, clock, PathsFolder(layout.published)) for place in places]
        proving = timeline_of(layout, engine, settings, clock)
        made = Publishing(_proved(bulletins, proving), renderers_of(settings, known, proving), couriers, clock)
        made.publish()
    finally:
        engine.dispose()
    told = made.now()
    out.write(f"{told.pages} pages made in {told.took_s:.1f} s.{' ' * bool(told.says)}{told.says}\n")
    return max([_FAILED * bool(told.says), *(_bring(courier, out) for courier in couriers)])


def begun_us(engine: Engine, clock: Clock) -> int:
    """Return the first moment that a desk knows of: when its first person came; the present while nobody has.

    Raises: OutsideFailed when people cannot be read.
    """
    return min((one.created_us for one in SqlPeopleStore(engine).accounts()), default=clock.now_us())


def masthead_of(settings: DeskSettings, known: Known, *, since_us: int = 0) -> Masthead:
    """Return what every bulletin of a desk with these settings has; operators are shown since `since_us`."""
    web = web_settings_of(settings, zone_name(settings.desk.zone), known.catalogue)
    head = Masthead(
        desk=web.desk,
        address=(settings.site.address or web.address).rstrip("/"),
        mode=web.mode,
        zone=web.zone,
        own=web.own,
        places=_places(known),
        stale_us=settings.site.stale_minutes * 60 * MICROS,
    )
    shown = [
        PublicOperator(one.id, one.name, services_of(one), since_us)
        for one in known.catalogue.operators
        if head.shows(one.id)
    ]
    return msgspec.structs.replace(head, operators=tuple(sorted(shown, key=lambda one: one.name.casefold())))


def works_of(works: Works, changes: PlannedChanges) -> Callable[[int], Sequence[Work]]:
    """Return what tells the planned work around a moment: what the desk announced, and beside it what calendars say."""

    def told(now_us: int) -> Sequence[Work]:
        announced = works.public(now_us)
        # Work that waits for its second signature is in neither list.
        own = {one.id for one in works.around(now_us)}
        beside = changes.between(now_us - _BEHIND_US, now_us + _AHEAD_US)
        calendars = [work_of(one, now_us) for one in beside if one.operator and own_id(one.id) not in own]
        return sorted((*announced, *calendars), key=lambda one: (one.start_us, one.id))

    return told


def heard_lately(file: Path, now_us: int) -> Heard:
    """Return what a desk heard when it published last, while that may be believed; else that nothing is heard."""
    try:
        last = msgspec.json.decode(file.read_bytes(), type=Bulletin)
    except (OSError, msgspec.MsgspecError):
        return Heard()
    if last.stale_us <= now_us:
        return Heard()
    return Heard(heard=last.heard, simulated=last.simulated, levels=last.levels, measurements=last.measurements)


def machines_of(settings: DeskSettings) -> frozenset[str]:
    """Return the names of hooks and sources by which only the network speaks."""
    hooks = {one.source for one in settings.hook if one.adapter in _ALARM_HOOKS}
    return _ALARMS | hooks | frozenset({one.name for one in settings.source if kind_of(one.kind).machines})


def _hearing(settings: DeskSettings, masthead: Masthead, sources: Sources) -> Callable[[int], Heard]:
    live, kinds = sources.live, {f"{PROBE_PREFIX}{probe.name}": probe.kind for probe in settings.probe}
    # Where machines speak nobody complains, and that they do does not tell that nobody would.
    machines = frozenset(kinds) | live.afar | machines_of(settings)
    asked = Asked(
        operators=live.operators,
        sources=live.sources,
        regions=live.regions,
        series=lambda operator, region, start_us, end_us: live.series(operator, region, start_us, end_us, step_s=900),
    )

    def hear(now_us: int) -> Heard:
        heard = can_hear(asked.sources(), machines)
        rows = sources.signals.states(now_us - MEASURED_US, now_us) if kinds else ()
        return Heard(
            heard=heard,
            simulated=any(one.source == SIMULATION for one in asked.sources()),
            levels=levels(asked, masthead.shows, now_us, heard=heard),
            measurements=measurements(rows, kinds, masthead.shows, now_us),
        )

    return hear


def _proved(bulletins: Bulletins, proving: Proving) -> Callable[[int, bool], Bulletin]:
    """Return what makes a bulletin whose words stand in the timeline before they stand on a page."""
    return lambda now_us, turn: proving.proved(bulletins.make(now_us, turn=turn))


def _bring(courier: Courier, out: TextIO) -> int:
    try:
        done = courier.bring()
    except OutsideFailed as error:
        out.write(f"{courier.now().name}: failed. {error}\n")
        return _FAILED
    out.write(f"{courier.now().name}: {done.put} pages put, {done.gone} taken away.\n")
    return 0


def _speech(settings: DeskSettings, known: Known) -> Speech:
    web = web_settings_of(settings, zone_name(settings.desk.zone), known.catalogue)
    return speech_of(web, names_of(known.catalogue, known.gazetteer))


def _places(known: Known) -> tuple[Place, ...]:
    regions = known.gazetteer.regions.values()
    provinces = [one for one in regions if one.level == "province"]
    return tuple(
        Place(one.code, one.name, one.parent)
        for province in provinces
        for one in (province, *(inner for inner in regions if inner.parent == province.code))
    )
