"""Joins what working out credits takes, and starts it: `pulih credit` and `pulih explain`."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.credit.breakdown import break_down
from pulih.adapters.credit.checking import InputCheck
from pulih.adapters.credit.credit_folder import CREDITS, PartialFolder, done_before
from pulih.adapters.credit.disk import writing
from pulih.adapters.credit.engines import engines_for
from pulih.adapters.credit.explained import INCIDENTS, INPUTS, PAID, POLICY, credits_of, inputs_text, rules_of
from pulih.adapters.credit.faults import write_faults
from pulih.adapters.credit.journal import CreditJournal
from pulih.adapters.credit.rule_files import (
    incident_text,
    parse_incidents,
    parse_policy,
    policy_text,
)
from pulih.adapters.credit.subscriber_rows import SubscriberRows
from pulih.compensate.account_words import account_lines, credit_lines
from pulih.compensate.clauses import Policy
from pulih.compensate.crediting import accounts, credit_of, row_order
from pulih.compensate.outages import CreditIncident
from pulih.compensate.written import Language
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs, Progress
from pulih.service.crediting import AUTO, Credited, CreditOrder, candidates, work_out

REFUSED = "refused.parquet"
BREAKDOWN = "breakdown.json"
_MEMORY = re.compile(r"([0-9]+)\s*([MG]I?)B?", re.ASCII | re.IGNORECASE)
_BYTES = {"M": 10**6, "G": 10**9, "MI": 2**20, "GI": 2**30}
_MEMORY_LEAST = 256 * 2**20


class CreditWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What may be asked of a run; see docs/commands.md. `told` is an incident that a desk told, in place of a file."""

    incident: str
    told: bytes | None = None
    policy: str
    inputs: CreditInputs
    out: Path
    engine: str = AUTO
    memory: str = "4GB"
    lenient: bool = False
    journal: Path | None = None
    breakdown: bool = False


class _Rules(msgspec.Struct, frozen=True):
    """Policy and incidents as they were written, and checked."""

    policy_text: bytes
    incident_text: bytes
    policy: Policy
    incidents: tuple[CreditIncident, ...]


def credit(wishes: CreditWishes, progress: Progress) -> Credited:
    """Work out credits into a folder.

    Args:
        wishes: files, folder, engine.
        progress: is told what goes on.

    Returns: totals and control account.
    Raises: RefusedInput for files that cannot be used; OutsideFailed when disk or engine fail.
    """
    rules = _rules(wishes)
    journal = None if wishes.journal is None else _journal(wishes.journal, wishes.inputs)
    stamp = _stamp(wishes, rules, "" if journal is None else journal.state)
    credited = done_before(wishes.out, stamp)
    if credited is None:
        with PartialFolder(wishes.out, stamp) as folder, writing(wishes.out):
            credited = _fill(folder, wishes, rules, journal=journal, progress=progress)
    if journal is not None:
        posted = journal.post(
            wishes.out / CREDITS,
            stamp,
            incident_ids=[id_ for one in rules.incidents for id_ in (one.id, *one.supersedes)],
            policy_ids=[rules.policy.id, *rules.policy.supersedes],
        )
        progress(f"posted {posted.grants:,} grants and {posted.reversals:,} reversals", 1.0)
    return credited


def _fill(
    folder: PartialFolder,
    wishes: CreditWishes,
    rules: _Rules,
    *,
    journal: CreditJournal | None,
    progress: Progress,
) -> Credited:
    """Work credits out into the hidden folder, with what explains them later."""
    inputs = wishes.inputs
    if journal is not None:
        # What was handed over may change; the run keeps what it was set off against.
        folder.write(PAID, _parquet(journal.handed_over()))
        inputs = msgspec.structs.replace(inputs, paid=str(folder.path(PAID)))
    order = CreditOrder(
        policy=rules.policy,
        incidents=rules.incidents,
        inputs=inputs,
        memory_bytes=memory_bytes(wishes.memory),
        lenient=wishes.lenient,
    )
    checker = InputCheck(folder.scratch)
    engines = candidates(engines_for(wishes.engine), wishes.engine, rules.policy)
    credited = work_out(order, engines, checker=checker, folder=folder, progress=progress)
    if wishes.breakdown:
        progress("breaking down", 1.0)
        broken_down = break_down(folder.credits, checker.checked["subscribers"])
        folder.write(BREAKDOWN, msgspec.json.format(msgspec.json.encode(broken_down), indent=2) + b"\n")
    if wishes.lenient:
        write_faults(checker.faults, folder.path(REFUSED))
    folder.write(POLICY, rules.policy_text)
    folder.write(INCIDENTS, rules.incident_text)
    folder.write(INPUTS, inputs_text(wishes.inputs))
    return credited


