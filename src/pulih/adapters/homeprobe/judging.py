"""What a round of measuring means to customers: which symptom, and the sentence that says so.

"Signal good, internet dead" is what this probe is there for: a telephone that shows four bars and opens nothing. So the
bars decide how a failure is named, and never whether there is one.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from pulih.adapters.probes.asking import Answer
from pulih.model.reading import Symptom

BARS_MAX: Final = 4
# As people speak of it: that much shows as good.
BARS_GOOD: Final = 3
Asked = Literal["dns", "tcp", "http", "sample"]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What one round measured.

    Attributes:
        answers: what came of each question, with its kind.
        bars: of signal, 0 to 4; None when no modem tells.
        kbit_s: rate of the sample in kilobits a second; None when none was taken, or it failed.
    """

    answers: tuple[tuple[Asked, Answer], ...]
    bars: int | None = None
    kbit_s: float | None = None


def symptom_of(measured: Measured, *, slow_kbit_s: float = 0.0) -> Symptom | None:
    """Return what a round means, "none" when all is well, None when nothing was asked.

    Args:
        measured: the round.
        slow_kbit_s: a sample slower than this means that service is slow.

    >>> dead, well = Answer(False, 5.0, "no answer"), Answer(True, 0.1, "connected")
    >>> symptom_of(Measured(answers=(("dns", dead), ("http", dead)), bars=4))
    'no_internet'
    >>> symptom_of(Measured(answers=(("dns", dead),), bars=0)), symptom_of(Measured(answers=(("dns", well),)))
    ('no_signal', 'none')
    """
    asked = [answer for _, answer in measured.answers if answer.asked]
    if not asked:
        return None
    failed = sum(not answer.well for answer in asked)
    if failed == len(asked):
        return "no_signal" if measured.bars == 0 else "no_internet"
    if failed:
        return "intermittent"
    return "slow" if measured.kbit_s is not None and measured.kbit_s < slow_kbit_s else "none"


def sentence_of(measured: Measured, symptom: Symptom) -> str:
    """Return what a round measured, for people.

    >>> dead = Answer(False, 5.0, "no answer within 5 s")
    >>> sentence_of(Measured(answers=(("http", dead),), bars=4), "no_internet")
    'signal good (4 of 4), internet dead; http failed (no answer within 5 s)'
    """
    said = []
    if measured.bars is not None:
        word = "good" if measured.bars >= BARS_GOOD else "none" if measured.bars == 0 else "weak"
        said.append(f"signal {word} ({measured.bars} of {BARS_MAX})")
    if symptom == "no_internet":
        said.append("internet dead")
    parts = [", ".join(said)] if said else []
    parts += [_answer(kind, answer) for kind, answer in measured.answers]
    if measured.kbit_s is not None:
        parts.append(f"{measured.kbit_s:,.0f} kbit/s")
    return "; ".join(parts)


def _answer(kind: Asked, answer: Answer) -> str:
    # A colon would end what the desk takes for the name of the target.
    what = answer.what.replace(":", " ")
    return f"{kind} {answer.took_s * 1000:.0f} ms" if answer.well else f"{kind} failed ({what})"
