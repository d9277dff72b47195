"""Decision: what the rules say and what was learnt, joined into the labels of a text; here alone it is decided.

The rules come first and can be traced to letters; what was learnt is added in log-odds and may overrule them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import exp, log
from typing import get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.reading import Service, Symptom
from pulih.understand.learnt import Learnt

# The rules' probability is taken as no surer than this.
SUREST = 0.9999
SYMPTOMS: tuple[Symptom, ...] = tuple(one for one in get_args(Symptom) if one != "none")
SERVICES: tuple[Service, ...] = get_args(Service)
# These symptoms are those of one service alone.
ONLY: dict[Symptom, Service] = {"sms_failure": "sms", "billing_quota": "billing", "app_failure": "app"}
HEADS = (
    "report", "acute", "recovered",
    *(f"symptom.{one}" for one in SYMPTOMS), *(f"service.{one}" for one in SERVICES),
)  # fmt: skip


class Labels(msgspec.Struct, frozen=True, gc=False):
    """Labels of a text as the rules see them, or as decided.

    Attributes:
        probability: that it is a report.
        is_report, acute, recovered: as in a reading.
        symptom: how it fails; what the rules would say if it were a report, "none" without any trouble.
        service: what fails, None when neither a report nor a recovery.
    """

    probability: float
    is_report: bool
    acute: bool
    recovered: bool
    symptom: Symptom
    service: Service | None


def stand_of(ruled: Labels) -> list[float]:
    """Return the word of the rules on each head: log-odds of a report, else 1 for yes and -1 for no."""
    sure = min(max(ruled.probability, 1.0 - SUREST), SUREST)
    return [
        log(sure / (1.0 - sure)),
        1.0 if ruled.acute else -1.0,
        1.0 if ruled.recovered else -1.0,
        *(1.0 if one == ruled.symptom else -1.0 for one in SYMPTOMS),
        *(1.0 if one == ruled.service else -1.0 for one in SERVICES),
    ]


def decide(
    ruled: Labels, learnt: Learnt, words: Sequence[str], signs: Iterable[str], *, sold: Collection[str]
) -> Labels:
    """Return the labels of a text.

    Args:
        ruled: what the rules say.
        learnt: the weights.
        words, signs: what the text is made of; see `Learnt.scores`.
        sold: services that the operator in question sells; empty when nobody knows.
    """
    weights = learnt.weights
    odds = weights.bias + weights.trust * np.array(stand_of(ruled)) + learnt.scores(words, signs)
    sure = [1.0 / (1.0 + exp(-max(-30.0, min(30.0, one)))) for one in odds[:3]]
    # Rounded before it is judged, so that what is shown and what is decided never differ.
    probability = round(sure[0], 4)
    is_report = probability >= weights.threshold[0]
    recovered = sure[2] >= weights.threshold[2]
    symptom: Symptom = SYMPTOMS[_best(odds, SYMPTOMS, 3)] if is_report else "none"
    return Labels(
        probability=probability,
        is_report=bool(is_report),
        acute=bool(is_report and sure[1] >= weights.threshold[1]),
        recovered=bool(recovered),
        symptom=symptom,
        service=_service(symptom, odds, sold) if is_report or recovered else None,
    )


def _service(symptom: Symptom, odds: NDArray[np.float64], sold: Collection[str]) -> Service:
    if symptom in ONLY:
        return ONLY[symptom]
    # Each operator has an app and bills, and what nobody names may be anything.
    possible = [at for at, one in enumerate(SERVICES) if not sold or one in sold or one in {"any", "app", "billing"}]
    return SERVICES[max(possible, key=lambda at: float(odds[3 + len(SYMPTOMS) + at]))]


def _best(odds: NDArray[np.float64], values: Sequence[str], first: int) -> int:
    return int(np.argmax(odds[first : first + len(values)]))


def by_rules(ruled: Labels) -> Labels:
    """Return what the rules alone decide."""
    symptom: Symptom = ruled.symptom if ruled.symptom != "none" else "other"
    return msgspec.structs.replace(
        ruled,
        acute=ruled.is_report and ruled.acute,
        symptom=symptom if ruled.is_report else "none",
        service=ruled.service if ruled.is_report or ruled.recovered else None,
    )