def _rules(wishes: CreditWishes) -> _Rules:
    policy = policy_text(wishes.policy)
    incidents = incident_text(wishes.incident) if wishes.told is None else wishes.told
    memory_bytes(wishes.memory)
    return _Rules(policy, incidents, parse_policy(policy, wishes.policy), parse_incidents(incidents, wishes.incident))


def _journal(folder: Path, inputs: CreditInputs) -> CreditJournal:
    if inputs.paid is not None:
        raise RefusedInput("--paid and --journal: the journal knows what was paid; give one of the two.")
    return CreditJournal(folder)


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def explain(folder: Path, subscriber_id: int, language: Language) -> str:
    """Tell one subscriber's account of a run.

    Args:
        folder: that `pulih credit` wrote.
        subscriber_id: whose.
        language: "id" or "en".

    Returns: lines for people.
    Raises: RefusedInput when the folder is none of credits, or the subscriber is not in the tables.
    """
    policy_bytes, incident_bytes, inputs = rules_of(folder)
    policy = parse_policy(policy_bytes, str(folder / POLICY))
    incidents = parse_incidents(incident_bytes, str(folder / INCIDENTS))
    given = credits_of(folder, subscriber_id)
    if not all(Path(path).exists() for path in msgspec.structs.astuple(inputs) if path is not None):
        return "\n".join(credit_lines(given, policy, language))
    with TemporaryDirectory(prefix="pulih-") as scratch:
        lenient = (folder / REFUSED).exists()
        checked = InputCheck(Path(scratch)).check(inputs, lenient=lenient, values=False, progress=_quiet)
        holding = next((found[0] for found in SubscriberRows(checked.inputs, only=subscriber_id).chunks()), None)
    if holding is None:
        raise RefusedInput(f"--subscriber {subscriber_id}: the table of subscribers has no such row.")
    told = list(accounts(policy, incidents, holding))
    again = [credit_of(policy, holding.subscriber, account) for account in told if account.net > 0]
    if sorted(again, key=row_order) != given:
        raise RefusedInput(
            f"--credits {folder}: the tables are not those of the run any more, so its account cannot be told; "
            "put them back, or work the credits out anew."
        )
    lines = [line for account in told for line in account_lines(account, holding, policy, language)]
    return "\n".join(lines)


def _quiet(doing: str, part: float) -> None:
    """Progress for whoever does not want to see any."""


def memory_bytes(written: str) -> int:
    """How much memory is meant.

    Raises: RefusedInput.

    >>> memory_bytes("4GB"), memory_bytes("512MiB")
    (4000000000, 536870912)
    """
    found = _MEMORY.fullmatch(written)
    size = int(found[1]) * _BYTES[found[2].upper()] if found else 0
    if size < _MEMORY_LEAST:
        raise RefusedInput(f"--memory {written}: a size from 256MiB up belongs here, such as 4GB or 900MB.")
    return size


def _stamp(wishes: CreditWishes, rules: _Rules, handed_over: str) -> str:
    """What a run is known by: its rules and tables, and all that changes its result."""
    known = hashlib.sha256()
    asked = [version("pulih"), wishes.engine, str(wishes.lenient), str(wishes.breakdown), handed_over]
    for part in (rules.policy_text, rules.incident_text, *(one.encode() for one in asked)):
        known.update(b"%d:" % len(part) + part)
    for path in msgspec.structs.astuple(wishes.inputs):
        if path is not None and Path(path).exists():
            there = Path(path).stat()
            known.update(f"{Path(path).absolute()} {there.st_size} {there.st_mtime_ns};".encode())
        known.update(b";")
    return known.hexdigest()
