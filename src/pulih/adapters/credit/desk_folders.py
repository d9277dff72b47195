"""Previews and batches of credits in the data folder of a desk; the port `CreditFolders`.

`previews/INCIDENT` holds the last preview of an incident; `batches/BATCH` the folder of credits that was asked for. A
batch shares its files with the preview it was taken from, and outlives it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from pulih.adapters.credit.checking import InputCheck
from pulih.adapters.credit.credit_folder import CREDITS
from pulih.adapters.credit.disk import reading, writing
from pulih.adapters.credit.explained import INCIDENTS, PAID, POLICY, credits_of, rules_of
from pulih.adapters.credit.receipts import forget, forgotten_of, one_at_a_time
from pulih.adapters.credit.rule_files import parse_incidents, parse_policy
from pulih.adapters.credit.subscriber_rows import SubscriberRows
from pulih.compensate.account_words import account_lines, credit_lines
from pulih.compensate.clauses import Benefit, Policy, ValidityDays
from pulih.compensate.crediting import Account, accounts, credit_of, row_order
from pulih.compensate.holdings import Holding
from pulih.compensate.written import amount
from pulih.model.clock import MICROS, iso
from pulih.model.credit import Credit
from pulih.model.errors import RefusedInput
from pulih.ports.credit import CreditInputs
from pulih.ports.credit_desk import AccountTold, CreditSettings, Preview, RemovedTable

_KEPT: Final = "preview.json"
_OWN: Final = 0o700


class DeskCreditFolders:
    """Keeps them below one folder, which only its owner may enter.

    Args:
        root: of all previews and batches; made when it is not there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def preview(self, incident: str) -> str:
        """Return the folder of an incident's preview."""
        return str(self._made(self._root / "previews" / incident))

    def keep(self, preview: Preview) -> None:
        """Keep how a preview stands; written whole or not at all."""
        folder = Path(self.preview(preview.incident))
        draft = folder / f".{_KEPT}"
        with writing(folder):
            draft.write_bytes(msgspec.json.encode(preview))
            draft.replace(folder / _KEPT)

    def kept(self, incident: str) -> Preview | None:
        """Return the kept preview of an incident."""
        path = self._root / "previews" / incident / _KEPT
        try:
            return msgspec.json.decode(path.read_bytes(), type=Preview)
        except (OSError, msgspec.MsgspecError):
            # A preview can be made again at any time.
            return None

    def take(self, folder: str, batch: str) -> None:
        """Make a finished folder the batch of that id, in one rename."""
        goal = self._batch(batch)
        if goal.exists():
            return
        draft = self._made(goal.parent) / f".{batch}.partial"
        with writing(goal.parent):
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(folder, draft, copy_function=os.link)
            draft.replace(goal)

    def digest(self, batch: str) -> str:
        """Return the SHA-256 of a batch's credits, "" when they are not there."""
        path = self._batch(batch) / CREDITS
        return file_digest(path) if path.is_file() else ""

    def credits_of(self, batch: str) -> str:
        """Return the path of a batch's credits."""
        return str(self._batch(batch) / CREDITS)

    def forget(self, batch: str, settings: CreditSettings, *, asked_us: int, now_us: int) -> tuple[RemovedTable, ...]:
        """Remove the tables of presence and of listed subscribers; see `CreditFolders.forget`."""
        folder = self._batch(batch)
        inputs = CreditInputs(
            subscribers=settings.subscribers, presence=settings.presence, affected=settings.affected or None
        )
        for named in (inputs.presence, inputs.affected):
            if named and Path(named).exists() and Path(named).stat().st_mtime * MICROS > asked_us:
                raise RefusedInput(
                    f"{named}: this table was written after {batch} was asked for, so it is not the one that it came "
                    "from; remove it yourself if it is not needed any more.",
                    key="credit.newer",
                    path=named,
                )
        with one_at_a_time(folder):
            forget(folder, inputs, iso(now_us))
        return self.forgotten(batch)

    def forgotten(self, batch: str) -> tuple[RemovedTable, ...]:
        """Return what was removed of the tables that a batch came from."""
        return tuple(
            RemovedTable(one.table, one.path, one.sha256, one.at) for one in forgotten_of(self._batch(batch)).removed
        )

    def account(self, batch: str, subscriber: int, settings: CreditSettings) -> tuple[AccountTold, ...]:
        """Tell one subscriber's account of a batch; from the credits alone when the tables changed or are gone."""
        folder = self._batch(batch)
        policy_bytes, incident_bytes, _ = rules_of(folder)
        policy = parse_policy(policy_bytes, str(folder / POLICY))
        given = credits_of(folder, subscriber)
        holding = _holding(folder, subscriber, settings)
        if holding is not None:
            incidents = parse_incidents(incident_bytes, str(folder / INCIDENTS))
            told = list(accounts(policy, incidents, holding))
            again = [credit_of(policy, holding.subscriber, one) for one in told if one.net > 0]
            if sorted(again, key=row_order) == given:
                return tuple(_told(one, holding, policy) for one in told)
        return tuple(_given(one, policy) for one in given)

    def _batch(self, batch: str) -> Path:
        return self._root / "batches" / batch

    def _made(self, folder: Path) -> Path:
        with writing(folder):
            self._root.mkdir(mode=_OWN, parents=True, exist_ok=True)
            folder.mkdir(mode=_OWN, parents=True, exist_ok=True)
        return folder


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with reading(str(path)), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holding(folder: Path, subscriber: int, settings: CreditSettings) -> Holding | None:
    if not all(Path(path).is_file() for path in (settings.subscribers, settings.presence)):
        return None
    paid, affected = folder / PAID, settings.affected
    inputs = CreditInputs(
        subscribers=settings.subscribers,
        presence=settings.presence,
        paid=str(paid) if paid.is_file() else None,
        affected=affected if affected and Path(affected).is_file() else None,
    )
    with TemporaryDirectory(prefix="pulih-") as scratch:
        checked = InputCheck(Path(scratch)).check(inputs, lenient=False, values=False, progress=lambda _, __: None)
        return next((found[0] for found in SubscriberRows(checked.inputs, only=subscriber).chunks()), None)


def _told(account: Account, holding: Holding, policy: Policy) -> AccountTold:
    in_kind = isinstance(account.clause.value, (Benefit, ValidityDays))
    return AccountTold(
        lines_id=tuple(account_lines(account, holding, policy, "id")),
        lines_en=tuple(account_lines(account, holding, policy, "en")),
        net=account.net,
        currency=account.currency,
        given_id=amount(account.net, account.currency, "id", in_kind=in_kind),
        given_en=amount(account.net, account.currency, "en", in_kind=in_kind),
    )


def _given(credit: Credit, policy: Policy) -> AccountTold:
    clause = next(one for one in policy.clauses if one.id == credit.clause_id)
    in_kind = isinstance(clause.value, (Benefit, ValidityDays))
    return AccountTold(
        lines_id=tuple(credit_lines([credit], policy, "id")),
        lines_en=tuple(credit_lines([credit], policy, "en")),
        net=credit.amount_minor,
        currency=credit.currency,
        given_id=amount(credit.amount_minor, credit.currency, "id", in_kind=in_kind),
        given_en=amount(credit.amount_minor, credit.currency, "en", in_kind=in_kind),
    )
