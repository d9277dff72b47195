"""What a hook refused is remembered by its reason, so that a secret changed at one end only is seen."""

from __future__ import annotations

from pulih.model.clock import MICROS
from pulih.service.listening.calls import Calls


def test_a_hook_is_shut_until_a_delivery_is_taken_again() -> None:
    calls = Calls({"care": "zammad"})
    assert not calls.now()["care"].shut
    calls.refuse("care", "No signature.", 1)
    calls.refuse("care", "No signature.", 2)
    [refused] = calls.now()["care"].refused
    assert (refused.at_us, refused.times, calls.now()["care"].shut) == (2, 2, True)
    calls.take("care", (3 * MICROS, None, 9 * MICROS), 5 * MICROS)
    assert (calls.now()["care"].delays_s, calls.now()["care"].shut) == ((2.0, 0.0), False)


def test_whoever_calls_without_end_fills_nothing() -> None:
    calls = Calls({"care": "zammad"})
    for number in range(500):
        calls.refuse("care", f"Line {number} " + "a" * 900, number)
        calls.take("care", [0] * 50, number)
        calls.refuse(f"nobody-{number}", "There is no such hook.", number)
    now = calls.now()
    assert list(now) == ["care"]
    assert (len(now["care"].refused), len(now["care"].delays_s), now["care"].refused[0].at_us) == (20, 200, 499)
    assert max(len(one.why) for one in now["care"].refused) == 300
