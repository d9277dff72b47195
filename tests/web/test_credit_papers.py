"""Pages of credits that stand alone are readable on a small telephone and on paper, by everybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from credit_cases import CreditCase, subscriber
from credit_examples import USUAL, P
from credit_files import write_inputs
from playwright.sync_api import Browser

from pulih.main_control import ReportWishes, control_report
from pulih.main_credit import CreditWishes, credit
from pulih.main_settlement import explain_policy

PAPERS = ("control-report.html", "public-totals.html", "policy.html")


def _quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one page of each kind."""
    folder = tmp_path_factory.mktemp("papers")
    people = [subscriber(n, home_region=f"31.74.0{n % 3}", plan_id="a plan with a rather long name") for n in range(40)]
    inputs = write_inputs(CreditCase(P, USUAL, people, []), folder / "in")
    (folder / "incident.json").write_text(json.dumps(USUAL))
    wishes = CreditWishes(
        incident=str(folder / "incident.json"), policy="idn-default", inputs=inputs, out=folder / "credits"
    )
    credit(wishes, _quiet)
    out = folder / "report"
    control_report(
        ReportWishes(
            credits=folder / "credits", subscribers=inputs.subscribers, out=out, key=folder / "key", pdf=False
        ),
        _quiet,
    )
    explain_policy("telkomsel-papua-2025", "id", out / "policy.html")
    return out


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_fits_a_small_telephone_and_axe_finds_nothing(browser: Browser, papers: Path, name: str) -> None:
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
        page.goto((papers / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]] == []
        page.close()


@pytest.mark.parametrize("name", PAPERS)
def test_on_paper_the_links_between_languages_are_left_out(browser: Browser, papers: Path, name: str) -> None:
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto((papers / name).as_uri())
    assert not page.locator("nav").is_visible()
    assert page.locator("article").count() == 2
    page.close()
