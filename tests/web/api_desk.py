"""A small desk behind a real server: the interface and the intake, with journal, ledger and incidents on the disk.

What is heard and found is given, so that tests know it; all else is what a running desk has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec
import uvicorn
from database_here import database_in
from hook_signing import SECRET

from pulih.adapters.calendar_files import CalendarFiles
from pulih.adapters.config import DeskSettings
from pulih.adapters.config.work_tables import TmfTable
from pulih.adapters.credit.desk_folders import DeskCreditFolders
from pulih.adapters.journal.disk import Disk
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.maintenance import Understood
from pulih.adapters.sql.credit_journal import SqlCreditJournal
from pulih.adapters.sql.incident_store import SqlIncidentStore
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.planned_changes import SqlPlannedChanges
from pulih.communicate.speech import Speech
from pulih.listen.payload import PayloadReader, report_of
from pulih.model.clock import MICROS, to_micros
from pulih.model.finding import Finding, Phrase, Voice
from pulih.model.person import TokenView
from pulih.model.reading import Place, Reading
from pulih.ports.clock import Clock
from pulih.ports.credit_desk import CreditSettings
from pulih.ports.intake import SourceCount
from pulih.ports.live import Text
from pulih.serve.credit_press import ProcessPress
from pulih.serve.dispatch import DeskApp
from pulih.serve.interchange import Interchange
from pulih.serve.knowledge import known_to
from pulih.service.accepting import Accepting
from pulih.service.care import Care
from pulih.service.credit_desk import CreditDesk
from pulih.service.credit_links import CreditLinks
from pulih.service.incidents import Incidents
from pulih.service.interchange.hearing import Hearing
from pulih.service.listening.calls import Calls
from pulih.service.live.desk import LiveDesk
from pulih.service.view import FilterNow, Reason, Series, SourceNow, Verdict
from pulih.web.api.app import build_api
from pulih.web.api.health import Check, Health
from pulih.web.api.metrics import DeskCollector, Metrics
from pulih.web.api.operation import Behind
from pulih.web.hooks.door import Hook, Hooks
from pulih.web.intake.app import IntakeApp

NOW_US = to_micros(datetime(2025, 10, 3, 3, 30, tzinfo=UTC))
ROLES = ("source", "viewer", "duty", "approver", "admin")
FINDING = Finding(
    id="f3b1c0a94d7e",
    incident="",
    operator="smartfren",
    operator_name="Smartfren",
    service="mobile_data",
    region=None,
    region_name=None,
    symptom="no_internet",
    onset_us=NOW_US - 6_120 * MICROS,
    alarm_us=NOW_US - 5_580 * MICROS,
    peak_us=None,
    cleared_us=None,
    signals=412,
    expected=9.5,
    evidence_nats=120.4,
    false_alarms_per_week=0.1,
    phrases=(Phrase("sinyal penuh tapi internet mati", 37),),
)


class SlowClock:
    """A clock that moves by a microsecond when it is looked at."""

    def __init__(self) -> None:
        self._now_us = NOW_US

    def now_us(self) -> int:
        """Return the moment, and move on."""
        self._now_us += 1
        return self._now_us


class GivenReader:
    """Reads the same in every text: mobile data of Smartfren in Jakarta Selatan is dead."""

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        place = Place("31.74", "Jakarta Selatan", 1.0)
        said = Reading(True, 0.9, True, "mobile_data", "no_internet", "smartfren", (place,), language="id")
        return [said] * len(texts)


def region_named(name: str) -> str:
    """Return the code of the one region that this desk knows."""
    return "31.74" if name in {"31.74", "Jakarta Selatan"} else ""


class GivenLive(LiveDesk):
    """A live desk that tells what it was given."""

    def __init__(
        self,
        counts: Callable[[], list[SourceCount]],
        finding: Finding = FINDING,
        filters: Mapping[str, tuple[FilterNow, ...]] | None = None,
    ) -> None:
        self._counts, self._finding, self._filters = counts, finding, filters or {}

    def findings(self, *, open_only: bool = True) -> list[Finding]:
        return [self._finding]

    def finding(self, finding_id: str) -> Finding | None:
        return self._finding if finding_id == self._finding.id else None

    def series(self, operator: str, region: str, start_us: int, end_us: int, *, step_s: int = 300) -> Series:
        windows = (end_us - start_us) // (step_s * MICROS)
        usual = (0.5,) * windows
        return Series(
            operator=operator,
            region=region,
            start_us=start_us,
            step_s=step_s,
            counts=(None,) * windows,
            expected=usual,
            alarm_at=usual,
        )

    def sources(self) -> list[SourceNow]:
        return [
            SourceNow(
                **msgspec.structs.asdict(count),
                usual_gap_s=None,
                liveness="unknown",
                filters=self._filters.get(count.source, ()),
            )
            for count in self._counts()
        ]

    def counters(self) -> SourceCount:
        counts = self._counts()
        fates = {name: sum(getattr(one, name) for one in counts) for name in FATES}
        return SourceCount("", **fates)

    def verdict(self, finding_id: str) -> Verdict:
        return Verdict(certainty="high", reasons=(Reason(side="for", text_id="Banyak laporan.", text_en="Many."),))

    def voices(self, finding_id: str) -> tuple[Voice, ...]:
        return (Voice(NOW_US, "internet mati", 1.0),)


FATES = ("heard", "counted", "refused", "repeated", "late")


# One for all: making one reads all certificates of this machine, which takes longer than most answers.
_CLIENT = httpx.Client(timeout=20)


class ApiDesk(msgspec.Struct, frozen=True):
    """A running desk: where it is, its parts, and how to ask it as somebody of a role."""

    address: str
    incidents: Incidents
    journal: SegmentJournal
    calls: Calls

    def ask(self, method: str, path: str, *, role: str = "", **more: Any) -> httpx.Response:
        """Send one request, with the token of a role or none."""
        headers = {**({"authorization": f"Bearer {role}-token"} if role else {}), **more.pop("headers", {})}
        return _CLIENT.request(method, self.address + path, headers=headers, **more)

    def kept(self) -> list[Mapping[str, Any]]:
        """Return the reports that stand in the journal."""
        lines = [line for frame in self.journal.frames(0) for line in frame.reports]
        return [msgspec.structs.asdict(report_of(line)) for line in lines]


def allow(secret: str) -> TokenView | None:
    """Let in who bears the token of a role."""
    role = secret.removesuffix("-token")
    if role not in ROLES:
        return None
    return TokenView(id=f"0{ROLES.index(role)}", name=f"{role} bot", role=role, made_by=f"maker-of-{role}")  # type: ignore[arg-type]


def hooks() -> Hooks:
    """Return one hook of each kind, all with the same secret."""
    kinds = ("standard", "alertmanager", "zammad", "zendesk", "chatwoot", "whatsapp")
    return Hooks(
        [
            Hook(source=kind, adapter=kind, secrets=(SECRET,), verify_token="t" * 8 if kind == "whatsapp" else "")
            for kind in kinds
        ]
    )


def calendars(folder: Path, changes: SqlPlannedChanges, clock: Clock) -> Callable[[str, bytes], list[str]]:
    """Return what keeps calendars of planned changes in a folder; it knows no operator and no place."""
    (folder / "calendars").mkdir(mode=0o700, exist_ok=True)
    nobody = Understood(lambda _: "", lambda _: None)
    files = CalendarFiles([], folder / "calendars", changes, understood=nobody, zone=UTC, clock=clock)
    turn = threading.Lock()

    def keep(name: str, calendar: bytes) -> list[str]:
        with turn:
            return files.keep(name, calendar)

    return keep


def partners_of(storage: Any, incidents: Incidents, hearing: Hearing, *, as_kits: bool = False) -> Interchange:
    """Return the TM Forum interfaces, telling listeners on this machine too."""
    table = TmfTable(operator="smartfren", allow_networks=("127.0.0.0/8",), as_kits=as_kits)
    settings = DeskSettings(tmf=table)
    made = Interchange(storage, settings, known=known_to(settings), incidents=incidents, hearing=hearing)
    made.start()
    return made


@contextmanager
def running(
    folder: Path,
    *,
    checks: Mapping[str, Check] | None = None,
    clock: Clock | None = None,
    disk: Disk | None = None,
    as_kits: bool = False,
    heard_here: bool = True,
) -> Iterator[ApiDesk]:
    """Serve a desk on a free port of this machine until the block ends; it goes on from what lies in its folder."""
    with ExitStack() as stack:
        clock = clock or SlowClock()
        desk_db, intake_db = database_in(folder / "desk.db", "desk"), database_in(folder / "intake.db", "intake")
        for name in ("journal", "keys"):
            (folder / name).mkdir(exist_ok=True)
        ledger = SqlLedger(intake_db)
        keys = DayKeys(folder / "keys")
        journal = SegmentJournal(folder / "journal", keys, ledger_at=ledger.position(), disk=disk or Disk())
        reader = PayloadReader(b"k" * 32)
        accepting = Accepting(journal, ledger, clock, reader)
        accepting.start()
        for engine in (desk_db, intake_db):
            stack.callback(engine.dispose)
        stack.callback(journal.close)
        stack.callback(accepting.close)
        live = GivenLive(ledger.counts)
        changes = SqlPlannedChanges(desk_db)
        speech = Speech(zone=ZoneInfo("Asia/Jakarta"), operators={"smartfren": "Smartfren"})
        incidents = Incidents(SqlIncidentStore(desk_db), clock, speech=speech, changes=changes)
        behind = Behind(
            clock=clock,
            allow=allow,
            live=live,
            incidents=incidents,
            credits=CreditDesk(
                incidents,
                folders=DeskCreditFolders(folder / "credits"),
                press=ProcessPress(),
                journal=SqlCreditJournal(desk_db),
                settings=CreditSettings(),
                policies={},
                clock=clock,
            ),
            credit_links=CreditLinks(b"k" * 32),
            care=Care(incidents, GivenReader(), clock, find_region=region_named),
            health=Health(checks or {"journal": accepting.trouble}),
            keep_calendar=calendars(folder, changes, clock),
        )
        intake = IntakeApp(accepting, reader, clock, allow=allow, hooks=hooks(), world_s=time.time)
        stack.callback(intake.close)
        metrics = Metrics(DeskCollector(live, incidents, clock, lag_s=lambda: 0.5))
        api = build_api(behind, metrics, heard_here=heard_here)
        storage = SimpleNamespace(desk=desk_db, keys=keys)
        partners = partners_of(storage, incidents, Hearing(accepting, reader, clock), as_kits=as_kits)
        stack.callback(partners.stop)
        app = DeskApp(intake, api, api, statuspage=api, tmf=partners.app(allow))
        yield ApiDesk(stack.enter_context(_served(app)), incidents, journal, intake.calls)


@contextmanager
def _served(app: Any) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline_s = time.monotonic() + 20
    while not server.started and thread.is_alive() and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert server.started, "The server did not start within 20 s."
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
