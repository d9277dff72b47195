"""A small country to reckon impacts in: two provinces, their regencies, two networks, and the packaged priors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from hypothesis import strategies as st

from pulih.adapters.priors import load_priors
from pulih.understand.gazetteer import Gazetteer, Region
from pulih.understand.operators import Catalogue, Operator
from pulih.understand.priors import Priors
from pulih.understand.served import Known
from pulih.understand.subscribers import MEDIUM_OF, SubscriberCount, subscriber_table

REGIONS = (
    Region("31", "Ibu Kota", "province", population=10_000_000),
    Region("31.71", "Kota Pusat", "regency", "31", 4_000_000, city=True),
    Region("31.72", "Kota Utara", "regency", "31", 6_000_000, city=True),
    Region("91", "Ujung Timur", "province", population=900_000),
    Region("91.01", "Kab. Besar", "regency", "91", 800_000),
    Region("91.02", "Kab. Kecil", "regency", "91", 100_000),
)
COUNTRY = Gazetteer("ID", REGIONS)
OPERATORS = Catalogue(
    (
        Operator(id="smartfren", name="Smartfren", network="smartfren", kind="mobile"),
        Operator(id="xl", name="XL", network="xl", kind="mobile"),
        Operator(id="axis", name="Axis", network="xl", kind="mobile"),
        Operator(id="biznet", name="Biznet", network="biznet", kind="fixed"),
        Operator(id="kampus", name="Kampus Net", network="kampus"),
    )
)
# Wider region first.
NESTED = ((None, "31"), (None, "31.71"), ("31", "31.72"), ("91", "91.02"), (None, "77"), ("31", "31"))
SERVICES = (*MEDIUM_OF, "app", "billing", "any", None)


@cache
def _priors() -> Priors:
    return load_priors()


def known(rows: Iterable[SubscriberCount] | None = None, gazetteer: Gazetteer = COUNTRY) -> Known:
    """Return what is known, with an operator's table of `rows` where some are given."""
    return Known(gazetteer, OPERATORS, _priors(), None if rows is None else subscriber_table(rows))


def rows_of(regions: tuple[str, ...]) -> st.SearchStrategy[list[SubscriberCount]]:
    """Draw the rows of a table over some regions, none of which lies in another."""
    return st.lists(
        st.builds(
            SubscriberCount,
            operator=st.sampled_from(["smartfren", "xl", "axis", "biznet"]),
            region=st.sampled_from(regions),
            service=st.sampled_from(tuple(MEDIUM_OF)),
            plan=st.sampled_from(["", "Harian", "Bulanan"]),
            subscribers=st.integers(0, 10**8),
            priority=st.sampled_from([None, None, "hospital", "bank"]),
        ),
        max_size=12,
        unique_by=lambda row: (row.operator, row.region, row.service, row.plan, row.priority),
    )


# No table, one of the country, of provinces, of some regencies and a province, of regencies.
TABLES: st.SearchStrategy[list[SubscriberCount] | None] = st.one_of(
    st.none(), rows_of(("",)), rows_of(("31", "91")), rows_of(("31.71", "91")), rows_of(("31.71", "31.72", "91.01"))
)
