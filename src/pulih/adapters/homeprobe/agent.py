"""The probe at home itself: a round of measuring, the way to the desk or to the queue, and round after round.

Only what could not be sent is written to the disk, so that a card in a small computer lasts.
"""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TextIO

import msgspec

from pulih.adapters.addresses import networks
from pulih.adapters.config.settings import ProbeTable
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.homeprobe.bearing import Bearing
from pulih.adapters.homeprobe.desk_clock import DeskClock
from pulih.adapters.homeprobe.judging import Asked, Measured, sentence_of, symptom_of
from pulih.adapters.homeprobe.sample import take_sample
from pulih.adapters.homeprobe.signal_bars import ask_command, ask_modem
from pulih.adapters.homeprobe.waiting import Moment, Waiting, WaitingRoom, line_of, this_moment
from pulih.adapters.probes.asking import Answer, Reach, ask
from pulih.adapters.probes.schedule import FAILED, WELL
from pulih.model.clock import DAY_S
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.model.reading import Service, Symptom
from pulih.model.signal import PROBE_PREFIX

# Whoever types a target may reach it; the desk's own probes may not, since others name theirs.
EVERYWHERE: Final = Reach(allowed=networks(["0.0.0.0/0", "::/0"]))
SEND_PATIENCE_S: Final = 5.0
_BATCH: Final = 500
_SERVICE_OF_A_HOME: Final[Service] = "fixed_broadband"
_SERVICE_OF_A_SIM: Final[Service] = "mobile_data"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe is, and whose service it measures.

    Attributes:
        name: of the probe; its source at the desk is "probe-" and this.
        operator: whose service it is.
        place: where it stands, a region's code or name.
        service: what is measured; None = mobile data where a modem is asked, else fixed broadband.
    """

    name: str
    operator: str
    place: str = ""
    service: Service | None = None


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured.

    Attributes:
        asked: name servers, ports and web addresses.
        modem: a serial line, None = none.
        signal_command: writes bars, "" = none.
        sample: address of some bytes, "" = none.
        sample_bytes: so many of them at most.
        slow_kbit_s: a sample slower than this is slow service.
        timeout_s: seconds for each question.
    """

    asked: tuple[ProbeTable, ...]
    modem: Path | None = None
    signal_command: str = ""
    sample: str = ""
    sample_bytes: int = 256 << 10
    slow_kbit_s: float = 0.0
    timeout_s: float = 5.0


def measure(targets: Targets, reach: Reach = EVERYWHERE) -> tuple[Measured, str]:
    """Measure one round, and say what kept a modem from being asked, "" when nothing did.

    Args:
        targets: what is measured.
        reach: how far questions go.
    """
    bars, trouble = _bars(targets)
    answers: list[tuple[Asked, Answer]] = [(one.kind, ask(one, reach)) for one in targets.asked]
    kbit_s = None
    # Where nothing answers, a sample would only wait.
    if targets.sample and all(answer.well for _, answer in answers):
        answer, kbit_s = take_sample(
            targets.sample, bytes_max=targets.sample_bytes, timeout_s=targets.timeout_s, trust=reach.trust
        )
        answers.append(("sample", answer))
    return Measured(answers=tuple(answers), bars=bars, kbit_s=kbit_s), trouble


def report_of(measured: Measured, symptom: Symptom, place: Place, *, with_bars: bool) -> dict[str, str]:
    """Return a round as a report that the intake takes, without its moment.

    Args:
        measured: the round.
        symptom: what it means.
        place: what the probe is.
        with_bars: whether a modem is asked.
    """
    state = WELL if symptom == "none" else FAILED
    service = place.service or (_SERVICE_OF_A_SIM if with_bars else _SERVICE_OF_A_HOME)
    return {
        "id": f"{place.name}@{uuid.uuid4().hex}",
        "source": PROBE_PREFIX + place.name,
        "kind": "probe",
        # Two words before the second colon are the target, by which the desk knows one probe from another.
        "text": f"{state}: home {place.name}: {sentence_of(measured, symptom)}",
        "operator": place.operator,
        "service": service,
        "symptom": symptom,
        "place": place.place,
    }


