"""Works a preview of credits out: each scenario through the same door as `pulih credit`, then who gets how much.

A scenario that is finished stays in the folder of the preview, so that one that was cut off goes on where it was.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pyarrow.parquet as pq

from pulih.adapters.credit.columns import TABLES
from pulih.adapters.credit.credit_folder import CREDITS
from pulih.adapters.credit.desk_folders import file_digest
from pulih.adapters.credit.disk import reading, writing
from pulih.adapters.credit.explained import PAID
from pulih.adapters.credit.rule_files import parse_policy, policy_text
from pulih.adapters.credit.shares import shares_of
from pulih.compensate.clauses import Benefit, Policy, ValidityDays
from pulih.compensate.policy_sentences import whole_sentence
from pulih.compensate.totals import Totals
from pulih.compensate.variants import policy_toml, variant
from pulih.main_credit import CreditWishes, credit
from pulih.ports.credit import CreditInputs
from pulih.ports.credit_desk import Outcome, PreviewOrder, Qualifying, Scenario, Told

_PAID_BATCH: Final = 1 << 20


def preview(order: PreviewOrder, told: Callable[[Told], None]) -> tuple[Outcome, ...]:
    """Work all scenarios out, one after the other.

    Args:
        order: what is asked.
        told: is told what goes on.

    Raises: RefusedInput for files that cannot be used; OutsideFailed when the disk or an engine fails.
    """
    folder = Path(order.folder)
    incident = folder / "incident.json"
    with writing(folder):
        incident.write_bytes(order.incident)
    paid = _paid(folder, order)
    outcomes: list[Outcome] = []
    kept = {_name(order, number) for number in range(len(order.scenarios))}
    _clear(folder, kept)
    for number, scenario in enumerate(order.scenarios):
        outcomes.append(_scenario(order, number, scenario, paid=paid, told=told, before=tuple(outcomes)))
    return tuple(outcomes)


def _scenario(
    order: PreviewOrder,
    number: int,
    scenario: Scenario,
    *,
    paid: Path | None,
    told: Callable[[Told], None],
    before: tuple[Outcome, ...],
) -> Outcome:
    many = len(order.scenarios)

    def progress(doing: str, part: float) -> None:
        told(Told(scenario=number + 1, scenarios=many, step=doing, part=(number + part) / many, outcomes=before))

    folder, out = Path(order.folder), Path(order.folder) / _name(order, number)
    text = policy_toml(variant(tomllib.loads(policy_text(scenario.policy).decode()), scenario.twist))
    policy_file = folder / f"policy-{number}.toml"
    with writing(folder):
        policy_file.write_bytes(text)
    wishes = CreditWishes(
        incident=str(folder / "incident.json"),
        policy=str(policy_file),
        inputs=CreditInputs(
            subscribers=order.settings.subscribers,
            presence=order.settings.presence,
            affected=order.settings.affected or None,
            paid=None if paid is None else str(paid),
        ),
        out=out,
        memory=order.settings.memory,
    )
    credited = credit(wishes, progress)
    if paid is not None and not (out / PAID).exists():
        with writing(out):
            (out / PAID).hardlink_to(paid)
    progress("adding up", 1.0)
    policy = parse_policy(text, scenario.policy)
    shares = shares_of(str(out / CREDITS), order.settings.subscribers)
    totals = credited.totals
    return Outcome(
        scenario=scenario,
        policy=policy.id,
        folder=str(out),
        digest=file_digest(out / CREDITS),
        subscribers=totals.subscribers,
        credited=totals.credited_subscribers,
        rows=totals.rows,
        net_minor={currency: net for currency, net in totals.net_minor.items() if net},
        in_kind=_in_kind(policy),
        clauses=_qualifying(policy, totals),
        **shares,
    )


def _name(order: PreviewOrder, number: int) -> str:
    scenario = order.scenarios[number]
    return f"{scenario.policy}-{scenario.twist}-{order.rests_on[:12]}"


def _clear(folder: Path, kept: set[str]) -> None:
    """Remove what earlier previews left, but not what this one can go on with."""
    with writing(folder):
        for path in folder.iterdir():
            if path.is_dir() and path.name.removeprefix(".").removesuffix(".partial") not in kept:
                shutil.rmtree(path)


def _paid(folder: Path, order: PreviewOrder) -> Path | None:
    """Gather earlier credits into one table; the same ones give the same file, which is kept."""
    if not order.paid:
        return None
    goal = folder / f"paid-{order.rests_on[:12]}.parquet"
    if goal.exists():
        return goal
    draft, schema = folder / ".paid.parquet", TABLES["paid"]
    with writing(folder), pq.ParquetWriter(draft, schema) as writer:
        for path in order.paid:
            with reading(path), pq.ParquetFile(path) as file:
                for batch in file.iter_batches(_PAID_BATCH, columns=schema.names):
                    writer.write_batch(batch.select(schema.names).cast(schema))
    with writing(folder):
        draft.replace(goal)
    return goal


def _in_kind(policy: Policy) -> tuple[str, ...]:
    units = {one.value.unit for one in policy.clauses if isinstance(one.value, Benefit)}
    days = {"DAY" for one in policy.clauses if isinstance(one.value, ValidityDays)}
    return tuple(sorted(units | days))


def _qualifying(policy: Policy, totals: Totals) -> tuple[Qualifying, ...]:
    """Who qualifies under each clause, in the order of the policy."""
    found = {clause.clause_id: clause for incident in totals.incidents for clause in incident.clauses}
    return tuple(
        Qualifying(
            clause=one.id,
            status=found[one.id].status,
            sentence_id=whole_sentence(one, "id"),
            sentence_en=whole_sentence(one, "en"),
            qualified=found[one.id].qualified,
            credited=found[one.id].credited,
        )
        for one in policy.clauses
    )


def told_as(outcomes: tuple[Outcome, ...], order: PreviewOrder) -> Told:
    """Return how a finished preview stands."""
    many = len(order.scenarios)
    return Told(state="done", scenario=many, scenarios=many, part=1.0, outcomes=outcomes)


def encoded(told: Told) -> bytes:
    """Write how a preview stands, to be sent to another process."""
    return msgspec.json.encode(told)
