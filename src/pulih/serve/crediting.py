"""Credits on the running desk, joined: incidents, the operator's tables, the process beside it, the books."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from pulih.adapters.config import DeskSettings
from pulih.adapters.credit.desk_folders import DeskCreditFolders
from pulih.adapters.credit.rule_files import packaged_policies, policy_titles
from pulih.adapters.sql.credit_journal import SqlCreditJournal
from pulih.ports.clock import Clock
from pulih.ports.credit_desk import CreditPress, CreditSettings
from pulih.serve.credit_papers import DeskPapers, write_apart
from pulih.serve.credit_press import ProcessPress
from pulih.serve.paper_work import write_papers
from pulih.service.credit_desk import CreditDesk
from pulih.service.incidents import Incidents


def credits_of(
    settings: DeskSettings,
    folder: Path,
    engine: Engine,
    *,
    incidents: Incidents,
    clock: Clock,
    press: CreditPress | None = None,
) -> CreditDesk:
    """Return what works credits out, keeps and books them.

    Args:
        settings: of the desk.
        folder: where previews and batches are kept.
        engine: the desk's database.
        incidents: of the desk.
        clock: the desk's.
        press: works previews out; a process of its own when None, and then for papers, too.
    """
    table = settings.credit
    tables = CreditSettings(
        subscribers=_written(table.subscribers),
        presence=_written(table.presence),
        affected=_written(table.affected),
        memory=table.memory,
    )
    return CreditDesk(
        incidents,
        folders=DeskCreditFolders(folder),
        press=press or ProcessPress(),
        journal=SqlCreditJournal(engine),
        settings=tables,
        policies={name: policy_titles(name) for name in packaged_policies()},
        clock=clock,
        papers=DeskPapers(folder, tables.subscribers, write_apart if press is None else write_papers),
    )


def _written(path: Path | None) -> str:
    return "" if path is None else str(path.absolute())
