"""The sheet of impacts for people and machines: no number is cut, and the lowest is rounded down."""

from __future__ import annotations

import io
import json
from datetime import UTC

import msgspec
import pytest
from rich.console import Console

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.impact_sheet import Basis, Reckoned, impacts_json
from pulih.adapters.impact_table import bounds, show_impacts
from pulih.adapters.priors import load_priors
from pulih.model.scope import Scope
from pulih.service.impacts import Recorded, impacts_of
from pulih.understand.served import Known

BASIS = Basis("findings.json", None, None, "Asia/Jakarta")


@pytest.fixture(scope="module")
def reckoned() -> Reckoned:
    """Return the impacts of three findings in one region, of calls that fail."""
    known = Known(load_gazetteer(), load_catalogue(), load_priors())
    scope = Scope(operator="smartfren", service="mobile_voice", region="31.74", symptom="call_failure")
    found = [
        Recorded(
            id=str(at), incident=str(at), narrowed_to="", region_name="Jakarta Selatan", scope=scope,
            start_us=0, end_us=3_600_000_000, lasts=False, signals=400, expected=100.0,
        )
        for at in range(3)
    ]  # fmt: skip
    return impacts_of(found, known, None, zone=UTC)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_number_is_shown_whole_however_narrow_the_terminal_is(width: int, reckoned: Reckoned) -> None:
    out = io.StringIO()
    show_impacts(reckoned, BASIS, Console(file=out, width=width))
    shown = " ".join(out.getvalue().split())
    assert "…" not in shown
    for _, impact in reckoned:
        assert impact.emergency is not None
        for number in (impact.subscribers, impact.emergency.calls, impact.groups[0].subscribers):
            assert shown.count(bounds(number)) >= len(reckoned)


def test_the_lowest_share_is_rounded_down(reckoned: Reckoned) -> None:
    for low in (1_882, 1_885, 3):
        ((finding, impact), *_) = reckoned
        share = msgspec.structs.replace(impact.share, low=low / 74_093_147, likely=low / 74_093_147)
        changed = msgspec.structs.replace(impact, share=share)
        told = json.loads(impacts_json([(finding, changed)], BASIS))["impacts"][0]["share"]
        assert told["low"] <= share.low
        assert told["low"] <= told["likely"] <= told["high"]
