"""The store of people keeps the same promises in memory, in SQLite and in PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from people_in_memory import PeopleInMemory

from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.person import Account, Deed, Link, Session, Token
from pulih.ports.people import PeopleStore

AYU = Account(name="ayu", role="admin", password="$argon2id$", created_us=1)
DEWI = Account(name="dewi", role="duty", created_us=2)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PeopleStore]:
    if request.param == "memory":
        yield PeopleInMemory()
        return
    sqlite = request.param == "sqlite"
    engine = open_engine(
        sqlite_url(tmp_path / "desk.db") if sqlite else request.getfixturevalue("postgres_url"), "desk"
    )
    upgrade(engine, "desk")
    yield SqlPeopleStore(engine)
    engine.dispose()


def session(digest: str, name: str = "ayu", *, began_us: int = 10, ends_us: int = 100) -> Session:
    return Session(digest=digest, name=name, began_us=began_us, used_us=began_us, ends_us=ends_us)


def test_accounts_come_back_as_they_went_in(store: PeopleStore) -> None:
    assert store.add_account(DEWI) and store.add_account(AYU)
    assert list(store.accounts()) == [AYU, DEWI]
    assert store.account("ayu") == AYU
    assert store.account("nobody") is None


def test_a_name_is_given_once(store: PeopleStore) -> None:
    assert store.add_account(AYU)
    assert not store.add_account(msgspec.structs.replace(DEWI, name="ayu"))
    assert store.account("ayu") == AYU


def test_an_account_is_found_by_its_subject_and_never_by_none(store: PeopleStore) -> None:
    store.add_account(AYU)
    store.add_account(msgspec.structs.replace(DEWI, subject="sso|7"))
    found = store.account_of("sso|7")
    assert found is not None and found.name == "dewi"
    assert store.account_of("") is None


def test_a_change_leaves_the_rest_of_an_account_alone(store: PeopleStore) -> None:
    store.add_account(AYU)
    store.add_account(DEWI)
    assert store.change_account("dewi", password="new")
    assert store.change_account("dewi", role="approver")
    assert store.account("dewi") == msgspec.structs.replace(DEWI, role="approver", password="new")


def test_the_last_active_admin_stays(store: PeopleStore) -> None:
    store.add_account(AYU)
    store.add_account(DEWI)
    assert not store.change_account("ayu", role="viewer")
    assert not store.change_account("ayu", active=False)
    assert store.account("ayu") == AYU
    assert store.change_account("dewi", role="admin")
    assert store.change_account("ayu", role="viewer")


def test_two_admins_who_demote_each_other_at_once_do_not_both_succeed(store: PeopleStore) -> None:
    store.add_account(AYU)
    store.add_account(msgspec.structs.replace(DEWI, role="admin"))
    done: list[bool] = []
    both = threading.Barrier(2)

    def demote(name: str) -> None:
        both.wait()
        done.append(store.change_account(name, role="viewer"))

    threads = [threading.Thread(target=demote, args=(name,)) for name in ("ayu", "dewi")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]


def test_sessions_are_seen_and_ended(store: PeopleStore) -> None:
    store.add_account(AYU)
    for digest in ("a", "b", "c"):
        store.add_session(session(digest))
    store.use_session("a", 50)
    seen, account = store.session("a"), store.account("ayu")
    assert seen is not None and seen.used_us == 50
    assert account is not None and account.last_seen_us == 50
    store.end_sessions("ayu", digest="a")
    store.end_sessions("ayu", but="c")
    assert [store.session(digest) is not None for digest in ("a", "b", "c")] == [False, False, True]
    store.end_sessions("ayu")
    assert store.session("c") is None


def test_a_token_comes_back_as_it_went_in_and_is_taken_back_once(store: PeopleStore) -> None:
    token = Token(id="t1", name="tiket", digest="d", role="source", made_by="ayu", made_us=1, ends_us=9)
    store.add_token(token)
    assert list(store.tokens()) == [token]
    assert store.revoke_token("t1", 5)
    assert not store.revoke_token("t1", 6)
    assert [one.revoked_us for one in store.tokens()] == [5]


def test_a_link_is_replaced_by_a_newer_one_and_taken_once(store: PeopleStore) -> None:
    store.add_link(Link(digest="old", kind="welcome", name="dewi", made_us=1, ends_us=9))
    newer = Link(digest="new", kind="welcome", name="dewi", made_us=2, ends_us=9)
    store.add_link(newer)
    assert store.link("old") is None
    assert store.link("new") == newer
    assert store.take_link("new") == newer
    assert store.take_link("new") is None


def test_deeds_come_newest_first_in_pages(store: PeopleStore) -> None:
    for number in range(5):
        store.add_deed(Deed(at_us=number, actor="ayu", action="signed_in", address="10.0.0.1"))
    first = store.deeds(before=None, limit=2)
    assert [deed.at_us for deed in first] == [4, 3]
    assert [deed.at_us for deed in store.deeds(before=first[-1].number, limit=9)] == [2, 1, 0]
