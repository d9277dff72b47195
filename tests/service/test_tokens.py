"""Tokens let machines in, for what they are made for and as long as they last."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from people_in_memory import PeopleInMemory
from test_people import ADMIN, CHEAP, KEY, PASSWORD, SetClock, joined, opened

from pulih.model.clock import DAY_S
from pulih.model.errors import RefusedInput
from pulih.model.person import TOKEN_ROLES, Identity, Role, Token, TokenRole
from pulih.service.people import People
from pulih.service.tokens import STRANGE_LOOKS, Tokens, digest


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store() -> PeopleInMemory:
    return PeopleInMemory()


@pytest.fixture
def tokens(store: PeopleInMemory, clock: SetClock) -> Tokens:
    return Tokens(store, clock, key=KEY)


def test_a_token_says_what_its_bearer_may_do(tokens: Tokens) -> None:
    made = tokens.create("tiket", "source", by="ayu", source="zammad")
    view = tokens.allow(made.secret)
    assert view is not None
    assert (view.name, view.role, view.source, view.made_by) == ("tiket", "source", "zammad", "ayu")


def test_the_secret_is_kept_nowhere(tokens: Tokens, store: PeopleInMemory) -> None:
    made = tokens.create("tiket", "source", by="ayu")
    assert made.secret.removeprefix("pulih_") not in repr(store.tokens()) + repr(store.deeds(before=None, limit=9))
    assert [token.digest for token in store.tokens()] == [digest(made.secret)]


@pytest.mark.parametrize("secret", ["", "pulih_", "pulih_x", "Bearer", "pulih_" + "a" * 10_000])
def test_what_is_no_token_lets_nobody_in(tokens: Tokens, secret: str) -> None:
    tokens.create("tiket", "source", by="ayu")
    assert tokens.allow(secret) is None


def test_a_token_ends(tokens: Tokens, clock: SetClock) -> None:
    made = tokens.create("tiket", "source", by="ayu", days=1)
    assert tokens.allow(made.secret) is not None
    clock.pass_s(DAY_S)
    assert tokens.allow(made.secret) is None


def test_a_token_that_is_taken_back_is_refused_at_once(tokens: Tokens) -> None:
    made = tokens.create("tiket", "source", by="ayu")
    assert tokens.allow(made.secret) is not None
    tokens.revoke(made.token.id, by="ayu")
    assert tokens.allow(made.secret) is None
    with pytest.raises(RefusedInput, match="There is no token"):
        tokens.revoke(made.token.id, by="ayu")


def test_what_another_process_does_is_known_within_a_second(
    tokens: Tokens, store: PeopleInMemory, clock: SetClock
) -> None:
    other = Tokens(store, clock, key=KEY)
    made = other.create("tiket", "source", by="ayu")
    assert tokens.allow(made.secret) is not None
    other.revoke(made.token.id, by="ayu")
    clock.pass_s(1)
    assert tokens.allow(made.secret) is None


def test_guesses_do_not_become_reads_of_the_store(clock: SetClock) -> None:
    class Counting(PeopleInMemory):
        reads = 0

        def tokens(self) -> Sequence[Token]:
            self.reads += 1
            return super().tokens()

    store = Counting()
    tokens = Tokens(store, clock, key=KEY)
    made = tokens.create("tiket", "source", by="ayu")
    before = store.reads
    for number in range(1_000):
        assert tokens.allow(f"pulih_{number}") is None
        assert tokens.allow(made.secret) is not None
    assert store.reads == before + STRANGE_LOOKS
    clock.pass_s(1)
    assert tokens.allow("pulih_x") is None
    assert store.reads == before + STRANGE_LOOKS + 1


def test_a_token_that_another_process_made_is_let_in_in_the_same_moment(
    tokens: Tokens, store: PeopleInMemory, clock: SetClock
) -> None:
    # The desk has just looked, as whoever was before asked for the first time.
    assert tokens.allow("pulih_x") is None
    made = Tokens(store, clock, key=KEY).create("tiket", "source", by="ayu")
    assert tokens.allow(made.secret) is not None


def test_a_token_needs_a_name_and_a_span(tokens: Tokens) -> None:
    for name, days in ((" ", 9), ("x" * 81, 9), ("x", 0), ("x", 367)):
        with pytest.raises(RefusedInput):
            tokens.create(name, "source", by="ayu", days=days)


def test_tokens_end_with_the_account_of_whoever_made_them_and_do_not_come_back_with_it(clock: SetClock) -> None:
    people = opened(clock)
    joined(people, "budi", "admin")
    his = people.tokens.create("laporan", "source", by="budi")
    hers = people.tokens.create("laporan", "source", by="ayu")
    people.set_active("budi", False, by=ADMIN)
    assert people.allow(his.secret) is None
    assert people.allow(hers.secret) is not None
    people.set_active("budi", True, by=ADMIN)
    assert people.allow(his.secret) is None
    assert [(deed.actor, deed.subject) for deed in people.deeds() if deed.action == "token_revoked"] == [
        ("ayu", his.token.id)
    ]


@pytest.mark.parametrize("role", ["viewer", "duty", "approver"])
def test_a_token_never_does_more_than_whoever_made_it_may_do_now(clock: SetClock, role: Role) -> None:
    people = opened(clock)
    joined(people, "budi", "admin")
    made: dict[TokenRole, str] = {one: people.tokens.create("mesin", one, by="budi").secret for one in TOKEN_ROLES}
    people.set_role("budi", role, by=ADMIN)
    now = {one: view.role for one, secret in made.items() if (view := people.allow(secret))}
    assert now == {one: min(one, role, key=TOKEN_ROLES.index) for one in TOKEN_ROLES}
    people.set_role("budi", "admin", by=ADMIN)
    again = {one: view.role for one, secret in made.items() if (view := people.allow(secret))}
    assert again == {one: one for one in TOKEN_ROLES}


def test_a_group_that_is_lost_at_the_single_sign_on_takes_rights_of_tokens_too(clock: SetClock) -> None:
    people = opened(clock, groups={"noc": "duty", "kepala": "admin"})
    people.sign_in_as(Identity(subject="idp|1", name="budi", groups=("kepala",)))
    secret = people.tokens.create("mesin", "admin", by="budi").secret
    people.sign_in_as(Identity(subject="idp|1", name="budi", groups=("noc",)))
    view = people.allow(secret)
    assert view is not None
    assert view.role == "duty"


def test_what_another_process_does_to_an_account_is_known_within_seconds(
    store: PeopleInMemory, clock: SetClock
) -> None:
    here, elsewhere = (People(store, clock, key=KEY, passwords=CHEAP) for _ in range(2))
    here.accept(here.first_link() or "", "ayu", PASSWORD)
    joined(here, "budi", "admin")
    secret = here.tokens.create("mesin", "admin", by="budi").secret
    elsewhere.set_role("budi", "viewer", by=ADMIN)
    clock.pass_s(5)
    view = here.allow(secret)
    assert view is not None
    assert view.role == "viewer"


def test_a_token_of_the_command_line_that_is_made_for_a_person_is_theirs(clock: SetClock) -> None:
    people = opened(clock)
    joined(people, "budi", "approver")
    made = people.tokens.create("penerbit", "approver", by="command line", person="budi")
    view = people.allow(made.secret)
    assert view is not None
    assert (view.made_by, view.role) == ("budi", "approver")
    assert [deed.actor for deed in people.deeds() if deed.action == "token_made"] == ["command line"]
    people.set_role("budi", "duty", by=ADMIN)
    lowered = people.allow(made.secret)
    assert lowered is not None
    assert lowered.role == "duty"
    with pytest.raises(RefusedInput, match=r"--for budi: that person is duty, .* approver would"):
        people.tokens.create("penerbit", "approver", by="command line", person="budi")
    people.set_active("budi", False, by=ADMIN)
    assert people.allow(made.secret) is None
    for name in ("budi", "nobody"):
        with pytest.raises(RefusedInput, match=f"--for {name}: there is no account"):
            people.tokens.create("penerbit", "viewer", by="command line", person=name)


def test_a_token_of_the_command_line_is_nobodys_and_stays(clock: SetClock) -> None:
    people = opened(clock)
    joined(people, "budi", "admin")
    secret = people.tokens.create("umpan", "source", by="command line").secret
    people.set_active("budi", False, by=ADMIN)
    assert people.allow(secret) is not None
