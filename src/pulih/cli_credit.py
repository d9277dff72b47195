"""The commands of compensation: `pulih credit` and `pulih explain`; sentences and exit codes as everywhere."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

COMMANDS = ("credit", "explain")


@Parameter(name="*")
@dataclass(frozen=True)
class Crediting:
    """What working out credits takes besides its rules and tables."""

    affected: Annotated[Path | None, Parameter(help="Subscribers listed as affected, for faults of the core.")] = None
    paid: Annotated[Path | None, Parameter(help="Credits given earlier; an earlier credits.parquet will do.")] = None
    journal: Annotated[
        Path | None, Parameter(help="Folder of the journal to post to; what it handed over counts as paid.")
    ] = None
    from_desk: Annotated[
        str | None, Parameter(help="Address of a running desk that tells the incident; --incident is then its id.")
    ] = None
    token_file: Annotated[
        Path | None, Parameter(help="File with a token of role approver for that desk; only its owner may read it.")
    ] = None
    plain_http: Annotated[bool, Parameter(help="Allow an address without encryption that is not this machine.")] = False
    engine: Annotated[
        str, Parameter(help="Who works it out: auto, kernel, duckdb, rules, local-spark, spark://HOST:PORT; same rows.")
    ] = "auto"
    memory: Annotated[
        str, Parameter(help="How much memory duckdb or Spark may use; kernel and rules take what they need.")
    ] = "4GB"
    breakdown: Annotated[
        bool, Parameter(help="Write sums by plan, segment and region and the largest credits, too.")
    ] = False
    lenient: Annotated[
        bool, Parameter(help="Set rows that cannot be used aside, in refused.parquet, instead of refusing.")
    ] = False


def credit(
    *, incident: Path, policy: str, subscribers: Path, presence: Path, out: Path, asked: Crediting | None = None
) -> int:
    """Work out who is owed what for an outage: credits.parquet, totals.json and a control account, exact and explained.

    Parameters
    ----------
    incident
        The outage, or several, as JSON (docs/credit.md); with --from-desk the id of an incident of that desk.
    policy
        The policy, as TOML, or the id of a packaged one, such as idn-default.
    subscribers
        Table of subscribers, Parquet or CSV.
    presence
        Table of where subscribers were, Parquet or CSV.
    out
        Folder to write; it appears whole or not at all.
    """
    from pulih.adapters.credit.progress_line import ProgressLine  # noqa: PLC0415
    from pulih.adapters.credit.shown import credited_lines  # noqa: PLC0415
    from pulih.main_credit import CreditWishes  # noqa: PLC0415
    from pulih.main_credit import credit as work_out  # noqa: PLC0415
    from pulih.ports.credit import CreditInputs  # noqa: PLC0415

    given = asked or Crediting()
    told = _told_by_desk(incident.name, given)
    wishes = CreditWishes(
        incident=str(incident),
        told=told,
        policy=policy,
        inputs=CreditInputs(
            subscribers=str(subscribers),
            presence=str(presence),
            paid=None if given.paid is None else str(given.paid),
            affected=None if given.affected is None else str(given.affected),
        ),
        out=out,
        engine=given.engine,
        memory=given.memory,
        lenient=given.lenient,
        journal=given.journal,
        breakdown=given.breakdown,
    )
    with ProgressLine() as progress:
        credited = work_out(wishes, progress)
    for line in credited_lines(credited, out):
        sys.stdout.write(f"{line}\n")
    return 0


def _told_by_desk(incident: str, given: Crediting) -> bytes | None:
    """Return the incident as a running desk tells it, None where no desk is asked."""
    if given.from_desk is None:
        return None
    from pulih.adapters.desk_commands import read_token  # noqa: PLC0415
    from pulih.adapters.incident_of_desk import incident_of_desk  # noqa: PLC0415
    from pulih.model.errors import RefusedInput  # noqa: PLC0415

    if given.token_file is None:
        raise RefusedInput("--from-desk needs --token-file, a file with a token of role approver.")
    told, remarks = incident_of_desk(given.from_desk, incident, read_token(given.token_file), plain=given.plain_http)
    for remark in remarks:
        sys.stderr.write(f"{remark}\n")
    return told


def explain(*, credits: Path, subscriber: int, language: Literal["id", "en"] = "id") -> int:
    """Tell one subscriber's account: when they were affected, what counts and why, clause, formula and amount.

    Parameters
    ----------
    credits
        Folder that `pulih credit` wrote.
    subscriber
        Id of the subscriber.
    language
        Of the words.
    """
    from pulih.main_credit import explain as tell  # noqa: PLC0415

    sys.stdout.write(f"{tell(credits, subscriber, language)}\n")
    return 0


def add_to(app: App) -> None:
    """Add the commands of compensation to the others."""
    app.command(credit, name="credit")
    app.command(explain, name="explain")
