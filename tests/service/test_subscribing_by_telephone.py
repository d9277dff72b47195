"""Subscribing by SMS: whoever has the code has the number, and nobody can have codes sent to strangers or for gain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outbox_database import emptied, made_database
from sqlalchemy import Engine
from test_subscribing import KEY, WISH, World

from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.service.phone_number import mobile_number
from pulih.service.subscribing import Subscribing


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_database(tmp_path_factory.mktemp("telephone"))


@pytest.fixture
def world(engine: Engine) -> World:
    return World(emptied(engine))


def test_who_enters_the_code_of_the_sms_is_told_and_nobody_before(world: World) -> None:
    code = world.code()
    assert world.store.counts() == {}
    found = world.desk.enter_code("+62 812-3456-7890", f"{code[:3]} {code[3:]}", network="10.0.0.1")
    assert (found.channel, found.state, found.address) == ("sms", "active", "+6281234567890")
    assert (found.topics, found.language) == (WISH.topics, "en")


def test_a_code_is_good_for_an_hour_and_for_its_number_only(world: World) -> None:
    code = world.code()
    other = world.code("081234567891")
    with pytest.raises(RefusedInput, match="does not belong"):
        world.desk.enter_code("081234567890", other if other != code else "", network="10.0.0.1")
    world.at_us += HOUR_S * MICROS
    assert world.desk.enter_code("081234567890", code, network="10.0.0.1").state == "active"
    world.at_us += HOUR_S * MICROS
    with pytest.raises(RefusedInput, match="does not belong"):
        world.desk.enter_code("081234567890", code, network="10.0.0.1")


def test_who_guesses_codes_is_stopped_after_five_from_wherever_they_try(world: World) -> None:
    code = world.code()
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for number in range(5):
        with pytest.raises(RefusedInput, match="does not belong"):
            world.desk.enter_code("081234567890", wrong, network=f"10.0.0.{number}")
    with pytest.raises(RefusedInput, match="Too many tries"):
        world.desk.enter_code("081234567890", code, network="10.1.1.1")


def test_a_number_that_is_not_subscribed_is_answered_as_one_with_a_wrong_code(world: World) -> None:
    with pytest.raises(RefusedInput, match="does not belong"):
        world.desk.enter_code("081234567890", "000000", network="10.0.0.1")


def test_a_number_gets_two_codes_a_day_however_often_and_from_wherever_they_are_asked_for(world: World) -> None:
    for number in range(6):
        world.at_us += 1
        asked = world.desk.ask_number("0812 3456 7890", WISH, network=f"10.0.0.{number}")
        assert asked == "+6281234567890"
    assert len(world.letters("sms")) == 2
    world.at_us += DAY_S * MICROS
    world.code()


def test_codes_of_one_network_and_of_all_are_bounded_since_each_costs_money(world: World) -> None:
    for number in range(4):
        world.code(f"08123456{number}890")
    with pytest.raises(RefusedInput, match="Too many tries"):
        world.code("081399999999")
    for number in range(2):
        world.desk.ask_number(f"08133456{number}890", WISH, network="10.0.0.2")
    with pytest.raises(OutsideFailed, match="try again in an hour"):
        world.desk.ask_number("081399999999", WISH, network="10.0.0.3")


def test_a_row_of_numbers_gets_ten_codes_an_hour(engine: Engine) -> None:
    world = World(emptied(engine))
    world.desk = Subscribing(world.store, world.outbox, world, KEY, offers=("sms",))
    for number in range(14):
        world.desk.ask_number(f"0812345678{number:02}", WISH, network=f"10.0.0.{number}")
    assert len(world.letters("sms")) == 10


def test_who_is_subscribed_gets_a_code_that_leads_back_to_their_choices(world: World) -> None:
    first = world.desk.enter_code("081234567890", world.code(), network="10.0.0.1")
    again = world.desk.enter_code("081234567890", world.code(), network="10.0.0.1")
    assert first.id == again.id


@pytest.mark.parametrize(
    "written", ["", "0812", "+1 900 555 1234", "021 555 1234", "+6281234567890123", "٠٨١٢٣٤٥٦٧٨٩٠"]
)
def test_only_mobile_numbers_of_indonesia_are_sent_codes(world: World, written: str) -> None:
    with pytest.raises(RefusedInput, match="no mobile number"):
        world.desk.ask_number(written, WISH, network="10.0.0.1")


@given(st.text(max_size=24) | st.from_regex(r"[+0-9 ()-]{8,20}", fullmatch=True))
def test_what_is_taken_is_a_number_as_in_e164(written: str) -> None:
    try:
        number = mobile_number(written)
    except RefusedInput:
        return
    assert number.startswith("+628") and number[1:].isdecimal() and number.isascii() and len(number) <= 15
