"""Only the desk makes an invitation; it says the same when read, and is none once it was touched or a week is over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pulih.model.clock import MICROS
from pulih.service.invitations import GOOD_FOR_S, Invitations, Invited

INVITATIONS = Invitations(b"k" * 32)
REPORTED = Invited("1f" * 8, "smartfren", "Jakarta Selatan", "no_internet", 1_759_456_080)
NOW_US = REPORTED.at_s * MICROS


@given(st.text(max_size=20), st.text(max_size=80), st.integers(0, 2**40))
def test_an_invitation_says_what_was_put_into_it(author: str, place: str, at_s: int) -> None:
    invited = Invited(author, "xl", place, "slow", at_s)
    token = INVITATIONS.token(invited)
    assert INVITATIONS.read(token, at_s * MICROS) == invited
    # Fit for an address and a cookie as it is.
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_token_that_was_touched_is_none(where: int, letter: str) -> None:
    token = INVITATIONS.token(REPORTED)
    where %= len(token)
    touched = token[:where] + letter + token[where + 1 :]
    assert (INVITATIONS.read(touched, NOW_US) is None) == (touched != token)


@given(st.text(max_size=700))
def test_whatever_is_guessed_is_none_and_harms_nothing(token: str) -> None:
    assert INVITATIONS.read(token, NOW_US) is None


def test_another_desk_and_another_week_know_nothing_of_it() -> None:
    token = INVITATIONS.token(REPORTED)
    assert Invitations(b"o" * 32).read(token, NOW_US) is None
    assert INVITATIONS.read(token, NOW_US + GOOD_FOR_S * MICROS) == REPORTED
    assert INVITATIONS.read(token, NOW_US + (GOOD_FOR_S + 1) * MICROS) is None
