"""Receipts in a folder of credits: that it was handed over, and that the tables it came from were removed.

A folder is handed over once. Its receipt says where to and with which checksums, so that the same hand-over asked
again, after a kill for instance, gives the same files, and another is refused.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from pulih.adapters.credit.disk import reading, writing
from pulih.adapters.credit.journal import CreditJournal
from pulih.adapters.credit.whole_folder import digest_of
from pulih.compensate.handed_over import HandOver
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.ports.credit import CreditInputs

HANDED_OVER: Final = "handed-over.json"
FORGOTTEN: Final = "forgotten.json"
_Receipt = TypeVar("_Receipt", bound=msgspec.Struct)


class HandOverReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """That a folder was handed over: when (UTC), where to, and SHA-256 of each file."""

    at: str
    out: str
    files: dict[str, str]
    account: HandOver


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """One table that was removed, and what it was."""

    table: str
    path: str
    sha256: str
    octets: int
    at: str


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """The tables that were removed after settlement."""

    removed: tuple[Removed, ...] = ()


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Around a hand-over: no other of the same folder goes on meanwhile.

    Raises: ForbiddenMove.
    """
    with reading(str(folder)):
        lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ForbiddenMove(f"--credits {folder}: it is being handed over now; wait for that to end.") from None
        yield
    finally:
        os.close(lock)


def handed_over_before(folder: Path, out: Path) -> HandOverReceipt | None:
    """The receipt of a folder; None when it was not handed over yet.

    Raises: RefusedInput when it was handed over to another place, or what was handed over is not what it was.
    """
    path = folder / HANDED_OVER
    with reading(str(path)):
        if not path.exists():
            return None
        receipt = _decoded(path, HandOverReceipt)
    if receipt.out != str(out.absolute()):
        raise RefusedInput(
            f"--credits {folder}: this was handed over on {receipt.at} to {receipt.out}, and no credit is handed over "
            f"twice. Take those files; with --out {receipt.out} they are made again when they are gone."
        )
    return receipt


def hand_over_of(folder: Path) -> HandOver | None:
    """The account of a folder's hand-over; None when it was not handed over yet."""
    path = folder / HANDED_OVER
    with reading(str(path)):
        return _decoded(path, HandOverReceipt).account if path.exists() else None


def check_handed_over(receipt: HandOverReceipt, out: Path) -> None:
    """Look that the files at their place are those of the receipt.

    Raises: RefusedInput when one is missing or another.
    """
    for name, digest in receipt.files.items():
        with reading(str(out / name)):
            found = digest_of(out / name)
        if found != digest:
            raise RefusedInput(
                f"{out / name}: this is not the file that was handed over on {receipt.at} (SHA-256 {digest}); "
                f"remove {out} and ask again, and it is made as it was."
            )


def check_open(journal: CreditJournal, net_minor: dict[str, int], folder: Path, *, done: bool) -> None:
    """Look that what is open in a journal is what a folder of credits holds, since all that is open is handed over.

    Args:
        journal: opened.
        net_minor: sums of the folder, by currency or unit.
        folder: of credits.
        done: whether the folder was handed over before; then nothing may be open, as after a whole hand-over.

    Raises: RefusedInput when it is something else.
    """
    open_minor = {unit: -minor for unit, minor in journal.balances().get("owed", {}).items() if minor}
    if open_minor != net_minor and not (done and not open_minor):
        raise RefusedInput(
            f"--journal: {open_minor or 'nothing'} is open there, and {folder} holds {net_minor or 'nothing'}; hand "
            "over the folder of the run that was posted last, with the journal that it was posted to."
        )


def give_receipt(folder: Path, receipt: HandOverReceipt) -> None:
    """Keep a receipt in the folder of credits."""
    _write(folder / HANDED_OVER, receipt)


def forget(folder: Path, inputs: CreditInputs, at: str) -> tuple[Removed, ...]:
    """Remove the tables that say where subscribers were and whom a fault hit; a receipt says what they were.

    Args:
        folder: of credits that were handed over.
        inputs: where the tables were at the run.
        at: now, ISO 8601 in UTC.

    Returns: what was removed, now and before.
    Raises: OutsideFailed when the disk refuses.
    """
    receipt = folder / FORGOTTEN
    removed = list(forgotten_of(folder).removed)
    kept = {Path(path).resolve() for path in (inputs.subscribers, inputs.paid) if path is not None}
    for table, named in (("presence", inputs.presence), ("affected", inputs.affected)):
        if named is None or not Path(named).exists() or Path(named).resolve() in kept:
            continue
        # Where the name is a link, what it leads to is the table.
        path = Path(named).resolve()
        with reading(named):
            known = Removed(table=table, path=named, sha256=digest_of(path), octets=path.stat().st_size, at=at)
        # The receipt comes first: a table without one would be gone without a word.
        if known.sha256 not in {one.sha256 for one in removed if one.path == named}:
            removed.append(known)
        _write(receipt, Forgotten(removed=tuple(removed)))
        with writing(path):
            path.unlink()
            Path(named).unlink(missing_ok=True)
    return tuple(removed)


def forgotten_of(folder: Path) -> Forgotten:
    """What of a folder's tables was removed; nothing where there is no receipt."""
    receipt = folder / FORGOTTEN
    with reading(str(receipt)):
        return _decoded(receipt, Forgotten) if receipt.exists() else Forgotten()


def _decoded(path: Path, kind: type[_Receipt]) -> _Receipt:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.MsgspecError:
        raise RefusedInput(f"{path}: the receipt is damaged; bring it back from a backup.") from None


def _write(path: Path, struct: msgspec.Struct) -> None:
    draft = path.with_name(f".{path.name}.draft")
    with writing(path):
        with draft.open("wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(struct), indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
