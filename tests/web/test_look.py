"""The question "is it just me?" leads to the page that answers it, and never away from the desk."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest
from desk_world import SetClock, people_in, rooms
from served import Server

from pulih.web.frame.rooms import Names
from pulih.web.site import site

REGIONS = {
    "31": "Jakarta", "31.74": "Jakarta Selatan", "32": "Jawa Barat", "32.04": "Kab. Bandung", "32.73": "Kota Bandung",
    "34": "DI Yogyakarta",
}  # fmt: skip


@pytest.fixture
def address(tmp_path: Path, serving: Server) -> str:
    clock = SetClock()
    made = rooms(people_in(tmp_path, clock), clock)
    named = msgspec.structs.replace(made, names=Names(operators={"xl": "XL"}, regions=REGIONS))
    return serving(site(named), named.hub)


def led(address: str, **asked: str) -> str:
    answer = httpx.get(f"{address}/look", params=asked)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_a_place_is_found_as_people_write_it(address: str) -> None:
    for text, code in (
        ("jakarta selatan", "31.74"), ("DKI Jakarta", "31"), ("Bandung", "32.73"), ("kabupaten bandung", "32.04"),
        (" Yogyakarta ", "34"), ("jakarta s", "31.74"),
    ):  # fmt: skip
        assert led(address, place=text) == f"/wilayah/{code}/"
    assert led(address, place="Bandung", operator="xl", lang="en") == "/en/place/32.73/"


def test_without_a_place_it_is_the_operator_and_without_either_the_list(address: str) -> None:
    assert led(address, operator="xl") == "/layanan/xl/"
    assert led(address, operator="xl", place="Atlantis") == "/wilayah/#not-found"
    assert led(address) == "/wilayah/"


@pytest.mark.parametrize(
    "text", ["//evil.example", "https://evil.example", "..", "\r\nSet-Cookie: a=b", "%2e%2e", "a" * 9_000]
)
def test_nothing_that_is_typed_leads_elsewhere(address: str, text: str) -> None:
    assert led(address, place=text, operator=text, lang=text) == "/wilayah/#not-found"
