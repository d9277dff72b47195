"""What the disk and the Parquet reader refuse while credits are worked out, each in one sentence with the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from pulih.adapters.disk_errors import disk_refused
from pulih.model.errors import RefusedInput

_NO_UTF8 = re.compile(r"Row #([0-9]+): .*invalid UTF8", re.ASCII)


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Around all that reads a file: a missing or damaged one becomes a refusal that names it.

    Raises: RefusedInput.
    """
    try:
        yield
    except FileNotFoundError:
        raise RefusedInput(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise RefusedInput(f"{path}: this is a folder; name one file, Parquet or CSV.") from None
    except PermissionError:
        raise RefusedInput(f"{path}: this user may not read the file.") from None
    except UnicodeDecodeError as error:
        raise RefusedInput(f"{path}: this is no text in UTF-8 ({error.reason}); save it as that.") from None
    except (pa.ArrowException, OSError) as error:
        wrong_bytes = _NO_UTF8.search(str(error))
        if wrong_bytes:
            # The reader of CSV counts the header as a row.
            row = int(wrong_bytes[1]) - 1
            raise RefusedInput(f"{path}, row {row}: this is no text in UTF-8; save the file as that.") from None
        raise RefusedInput(
            f"{path}: the file is damaged or not what its name says ({_brief(error)}); fetch or write it anew."
        ) from None


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Around all that writes into a folder: a full or forbidden disk becomes a failure that names it.

    Raises: OutsideFailed.
    """
    try:
        yield
    except OSError as error:
        raise disk_refused(error, folder, doing="writing credits") from None


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:160].rstrip(".")
