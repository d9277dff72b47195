"""Tells text from everything else, and one encoding from another, by looking at the first bytes.

Read are UTF-8 (with or without its mark) and UTF-16 or UTF-32 with theirs. Older encodings are refused with
the command that converts them: reading them by guess would turn letters into other ones without a word.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from pulih.adapters.files.origin import DamagedError, ReadBytes, joined
from pulih.model.errors import RefusedInput

HEAD_BYTES: Final = 1 << 16
_CHUNK_BYTES: Final = 1 << 17
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CSV_WANTED: Final = "wanted is CSV, JSON lines or Parquet"
_KNOWN: Final = (
    (b"PK\x03\x04", "a ZIP or Excel file (.xlsx); save the sheet as CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; save the sheet as CSV UTF-8"),
    (b"%PDF-", f"a PDF; {_CSV_WANTED}"),
    (b"BZh91AY&SY", "packed with bzip2; unpack it first: bunzip2 FILE"),
    (b"\xfd7zXZ\x00", "packed with xz; unpack it first: unxz FILE"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"SQLite format 3\x00", f"an SQLite database; {_CSV_WANTED}"),
    (b"ARROW1\x00", f"an Arrow file; {_CSV_WANTED}"),
    (b"Obj\x01", f"an Avro file; {_CSV_WANTED}"),
    (b"PARE", "an encrypted Parquet file; decrypt it first"),
)
_CONTROLS: Final = bytes(code for code in (*range(32), 127) if code not in b"\t\n\v\f\r\x1b")


def text_of(read: ReadBytes, head: bytes) -> ReadBytes:
    """Return a way to read, as UTF-8 without a mark, the stream whose first bytes `head` were read from `read`."""
    if head.startswith(codecs.BOM_UTF8):
        return joined(head[len(codecs.BOM_UTF8) :], read)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _recoded(joined(head[len(mark) :], read), encoding)
    return joined(head, read)


def _recoded(read: ReadBytes, encoding: str) -> ReadBytes:
    """Return a way to read as UTF-8 what is written in `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)()

    def read_recoded(size: int) -> bytes:
        while True:
            part = read(min(size, _CHUNK_BYTES))
            try:
                text = decoder.decode(part, final=not part)
            except UnicodeDecodeError:
                raise DamagedError(f"bytes that are not {encoding.upper()}") from None
            if text or not part:
                return text.encode()

    return read_recoded


def refuse_unless_text(head: bytes, label: str) -> None:
    """Raise RefusedInput when the first bytes of a file are those of something that is no text."""
    for magic, what in _KNOWN:
        if head.startswith(magic):
            raise RefusedInput(f"{label} is {what}")
    if any(head.startswith(mark) for mark, _ in _MARKS):
        return
    for order, name in ((1, "UTF-16LE"), (0, "UTF-16BE")):
        if len(head) > 3 and head[order::2].count(0) > 0.4 * len(head) / 2 and not head[1 - order :: 2].count(0):
            raise RefusedInput(
                f"{label} looks like {name} without its mark at the start; "
                f"convert it: iconv -f {name} -t UTF-8 {label} > utf8.csv"
            )
    if _is_binary(head):
        raise RefusedInput(f"{label} is binary data, not a table of texts; {_CSV_WANTED}, plain or as gzip or zstd")


def refuse_encoding(label: str, row: int, line: bytes) -> RefusedInput:
    """Return the refusal of a file that is text, but not in UTF-8.

    Args:
        row, line: the first physical line that shows it, and its bytes.
    """
    byte_at = _first_bad(line)
    name = "WINDOWS-1252" if _reads_as_1252(line) else "ISO-8859-1"
    return RefusedInput(
        f"{label}, row {row}: byte 0x{line[byte_at]:02X} at position {byte_at + 1} of the row is not UTF-8; "
        f"the file looks like {name}, so convert it: iconv -f {name} -t UTF-8 {label} > utf8.csv"
    )


def _first_bad(line: bytes) -> int:
    try:
        line.decode()
    except UnicodeDecodeError as problem:
        return problem.start
    return 0


def _reads_as_1252(line: bytes) -> bool:
    try:
        line.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(head: bytes) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # The last character may be cut in the middle by the end of the head.
    broken = re.sub(rb"[\xc2-\xf4][\x80-\xbf]{0,2}\Z", b"", head)
    try:
        broken.decode()
    except UnicodeDecodeError:
        # Text in an older encoding has accents but no control characters; random bytes have one in ten.
        return controls > 0.02 * len(head)
    # A few rows of UTF-8 text may well hold NUL bytes; those rows are refused one by one.
    return controls > 0.3 * len(head)
