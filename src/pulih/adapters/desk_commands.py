"""What the commands around a desk do and say: check-config, backup, restore, send and tail.

Each returns the exit code and writes sentences to `out`; refusals are raised, as everywhere, and told by `cli`.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Final, TextIO

import msgspec

from pulih.adapters.backup import Manifest, back_up, restore
from pulih.adapters.config import DeskSettings, check_config, read_config
from pulih.adapters.config.lines import lines_of_keys, nearest_line
from pulih.adapters.data_folder import known_layout, running_process
from pulih.adapters.desk_client import DeskClient
from pulih.adapters.feeding import SEND_PATIENCE_S, TAIL_PATIENCE_S, Feed, Sent, send_file, tail_file
from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.followed_file import StoppedFollowingError
from pulih.adapters.sources.kinds import kind_of
from pulih.model.clock import from_micros
from pulih.model.errors import RefusedInput

_INPUT_WRONG: Final = 2
_MEBIBYTE: Final = 1 << 20
# Returns the number of each source that would be refused (0 is the first), and why.
Refused = Callable[[DeskSettings], Sequence[tuple[int, str]]]
_TOKEN_BYTES_MAX: Final = 4_096
_HOW: Final = "make one: pulih token create --role source > FILE"


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """Where `send` and `tail` send to, and how they read.

    Attributes:
        to: address of the desk.
        token_file: the file with a token of role source.
        columns: what the user told about columns and zone.
        source: what rows without a source of their own come from; the file's name when "".
        position: where it is kept how far the file was sent; beside the file when None.
        plain_http: allow an address without encryption.
    """

    to: str
    token_file: Path
    columns: ColumnWishes = ColumnWishes()
    source: str = ""
    position: Path | None = None
    plain_http: bool = False


def tell_config_faults(path: Path, out: TextIO, refused: Refused = lambda _: []) -> int:
    """Tell every fault of a settings file; return 0 without any, 2 with some.

    Args:
        path: of the file.
        out: where to tell.
        refused: returns the sources of settings without any other fault that would be refused, by number, and why.
    """
    faults = [(one.line, f"{one.what}; right would be {one.right}.") for one in check_config(path, kind_of)]
    if not faults and (sources := refused(read_config(path, kind_of))):
        lines = lines_of_keys(path.read_text("utf-8"))
        faults = [(nearest_line(lines, ("source", number)), why) for number, why in sources]
    out.writelines(f"{path}, line {line}: {what}\n" for line, what in faults)
    if not faults:
        out.write(f"{path}: no fault found.\n")
    return _INPUT_WRONG if faults else 0


def take_backup(data: Path, to: Path | None, out: TextIO, *, version: str, now_us: int) -> int:
    """Back up a data folder, running or not.

    Args:
        data: the folder.
        to: the file to write; one named after the moment, in the present folder, when None.
        out: where to say what was written.
        version: of Pulih.
        now_us: the present, microseconds since 1970 UTC.

    Raises: RefusedInput; OutsideFailed.
    """
    layout = known_layout(data)
    path = to or Path(f"pulih-{from_micros(now_us):%Y%m%dT%H%M%SZ}.tar.zst")
    manifest = back_up(layout, path, version=version, now_us=now_us)
    running = " while the desk was running" if running_process(layout) is not None else ""
    out.write(f"{path}: {_held(manifest)}, {path.stat().st_size / _MEBIBYTE:,.1f} MiB packed, taken{running}.\n")
    out.write("It holds the desk's secret and the keys of its texts; keep it as closed as the desk itself.\n")
    return 0


def bring_back(backup: Path, data: Path, out: TextIO) -> int:
    """Restore a backup into an empty folder. Raises RefusedInput; OutsideFailed."""
    manifest = restore(backup, data)
    out.write(f"{data}: {_held(manifest)}, as of {manifest.made}, all checksums right.\n")
    out.write(f"Start it with: pulih serve --data {data} (never beside the desk that it was taken from).\n")
    return 0


def send(file: str, goal: Goal, out: TextIO, *, stdin: BinaryIO) -> int:
    """Send a file to a desk, behind what was sent before. Raises RefusedInput; OutsideFailed."""
    client = DeskClient(goal.to, read_token(goal.token_file), patience_s=SEND_PATIENCE_S, plain=goal.plain_http)
    sent = send_file(file, _feed(file, goal, client), now_us=_now_us(), stdin=stdin)
    _tell(sent, file, out)
    return 0


def tail(file: Path, goal: Goal, out: TextIO, *, look_s: float = 1.0) -> int:
    """Send a file as it grows, until SIGINT or SIGTERM. Raises RefusedInput; OutsideFailed."""
    stopping = threading.Event()

    def sleep(wait_s: float) -> None:
        if stopping.wait(wait_s):
            raise StoppedFollowingError

    client = DeskClient(
        goal.to, read_token(goal.token_file), patience_s=TAIL_PATIENCE_S, plain=goal.plain_http, sleep=sleep
    )
    last = Sent()

    def told(sent: Sent) -> None:
        nonlocal last
        last = sent

    feed = msgspec.structs.replace(_feed(str(file), goal, client), told=told)
    with until_signalled(stopping):
        tail_file(file, feed, now_us=_now_us, stopping=stopping, look_s=look_s)
    _tell(last, str(file), out)
    return 0


def read_token(path: Path) -> str:
    """Return the token in a file; line ends around it do not count.

    Raises: RefusedInput when there is none, or everybody may read it.
    """
    try:
        with path.open("rb") as file:
            token = file.read(_TOKEN_BYTES_MAX).strip()
        mode = path.stat().st_mode
    except OSError as error:
        raise RefusedInput(f"--token-file {path}: it cannot be read ({error.strerror}); {_HOW}") from None
    if mode & 0o007:
        raise RefusedInput(f"--token-file {path}: everybody on this machine may read it; close it: chmod 600 {path}")
    if not token or not token.isascii():
        raise RefusedInput(f"--token-file {path}: it holds no token; {_HOW}")
    return token.decode()


@contextmanager
def until_signalled(stopping: threading.Event) -> Iterator[None]:
    """Let SIGINT and SIGTERM end following in good order."""

    def stop(_: int, __: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _feed(file: str, goal: Goal, client: DeskClient) -> Feed:
    position = None if file == "-" else goal.position or Path(f"{file}.position")
    return Feed(client, goal.columns, position, goal.source)


def _tell(sent: Sent, file: str, out: TextIO) -> None:
    skipped = f", behind {sent.skipped:,} that were sent before" if sent.skipped else ""
    out.write(
        f"{file}: {sent.rows:,} rows = {sent.accepted:,} accepted + {sent.repeated:,} repeated + {sent.late:,} late "
        f"+ {sent.refused:,} refused{skipped}.\n"
    )
    out.writelines(f"  refused: {reason}\n" for reason in sent.reasons)


def _held(manifest: Manifest) -> str:
    return f"{len(manifest.parts):,} files, {sum(part.size for part in manifest.parts) / _MEBIBYTE:,.1f} MiB"


def _now_us() -> int:
    return time.time_ns() // 1000
