"""Amounts of the kernel: a product of three 64-bit numbers over a fourth, rounded half-even, exact to the last unit.

Fee x microseconds x multiplier does not fit 64 bits, and numba has no wider integers; so products are held in three
words and divided bit by bit where they need it. Nearly all amounts need one word and take one division.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pulih.series.kernel import kernel

# A result that fits no 64-bit integer; caps may still bring it down.
TOO_LARGE: Final = 2**63 - 1
# Of one sign each: numba makes a floating-point number of signed and unsigned together.
_TOO_LARGE = np.int64(TOO_LARGE)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_HALF = np.uint64(32)
_TOP = np.uint64(63)
_LOW = np.uint64(0xFFFFFFFF)
_LARGEST = np.uint64(TOO_LARGE)


@kernel
def _upper_word(a: Any, b: Any) -> Any:
    """The upper 64 of the 128 bits of a product."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    middle = a_high * b_low + ((a_low * b_low) >> _HALF)
    crossed = a_low * b_high + (middle & _LOW)
    return a_high * b_high + (middle >> _HALF) + (crossed >> _HALF)


@kernel
def _divide_word(rest: Any, word: Any, divisor: Any) -> tuple[Any, Any]:
    """Divide `rest` x 2^64 + `word`, with rest < divisor < 2^63, by schoolbook; return quotient and rest."""
    quotient = _ZERO
    for bit in range(64):
        rest = (rest << _ONE) | ((word >> (_TOP - np.uint64(bit))) & _ONE)
        quotient <<= _ONE
        if rest >= divisor:
            rest -= divisor
            quotient |= _ONE
    return quotient, rest


@kernel
def rounded_product(a: int, b: int, c: int, divisor: int) -> np.int64:
    """Return a x b x c / divisor, rounded half-even; TOO_LARGE where that does not fit.

    Args:
        a, b, c: from 0 to 2^63 - 1.
        divisor: from 1 to 2^63 - 1.

    >>> rounded_product(21_600, 61, 1, 43_200), rounded_product(21_600, 63, 1, 43_200)
    (30, 32)
    >>> rounded_product(10**14, 10**13, 7, 10**12)
    7000000000000000
    """
    third, by = np.uint64(c), np.uint64(divisor)
    low, high = np.uint64(a) * np.uint64(b), _upper_word(np.uint64(a), np.uint64(b))
    first = low * third
    carried = _upper_word(low, third)
    second = high * third + carried
    last = _upper_word(high, third) + (_ONE if second < carried else _ZERO)
    if last == _ZERO and second == _ZERO:
        quotient = first // by
        rest = first - quotient * by
    else:
        if last >= by:
            return _TOO_LARGE
        over, rest = _divide_word(last, second, by)
        if over != _ZERO:
            return _TOO_LARGE
        quotient, rest = _divide_word(rest, first, by)
    if rest > by - rest or (rest == by - rest and quotient % _TWO == _ONE):
        quotient += _ONE
    return np.int64(min(quotient, _LARGEST))
