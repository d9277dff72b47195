"""Pages of people in the looks that tests/web leaves out; the test is that of tests/web."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import launched
from playwright.sync_api import Browser
from served import Server, serving_here
from test_people_in_browser import EACH_WITH_EACH, People, check_pages, desk

__all__ = ["desk"]

LOOKS = [
    (scheme, width, language) for scheme in ("light", "dark") for width in (360, 1280) for language in ("id", "en")
]


@pytest.fixture
def serving() -> Iterator[Server]:
    with serving_here() as serve:
        yield serve


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.mark.parametrize(("scheme", "width", "language"), [one for one in LOOKS if one not in EACH_WITH_EACH])
def test_no_page_has_a_fault_of_access_or_runs_over_its_side(
    desk: tuple[str, People], browser: Browser, *, language: str, scheme: str, width: int
) -> None:
    check_pages(desk, browser, language=language, scheme=scheme, width=width)
