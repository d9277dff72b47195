"""Reads what a folder of credits says of its run: rules, incidents, where the tables were, totals."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pulih.adapters.credit.credit_folder import TOTALS
from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.explained import INCIDENTS, POLICY, rules_of
from pulih.adapters.credit.rule_files import parse_incidents, parse_policy
from pulih.compensate.clauses import Policy
from pulih.compensate.outages import CreditIncident
from pulih.compensate.totals import Totals
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs


class CreditRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder of credits says of its run."""

    policy: Policy
    incidents: tuple[CreditIncident, ...]
    inputs: CreditInputs
    totals: Totals


def run_of(folder: Path) -> CreditRun:
    """Read the rules and totals of a folder of credits.

    Raises: RefusedInput when it is none.
    """
    policy, incidents, inputs = rules_of(folder)
    with reading(str(folder / TOTALS)):
        content = (folder / TOTALS).read_bytes()
    try:
        totals = msgspec.json.decode(content, type=Totals)
    except msgspec.MsgspecError:
        raise RefusedInput(f"{folder / TOTALS}: the file is damaged; work the credits out anew.") from None
    return CreditRun(
        policy=parse_policy(policy, str(folder / POLICY)),
        incidents=parse_incidents(incidents, str(folder / INCIDENTS)),
        inputs=inputs,
        totals=totals,
    )
