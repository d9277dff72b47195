"""The order in which credits come about: choose an engine, check the tables, work out, reconcile, write.

Nothing is handed out that does not add up: what an engine wrote is read back and held against its totals before the
folder appears (requirements K1, K2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from pulih.compensate.clauses import Policy
from pulih.compensate.control import Control, control_of
from pulih.compensate.outages import CreditIncident
from pulih.compensate.totals import Totals
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.credit import (
    CheckedInputs,
    CreditEngine,
    CreditFolder,
    CreditInputs,
    CreditTask,
    Finished,
    InputChecker,
    Progress,
    Unsuited,
)

AUTO = "auto"


class CreditOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be worked out: checked policy and incidents, and the tables as they were named."""

    policy: Policy
    incidents: tuple[CreditIncident, ...]
    inputs: CreditInputs
    memory_bytes: int
    lenient: bool = False


class Credited(msgspec.Struct, frozen=True):
    """What came out of a run."""

    totals: Totals
    control: Control


def candidates(engines: Iterable[CreditEngine], wish: str, policy: Policy) -> Iterator[CreditEngine]:
    """Those of the engines that leave no clause of the policy to another.

    Args:
        engines: the fastest first.
        wish: the name that was asked for, or "auto".
        policy: what they have to work out.

    Raises: RefusedInput when the engine that was asked for leaves a kind of clause to another.
    """
    for engine in engines:
        left = engine.leaves(policy)
        if left and wish != AUTO:
            raise RefusedInput(
                f"--engine {wish}: policy {policy.id} has {'; '.join(left)}, which this engine leaves to another; "
                "use --engine auto."
            )
        if not left:
            yield engine


def work_out(
    order: CreditOrder,
    engines: Iterable[CreditEngine],
    *,
    checker: InputChecker,
    folder: CreditFolder,
    progress: Progress,
) -> Credited:
    """Work out all credits and reconcile them.

    Args:
        order: what is asked.
        engines: candidates, the fastest first; one that the files do not suit leaves them to the next.
        checker: looks at the tables first.
        folder: receives credits, totals and the control account.
        progress: is told what goes on.

    Returns: totals and control account, which are in the folder too.
    Raises: RefusedInput for tables that cannot be used; OutsideFailed when disk or engine fail.
    """
    finished = folder.kept()
    checked, finished = _work_out(order, engines, finished, checker=checker, folder=folder, progress=progress)
    progress("reconciling", 1.0)
    _reconcile(finished, folder)
    set_aside = {table: rows for table, rows in checked.set_aside.items() if rows}
    control = control_of(finished.totals, set_aside, finished.engine)
    folder.write("totals.json", _pretty(finished.totals))
    folder.write("control.json", _pretty(control))
    return Credited(finished.totals, control)


def _work_out(
    order: CreditOrder,
    engines: Iterable[CreditEngine],
    kept: Finished | None,
    *,
    checker: InputChecker,
    folder: CreditFolder,
    progress: Progress,
) -> tuple[CheckedInputs, Finished]:
    """Let the first engine that the files suit work them out, unless an interrupted run has finished that."""
    unsuited: Unsuited | None = None
    if kept is not None:
        # They were found sound then; what was set aside is told with the credits, and so looked for again.
        return checker.check(order.inputs, lenient=order.lenient, values=order.lenient, progress=progress), kept
    for engine in engines:
        values = order.lenient or not engine.checks_values
        checked = checker.check(order.inputs, lenient=order.lenient, values=values, progress=progress)
        task = CreditTask(
            policy=order.policy,
            incidents=order.incidents,
            inputs=checked.inputs,
            out=folder.credits,
            memory_bytes=order.memory_bytes,
        )
        try:
            finished = Finished(engine.name, engine.run(task, progress))
        except Unsuited as refusal:
            unsuited = refusal
            continue
        folder.keep(finished)
        return checked, finished
    raise unsuited or RefusedInput(f"policy {order.policy.id}: no engine that is here works it out.")


def _reconcile(finished: Finished, folder: CreditFolder) -> None:
    """Hold what was written against what the engine said of it."""
    written, totals = folder.read_back(), finished.totals
    said = (totals.rows, totals.credited_subscribers, totals.net_minor)
    found = (written.rows, written.subscribers, {name: net for name, net in written.net_minor.items() if net})
    if said != found or not written.in_order:
        raise OutsideFailed(
            f"engine {finished.engine}: the credits written (rows, subscribers, sums) are {found}"
            f"{'' if written.in_order else ', not in order'}, their totals say {said}. Nothing was handed out; "
            "use another engine and report this."
        )


def _pretty(struct: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(struct), indent=2) + b"\n"
