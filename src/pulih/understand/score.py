"""From signs to a probability: linear weights, then the logistic curve. Here, and only here, a text becomes a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp

from pulih.understand.lexicon import Combination
from pulih.understand.marks import Marks
from pulih.understand.troubles import Trouble

# A second and third trouble make a report surer, but never as much as the first did.
_FURTHER_TROUBLE = 0.5
_FURTHER_MOST = 1.0
_LOGIT_BOUND = 30.0
_COUNTED = ("ask", "mood", "topic", "fine", "side", "contrast")


class Scorer:
    """The weights of a lexicon, ready to be summed."""

    def __init__(self, combinations: Iterable[Combination], *, bias: float, threshold: float) -> None:
        """Take the combinations, the log-odds before any word is read, and the probability that decides."""
        self._combinations = [
            (frozenset(one.all), frozenset(one.none), one.weight) for one in combinations
        ]
        self._bias = bias
        self._threshold = threshold

    def probability(self, marks: Marks, troubles: Sequence[Trouble], facts: set[str]) -> float:
        """Return the probability that a text is a report.

        Args:
            marks: what was found; each sign counts once, however often it is said.
            troubles: those that stand, the weightiest first.
            facts: what else is known of the text; together with the names of the signs they meet the combinations.
        """
        logit = self._bias
        if troubles:
            logit += troubles[0].weight
            logit += min(_FURTHER_TROUBLE * (len({one.hit.sign.name for one in troubles}) - 1), _FURTHER_MOST)
        seen: dict[str, float] = {}
        for role in _COUNTED:
            for hit in marks.of(role):
                weight = hit.sign.weight + hit.rule.weight
                if abs(weight) > abs(seen.get(hit.sign.name, 0.0)):
                    seen[hit.sign.name] = weight
        logit += sum(seen.values())
        present = facts | marks.names
        for needed, forbidden, weight in self._combinations:
            if needed <= present and not (forbidden & present):
                logit += weight
        return 1.0 / (1.0 + exp(-max(-_LOGIT_BOUND, min(_LOGIT_BOUND, logit))))

    def is_report(self, probability: float) -> bool:
        """Tell whether a text with this probability counts as a report."""
        return probability >= self._threshold
