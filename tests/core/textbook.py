"""The change-point as a textbook writes it: one series, plain loops, probabilities from scipy; slow and plain to read.

Until the first alarm, without replies and news: Gamma belief of the level, dispersion by moments, and for each rise a
Shiryaev-Roberts statistic R <- (R + w) p1(y) / p0(y) with a level of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import gammaln, xlog1py

from pulih.series.state import ADDEND, FACTOR
from pulih.series.tuning import Tuning


@dataclass
class Gamma:
    """A belief of a rate: so many signals seen in so many (weighted) bins."""

    shape: float
    rate: float

    @property
    def mean(self) -> float:
        return self.shape / self.rate

    def wander(self, drift: float) -> None:
        shrink = 1.0 / (1.0 + drift * self.shape)
        self.shape, self.rate = self.shape * shrink, self.rate * shrink


@dataclass
class Rise:
    """One rise of the mixture: its statistic, and the usual level as it would be if it were true."""

    factor: float
    addend: float
    weight: float
    statistic: float = 0.0
    level: Gamma = field(default_factory=lambda: Gamma(0.0, 0.0))


class Textbook:
    """Shiryaev-Roberts over a mixture of rises on a learnt level."""

    def __init__(self, tuning: Tuning, mixture: np.ndarray, weights: np.ndarray) -> None:
        self.tuning = tuning
        self.level = Gamma(tuning.prior_shape, 1e-6)
        self.rises = [Rise(row[FACTOR], row[ADDEND], w) for row, w in zip(mixture, weights, strict=True)]
        self.scatter, self.scatter_weight = 0.0, 0.0
        self.waiting = [0.0, 0.0]
        self.bins = 0

    def take(self, y: int, rhythm: float, doubt: float, drift: float) -> float:
        """Take one bin and return the sum of all statistics; an alarm is due where it reaches the threshold."""
        self.bins += 1
        if self.bins <= self.tuning.warm_bins:
            self.level.shape += y
            self.level.rate += rhythm
            return 0.0
        known = self.tuning.dispersion_prior * self.tuning.dispersion_weight
        phi = max(0.0, (known + self.scatter) / (self.tuning.dispersion_weight + self.scatter_weight))
        usual = self.level.mean * rhythm
        quiet = self._log_probability(y, usual, 1.0 / self.level.shape + doubt, phi)
        fade = self.tuning.bin_s / (3600.0 * self.tuning.outage_hours)
        for rise in self.rises:
            share = rise.weight / (rise.weight + rise.statistic)
            rise.level.shape += share * (self.level.shape - rise.level.shape)
            rise.level.rate += share * (self.level.rate - rise.level.rate)
            raised = rise.factor * rise.level.mean * rhythm
            gain = self._log_probability(y, raised + rise.addend, 1.0 / rise.level.shape + doubt, phi) - quiet - fade
            # Held down, so that an outage that is over does not go on alarming.
            rise.statistic = min((rise.statistic + rise.weight) * np.exp(gain), 20 * self.tuning.threshold())
            worth = 1.0 / (1.0 + phi * (raised + rise.addend))
            rise.level.shape += worth * y * raised / (raised + rise.addend)
            rise.level.rate += worth * rise.factor * rhythm
            rise.level.wander(drift)
        total = sum(rise.statistic for rise in self.rises)
        self._learn(y, usual, rhythm, phi, quiet=total < 0.01 * self.tuning.threshold(), drift=drift)
        return total

    def _learn(self, y: int, usual: float, rhythm: float, phi: float, *, quiet: bool, drift: float) -> None:
        spread = np.sqrt(usual + phi * usual**2)
        self.waiting[0] += (min(y, usual + 7 * spread + 2) - usual) ** 2 - usual - usual**2 / self.level.shape
        self.waiting[1] += usual**2
        forget = self.tuning.bin_s / (self.tuning.memory_days * 86_400)
        if quiet:
            self.scatter = (1 - forget) * self.scatter + self.waiting[0]
            self.scatter_weight = (1 - forget) * self.scatter_weight + self.waiting[1]
            self.waiting = [0.0, 0.0]
        believed = self.level.mean
        taken = max(min(y, usual + 4 * spread + 1), usual - 1.5 * spread - 1)
        worth = 1.0 / (1.0 + phi * usual)
        self.level.shape += worth * taken
        self.level.rate += worth * rhythm
        self.level.wander(drift)
        self.level.shape += forget * (self.tuning.prior_shape - self.level.shape)
        self.level.rate += forget * (self.tuning.prior_shape / believed - self.level.rate)

    @staticmethod
    def _log_probability(y: int, mean: float, doubt: float, phi: float) -> float:
        """Return log NB(y): the mean is unsure by a relative variance `doubt`, counts scatter by `phi`."""
        size = 1.0 / (doubt + phi * (1.0 + doubt))
        part = size / (size + mean)
        ways = gammaln(y + size) - gammaln(y + 1.0) - gammaln(size)
        return float(ways + size * np.log(part) + xlog1py(y, -part))
