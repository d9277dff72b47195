"""Asks all targets again and again in a thread of its own, and hands over what they say.

Bounds: a target is never asked while its last question is open, so no more questions are open than there are targets,
and `at_once` of them run. A round that came too late is left out and counted, not made up for: old measurements help
nobody. Targets begin spread over their interval, so that they do not all ask in the same second.
"""

from __future__ import annotations

import heapq
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

from pulih.adapters.config.settings import ProbeTable
from pulih.adapters.probes.asking import Answer
from pulih.model.clock import iso
from pulih.model.errors import PulihError
from pulih.model.signal import PROBE_PREFIX
from pulih.ports.clock import Clock

# What a probe says in the report's text begins with one of these.
WELL, FAILED = "ok", "failed"
# A report as the intake takes it: one JSON object of docs/operate.md, its keys and texts.
ProbeReport = dict[str, str]


class ProbeState(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one target: the last answer, and how many rounds were asked, failed, left out or not taken.

    `refused` says why a target may not be asked at all, or is "".
    """

    name: str
    at_us: int | None = None
    last: Answer | None = None
    asked: int = 0
    failed: int = 0
    left_out: int = 0
    not_taken: int = 0
    refused: str = ""


class Schedule:
    """The thread that asks. `start` it once, `stop` it once.

    Args:
        probes: the targets.
        ask: asks one and returns what came of it; never raises.
        hand_over: takes the reports of one answer, as the intake does; may raise PulihError, which is counted.
        clock: the desk's time, for when an answer came.
        at_once: how many are asked at the same time.
    """

    def __init__(
        self,
        probes: Sequence[ProbeTable],
        ask: Callable[[ProbeTable], Answer],
        hand_over: Callable[[list[ProbeReport]], object],
        *,
        clock: Clock,
        at_once: int,
    ) -> None:
        self._probes = {probe.name: probe for probe in probes}
        self._states = {name: ProbeState(name=name) for name in self._probes}
        self._ask = ask
        self._hand_over = hand_over
        self._clock = clock
        self._open: set[str] = set()
        self._trouble = ""
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._asking = ThreadPoolExecutor(at_once, thread_name_prefix="probe")
        self._thread = threading.Thread(target=self._run, name="probes", daemon=True)

    def start(self) -> None:
        """Begin asking."""
        self._thread.start()

    def stop(self) -> None:
        """Ask nobody any more, started or not; returns when open questions have been answered or given up."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._asking.shutdown(cancel_futures=True)

    def states(self) -> list[ProbeState]:
        """Return what is known of each target, in the order of the settings."""
        with self._guard:
            return list(self._states.values())

    def trouble(self) -> str:
        """Return what failed last in a way nobody foresaw, "" when nothing did; for the readiness of the desk."""
        with self._guard:
            return self._trouble

    def _run(self) -> None:
        now_s = time.monotonic()
        due = [(now_s + first_after_s(probe), name) for name, probe in self._probes.items()]
        heapq.heapify(due)
        while due and not self._stopping.wait(max(0.0, due[0][0] - time.monotonic())):
            at_s, name = heapq.heappop(due)
            self._begin(name)
            every_s = self._probes[name].every_s
            # After a standstill of the machine the next round is in the future, and not all that were missed.
            missed = max(0, int((time.monotonic() - at_s) / every_s))
            self._count(name, left_out=missed)
            heapq.heappush(due, (at_s + (missed + 1) * every_s, name))

    def _begin(self, name: str) -> None:
        with self._guard:
            is_open = name in self._open
            self._open.add(name)
        if is_open:
            self._count(name, left_out=1)
        else:
            self._asking.submit(self._round, name).add_done_callback(self._ended)

    def _ended(self, one: Future[None]) -> None:
        problem = None if one.cancelled() else one.exception()
        if problem is not None:
            with self._guard:
                self._trouble = f"a probe failed in a way nobody foresaw ({type(problem).__name__}: {problem})"

    def _round(self, name: str) -> None:
        """Ask one target and hand over what it says."""
        try:
            if self._stopping.is_set():
                return
            answer = self._ask(self._probes[name])
            at_us = self._clock.now_us()
            self._know(name, answer, at_us)
            if answer.asked:
                self._hand_over([report_of(self._probes[name], answer, at_us)])
        except PulihError:
            # The intake says no, full or stopping; it has said why where it counts.
            self._count(name, not_taken=1)
        finally:
            with self._guard:
                self._open.discard(name)

    def _know(self, name: str, answer: Answer, at_us: int) -> None:
        with self._guard:
            state = self._states[name]
            self._states[name] = msgspec.structs.replace(
                state,
                at_us=at_us,
                last=answer,
                asked=state.asked + answer.asked,
                failed=state.failed + (answer.asked and not answer.well),
                refused="" if answer.asked else answer.what,
            )

    def _count(self, name: str, *, left_out: int = 0, not_taken: int = 0) -> None:
        with self._guard:
            state = self._states[name]
            self._states[name] = msgspec.structs.replace(
                state, left_out=state.left_out + left_out, not_taken=state.not_taken + not_taken
            )


def first_after_s(probe: ProbeTable) -> float:
    """Return after how many seconds a target is asked first: the same ones for the same name, within its interval.

    >>> 0 <= first_after_s(ProbeTable(name="a", kind="tcp", target="a:1", operator="x", every_s=60)) < 60
    True
    """
    return zlib.crc32(probe.name.encode()) / (1 << 32) * probe.every_s


def report_of(probe: ProbeTable, answer: Answer, at_us: int) -> ProbeReport:
    """Return an answer as a report that the intake takes.

    A failure carries the symptom it means, a success "none"; the text says the same to people.

    >>> probe = ProbeTable(name="web", kind="tcp", target="a.example:443", operator="xl", place="31")
    >>> report_of(probe, Answer(True, 0.012, "connected"), 1_000_000)["text"]
    'ok: tcp a.example:443: connected, 12 ms'
    """
    state = WELL if answer.well else FAILED
    return {
        "id": f"{probe.name}@{at_us}",
        "source": PROBE_PREFIX + probe.name,
        "at": iso(at_us),
        "kind": "probe",
        "text": f"{state}: {probe.kind} {probe.target}: {answer.what}, {answer.took_s * 1000:.0f} ms",
        "operator": probe.operator,
        "service": probe.service,
        "symptom": "none" if answer.well else probe.symptom,
        "place": probe.place,
    }
