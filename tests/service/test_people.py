"""People get in and stay out as they should: sign-in, limits, sessions, one-time links, roles, single sign-on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_in_memory import PeopleInMemory

from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.model.person import Account, Identity, Person, Role
from pulih.service.passwords import Cost, Passwords, checked
from pulih.service.people import People

PASSWORD = "hujan sore di bogor"
KEY = b"k" * 32
ADMIN = Person(name="ayu", role="admin")
CHEAP = Passwords(Cost(passes=1, memory_kib=8, lanes=1))


class SetClock:
    def __init__(self) -> None:
        self.at_us = 1_759_457_520 * MICROS

    def now_us(self) -> int:
        return self.at_us

    def pass_s(self, seconds: int) -> None:
        self.at_us += seconds * MICROS


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def people(clock: SetClock) -> People:
    return opened(clock)


def opened(clock: SetClock, **more: object) -> People:
    made = People(PeopleInMemory(), clock, key=KEY, passwords=CHEAP, **more)  # type: ignore[arg-type]
    made.accept(made.first_link() or "", "ayu", PASSWORD)
    return made


def joined(people: People, name: str, role: Role = "duty") -> str:
    return people.accept(people.add(name, role, by=ADMIN), "", PASSWORD)


def test_who_signs_in_has_a_session_with_their_role(people: People) -> None:
    joined(people, "dewi")
    assert people.session(people.sign_in(" Dewi ", PASSWORD)) == Person(name="dewi", role="duty")


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(people: People) -> None:
    said = set()
    for name, password in (("ayu", "bukan ini sandinya"), ("siapa", PASSWORD)):
        with pytest.raises(RefusedInput) as refused:
            people.sign_in(name, password)
        said.add(str(refused.value))
    assert len(said) == 1


def test_what_is_remembered_of_guessed_names_is_no_longer_than_a_name_can_be(people: People) -> None:
    for number in range(5):
        with pytest.raises(RefusedInput, match="do not fit"):
            people.sign_in("a" * 33 + f"{number}" * 200_000, "tebakan yang salah", address="10.0.0.9")
    with pytest.raises(RefusedInput, match="Try again in 15 minutes"):
        people.sign_in("a" * 33 + "5", "tebakan yang salah", address="10.0.0.9")


def test_the_sixth_try_waits_even_with_the_right_password_and_then_may_go_on(people: People, clock: SetClock) -> None:
    for _ in range(5):
        with pytest.raises(RefusedInput, match="do not fit"):
            people.sign_in("ayu", "tebakan yang salah", address="10.0.0.9")
    with pytest.raises(RefusedInput, match="Try again in 15 minutes"):
        people.sign_in("ayu", PASSWORD, address="10.0.0.9")
    # Somebody else's tries do not keep ayu out where she is.
    assert people.sign_in("ayu", PASSWORD, address="10.0.0.1")
    clock.pass_s(901)
    assert people.sign_in("ayu", PASSWORD, address="10.0.0.9")


def test_one_address_can_not_try_many_names(people: People) -> None:
    for number in range(30):
        with pytest.raises(RefusedInput, match="do not fit"):
            people.sign_in(f"nama{number}", "tebakan yang salah", address="10.0.0.9")
    with pytest.raises(RefusedInput, match="Too many tries"):
        people.sign_in("ayu", PASSWORD, address="10.0.0.9")


def test_signing_in_oneself_does_not_clear_the_way_for_guesses(people: People) -> None:
    joined(people, "mallory")
    for number in range(30):
        people.sign_in("mallory", PASSWORD, address="10.0.0.9")
        with pytest.raises(RefusedInput, match="do not fit"):
            people.sign_in(f"nama{number}", "tebakan yang salah", address="10.0.0.9")
    with pytest.raises(RefusedInput, match="Too many tries"):
        people.sign_in("ayu", PASSWORD, address="10.0.0.9")


def test_a_whole_office_behind_one_address_can_sign_in(people: People) -> None:
    for _ in range(60):
        assert people.sign_in("ayu", PASSWORD, address="10.0.0.9")


def test_many_addresses_can_not_try_one_name_for_long(people: People) -> None:
    for number in range(50):
        with pytest.raises(RefusedInput, match="do not fit"):
            people.sign_in("ayu", "tebakan yang salah", address=f"10.0.1.{number}")
    with pytest.raises(RefusedInput, match="Too many tries"):
        people.sign_in("ayu", "tebakan yang salah", address="10.0.2.1")


def test_a_session_outlives_a_shift_and_not_a_day(people: People, clock: SetClock) -> None:
    session = people.sign_in("ayu", PASSWORD)
    for _ in range(23):
        clock.pass_s(HOUR_S)
        assert people.session(session) is not None
    clock.pass_s(HOUR_S)
    assert people.session(session) is None


def test_a_session_that_nobody_uses_ends_after_half_a_day(people: People, clock: SetClock) -> None:
    session = people.sign_in("ayu", PASSWORD)
    clock.pass_s(12 * HOUR_S)
    assert people.session(session) is None


def test_signing_out_ends_this_session_and_no_other(people: People) -> None:
    here, there = people.sign_in("ayu", PASSWORD), people.sign_in("ayu", PASSWORD)
    people.sign_out(here)
    assert people.session(here) is None
    assert people.session(there) is not None


def test_a_new_password_ends_all_other_sessions(people: People) -> None:
    here, there = people.sign_in("ayu", PASSWORD), people.sign_in("ayu", PASSWORD)
    people.set_password(ADMIN, PASSWORD, "kereta malam ke solo", session=here)
    assert people.session(here) is not None
    assert people.session(there) is None
    with pytest.raises(RefusedInput):
        people.sign_in("ayu", PASSWORD)


def test_a_shut_account_loses_its_sessions_and_can_not_sign_in(people: People) -> None:
    session = joined(people, "dewi")
    people.set_active("dewi", False, by=ADMIN)
    assert people.session(session) is None
    with pytest.raises(RefusedInput, match="do not fit"):
        people.sign_in("dewi", PASSWORD)
    people.set_active("dewi", True, by=ADMIN)
    assert people.session(session) is None
    assert people.sign_in("dewi", PASSWORD)


def test_another_role_counts_from_the_next_request_on(people: People) -> None:
    session = joined(people, "dewi")
    people.set_role("dewi", "approver", by=ADMIN)
    assert people.session(session) == Person(name="dewi", role="approver")


def test_the_last_admin_can_neither_be_demoted_nor_shut(people: People) -> None:
    for move in (
        lambda: people.set_role("ayu", "duty", by=ADMIN),
        lambda: people.set_active("ayu", False, by=ADMIN),
    ):
        with pytest.raises(ForbiddenMove, match="without an admin"):
            move()
    joined(people, "bayu", "admin")
    people.set_role("ayu", "duty", by=ADMIN)


def test_a_link_for_the_first_admin_is_given_only_while_there_is_none(clock: SetClock) -> None:
    people = People(PeopleInMemory(), clock, key=KEY, passwords=CHEAP)
    first, second = people.first_link(), people.first_link()
    assert first and second
    assert people.link(first) is None
    people.accept(second, "ayu", PASSWORD)
    assert people.first_link() is None
    with pytest.raises(ForbiddenMove, match="over or was used"):
        people.accept(second, "mallory", PASSWORD)


def test_the_link_of_the_first_admin_ends_with_any_admin_and_a_name_that_is_taken_leaves_it_alone(
    clock: SetClock,
) -> None:
    """It was printed, and stands in the log of whoever runs the desk."""
    groups: dict[str, Role] = {"noc": "duty", "leads": "admin"}
    people = People(PeopleInMemory(), clock, key=KEY, passwords=CHEAP, groups=groups)
    link = people.first_link() or ""
    people.sign_in_as(Identity(subject="sso|1", name="dewi", groups=("noc",)))
    with pytest.raises(RefusedInput, match="dewi is taken"):
        people.accept(link, "dewi", PASSWORD)
    assert people.link(link)
    people.sign_in_as(Identity(subject="sso|2", name="ayu", groups=("leads",)))
    assert people.link(link) is None
    with pytest.raises(ForbiddenMove, match="over or was used"):
        people.accept(link, "mallory", PASSWORD)


def test_who_comes_from_the_single_sign_on_in_two_windows_at_once_gets_in_by_both(clock: SetClock) -> None:
    class Both(PeopleInMemory):
        """Answers both before either was added."""

        asked = threading.Barrier(2)

        def account_of(self, subject: str) -> Account | None:
            found = super().account_of(subject)
            if found is None:
                self.asked.wait(60)
            return found

    people = People(Both(), clock, key=KEY, passwords=CHEAP, groups={"noc": "duty"})
    identity = Identity(subject="sso|1", name="dewi", groups=("noc",))
    with ThreadPoolExecutor(2) as pool:
        sessions = list(pool.map(people.sign_in_as, [identity, identity]))
    assert [people.session(one) for one in sessions] == [Person(name="dewi", role="duty")] * 2


def test_of_many_who_use_a_link_at_once_one_gets_in(clock: SetClock) -> None:
    people = People(PeopleInMemory(), clock, key=KEY, passwords=CHEAP)
    link = people.first_link() or ""
    outcomes: list[str] = []

    def use(name: str) -> None:
        try:
            outcomes.append(people.accept(link, name, PASSWORD))
        except ForbiddenMove:
            outcomes.append("")

    threads = [threading.Thread(target=use, args=(f"orang{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(1 for outcome in outcomes if outcome) == 1
    assert len(people.accounts()) == 1


def test_a_password_that_will_not_do_leaves_the_link_alone(people: People) -> None:
    link = people.add("dewi", "duty", by=ADMIN)
    with pytest.raises(RefusedInput, match="at least 12"):
        people.accept(link, "", "pendek")
    assert people.accept(link, "", PASSWORD)


def test_a_link_ends_after_two_days(people: People, clock: SetClock) -> None:
    link = people.add("dewi", "duty", by=ADMIN)
    clock.pass_s(2 * DAY_S)
    assert people.link(link) is None


def test_names_are_unique_and_no_name_is_the_desks_own(people: People) -> None:
    joined(people, "dewi")
    with pytest.raises(RefusedInput, match="is taken"):
        people.add("Dewi", "duty", by=ADMIN)
    for name in ("desk", "x", "-a", "nama spasi", "a" * 33, "éko"):
        with pytest.raises(RefusedInput, match="A name has"):
            people.add(name, "duty", by=ADMIN)


@given(st.text(max_size=300))
def test_a_password_is_refused_or_kept_so_that_it_fits(password: str) -> None:
    try:
        good = checked(password, "rina")
    except RefusedInput:
        return
    assert CHEAP.fits(CHEAP.kept(good), password)


def test_passwords_kept_at_a_lower_cost_are_kept_anew_at_the_next_sign_in(clock: SetClock) -> None:
    store = PeopleInMemory()
    cheap = People(store, clock, key=KEY, passwords=CHEAP)
    cheap.accept(cheap.first_link() or "", "ayu", PASSWORD)
    dearer = People(store, clock, key=KEY, passwords=Passwords(Cost(passes=2, memory_kib=16, lanes=1)))
    dearer.sign_in("ayu", PASSWORD)
    account = store.account("ayu")
    assert account is not None and "m=16,t=2" in account.password


def test_the_usual_cost_is_argon2id_with_64_mib() -> None:
    assert Passwords().kept("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


GROUPS: dict[str, Role] = {"noc": "duty", "pimpinan": "approver"}


def test_who_comes_by_single_sign_on_has_the_highest_role_of_their_groups(clock: SetClock) -> None:
    people = opened(clock, groups=GROUPS)
    identity = Identity(subject="https://sso.example|7", name="fajar", groups=("noc", "pimpinan", "lain"))
    assert people.session(people.sign_in_as(identity)) == Person(name="fajar", role="approver")
    # Another name at the provider is the same person here; fewer groups are a lower role.
    later = Identity(subject="https://sso.example|7", name="fajar.baru", groups=("noc",))
    assert people.session(people.sign_in_as(later)) == Person(name="fajar", role="duty")


def test_single_sign_on_gives_nobody_the_account_of_somebody_else(clock: SetClock) -> None:
    people = opened(clock, groups=GROUPS)
    with pytest.raises(RefusedInput, match="is taken"):
        people.sign_in_as(Identity(subject="https://sso.example|8", name="ayu", groups=("noc",)))


def test_single_sign_on_lets_nobody_in_without_a_group_or_with_a_shut_account(clock: SetClock) -> None:
    people = opened(clock, groups=GROUPS)
    with pytest.raises(ForbiddenMove, match="None of your groups"):
        people.sign_in_as(Identity(subject="a", name="gita", groups=("tamu",)))
    people.sign_in_as(Identity(subject="b", name="hadi", groups=("noc",)))
    people.set_active("hadi", False, by=ADMIN)
    with pytest.raises(ForbiddenMove, match="is shut"):
        people.sign_in_as(Identity(subject="b", name="hadi", groups=("noc",)))


def test_every_change_is_in_the_audit_log_and_no_secret_is(people: People) -> None:
    joined(people, "dewi")
    people.set_role("dewi", "approver", by=ADMIN)
    with pytest.raises(RefusedInput):
        people.sign_in("sandi rahasia saya", PASSWORD, address="10.0.0.9")
    lines = people.deeds()
    told = [(deed.actor, deed.action, deed.subject) for deed in lines]
    assert ("ayu", "role_set", "dewi") in told
    assert ("ayu", "account_added", "dewi") in told
    assert ("", "sign_in_refused", "") in told
    assert [deed.number for deed in lines] == sorted((deed.number for deed in lines), reverse=True)
    assert "rahasia" not in repr(lines) and PASSWORD not in repr(lines)
