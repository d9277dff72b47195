"""Live desk: the facade that pages and interfaces ask about the present, and the pipeline's one way in.

Every method may be called from any thread; answers are plain values that nobody changes later. `advance` and `snapshot`
are for the one thread that runs the pipeline.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from zoneinfo import ZoneInfo

import msgspec

from pulih.detect.days import Calendar
from pulih.detect.family import CROWD
from pulih.learn.usefulness import Sort, Worth, unknown
from pulih.listen.acceptance import Acceptor, pseudonym_of
from pulih.model.clock import MICROS, WEEK_S
from pulih.model.errors import RefusedInput
from pulih.model.finding import Finding, Voice
from pulih.ports.clock import Clock
from pulih.ports.intake import Journal, Ledger, SourceCount
from pulih.ports.live import PlannedChanges, ReadersAhead, Row, SignalStore, Snapshots
from pulih.service.hierarchy import families
from pulih.service.live.fold import Fold
from pulih.service.live.forgotten import Forgotten
from pulih.service.live.fusion import BEFORE_S, Around, judge
from pulih.service.live.heard import Ears
from pulih.service.live.looking import Looks, quoting
from pulih.service.live.pipeline import CATCH_UP_S, Pipeline, Rooms
from pulih.service.live.present import operators_of, regions_of, said_of, sources_of
from pulih.service.live.showing import series_of
from pulih.service.live.watching import Watch
from pulih.service.view import Alive, OperatorNow, RegionNow, Series, SourceNow, Verdict
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue


class LiveSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a live desk is asked for.

    Attributes:
        bin_s: width of a window in seconds.
        false_alarms_per_week: of each operator, over all its places.
        zone: IANA name of the zone of the local rhythm.
        special: holidays, which behave like Sundays.
        afar: names of sources that measure the network from a distance: they corroborate, and no more.
        catch_up_s: whoever catches up keeps the state so often, in seconds of work.
    """

    bin_s: int = 60
    false_alarms_per_week: float = 0.1
    zone: str = "Asia/Jakarta"
    special: Calendar | None = None
    afar: frozenset[str] = frozenset()
    catch_up_s: float = CATCH_UP_S


class LiveRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What a live desk is given.

    Attributes:
        journal, ledger: what was accepted.
        store, snapshots: where rows and states are kept.
        readers: read texts.
        planned: knows what work was announced.
        clock: the desk's.
        catalogue, gazetteer: operators and regions.
        key: key of the pseudonyms, 16 to 64 bytes that never leave the desk and never change.
        forgotten: what was taken back.
    """

    journal: Journal
    ledger: Ledger
    store: SignalStore
    snapshots: Snapshots
    readers: ReadersAhead
    planned: PlannedChanges
    clock: Clock
    catalogue: Catalogue
    gazetteer: Gazetteer
    key: bytes
    forgotten: Forgotten = msgspec.field(default_factory=Forgotten)


class LiveDesk:
    """Says what is found, how the counts stand against usual, and how sure the desk is.

    Args:
        rooms: what it is given.
        settings: what it is asked for.

    Raises: RefusedInput when the newest snapshot is of another version; OutsideFailed when the store cannot be used.

    Attributes:
        afar: names of sources that measure from a distance.
    """

    def __init__(self, rooms: LiveRooms, settings: LiveSettings) -> None:
        self._rooms = rooms
        self.afar = settings.afar
        self._worth: Callable[[str, Sort], Worth] = unknown
        self._carried: Callable[[Finding], Mapping[str, float]] = lambda _: {}
        self._lock = threading.RLock()
        self._tuning = msgspec.structs.replace(
            CROWD, bin_s=settings.bin_s, false_alarms_per_week=settings.false_alarms_per_week
        )
        handles = rooms.catalogue.handles()
        ears = Ears(
            Acceptor(dict.fromkeys(handles, "operator"), handles),
            rooms.key,
            rooms.readers,
            rooms.catalogue,
            rooms.gazetteer,
            rooms.forgotten,
        )
        self._recall = quoting(rooms.journal, ears, forgotten=True)
        self._fold = Fold(
            self._tuning,
            ZoneInfo(settings.zone),
            lambda heard: families(rooms.catalogue, rooms.gazetteer, heard),
            special=settings.special,
            afar=settings.afar,
        )
        self._watch = Watch(
            self._fold, Looks(rooms.store, quoting(rooms.journal, ears)), rooms.gazetteer.name, self._tuning
        )
        self._listeners: list[Callable[[], None]] = []
        self._alive: Callable[[], Mapping[str, Alive]] = dict
        self._pipeline = Pipeline(
            Rooms(rooms.journal, rooms.ledger, ears, rooms.store, rooms.snapshots, rooms.clock),
            self._fold,
            self._watch,
            self._lock,
            catch_up_s=settings.catch_up_s,
        )
        self._pipeline.on_taken(self._changed)

    def findings(self, *, open_only: bool = True) -> list[Finding]:
        """Return findings, newest alarm first; open ones, or all that are at hand."""
        kept = [one for one in self._watch.told.values() if one.cleared_us is None or not open_only]
        return sorted(kept, key=lambda one: (-one.alarm_us, one.operator, one.region or ""))

    def finding(self, finding_id: str) -> Finding | None:
        """Return one finding, None when there is none of that id."""
        return self._watch.told.get(finding_id)

    def series(self, operator: str, region: str, start_us: int, end_us: int, *, step_s: int = 300) -> Series:
        """Return reports against usual of one scope; region "" is the country, operator "" = none named.

        Raises: RefusedInput when the span is empty or longer than 13 weeks, or the step no multiple of a window.
        """
        with self._lock:
            self._fold.settle()
            return series_of(self._fold, self._tuning, (operator, region), span_us=(start_us, end_us), step_s=step_s)

    def regions(self, operator: str, start_us: int, end_us: int) -> list[RegionNow]:
        """Return the regions that were named or are in an open finding, most reports first."""
        found = self.findings()
        with self._lock:
            self._fold.settle()
            return regions_of(self._fold, operator, (start_us, end_us), name=self._rooms.gazetteer.name, findings=found)

    def operators(self) -> list[OperatorNow]:
        """Return every operator heard of within the kept weeks, those with findings first, then by reports."""
        found, now_us = self.findings(), self._rooms.clock.now_us()
        with self._lock:
            self._fold.settle()
            heard = operators_of(self._fold, now_us, found)
        # The store takes its time, and counting must not wait for it.
        return [said_of(one, self._rooms.store, now_us) for one in heard]

    def sources(self) -> list[SourceNow]:
        """Return every source with its counters and liveness, by name."""
        now_us = self._rooms.clock.now_us()
        paces = self._rooms.store.paces(now_us - WEEK_S * MICROS)
        return sources_of(self._rooms.ledger.counts(), paces, now_us, self._alive(), afar=self.afar)

    def hours(self, source: str, since_us: int) -> Mapping[int, int]:
        """Return how many counted reports of a source were said in each hour since that of a moment, by its start."""
        return self._rooms.store.hours(source, since_us)

    def hear_of(self, alive: Callable[[], Mapping[str, Alive]]) -> None:
        """Ask `alive`, before the desk is used, how the sources are that it listens to by itself."""
        self._alive = alive

    def counters(self) -> SourceCount:
        """Return the counters of all sources together: heard = counted + refused + repeated + late."""
        counts = self._rooms.ledger.counts()
        heard = [one.last_heard_us for one in counts if one.last_heard_us is not None]
        return SourceCount(
            source="",
            heard=sum(one.heard for one in counts),
            counted=sum(one.counted for one in counts),
            refused=sum(one.refused for one in counts),
            repeated=sum(one.repeated for one in counts),
            late=sum(one.late for one in counts),
            last_heard_us=max(heard, default=None),
        )

    def verdict(self, finding_id: str) -> Verdict:
        """Return all evidence about a finding joined; raise RefusedInput when there is none of that id."""
        return self._verdict(self._known(finding_id))

    def voices(self, finding_id: str) -> tuple[Voice, ...]:
        """Return masked texts behind a finding, oldest first; raise RefusedInput when there is none of that id."""
        return self._known(finding_id).voices

    def position(self) -> int:
        """Return the number of the last frame that was taken."""
        return self._fold.frame

    def closed_until_us(self) -> int:
        """Return the moment by which windows were closed last, microseconds since 1970 UTC; 0 before the first."""
        return self._fold.received_us

    def counted_until_us(self) -> int:
        """Return the start of the first window that is not closed; all that was said before is counted and kept."""
        return self._fold.closed_us

    def over_s(self) -> float:
        """Return for how many seconds windows are over that are not closed yet, but for the one that is next."""
        return max(0.0, (self._fold.open_us - self._fold.closed_us) / MICROS - self._tuning.bin_s)

    def weigh_by(self, worth: Callable[[str, Sort], Worth], carried: Callable[[Finding], Mapping[str, float]]) -> None:
        """Weigh the evidence in verdicts by what its sources are worth; until then each counts as its sort does.

        Args:
            worth: of a source.
            carried: the share of a finding's reports that each source brought; none where all count in full.
        """
        self._worth, self._carried = worth, carried

    def trouble(self) -> str:
        """Return what was missing when it was to be read, "" when nothing was."""
        gone = self._pipeline.gone()
        if gone is None:
            return ""
        first, last, many = gone
        return (
            f"{many:,} reports that count stand in no file of the journal (between frames {first:,} and {last:,}), and "
            "say nothing to findings. Bring the missing files back from a backup, move the snapshots made since away, "
            "and start the desk again."
        )

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` (from the pipeline's thread, without waiting) whenever answers may differ from before."""
        self._listeners.append(listener)

    def on_opened(self, listener: Callable[[Finding, Verdict], object]) -> None:
        """Call `listener` for each finding that is told for the first time (wired to Incidents.open_for).

        It is called again for the same finding when the process ended before that could be noted.
        """
        self._pipeline.on_opened(lambda finding: listener(finding, self._verdict(finding)))

    def on_cleared(self, listener: Callable[[Finding], object]) -> None:
        """Call `listener` for each finding whose reports are back to usual, as `on_opened`."""
        self._pipeline.on_cleared(listener)

    def advance(self, now_us: int) -> bool:
        """Take what was accepted by now and close what windows are over; return whether anything came of it.

        For the pipeline's thread alone. Raises: OutsideFailed; the next call goes back to the snapshot.
        """
        came = self._pipeline.advance(now_us)
        if came:
            self._changed()
        return came

    def end(self) -> None:
        """Have `advance` return soon, from any thread; what was not taken by then is taken at the next start."""
        self._pipeline.end()

    def snapshot(self) -> None:
        """Keep the state as it is now, as at a clean stop; after a failure the one before stands.

        For the pipeline's thread alone. Raises OutsideFailed.
        """
        self._pipeline.snapshot()

    def forget_quotes(self, before_us: int) -> None:
        """Forget the texts said before `before_us` that findings quote; from any thread."""
        with self._lock:
            self._watch.forget_quotes(lambda voice: voice.at_us >= before_us)

    def forget_items(self, keys: Collection[int]) -> Mapping[int, int]:
        """Forget the texts of items that were taken back, wherever they are shown; what they count stays.

        From any thread. Returns the digest of the text of each, 0 where none can be quoted. Raises OutsideFailed.
        """
        forgotten = self._rooms.forgotten
        with self._lock:
            rows = self._rooms.store.forget_said(keys)
            quoted = ((row.key, self._recall(row)) for row in rows)
            texts = {key: forgotten.quote(voice) for key, voice in quoted if key is not None and voice is not None}
            texts = {key: texts.get(key, 0) for key in keys}
            forgotten.add(texts)
            self._watch.forget_quotes(forgotten.may_quote)
        self._changed()
        return texts

    def forget_authors(self, source: str, authors: Collection[str]) -> Mapping[int, int]:
        """Forget the texts of all that authors said in a source, as `forget_items` does; they are named as it names
        them.

        From any thread. Returns what `forget_items` returns. Raises OutsideFailed.
        """
        known = {pseudonym_of(one, self._rooms.key) for one in authors} - {""}
        keys = self._rooms.store.keys_of(source, known)
        return self.forget_items(keys) if keys else {}

    def forget_texts(self, before_us: int) -> None:
        """Forget the texts said before `before_us`, two days ago at least, that later ones are compared with.

        From any thread; it is done with the next `advance`.
        """
        self._pipeline.forget_texts(before_us)

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()

    def _known(self, finding_id: str) -> Finding:
        finding = self.finding(finding_id)
        if finding is None:
            raise RefusedInput(f"There is no finding {finding_id!r}; ids are those of the list of findings.")
        return finding

    def _verdict(self, finding: Finding) -> Verdict:
        rooms, now_us = self._rooms, self._rooms.clock.now_us()
        end_us = max(finding.cleared_us or now_us, finding.alarm_us) + 1
        others = [
            one
            for one in self.findings(open_only=False)
            if one.operator not in {finding.operator, ""}
            and one.onset_us < end_us
            and (one.cleared_us is None or one.cleared_us > finding.onset_us)
        ]
        network = rooms.catalogue.network_of(finding.operator)
        return judge(
            finding,
            Around(
                states=self._states(finding.onset_us - BEFORE_S * MICROS, end_us),
                until_us=end_us,
                afar=self.afar,
                worth=self._worth,
                carried=self._carried(finding),
                changes=rooms.planned.between(finding.onset_us, end_us),
                others=[one for one in others if rooms.catalogue.network_of(one.operator) != network],
                sources=self.sources(),
                network=frozenset({finding.operator, *rooms.catalogue.on_network(network)}),
                nested=rooms.gazetteer.nested,
            ),
        )

    def _states(self, since_us: int, end_us: int) -> list[Row]:
        """Return what was told of states within a span, and which alarms were told to be over on the day before it.

        The end of an alarm that counts as of when it was told may be dated before that (`firing`).
        """
        rows = self._rooms.store.states(since_us, end_us)
        if all(row.kind != "alarm" or row.recovered for row in rows):
            return list(rows)
        before = self._rooms.store.states(since_us - BEFORE_S * MICROS, since_us)
        return [*(row for row in before if row.kind == "alarm" and row.recovered), *rows]
