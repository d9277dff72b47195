"""What a text is about when it is no report: the topic with most weight against its being one."""

from __future__ import annotations

from pulih.model.reading import Symptom, Talk
from pulih.understand.marks import Marks

_LEAST = 0.4


def talk_of(marks: Marks, *, symptom: Symptom, is_report: bool, recovered: bool) -> Talk:
    """Return what a text is about; of a report trouble, or app when only the operator's app fails."""
    if is_report:
        return "app" if symptom == "app_failure" else "trouble"
    weights: dict[Talk, float] = {}
    for hits in (marks.topic, marks.side, marks.fine):
        for hit in hits:
            weights[hit.sign.talk] = weights.get(hit.sign.talk, 0.0) - hit.sign.weight - hit.rule.weight
    weights.pop("other", None)
    strongest = max(weights, key=lambda talk: (weights[talk], talk), default=None)
    if recovered and (strongest is None or weights[strongest] < 2.0 or strongest == "recovery"):
        return "recovery"
    if strongest is not None and weights[strongest] >= _LEAST:
        return strongest
    return "trouble" if marks.trouble else "other"
