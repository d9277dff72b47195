"""Joins what happens with credits that are worked out: handing over, the control report, and what policies say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from pulih.adapters.credit.credit_folder import CREDITS
from pulih.adapters.credit.disk import reading, writing
from pulih.adapters.credit.earlier_sums import EarlierSums
from pulih.adapters.credit.journal import CreditJournal
from pulih.adapters.credit.payload_files import PayloadFiles, write_payloads
from pulih.adapters.credit.policy_text import policy_html, policy_lines
from pulih.adapters.credit.receipts import (
    HandOverReceipt,
    Removed,
    check_handed_over,
    check_open,
    forget,
    give_receipt,
    handed_over_before,
    one_at_a_time,
)
from pulih.adapters.credit.rule_files import in_indonesian, packaged_policies, parse_policy, policy_text
from pulih.adapters.credit.run_files import CreditRun, run_of
from pulih.adapters.credit.subscriber_columns import SubscriberColumns
from pulih.adapters.credit.whole_folder import WholeFolder, digest_of
from pulih.compensate.clauses import Policy
from pulih.compensate.policy_page import policy_page
from pulih.compensate.totals import Totals
from pulih.compensate.written import Language
from pulih.model.errors import RefusedInput
from pulih.ports.credit import Progress

ACCOUNT = "hand-over.json"


class HandOverWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a hand-over; see docs/commands.md."""

    credits: Path
    subscribers: str
    out: Path
    journal: Path | None = None
    forget: bool = False


class HandedOver(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: the receipt, whether it was handed over before, and what was removed."""

    receipt: HandOverReceipt
    before: bool
    removed: tuple[Removed, ...] = ()


def hand_over(wishes: HandOverWishes, progress: Progress) -> HandedOver:
    """Write the files that billing and charging take, once.

    Args:
        wishes: the folder of credits, the table of subscribers, where to.
        progress: is told what goes on.

    Raises: RefusedInput for a folder or table that cannot be used, and for a folder that was handed over elsewhere;
        ForbiddenMove while another hand-over of it goes on; OutsideFailed when the disk refuses.
    """
    run = run_of(wishes.credits)
    with one_at_a_time(wishes.credits):
        receipt = handed_over_before(wishes.credits, wishes.out)
        journal = None if wishes.journal is None else CreditJournal(wishes.journal)
        if journal is not None:
            check_open(journal, run.totals.net_minor, wishes.credits, done=receipt is not None)
        before = receipt is not None
        if receipt is not None and wishes.out.exists():
            check_handed_over(receipt, wishes.out)
        else:
            receipt = _write_files(wishes, run, receipt, progress)
        if journal is not None:
            journal.hand_over(receipt.account.credits_sha256)
        removed = forget(wishes.credits, run.inputs, _now()) if wishes.forget else ()
    return HandedOver(receipt=receipt, before=before, removed=removed)


def packaged() -> tuple[Policy, ...]:
    """The policies that come with Pulih, by id."""
    return tuple(parse_policy(policy_text(named), named) for named in packaged_policies())


def explain_policy(named: str, language: Language, html: Path | None) -> str:
    """Explain a policy in sentences.

    Args:
        named: id of a packaged policy, or path of a file.
        language: of the sentences; with `html`, the one that comes first.
        html: a file to write, with both languages; None: text is returned.

    Returns: lines for people, or where the page is.
    Raises: RefusedInput when there is no such policy; OutsideFailed when the disk refuses.
    """
    policy = parse_policy(policy_text(named), named)
    words = in_indonesian(policy)
    if html is None:
        return "\n".join(policy_lines(policy_page(policy, language, words)))
    languages: tuple[Language, ...] = ("id", "en") if language == "id" else ("en", "id")
    with writing(html):
        html.write_text(policy_html(policy_page(policy, one, words) for one in languages), encoding="utf-8")
    return f"Written: {html}"


def _write_files(
    wishes: HandOverWishes, run: CreditRun, receipt: HandOverReceipt | None, progress: Progress
) -> HandOverReceipt:
    """Fill the folder, give the receipt, and let the folder appear; after a kill between these, it is made again."""
    with WholeFolder(wishes.out) as folder:
        files = PayloadFiles(folder, run.policy, run.incidents)
        columns = SubscriberColumns(wishes.subscribers, ("payment",))
        earlier = EarlierSums(run.inputs.paid, run.policy, run.incidents)
        for part in write_payloads(files, wishes.credits / CREDITS, columns, earlier):
            progress("handing over", part)
        _reconcile(wishes.credits, files, run.totals)
        with reading(str(wishes.credits / CREDITS)):
            digest = digest_of(wishes.credits / CREDITS)
        account = files.sums().account(
            run.policy.id,
            tuple(sorted(one.id for one in run.incidents)),
            credits_sha256=digest,
            subscribers=files.subscribers,
        )
        folder.write(ACCOUNT, msgspec.json.format(msgspec.json.encode(account), indent=2) + b"\n")
        folder.finish()
        made = HandOverReceipt(at=_now(), out=str(wishes.out.absolute()), files=folder.digests, account=account)
        if receipt is not None and receipt.files != made.files:
            raise RefusedInput(
                f"--credits {wishes.credits}: this was handed over on {receipt.at}, and what comes out now differs "
                f"from that; bring the table of subscribers and {wishes.credits} back to what they were."
            )
        if receipt is None:
            give_receipt(wishes.credits, made)
        folder.appear()
    return receipt or made


def _reconcile(credits_folder: Path, files: PayloadFiles, totals: Totals) -> None:
    """Hold what was written against the totals of the run: no credit is lost on the way out."""
    said = (totals.rows, totals.credited_subscribers, totals.net_minor)
    found = (files.credits, files.subscribers, files.sums().net())
    if said != found:
        raise RefusedInput(
            f"--credits {credits_folder}: credits.parquet holds {found} (credits, subscribers, sums) and totals.json "
            f"says {said}; one of them was changed. Nothing was handed over; work the credits out anew."
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
