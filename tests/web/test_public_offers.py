"""What public forms offer: services that the desk's operators have, and on each page that a simulation is one."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest
from desk_world import SetClock, people_in, rooms
from outbox_database import made_database
from served import Server

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.service.subscribing import Subscribing
from pulih.web.frame.rooms import Names, Rooms, WebSettings
from pulih.web.site import site

XL, INDIHOME = ("mobile_data", "mobile_voice", "sms"), ("fixed_broadband", "tv")
NAMES = Names(
    operators={"xl": "XL", "indihome": "IndiHome"},
    services={"xl": XL, "indihome": INDIHOME},  # type: ignore[dict-item]
    regions={"31": "DKI Jakarta", "31.74": "Jakarta Selatan"},
)
LOS, DATA = "Lampu LOS modem merah", "Sinyal ada, internet mati"
PAGES = ("/", "/report", "/report?symptom=slow", "/report/thanks?operator=xl", "/subscribe", "/subscribe/sent",
         "/subscribe/code", "/en/", "/normal?lang=en")  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Rooms:
    clock, engine = SetClock(), made_database(tmp_path)
    offers = Subscribing(SqlSubscriptionStore(engine), SqlOutbox(engine), clock, b"k" * 32, offers=("email", "sms"))
    settings = WebSettings(desk="Meja Contoh", secure_cookies=False)
    return rooms(people_in(tmp_path, clock), clock, subscribing=offers, settings=settings, names=NAMES)


def asked(serving: Server, made: Rooms, *paths: str) -> list[str]:
    with httpx.Client(base_url=serving(site(made), made.hub), headers={"accept-language": "id"}) as client:
        return [client.get(path, follow_redirects=True).text for path in paths]


def test_nobody_is_asked_about_a_service_that_no_operator_of_the_desk_has(serving: Server, made: Rooms) -> None:
    own = WebSettings(mode="operator", own=("xl",), secure_cookies=False)
    report, subscribe = asked(serving, msgspec.structs.replace(made, settings=own), "/report", "/subscribe")
    assert DATA in report and LOS not in report
    assert "Internet seluler" in subscribe and "Internet rumah" not in subscribe and "> TV" not in subscribe


def test_a_link_of_an_operator_asks_about_its_services_and_a_trouble_lists_who_can_have_it(
    serving: Server, made: Rooms
) -> None:
    anybody, mobile, home, modem, wish = asked(
        serving, made, "/report", "/report?operator=xl", "/report?operator=indihome", "/report?symptom=los_red",
        "/subscribe?operator=indihome&service=sms",
    )  # fmt: skip
    assert DATA in anybody and LOS in anybody
    assert DATA in mobile and LOS not in mobile
    assert DATA not in home and LOS in home
    assert ">IndiHome</option>" in modem and ">XL</option>" not in modem
    # What is chosen stays, so that it can be taken back.
    assert "Internet rumah" in wish and "SMS" in wish and "Internet seluler" not in wish


def test_an_operator_of_which_nothing_is_known_may_have_any_service(serving: Server, made: Rooms) -> None:
    unknown = msgspec.structs.replace(NAMES, services={})
    report, subscribe = asked(
        serving, msgspec.structs.replace(made, names=unknown), "/report?operator=xl", "/subscribe"
    )
    assert DATA in report and LOS in report and "> TV" in subscribe


def test_every_public_page_of_the_desk_says_that_a_simulation_is_one(serving: Server, made: Rooms) -> None:
    simulated = msgspec.structs.replace(made, simulated=lambda: True)
    assert [page.count('class="made-up"') for page in asked(serving, simulated, *PAGES)] == [1] * len(PAGES)
    assert [page.count("made-up") for page in asked(serving, made, *PAGES)] == [0] * len(PAGES)
