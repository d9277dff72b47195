"""Tokens of home probes are signed by the desk: they say of themselves whose they are, and are taken back by serial."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_in_memory import PeopleInMemory
from test_people import KEY, SetClock

from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.service.probe_tokens import ProbeTokens, said_in
from pulih.service.tokens import PREFIX, TokenOver, Tokens, digest

SIGNED = ProbeTokens(KEY).sign("1f2e3d4c", "probe-rumah-7", made_us=0, ends_us=DAY_S * MICROS)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store() -> PeopleInMemory:
    return PeopleInMemory()


@pytest.fixture
def tokens(store: PeopleInMemory, clock: SetClock) -> Tokens:
    return Tokens(store, clock, key=KEY)


def made(tokens: Tokens, source: str = "probe-rumah-7", days: int = 90) -> str:
    return tokens.create("rumah 7", "source", by="ayu", source=source, days=days).secret


def test_a_token_of_a_probe_says_whose_it_is_and_until_when_and_no_secret_of_it_is_kept(
    tokens: Tokens, store: PeopleInMemory, clock: SetClock
) -> None:
    secret = made(tokens)
    said = said_in(secret)
    assert said is not None
    assert (said.source, said.may, said.ends_s - said.made_s) == ("probe-rumah-7", ("report",), 90 * DAY_S)
    view = tokens.allow(secret)
    assert view is not None
    assert (view.id, view.role, view.source) == (said.serial, "source", "probe-rumah-7")
    [kept] = store.tokens()
    assert (kept.signed, kept.digest) == (True, f"signed:{said.serial}")
    assert secret.rpartition(".")[2] not in repr(store.tokens()) + repr(store.deeds(before=None, limit=9))


@pytest.mark.parametrize(("role", "source"), [("duty", "probe-a"), ("source", "zammad"), ("source", "probe-")])
def test_what_is_no_token_of_a_probe_alone_is_a_secret_as_ever(tokens: Tokens, role: str, source: str) -> None:
    secret = tokens.create("x", role, by="ayu", source=source).secret  # type: ignore[arg-type]
    assert said_in(secret) is None and tokens.allow(secret) is not None


@given(at=st.integers(0, len(SIGNED) - 1), other=st.characters(codec="ascii"))
def test_a_token_in_which_anything_was_changed_is_none(at: int, other: str) -> None:
    changed = SIGNED[:at] + other + SIGNED[at + 1 :]
    # The last character of each part has bits that say nothing; the mark is compared as it is written.
    assert (ProbeTokens(KEY).read(changed) is None) == (changed != SIGNED)


def test_a_token_that_another_desk_signed_lets_nobody_in(store: PeopleInMemory, clock: SetClock) -> None:
    here, elsewhere = Tokens(store, clock, key=KEY), Tokens(PeopleInMemory(), clock, key=b"o" * 32)
    assert here.let_in(made(elsewhere)) is None
    # Nor does what the desk keeps of a token serve as one.
    made(here)
    assert here.let_in(PREFIX + store.tokens()[0].digest) is None


def test_a_token_that_ended_is_told_so_and_the_next_one_is_let_in(tokens: Tokens, clock: SetClock) -> None:
    old = made(tokens, days=30)
    serial = tokens.all()[0].id
    fresh = tokens.renew(serial, by="ayu")
    assert tokens.allow(old) is not None and tokens.allow(fresh.secret) is not None
    clock.pass_s(20 * DAY_S)
    later = tokens.renew(fresh.token.id, by="ayu")
    assert later.token.ends_us - later.token.made_us == 30 * DAY_S * MICROS
    clock.pass_s(10 * DAY_S)
    with pytest.raises(TokenOver, match=rf"the token {serial} of probe-rumah-7 has ended at .*; it needs a new one"):
        tokens.let_in(old)
    assert tokens.allow(old) is None
    assert tokens.allow(later.secret) is not None


def test_a_token_that_was_taken_back_is_told_so_by_its_serial_or_with_all_of_its_probe(tokens: Tokens) -> None:
    secrets = [made(tokens), made(tokens), made(tokens, "probe-lain")]
    by_serial = next(one for one in tokens.all() if (said := said_in(secrets[0])) and one.id == said.serial)
    tokens.revoke(by_serial.id, by="ayu")
    with pytest.raises(TokenOver, match="was taken back"):
        tokens.let_in(secrets[0])
    assert tokens.allow(secrets[1]) is not None
    assert tokens.revoke_source("probe-rumah-7", by="ayu") == 1
    assert [tokens.allow(one) is not None for one in secrets] == [False, False, True]
    for again in ("probe-rumah-7", "", "probe-nowhere"):
        with pytest.raises(RefusedInput, match="There is no token"):
            tokens.revoke_source(again, by="ayu")


def test_a_token_that_the_desk_knows_no_more_is_not_let_in_since_nobody_could_take_it_back(clock: SetClock) -> None:
    secret = made(Tokens(PeopleInMemory(), clock, key=KEY))
    with pytest.raises(TokenOver, match="not known here any more"):
        Tokens(PeopleInMemory(), clock, key=KEY).let_in(secret)


def test_a_token_of_the_old_kind_holds_until_it_ends_and_is_renewed_into_a_signed_one(
    tokens: Tokens, store: PeopleInMemory, clock: SetClock
) -> None:
    other = tokens.create("rumah 7", "source", by="ayu", source="zammad", days=60).token
    old = msgspec.structs.replace(other, id="0ld", digest=digest("pulih_old"), source="probe-rumah-7")
    store.add_token(old)
    tokens.refresh()
    assert tokens.allow("pulih_old") is not None
    fresh = tokens.renew("0ld", by="ayu")
    assert (old.signed, fresh.token.signed) == (False, True)
    assert tokens.allow("pulih_old") is not None and tokens.allow(fresh.secret) is not None
    clock.pass_s(60 * DAY_S)
    assert tokens.allow("pulih_old") is None


def test_only_what_is_a_probe_s_and_was_not_taken_back_is_renewed(tokens: Tokens) -> None:
    other = tokens.create("tiket", "source", by="ayu", source="zammad").token
    made(tokens)
    probe = next(one for one in tokens.all() if one.signed)
    tokens.revoke(probe.id, by="ayu")
    for token_id in (other.id, probe.id):
        with pytest.raises(RefusedInput, match="cannot be renewed"):
            tokens.renew(token_id, by="ayu")
    with pytest.raises(RefusedInput, match="There is no token"):
        tokens.renew("nothing", by="ayu")
