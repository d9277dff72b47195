"""Joins what working out credits takes, and starts it: `pulih credit` and `pulih explain`."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from pulih.adapters.credit.checking import InputCheck
from pulih.adapters.credit.credit_folder import PartialFolder, done_before
from pulih.adapters.credit.disk import writing
from pulih.adapters.credit.engines import installed_engines
from pulih.adapters.credit.explained import INCIDENTS, INPUTS, POLICY, credits_of, inputs_text, rules_of
from pulih.adapters.credit.faults import write_faults
from pulih.adapters.credit.rule_files import incident_text, parse_incidents, parse_policy, policy_text
from pulih.adapters.credit.subscriber_rows import SubscriberRows
from pulih.compensate.account_words import account_lines, credit_lines
from pulih.compensate.crediting import accounts, credit_of, row_order
from pulih.compensate.written import Language
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs, Progress
from pulih.service.crediting import AUTO, Credited, CreditOrder, candidates, work_out

REFUSED = "refused.parquet"
_MEMORY = re.compile(r"([0-9]+)\s*(MB|GB|MiB|GiB)", re.ASCII)
_BYTES = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
_MEMORY_LEAST = 256 * 2**20


class CreditWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What may be asked of a run; see docs/commands.md."""

    incident: str
    policy: str
    inputs: CreditInputs
    out: Path
    engine: str = AUTO
    memory: str = "4GB"
    lenient: bool = False


def credit(wishes: CreditWishes, progress: Progress) -> Credited:
    """Work out credits into a folder.

    Args:
        wishes: files, folder, engine.
        progress: is told what goes on.

    Returns: totals and control account.
    Raises: RefusedInput for files that cannot be used; OutsideFailed when disk or engine fail.
    """
    policy_bytes, incident_bytes = policy_text(wishes.policy), incident_text(wishes.incident)
    order = CreditOrder(
        policy=parse_policy(policy_bytes, wishes.policy),
        incidents=parse_incidents(incident_bytes, wishes.incident),
        inputs=wishes.inputs,
        memory_bytes=memory_bytes(wishes.memory),
        lenient=wishes.lenient,
    )
    asked = candidates(installed_engines(), wishes.engine, order.policy)
    stamp = _stamp(wishes, policy_bytes, incident_bytes)
    before = done_before(wishes.out, stamp)
    if before is not None:
        return before
    with PartialFolder(wishes.out, stamp) as folder, writing(wishes.out):
        checker = InputCheck(folder.scratch)
        credited = work_out(order, asked, checker=checker, folder=folder, progress=progress)
        if wishes.lenient:
            write_faults(checker.faults, folder.path(REFUSED))
        folder.write(POLICY, policy_bytes)
        folder.write(INCIDENTS, incident_bytes)
        folder.write(INPUTS, inputs_text(wishes.inputs))
    return credited


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
    lines = [line for account in told for line in account_lines(account, holding.subscriber, policy, language)]
    return "\n".join(lines)


def _quiet(doing: str, part: float) -> None:
    """Progress for whoever does not want to see any."""


def memory_bytes(written: str) -> int:
    """How much memory is meant.

    Raises: RefusedInput.

    >>> memory_bytes("4GB")
    4000000000
    """
    found = _MEMORY.fullmatch(written)
    size = int(found[1]) * _BYTES[found[2]] if found else 0
    if size < _MEMORY_LEAST:
        raise RefusedInput(f"--memory {written}: a size from 256MiB up belongs here, such as 4GB or 900MB.")
    return size


def _stamp(wishes: CreditWishes, policy: bytes, incidents: bytes) -> str:
    """What a run is known by: its rules and tables, and all that changes its result."""
    known = hashlib.sha256()
    for part in (policy, incidents, version("pulih").encode(), wishes.engine.encode(), b"%d" % wishes.lenient):
        known.update(b"%d:" % len(part) + part)
    for path in msgspec.structs.astuple(wishes.inputs):
        if path is not None and Path(path).exists():
            there = Path(path).stat()
            known.update(f"{Path(path).absolute()} {there.st_size} {there.st_mtime_ns};".encode())
        known.update(b";")
    return known.hexdigest()
