"""The folder of a run: filled in hiding, renamed when it is whole, and taken up again after a kill.

While a run goes on, all of it is in `.NAME.partial` beside its goal. A killed run leaves that behind; the next with the
same inputs goes on from the last finished step, one with others begins anew. The goal appears whole, in one rename.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pulih.adapters.credit.disk import reading, writing
from pulih.compensate.control import Control
from pulih.compensate.totals import Totals
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.ports.credit import Finished, WrittenCredits
from pulih.service.crediting import Credited

CREDITS: Final = "credits.parquet"
TOTALS: Final = "totals.json"
CONTROL: Final = "control.json"
_STAMP: Final = "run.stamp"
_FINISHED: Final = "credits.finished"
# What the finished folder keeps of it, so that the same run asked again finds itself done.
_KNOWN_BY: Final = "explain/run.stamp"
# What only the run itself needs; it goes before the folder appears.
_SCRATCH: Final = "scratch"


def done_before(goal: Path, stamp: str) -> Credited | None:
    """What the same run gave when it was done before, to the folder that stands there; None when it was not.

    A run that was killed as it ended cannot know that it had ended; asked again it must change nothing.
    """
    known = goal / _KNOWN_BY
    with reading(str(goal)):
        if not known.is_file() or known.read_text() != stamp:
            return None
        totals = msgspec.json.decode((goal / TOTALS).read_bytes(), type=Totals)
        return Credited(totals, msgspec.json.decode((goal / CONTROL).read_bytes(), type=Control))


class PartialFolder:
    """Use it in a `with` block: at its good end the folder stands at its goal. The port `CreditFolder`.

    Attributes:
        scratch: a folder for copies of inputs, which hold personal data and go before the end.
    """

    def __init__(self, goal: Path, stamp: str) -> None:
        """Prepare the hidden folder.

        Args:
            goal: where the finished folder is to be; missing or empty.
            stamp: says which inputs the run has; another stamp is another run.

        Raises: RefusedInput when the goal is taken; ForbiddenMove when another run fills it now; OutsideFailed.
        """
        if goal.exists() and not goal.is_dir():
            raise RefusedInput(f"--out {goal}: this is a file; name a folder that does not exist yet.")
        if goal.is_dir() and any(goal.iterdir()):
            raise RefusedInput(f"--out {goal}: the folder holds something already; name one that does not exist yet.")
        self._goal, self._stamp = goal.absolute(), stamp
        self._draft = self._goal.parent / f".{goal.name}.partial"
        self.scratch = self._draft / _SCRATCH
        with writing(self._draft):
            self._draft.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._draft, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise ForbiddenMove(f"--out {goal}: another run is filling this folder; wait for it to end.") from None

    @property
    def credits(self) -> str:
        """Path of the credits in the hidden folder."""
        return str(self._draft / CREDITS)

    def __enter__(self) -> PartialFolder:
        stamped = self._draft / _STAMP
        with writing(self._draft):
            if not stamped.exists() or stamped.read_text() != self._stamp:
                for path in self._draft.iterdir():
                    _remove(path)
                _write(stamped, self._stamp.encode())
            self.scratch.mkdir(exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.write(_KNOWN_BY, self._stamp.encode())
                with writing(self._draft):
                    for name in (_SCRATCH, _FINISHED, _STAMP):
                        _remove(self._draft / name)
                    _sync(self._draft)
                    self._draft.replace(self._goal)
                    _sync(self._goal.parent)
            elif issubclass(kind, Exception):
                shutil.rmtree(self._draft, ignore_errors=True)
            else:
                # Ctrl-C: what is finished is kept for the next run, and copies of personal data are not.
                shutil.rmtree(self.scratch, ignore_errors=True)
        finally:
            os.close(self._lock)

    def kept(self) -> Finished | None:
        """What an interrupted run had finished."""
        finished = self._draft / _FINISHED
        with reading(str(finished)):
            return msgspec.json.decode(finished.read_bytes(), type=Finished) if finished.exists() else None

    def keep(self, finished: Finished) -> None:
        """Remember that the credits are finished."""
        with writing(self._draft):
            _sync(Path(self.credits))
            _write(self._draft / _FINISHED, msgspec.json.encode(finished))

    def read_back(self) -> WrittenCredits:
        """Read the credits again, a row group at a time."""
        rows = subscribers = 0
        net: dict[str, int] = {}
        last: int | None = None
        in_order = True
        with reading(self.credits), pq.ParquetFile(self.credits) as file:
            for batch in file.iter_batches(1 << 20, columns=["subscriber_id", "amount_minor", "currency"]):
                ids = batch.column("subscriber_id").to_numpy()
                if len(ids) == 0:
                    continue
                in_order &= bool((ids[1:] >= ids[:-1]).all()) and (last is None or ids[0] >= last)
                subscribers += int((ids[1:] != ids[:-1]).sum()) + (last != ids[0])
                last, rows = ids[-1], rows + len(ids)
                for currency, amount_minor in _sums(batch.column("currency"), batch.column("amount_minor")):
                    net[currency] = net.get(currency, 0) + amount_minor
        return WrittenCredits(rows=rows, subscribers=subscribers, net_minor=net, in_order=in_order)

    def write(self, name: str, content: bytes) -> None:
        """Write one more file, in a folder of its own where the name has one."""
        path = self._draft / name
        with writing(self._draft):
            path.parent.mkdir(exist_ok=True)
            _write(path, content)

    def path(self, name: str) -> Path:
        """Where a file of that name is while the folder is filled."""
        return self._draft / name


def _sums(currencies: object, amounts: object) -> list[tuple[str, int]]:
    """Sum of amounts by currency, as whole numbers of any size."""
    told = []
    for currency in pc.unique(currencies).to_pylist():
        picked = pc.filter(amounts, pc.equal(currencies, currency))
        high = pc.sum(pc.shift_right(picked, 32)).as_py()
        low = pc.sum(pc.bit_wise_and(picked, 0xFFFFFFFF)).as_py()
        told.append((currency, (high << 32) + low))
    return told


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    _sync(draft)
    draft.replace(path)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
