"""Bars of signal: asked of a modem on a serial line, or of a command that the user names.

A modem answers AT+CSQ with a number from 0 to 31, 99 when it knows none; bars are those that Android shows for it.
Source: 3GPP TS 27.007, 8.5; Android, SignalStrength.getGsmLevel.
"""

from __future__ import annotations

import os
import re
import select
import shlex
import subprocess
import termios
import time
import tty
from pathlib import Path
from typing import Final

from pulih.model.errors import OutsideFailed, RefusedInput

_ASK: Final = b"AT+CSQ\r"
_WAIT_S: Final = 3.0
_COMMAND_S: Final = 10.0
_ANSWER_BYTES_MAX: Final = 4_096
_CSQ: Final = re.compile(r"\+CSQ:\s*(\d{1,3})\s*,")
_PERCENT: Final = re.compile(r"(\d{1,3})\s*%")
_DBM: Final = re.compile(r"(-\d{2,3})(?:\.\d+)?\s*dBm", re.IGNORECASE)
_BARS: Final = re.compile(r"\s*([0-4])\s*")
_UNKNOWN: Final = 99
# The lowest number of AT+CSQ for one bar, two, three and four.
_LEVELS: Final = (3, 5, 8, 12)
_ENDED: Final = re.compile(rb"\r?\n(OK|ERROR|\+CME ERROR[^\r\n]*)\r?\n")


def bars_of(answer: str) -> int | None:
    """Return bars, 0 to 4, of what a modem or a command said; None when it tells none.

    Args:
        answer: with "+CSQ: 21,99", "-71 dBm", "84 %" or bars alone in it.

    >>> bars_of("+CSQ: 21,99"), bars_of("+CSQ: 99,99"), bars_of("signal quality: 40% (recent)"), bars_of("3")
    (4, None, 2, 3)
    >>> bars_of("rssi: -110.00 dBm"), bars_of("no modem")
    (0, None)
    """
    if (told := _CSQ.search(answer)) is not None:
        return None if int(told[1]) == _UNKNOWN else _level(int(told[1]))
    if (told := _DBM.search(answer)) is not None:
        return _level((int(told[1]) + 113) // 2)
    if (told := _PERCENT.search(answer)) is not None:
        return min(4, int(told[1]) // 20)
    return int(told[1]) if (told := _BARS.fullmatch(answer)) is not None else None


def ask_modem(device: Path) -> int | None:
    """Return the bars that a modem on a serial line tells, None when it knows none.

    Args:
        device: such as /dev/ttyUSB2; another program may use another line of the same modem.

    Raises: OutsideFailed when it cannot be asked.
    """
    try:
        line = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as problem:
        raise OutsideFailed(f"{device}: the modem cannot be asked ({problem.strerror})") from None
    try:
        tty.setraw(line)
        # What it said before is no answer to us.
        termios.tcflush(line, termios.TCIOFLUSH)
        os.write(line, _ASK)
        return bars_of(_answered(line).decode("ascii", "replace"))
    except (OSError, termios.error) as problem:
        raise OutsideFailed(f"{device}: no modem answers there ({problem})") from None
    finally:
        os.close(line)


def ask_command(command: str) -> int | None:
    """Return the bars that a command writes, None when it tells none.

    Args:
        command: with its arguments, as for a shell; no shell sees it.

    Raises: RefusedInput when it is none; OutsideFailed when it fails.
    """
    try:
        words = shlex.split(command)
        done = subprocess.run(words, capture_output=True, timeout=_COMMAND_S, check=False, stdin=subprocess.DEVNULL)
    except (ValueError, IndexError, FileNotFoundError, PermissionError):
        raise RefusedInput(
            f"--signal-command {command!r}: it cannot be run; give a program with its arguments"
        ) from None
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise OutsideFailed(f"--signal-command: it failed ({type(problem).__name__})") from None
    if done.returncode:
        raise OutsideFailed(f"--signal-command: it ended with {done.returncode}")
    return bars_of(done.stdout[:_ANSWER_BYTES_MAX].decode("utf-8", "replace"))


def _answered(line: int) -> bytes:
    """Return what a modem says until it says that this was all, or time is over."""
    until_s = time.monotonic() + _WAIT_S
    said = b""
    while len(said) < _ANSWER_BYTES_MAX and _ENDED.search(said) is None:
        left_s = until_s - time.monotonic()
        if left_s <= 0 or not select.select([line], [], [], left_s)[0]:
            break
        brought = os.read(line, 256)
        if not brought:
            break
        said += brought
    return said


def _level(number: int) -> int:
    return sum(number >= least for least in _LEVELS)
