"""Coding of the kernel's inputs: blocks of rows as arrays of numbers, with tables of what each code means to it.

A dictionary of text comes with each block and is mostly the one of the block before, so its table is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa

from pulih.adapters.credit.kernel_credits import Paid, People
from pulih.adapters.credit.kernel_down import ListClasses, RegionClasses
from pulih.adapters.credit.kernel_exposure import Places, Rows
from pulih.adapters.credit.kernel_streams import Source, codes, ints, perhaps_empty
from pulih.adapters.credit.kernel_terms import NONE, Terms
from pulih.compensate.clauses import Policy
from pulih.ports.credit import CreditInputs

_APPLIES: Final = {"payment": "payment", "segment": "segment", "plan_id": "plans"}


def sources(inputs: CreditInputs, policy: Policy) -> tuple[Source, Source, Source, Source]:
    """What is read of each file: subscribers, presence, listed and paid.

    Columns about which no clause asks are read only where the file's footer does not say that none of them is empty.
    """
    asked = [name for name, key in _APPLIES.items() if any(getattr(c.applies, key) is not None for c in policy.clauses)]
    unasked = tuple(name for name in _APPLIES if name not in asked)
    return (
        Source(
            path=inputs.subscribers,
            texts=("currency", "home_region", *asked, *perhaps_empty(inputs.subscribers, unasked)),
            numbers=("monthly_fee_minor",),
            once=True,
            least={"monthly_fee_minor": 0},
        ),
        Source(path=inputs.presence, texts=("region",), instants=("start", "end")),
        Source(path=inputs.affected or "", texts=("incident_id", "service"), instants=("start", "end"), listed=True),
        Source(
            path=inputs.paid or "",
            texts=("incident_id", "policy_id", "clause_id", "currency"),
            numbers=("amount_minor",),
        ),
    )


class Coding:
    """Makes arrays of blocks; knows all regions, lists and currencies met so far."""

    def __init__(
        self,
        policy: Policy,
        terms: Terms,
        *,
        currency_code: dict[str, int],
        regions: RegionClasses,
        lists: ListClasses,
    ) -> None:
        """Take the policy, its terms, the currencies that it names, and the classes of places."""
        self._policy = policy
        self._currency_code = currency_code
        self._regions = regions
        self._lists = lists
        self._kept: dict[tuple[str, str], tuple[pa.Array, np.ndarray]] = {}
        self._policies = {policy.id, *policy.supersedes}
        self._pairs: dict[tuple[str, str], int] = {}
        for number, (incident, clause) in enumerate(terms.pairs):
            for incident_id in (incident.id, *incident.supersedes):
                self._pairs[incident_id, clause.id] = number

    @property
    def currencies(self) -> tuple[str, ...]:
        """All currencies met so far, by number."""
        return tuple(self._currency_code)

    def people(self, block: pa.RecordBatch) -> People:
        """Subscribers, and which clauses admit each code of theirs."""
        # No clause asks about a column that was not read; then every code is admitted, and another's do.
        read = {name: name if name in block.schema.names else "currency" for name in _APPLIES}
        return People(
            ids=ints(block, "subscriber_id"),
            fee=ints(block, "monthly_fee_minor"),
            payment=codes(block, read["payment"]),
            segment=codes(block, read["segment"]),
            plan=codes(block, read["plan_id"]),
            currency=codes(block, "currency"),
            payment_admitted=self._admitted(block, read["payment"], "payment"),
            segment_admitted=self._admitted(block, read["segment"], "segment"),
            plan_admitted=self._admitted(block, read["plan_id"], "plan_id"),
            currency_number=self._table(block, "currency", self._currencies),
        )

    def homes(self, block: pa.RecordBatch) -> Places:
        """Where subscribers live."""
        return Places(codes(block, "home_region"), self._table(block, "home_region", self._places))

    def presence(self, block: pa.RecordBatch) -> Rows:
        """Where subscribers were."""
        return _rows(block, codes(block, "region"), self._table(block, "region", self._places))

    def listed(self, block: pa.RecordBatch) -> Rows:
        """Who was affected by the operator's own lists; a place is an incident and a service."""
        incidents, services = block.column("incident_id"), block.column("service")
        names = services.dictionary.to_pylist()
        place = [self._lists.class_of(one, service) for one in incidents.dictionary.to_pylist() for service in names]
        code = _still(codes(block, "incident_id") * np.int32(len(names)) + codes(block, "service"))
        return _rows(block, code, _still(np.array(place or [0], np.int32)))

    def paid(self, block: pa.RecordBatch) -> Paid:
        """Earlier credits; those of other incidents, policies or clauses belong to no pair."""
        columns = [block.column(name) for name in ("incident_id", "clause_id", "policy_id")]
        incidents, clauses, policies = (column.dictionary.to_pylist() for column in columns)
        pairs = np.array([self._pairs.get((one, clause), NONE) for one in incidents for clause in clauses], np.int64)
        ours = np.array([policy in self._policies for policy in policies], np.bool_)
        if block.num_rows:
            incident, clause, policy = (column.indices.to_numpy() for column in columns)
            pair = np.where(ours[policy], pairs[incident.astype(np.int64) * len(clauses) + clause], NONE)
            currency = self._table(block, "currency", self._currencies)[codes(block, "currency")]
        else:
            pair, currency = np.empty(0, np.int64), np.empty(0, np.int64)
        return Paid(ints(block, "subscriber_id"), _still(pair), _still(currency), ints(block, "amount_minor"))

    def _admitted(self, block: pa.RecordBatch, column: str, asked: str) -> np.ndarray:
        """Which values of a column each clause admits, when it is asked about as `asked`."""
        lists = [getattr(clause.applies, _APPLIES[asked]) for clause in self._policy.clauses]

        def admitted(values: list[str]) -> np.ndarray:
            table = [[allowed is None or value in allowed for value in values] for allowed in lists]
            return np.array(table, np.bool_).reshape(len(lists), len(values))

        return self._table(block, column, admitted)

    def _table(self, block: pa.RecordBatch, column: str, make: Callable[[list[str]], np.ndarray]) -> np.ndarray:
        """What each code of a column means; made anew only when the dictionary is another."""
        values = block.column(column).dictionary
        kept = self._kept.get((column, make.__name__))
        if kept is None or not kept[0].equals(values):
            kept = self._kept[column, make.__name__] = (values, _still(make(values.to_pylist())))
        return kept[1]

    def _places(self, regions: list[str]) -> np.ndarray:
        return np.array([self._regions.class_of(region) for region in regions] or [0], np.int32)

    def _currencies(self, names: list[str]) -> np.ndarray:
        known = self._currency_code
        return np.array([known.setdefault(name, len(known)) for name in names], np.int64)


def _rows(block: pa.RecordBatch, code: np.ndarray, place: np.ndarray) -> Rows:
    return Rows(ints(block, "subscriber_id"), code, place, start=ints(block, "start"), end=ints(block, "end"))


def _still(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values
