"""From signs to a probability: linear weights, then the logistic curve.

Here, and only here, it is decided that a text is a report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, fsum

from pulih.understand.lexicon import Combination
from pulih.understand.marks import Marks
from pulih.understand.troubles import Trouble

# A second and third trouble make a report surer, but never as much as the first did.
_FURTHER_TROUBLE = 0.5
_FURTHER_MOST = 1.0
_LOGIT_BOUND = 30.0
# Beside a trouble of a named service, talk of price or of changing provider is part of the complaint more than not.
_SOFTENED, _SOFT_MOST = 0.6, -2.2


class Scorer:
    """The weights of a lexicon, ready to be summed."""

    def __init__(self, combinations: Iterable[Combination], *, bias: float, threshold: float) -> None:
        """Take the combinations, the log-odds before any word is read, and the probability that decides."""
        # Each combination is kept under the rarest of what it needs, so that a text meets few of them.
        rows = [(frozenset(one.all), frozenset(one.none), one.weight) for one in combinations]
        common = Counter(name for needed, _, _ in rows for name in needed)
        self._combinations: dict[str, list[tuple[frozenset[str], frozenset[str], float]]] = {}
        for row in rows:
            self._combinations.setdefault(min(row[0], key=lambda name: (common[name], name)), []).append(row)
        self._bias = bias
        self._threshold = threshold

    def probability(self, marks: Marks, troubles: Sequence[Trouble], facts: set[str]) -> float:
        """Return the probability that a text is a report.

        Args:
            marks: what was found; each sign counts as often as it may, mostly once.
            troubles: those that stand, the weightiest first.
            facts: what else is known of the text; together with the names of the signs they meet the combinations.
        """
        logit = self._bias
        if troubles:
            logit += troubles[0].weight
            logit += min(_FURTHER_TROUBLE * (len({one.hit.sign.name for one in troubles}) - 1), _FURTHER_MOST)
        logit += self._signs(marks, joined=bool(troubles) and troubles[0].joined)
        present = facts | marks.names
        met = [
            weight
            for name in present & self._combinations.keys()
            for needed, forbidden, weight in self._combinations[name]
            if needed <= present and forbidden.isdisjoint(present)
        ]
        # A set has no order, and an exact sum needs none.
        logit = fsum((logit, *met))
        # Rounded before it is judged, so that what is shown and what is decided never differ.
        return round(1.0 / (1.0 + exp(-max(-_LOGIT_BOUND, min(_LOGIT_BOUND, logit)))), 4)

    def _signs(self, marks: Marks, *, joined: bool) -> float:
        """Return the sum of the weights of all signs that are no troubles."""
        seen: dict[str, int] = {}
        hard = soft = 0.0
        for hits in (marks.ask, marks.mood, marks.topic, marks.fine, marks.side, marks.contrast):
            for hit in hits:
                name, weight = hit.sign.name, hit.sign.weight
                times = seen.get(name, 0)
                if times >= hit.sign.most:
                    continue
                seen[name] = times + 1
                if weight < 0.0 and not hit.sign.hard:
                    soft += weight
                else:
                    hard += weight
        return hard + (max(soft * _SOFTENED, _SOFT_MOST) if joined else soft)

    def is_report(self, probability: float) -> bool:
        """Tell whether a text with this probability counts as a report."""
        return probability >= self._threshold
