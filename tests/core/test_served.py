"""How many subscribers there are: exact by a table, a part of a wider area, or people and lines with wide bounds."""

from __future__ import annotations

from impact_world import known

from pulih.adapters.catalogue import load_catalogue
from pulih.adapters.gazetteer import load_gazetteer
from pulih.adapters.priors import load_priors
from pulih.model.impact import Bounds
from pulih.model.scope import Scope
from pulih.understand.served import Known, served_by
from pulih.understand.subscribers import SubscriberCount, subscribers_in

JAKARTA = [
    SubscriberCount("xl", "31.71", "mobile_data", "A", 60),
    SubscriberCount("xl", "31.71", "mobile_voice", "A", 100),
    SubscriberCount("xl", "31.71", "mobile_data", "B", 30),
    SubscriberCount("xl", "31.72", "mobile_data", "A", 7),
    SubscriberCount("axis", "31.71", "mobile_data", "A", 1_000),
]


def served(rows: list[SubscriberCount] | None, **scope: str) -> Bounds:
    return served_by(Scope(**scope), known(rows)).subscribers


def test_a_province_has_the_subscribers_of_its_regencies_and_a_network_those_of_its_brands() -> None:
    assert served(JAKARTA, operator="xl", service="mobile_data", region="31.71") == Bounds(1_090, 1_090, 1_090)
    assert served(JAKARTA, operator="xl", service="mobile_data", region="31") == Bounds(1_097, 1_097, 1_097)
    assert served(JAKARTA, operator="axis", service="mobile_data", region="31") == Bounds(1_000, 1_000, 1_000)
    assert served(JAKARTA, operator="xl", service="mobile_data") == Bounds(1_097, 1_097, 1_097)


def test_a_line_with_several_services_is_one_subscriber_where_no_service_is_told() -> None:
    assert served(JAKARTA, operator="xl", service="any", region="31.71") == Bounds(1_130, 1_130, 1_130)
    both = [
        SubscriberCount("xl", "31", "mobile_data", "", 100), SubscriberCount("xl", "31", "fixed_broadband", "", 40),
    ]  # fmt: skip
    assert subscribers_in(both, services=["mobile_data", "fixed_broadband"]) == 140


def test_one_plan_written_with_other_capitals_is_the_same_lines() -> None:
    rows = [
        SubscriberCount("xl", "31", "mobile_data", "Harian", 90),
        SubscriberCount("xl", "31", "sms", " harian", 100),
    ]
    assert subscribers_in(rows, services=["mobile_data", "sms"]) == 100


def test_a_table_of_provinces_gives_a_regency_its_part_by_people_and_all_as_the_upper_bound() -> None:
    rows = [SubscriberCount("smartfren", "31", "mobile_data", "A", 1_000)]
    found = served_by(Scope(operator="smartfren", service="mobile_data", region="31.71"), known(rows))
    assert (found.subscribers, found.methods) == (Bounds(0, 400, 1_000), ("impact.served.table_wider",))


def test_a_region_that_the_table_leaves_out_may_hold_part_of_those_registered_around_it() -> None:
    found = served(JAKARTA, operator="axis", service="mobile_data", region="31.72")
    assert found == Bounds(0, 600, 1_000)
    assert served(JAKARTA, operator="axis", service="mobile_data", region="91").low == 0


def test_a_region_unknown_to_the_gazetteer_is_bounded_by_the_country() -> None:
    assert served(JAKARTA, operator="axis", service="mobile_data", region="77.01") == Bounds(0, 31, 1_000)
    found = served_by(Scope(operator="smartfren", service="mobile_data", region="77.01"), known())
    assert "impact.served.region_unknown" in found.methods
    assert found.subscribers.high == served(None, operator="smartfren", service="mobile_data").high


def test_a_table_that_says_nothing_of_the_service_leaves_the_number_of_people() -> None:
    found = served_by(Scope(operator="biznet", service="tv", region="31"), known(JAKARTA))
    assert found.methods == ("impact.served.population",)
    assert found.rules == ("impact.line.fixed", "impact.market.biznet")


def test_a_share_of_the_mobile_market_says_nothing_of_fixed_lines() -> None:
    found = served_by(Scope(operator="xl", service="fixed_broadband"), known())
    assert found.rules == ("impact.line.fixed", "impact.market.anybody")
    assert "impact.served.market_unknown" in found.methods
    assert found.subscribers.low == 0


def test_calls_over_the_lines_of_a_fixed_operator_are_counted_by_its_lines() -> None:
    voice, lines = (served_by(Scope(operator="biznet", service=one), known()) for one in ("mobile_voice", None))
    assert voice == lines
    assert voice.rules == ("impact.line.fixed", "impact.market.biznet")


def test_an_operator_of_unknown_share_may_have_nobody_or_every_line() -> None:
    found = served_by(Scope(operator="kampus", service="fixed_broadband", region="31"), known())
    assert found.subscribers.low == 0
    assert found.subscribers.high == 3_000_000
    assert "impact.served.market_unknown" in found.methods


def test_the_packaged_priors_bound_what_operators_published_of_themselves() -> None:
    """Numbers of the whole country from company reports of 2023 and 2024, in millions."""
    world = Known(load_gazetteer(), load_catalogue(), load_priors())
    published = {"telkomsel": 159.3, "indosat": 98.8, "xl": 57.5, "smartfren": 35.9, "indihome": 9.6}
    for operator, millions in published.items():
        found = served_by(Scope(operator=operator), world).subscribers
        assert found.low < millions * 1e6 < found.high, operator
        assert 0.7 < found.likely / (millions * 1e6) < 1.4, operator


def test_every_operator_of_the_catalogue_has_subscribers_in_every_region() -> None:
    world = Known(load_gazetteer(), load_catalogue(), load_priors())
    for operator in world.catalogue.operators:
        bounds = [served_by(Scope(operator=operator.id, region=code), world).subscribers for code in ("31", "94.03")]
        assert [one for one in bounds if not 0 <= one.low <= one.likely <= one.high] == []
        assert all(one.high > 0 for one in bounds)
