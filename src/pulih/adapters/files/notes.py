"""Sentences a reader of the result must know about how a file was read, each in English and Indonesian."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from pulih.adapters.files.time_reader import TimeReader

Note = tuple[str, str]


def notes_on_times(reader: TimeReader, name: str, *, zone: str, told: bool) -> list[Note]:
    """Return what is to be said about the times of a file, after it was read.

    Args:
        reader: has read all times.
        name: names the file.
        zone: in which zone-less times were taken; `told` by the user or by the column's name.
    """
    notes: list[Note] = []
    stated = reader.offsets.total()
    if stated and reader.zoneless:
        notes.append(_mixed(name, stated, reader.zoneless, zone))
    elif reader.zoneless and not told:
        notes.append(_assumed(name, reader.zoneless))
    if len(reader.offsets) > 1:
        notes.append(_offsets(name, reader.offsets))
    if reader.dates_only:
        notes.append(_dates_only(name, reader.dates_only))
    return notes


def day_first_assumed(name: str, column: str) -> Note:
    """Return the note on dates that could be read either way."""
    return (
        f'{name}: dates in "{column}" such as 03/10/2025 were read day first (3 October); '
        "no date in the file tells otherwise.",
        f'{name}: tanggal di "{column}" seperti 03/10/2025 dibaca dengan hari di depan (3 Oktober); '
        "tidak ada tanggal di berkas ini yang menunjukkan sebaliknya.",
    )


def two_columns(name: str, day: str, clock: str) -> Note:
    """Return the note on a date and an hour that stand in two columns."""
    return (
        f'{name}: the date comes from "{day}" and the hour from "{clock}".',
        f'{name}: tanggal diambil dari "{day}" dan jam dari "{clock}".',
    )


def _mixed(name: str, stated: int, zoneless: int, zone: str) -> Note:
    return (
        f"{name}: times that state their zone ({_en(stated)}) were read by it; "
        f"times without a zone ({_en(zoneless)}) were taken as {zone}.",
        f"{name}: waktu yang menyebut zonanya ({_id(stated)}) dibaca sesuai zona itu; "
        f"waktu tanpa zona ({_id(zoneless)}) dibaca sebagai {zone}.",
    )


def _assumed(name: str, zoneless: int) -> Note:
    return (
        f"{name}: times without a zone ({_en(zoneless)}) were taken as UTC; "
        "if they are local times, say so with --tz, for example --tz WIB.",
        f"{name}: waktu tanpa zona ({_id(zoneless)}) dibaca sebagai UTC; "
        "bila itu waktu setempat, sebutkan dengan --tz, misalnya --tz WIB.",
    )


def _offsets(name: str, offsets: Counter[timedelta]) -> Note:
    ordered = sorted(offsets.items(), key=lambda entry: (-entry[1], entry[0]))[:5]
    english = ", ".join(f"{_written(offset)}: {_en(count)}" for offset, count in ordered)
    bahasa = ", ".join(f"{_written(offset)}: {_id(count)}" for offset, count in ordered)
    return (
        f"{name}: times state different zones ({english}); each row was read by its own.",
        f"{name}: zona waktunya berbeda-beda ({bahasa}); tiap baris dibaca sesuai zonanya sendiri.",
    )


def _dates_only(name: str, count: int) -> Note:
    return (
        f"{name}: rows with a date and no hour ({_en(count)}) count at midnight; "
        "when something broke cannot be told more finely than the day.",
        f"{name}: baris yang berisi tanggal tanpa jam ({_id(count)}) dihitung pada tengah malam; "
        "mulainya gangguan hanya bisa diketahui sampai harinya.",
    )


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _en(count: int) -> str:
    return f"{count:,}"


def _id(count: int) -> str:
    return f"{count:,}".replace(",", ".")