class Agent:
    """Measures, sends, and keeps what cannot be sent.

    Args:
        place: what the probe is.
        targets: what it measures.
        client: of the desk.
        room: where measurements wait.
        out: where each round is told, a line each.
        bearing: the token as its file holds it, which the client shows; None = that with which the client was made.
        now: returns the present.
    """

    def __init__(
        self,
        place: Place,
        targets: Targets,
        client: DeskClient,
        *,
        room: WaitingRoom,
        out: TextIO,
        bearing: Bearing | None = None,
        now: Callable[[], Moment] = this_moment,
    ) -> None:
        self._place, self._targets = place, targets
        self._client, self._room, self._out, self._now = client, room, out, now
        self._bearing, self._worried_s = bearing, -math.inf
        self._desk_clock = DeskClock(client, out)

    def round(self) -> bool:
        """Measure once, and send what there is; return whether the desk has all of it.

        Raises: RefusedInput when nothing may be asked; OutsideFailed when the disk refuses.
        """
        targets = self._targets
        measured, trouble = measure(targets)
        if trouble:
            self._out.write(f"{trouble}\n")
        symptom = symptom_of(measured, slow_kbit_s=targets.slow_kbit_s)
        if symptom is None:
            raise RefusedInput(f"nothing could be asked: {measured.answers[0][1].what}")
        with_bars = targets.modem is not None or targets.signal_command != ""
        report = report_of(measured, symptom, self._place, with_bars=with_bars)
        now = self._now()
        one = Waiting(report=report, at_us=now.at_us, boot=now.boot, up_s=now.up_s)
        self._out.write(f"{report['text']}\n")
        return self._later(one) if len(self._room) else self._send([one], keep=True)

    def run(self, every_s: float, stopping: threading.Event) -> None:
        """Measure again and again until `stopping` is set; what fails is told, and the next round tries again."""
        while not stopping.is_set():
            began_s = self._now().up_s
            try:
                self.round()
            except PulihError as problem:
                self._out.write(f"{problem}\n")
            self._out.flush()
            stopping.wait(max(0.0, every_s - (self._now().up_s - began_s)))

    def _bear(self, now: Moment) -> None:
        """Show the token that the file holds now, and tell a worry about it once a day."""
        if self._bearing is None:
            return
        self._client.bear(self._bearing.token())
        worry = self._bearing.worry(now.at_us)
        if worry and now.up_s - self._worried_s >= DAY_S:
            self._worried_s = now.up_s
            self._out.write(f"{worry}\n")

    def _later(self, one: Waiting) -> bool:
        """Keep a measurement behind those that wait, and send as many as go."""
        self._room.add(one)
        return self._send_waiting()

    def _send_waiting(self) -> bool:
        while len(self._room):
            some = self._room.first(_BATCH)
            if not self._send(some, keep=False):
                return False
            self._room.drop(len(some))
        return True

    def _send(self, some: Sequence[Waiting], *, keep: bool) -> bool:
        now = self._desk_clock.dated(self._now())
        try:
            self._bear(now)
            taken = self._client.send([line_of(one, now) for one in some])
        except (OutsideFailed, RefusedInput) as problem:
            if keep:
                for one in some:
                    self._room.add(one)
            gone = f", {self._room.dropped:,} older ones dropped" if self._room.dropped else ""
            self._out.write(f"not sent, {len(self._room):,} wait{gone}: {problem}\n")
            return False
        for line in taken.refused:
            self._out.write(f"the desk refused one: {line.error}\n")
        return True


def _bars(targets: Targets) -> tuple[int | None, str]:
    try:
        if targets.modem is not None:
            return ask_modem(targets.modem), ""
        return (ask_command(targets.signal_command), "") if targets.signal_command else (None, "")
    except PulihError as problem:
        # Without bars a failure is still a failure.
        return None, str(problem)
