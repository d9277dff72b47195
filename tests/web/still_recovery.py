"""What is heard of the end of any incident, standing still: reports go on at forty in five minutes, six answered."""

from __future__ import annotations

from pulih.model.clock import MICROS
from pulih.model.incident import Incident
from pulih.model.scope import Scope
from pulih.restore.observed import Answer, Counted, Observed
from pulih.service.recovery_view import Heard

_WIDTH_US = 300 * MICROS


class StillView:
    """Answers as `RecoveryView` does; a test may say that reports fell to usual at a moment."""

    def __init__(self) -> None:
        self.over_us: int | None = None
        self.alive = True

    def heard(self, incident: Incident, now_us: int) -> Heard:
        return Heard(
            since_us=incident.onset_us, now_us=now_us, spells=(), answers=(), states=(), last={}, silent=(), thin={}
        )

    def observed(self, incident: Incident, scope: Scope, heard: Heard, claimed_us: int | None) -> Observed:
        start_us = incident.onset_us - incident.onset_us % _WIDTH_US
        many = max(1, -(-(heard.now_us - start_us) // _WIDTH_US))
        moments = [start_us + number * _WIDTH_US for number in range(many)]
        back = self.over_us is not None
        return Observed(
            onset_us=incident.onset_us,
            now_us=heard.now_us,
            counted=Counted(
                start_us=start_us,
                step_s=300,
                counts=tuple(1.0 if self.over_us is not None and one >= self.over_us else 40.0 for one in moments),
                expected=(1.5,) * many,
            ),
            alive_until_us=heard.now_us if self.alive else None,
            claimed_us=claimed_us,
            answers=tuple(Answer(heard.now_us - 600 * MICROS, f"a{number}", back) for number in range(6)),
        )
