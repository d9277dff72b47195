"""Decision: what the rules say and what was learnt, joined into the labels of a text; here alone it is decided.

The rules come first and can be traced to letters; what was learnt is added in log-odds and may overrule them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from math import exp, inf, log
from typing import get_args

import msgspec
import numpy as np

from pulih.model.reading import Group, Service, Symptom
from pulih.understand.learnt import Floats, Learnt, Made, Weights

# The rules' probability is taken as no surer than this.
SUREST = 0.9999
SYMPTOMS: tuple[Symptom, ...] = tuple(one for one in get_args(Symptom) if one != "none")
SERVICES: tuple[Service, ...] = get_args(Service)
GROUPS: tuple[Group, ...] = get_args(Group)
# Each operator has an app and bills.
_SOLD_BY_ALL = frozenset({"app", "billing"})
# Who sells lines and no mobile data has no bars to lose: "no signal" is a dead line, and never of any medium.
_BY_LINE = frozenset({"fixed_broadband", "tv"})
# These symptoms are those of one service alone.
ONLY: dict[Symptom, Service] = {"sms_failure": "sms", "billing_quota": "billing", "app_failure": "app"}
HEADS = (
    "report", "acute", "recovered",
    *(f"symptom.{one}" for one in SYMPTOMS), *(f"service.{one}" for one in SERVICES),
    *(f"group.{one}" for one in GROUPS),
)  # fmt: skip
# Where those of a kind begin, and where each is; a symptom and a service never share a name.
_SYMPTOMS = 3
_SERVICES = _SYMPTOMS + len(SYMPTOMS)
_GROUPS = _SERVICES + len(SERVICES)
_COLUMN: dict[str | None, int] = {name.partition(".")[2]: at for at, name in enumerate(HEADS[:_GROUPS]) if "." in name}


class Labels(msgspec.Struct, frozen=True, gc=False):
    """Labels of a text as the rules see them, or as decided.

    Attributes:
        probability: that it is a report.
        is_report, acute, recovered: as in a reading.
        symptom: how it fails; what the rules would say if it were a report, "none" without any trouble.
        service: what fails, None when neither a report nor a recovery.
        leanings: log-odds of each activity, before the word of the rules on it; empty where they decide alone.
    """

    probability: float
    is_report: bool
    acute: bool
    recovered: bool
    symptom: Symptom
    service: Service | None
    leanings: tuple[float, ...] = ()


class Undecided(msgspec.Struct, frozen=True, gc=False):
    """A text before it is decided.

    Attributes:
        ruled: what the rules say.
        made: what the learnt weights look at.
        sold: the services that the operator in question sells; none when nobody knows.
        bare: it is a trouble in so few words, all of which the rules know, that there is nothing to weigh in it: of
            "sinyal hilang" weights know only that texts without a name are mostly talk.
        unreal: nothing has come yet: a trouble is only hoped off, feared or thought of. Such texts are too few to learn
            from, and their words are those of troubles.
    """

    ruled: Labels
    made: Made
    sold: tuple[str, ...]
    bare: bool = False
    unreal: bool = False


def stand_of(ruled: Sequence[Labels]) -> Floats:
    """Return the word of the rules on each head: log-odds of a report, else 1 for yes, -1 for no, 0 for groups.

    Which activities are named they are asked later, and only of texts where it matters.

    Returns: shape (texts, heads).
    """
    # The last column is for what no head says: no symptom, no service.
    stand = np.full((len(ruled), len(HEADS) + 1), -1.0)
    stand[:, _GROUPS:-1] = 0.0
    stand[:, 0] = [_log_odds(one.probability) for one in ruled]
    stand[:, 1] = [1.0 if one.acute else -1.0 for one in ruled]
    stand[:, 2] = [1.0 if one.recovered else -1.0 for one in ruled]
    texts = range(len(ruled))
    stand[texts, [_COLUMN.get(one.symptom, -1) for one in ruled]] = 1.0
    stand[texts, [_COLUMN.get(one.service, -1) for one in ruled]] = 1.0
    return stand[:, :-1]


def _log_odds(probability: float) -> float:
    sure = min(max(probability, 1.0 - SUREST), SUREST)
    return log(sure / (1.0 - sure))


def decide(texts: Sequence[Undecided], learnt: Learnt) -> list[Labels]:
    """Return the labels of texts; those of each are the same alone and among others."""
    weights = learnt.weights
    stand = stand_of([one.ruled for one in texts])
    odds = weights.bias + weights.trust * stand + learnt.scores([one.made for one in texts])
    threshold = weights.threshold.tolist()
    decided = [_decided(row, threshold, text.sold) for row, text in zip(odds.tolist(), texts, strict=True)]
    return [
        _as_ruled(one, text.ruled) if text.bare else _not_yet(one, text.ruled) if text.unreal else one
        for one, text in zip(decided, texts, strict=True)
    ]


def _as_ruled(decided: Labels, ruled: Labels) -> Labels:
    """Return what is decided of a bare report with the word of the rules, where weights doubt it."""
    if decided.probability >= ruled.probability:
        return decided
    labels = decided if decided.is_report else msgspec.structs.replace(ruled, leanings=decided.leanings)
    return msgspec.structs.replace(labels, probability=ruled.probability)


def _not_yet(decided: Labels, ruled: Labels) -> Labels:
    """Return the word of the rules on a trouble that has not come, no surer than weights are."""
    if ruled.is_report:
        return decided
    return msgspec.structs.replace(by_rules(ruled), probability=min(ruled.probability, decided.probability))


def _decided(odds: Sequence[float], threshold: Sequence[float], sold: tuple[str, ...]) -> Labels:
    report, acute, back = map(_probability, odds[:_SYMPTOMS])
    # Rounded before it is judged, so that what is shown and what is decided never differ.
    probability = round(report, 4)
    is_report, recovered = probability >= threshold[0], back >= threshold[2]
    symptom: Symptom = _symptom(odds[_SYMPTOMS:_SERVICES], sold) if is_report else "none"
    return Labels(
        probability=probability,
        is_report=is_report,
        acute=is_report and acute >= threshold[1],
        recovered=recovered,
        symptom=symptom,
        service=_service(symptom, odds[_SERVICES:_GROUPS], sold) if is_report or recovered else None,
        leanings=tuple(odds[_GROUPS:]),
    )


def _probability(odds: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, odds))))


def _sells_lines_alone(sold: Collection[str]) -> bool:
    return "mobile_data" not in sold and not _BY_LINE.isdisjoint(sold)


@lru_cache(maxsize=256)
def _unsold(sold: tuple[str, ...]) -> frozenset[str]:
    """Return the services that cannot fail of an operator who sells these; of an unknown one each can."""
    told = {*sold, *_SOLD_BY_ALL} | (set() if _sells_lines_alone(sold) else {"any"})
    return frozenset(one for one in SERVICES if sold and one not in told)


def _symptom(odds: Sequence[float], sold: Collection[str]) -> Symptom:
    symptom = SYMPTOMS[_best(odds)]
    return "no_internet" if symptom == "no_signal" and _sells_lines_alone(sold) else symptom


def _service(symptom: Symptom, odds: Sequence[float], sold: tuple[str, ...]) -> Service:
    if symptom in ONLY:
        return ONLY[symptom]
    unsold = _unsold(sold)
    return SERVICES[_best([-inf if name in unsold else odd for name, odd in zip(SERVICES, odds, strict=True)])]


def _best(odds: Sequence[float]) -> int:
    return odds.index(max(odds))


def groups_of(labels: Labels, named: Collection[Group], weights: Weights | None) -> tuple[Group, ...]:
    """Return the activities that a report or a recovery is about.

    Args:
        labels: what was decided of it.
        named: activities that phrases name.
        weights: what was learnt; without it the phrases decide.
    """
    if weights is None or not labels.leanings:
        return tuple(one for one in GROUPS if one in named)
    joints = zip(GROUPS, labels.leanings, weights.trust[_GROUPS:], weights.threshold[_GROUPS:], strict=True)
    return tuple(
        one
        for one, leaning, trust, threshold in joints
        if _probability(leaning + (trust if one in named else -trust)) >= threshold
    )


def by_rules(ruled: Labels) -> Labels:
    """Return what the rules alone decide."""
    symptom: Symptom = ruled.symptom if ruled.symptom != "none" else "other"
    return msgspec.structs.replace(
        ruled,
        acute=ruled.is_report and ruled.acute,
        symptom=symptom if ruled.is_report else "none",
        service=ruled.service if ruled.is_report or ruled.recovered else None,
    )
