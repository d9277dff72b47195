"""Logistic regression with an L2 penalty for each column, solved so far that the answer does not hang on how.

Newton's method, each step by conjugate gradients (Lin, Weng and Keerthi 2008, "Trust region Newton method for
large-scale logistic regression"). All sums are taken by numpy and scipy.sparse in one fixed order: a BLAS library parts
them among as many threads as it finds, and the last digits differ with that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

Floats = NDArray[np.float64]

# The largest slope left at the end; what is found is then right to some ten digits.
SLOPE_LEAST = 1e-9
NEWTON_MOST, GRADIENTS_MOST, HALVINGS_MOST = 60, 500, 30


def fit(
    x: csr_matrix, true: Floats, *, weight: Floats, offset: Floats, penalty: Floats, start: Floats | None = None
) -> Floats:
    """Return the coefficients that minimise the weighted log-loss and half the penalised squares.

    Args:
        x: features; shape (texts, columns).
        true: 1 for yes, 0 for no; shape (texts,).
        weight: how often each text counts; shape (texts,).
        offset: log-odds that stand already; shape (texts,).
        penalty: of each column, 0 or more; shape (columns,).
        start: a guess; a good one saves time, and the answer is the same to some ten digits.

    Raises: ArithmeticError when no minimum is found, as where a column without penalty parts yes from no.

    >>> x, each = csr_matrix([[1.0], [1.0], [1.0], [1.0]]), np.ones(4)
    >>> np.round(fit(x, np.array([1.0, 1, 1, 0]), weight=each, offset=0 * each, penalty=np.zeros(1)), 6)
    array([1.098612])
    """
    xt, squares = x.T.tocsr(), x.power(2).T.tocsr()
    found = np.zeros(x.shape[1]) if start is None else start
    for _ in range(NEWTON_MOST):
        sure = expit(x @ found + offset)
        slope = xt @ (weight * (sure - true)) + penalty * found
        if np.abs(slope).max() <= SLOPE_LEAST:
            return found
        bend = weight * sure * (1.0 - sure)
        step = _newton_step(x, xt, slope, bend=bend, penalty=penalty, scale=squares @ bend + penalty)
        found = _descended(found, step, x, true, weight=weight, offset=offset, penalty=penalty)
    raise ArithmeticError(f"no minimum after {NEWTON_MOST} steps; the steepest slope is {np.abs(slope).max():.1e}")


def _newton_step(
    x: csr_matrix, xt: csr_matrix, slope: Floats, *, bend: Floats, penalty: Floats, scale: Floats
) -> Floats:
    """Solve `curvature @ step = -slope` by conjugate gradients; `scale` is the curvature's diagonal."""
    scale = np.maximum(scale, np.finfo(np.float64).tiny)
    step, rest = np.zeros_like(slope), -slope
    towards = eased = rest / scale
    size = dot(rest, eased)
    # The nearer the minimum, the more exactly each step is solved.
    enough = min(0.1, np.sqrt(dot(slope, slope))) ** 2 * dot(slope, slope)
    for _ in range(GRADIENTS_MOST):
        curved = xt @ (bend * (x @ towards)) + penalty * towards
        far = size / dot(towards, curved)
        step, rest = step + far * towards, rest - far * curved
        if dot(rest, rest) <= enough:
            break
        eased = rest / scale
        size, before = dot(rest, eased), size
        towards = eased + (size / before) * towards
    return step


def _descended(
    found: Floats, step: Floats, x: csr_matrix, true: Floats, *, weight: Floats, offset: Floats, penalty: Floats
) -> Floats:
    """Return the point after a step, halved until the cost is no higher than before."""

    def cost(at: Floats) -> float:
        odds = x @ at + offset
        return dot(weight, np.logaddexp(0.0, odds) - true * odds) + 0.5 * dot(penalty, at * at)

    before = cost(found)
    # Near the minimum the cost changes by less than it can be computed.
    before += 1e-12 * abs(before)
    for halving in range(HALVINGS_MOST):
        after = found + step * 0.5**halving
        if cost(after) <= before:
            return after
    raise ArithmeticError("no step leads down")


def dot(one: Floats, other: Floats) -> float:
    """Return the scalar product, summed in the same order whatever the machine's threads."""
    return float(np.sum(one * other))
