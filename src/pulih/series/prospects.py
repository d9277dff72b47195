"""Prospects: how much of the prior weight each rise deserves, by how soon it could be told from usual.

A rise that could never gather the needed evidence within the length of an outage only costs the others; one that
shows in a single bin needs little weight. So the weight falls with the information a bin brings, and steeply
where an outage would end before it is told.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below the information that an outage of this length could bring, a rise loses weight with the fourth power.
STEEPNESS = 4.0
# No rise loses all its weight: the level may be other than believed.
LEAST = 0.02
# Steps larger than this are not normal any more, and the correction would run away.
OVERSHOOT_NATS = 3.0


def information(mean: Floats, factor: Floats, addend: Floats, dispersion: Floats) -> Floats:
    """Return nats a bin by which each rise differs from usual (Kullback-Leibler, negative binomial).

    Args:
        mean: usual signals a bin; shape (series, 1).
        factor, addend: of the rises; shape (rises,).
        dispersion: variance beyond Poisson over the squared mean; shape (series, 1).

    >>> one = np.ones((1, 1))
    >>> float(information(5 * one, np.array([2.0]), np.array([0.0]), 1e-9 * one)[0, 0].round(2))
    1.93
    """
    shape = 1.0 / np.maximum(dispersion, 1e-9)
    risen = mean * factor + addend
    result: Floats = risen * np.log(risen / mean * (mean + shape) / (risen + shape)) + shape * np.log(
        (mean + shape) / (risen + shape)
    )
    return np.maximum(result, 1e-12)


def prior_weights(nats: Floats, *, needed_nats: float, outage_bins: float) -> Floats:
    """Return the weight of each rise, summing to 1; shape as `nats`.

    Args:
        nats: information a bin; shape (series, rises).
        needed_nats: evidence at which the alarm is raised.
        outage_bins: length of an outage in bins.
    """
    reach = np.minimum(1.0, (outage_bins * nats / needed_nats) ** STEEPNESS)
    weight = reach / np.minimum(nats, needed_nats)
    weight /= weight.sum(axis=-1, keepdims=True)
    result: Floats = (weight + LEAST) / (1.0 + LEAST * weight.shape[-1])
    return result


def overshoot(nats: Floats) -> Floats:
    """Return by what an alarm of each rise is rarer than its bound, because a bin brings so many nats at once.

    A sum that moves in steps passes its threshold by some; the expected time to a false alarm is longer by e to
    the overshoot, whose mean is 0.583 standard deviations of a step (Siegmund 1985, chapter 10).

    >>> [float(x) for x in overshoot(np.array([0.02, 0.5, 5.0])).round(2)]
    [0.89, 0.56, 0.24]
    """
    result: Floats = np.exp(-0.583 * np.sqrt(2.0 * np.minimum(nats, OVERSHOOT_NATS)))
    return result
