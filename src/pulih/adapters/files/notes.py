"""Sentences a reader of the result must know about how a file was read, each in English and Indonesian."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from pulih.adapters.files.time_reader import TimeReader

Note = tuple[str, str]


def notes_on_times(reader: TimeReader, label: str, *, zone: str, told: bool) -> list[Note]:
    """Return what is to be said about the times of a file, after it was read.

    Args:
        reader: has read all times.
        label: names the file.
        zone: in which zone-less times were taken; `told` by the user or by the column's name.
    """
    notes: list[Note] = []
    stated = reader.offsets.total()
    if stated and reader.zoneless:
        notes.append(_mixed(label, stated, reader.zoneless, zone))
    elif reader.zoneless and not told:
        notes.append(_assumed(label, reader.zoneless))
    if len(reader.offsets) > 1:
        notes.append(_offsets(label, reader.offsets))
    if reader.dates_only:
        notes.append(_dates_only(label, reader.dates_only))
    return notes


def day_first_assumed(label: str, column: str) -> Note:
    """Return the note on dates that could be read either way."""
    return (
        f'{label}: dates in "{column}" such as 03/10/2025 were read day first (3 October); '
        "no date in the file tells otherwise.",
        f'{label}: tanggal di "{column}" seperti 03/10/2025 dibaca hari dulu (3 Oktober); '
        "tidak ada tanggal di berkas yang menunjukkan sebaliknya.",
    )


def two_columns(label: str, day: str, clock: str) -> Note:
    """Return the note on a date and an hour that stand in two columns."""
    return (
        f'{label}: the date comes from "{day}" and the hour from "{clock}".',
        f'{label}: tanggal diambil dari "{day}" dan jam dari "{clock}".',
    )


def _mixed(label: str, stated: int, zoneless: int, zone: str) -> Note:
    return (
        f"{label}: {_en(stated)} times state their zone and {_en(zoneless)} do not; "
        f"the latter were taken as {zone}, the others as they say.",
        f"{label}: {_id(stated)} waktu menyebut zonanya dan {_id(zoneless)} tidak; "
        f"yang tidak dibaca sebagai {zone}, yang lain sesuai zonanya.",
    )


def _assumed(label: str, zoneless: int) -> Note:
    return (
        f"{label}: {_en(zoneless)} times state no zone and were taken as UTC; "
        "if they are local times, say so with --tz, for example --tz WIB.",
        f"{label}: {_id(zoneless)} waktu tidak menyebut zona dan dibaca sebagai UTC; "
        "bila itu waktu setempat, sebutkan dengan --tz, misalnya --tz WIB.",
    )


def _offsets(label: str, offsets: Counter[timedelta]) -> Note:
    ordered = sorted(offsets.items(), key=lambda entry: (-entry[1], entry[0]))[:5]
    english = ", ".join(f"{_written(offset)} {_en(count)} times" for offset, count in ordered)
    bahasa = ", ".join(f"{_written(offset)} {_id(count)} kali" for offset, count in ordered)
    return (
        f"{label}: times state different zones ({english}); each row was read by its own.",
        f"{label}: zona waktunya berbeda-beda ({bahasa}); tiap baris dibaca sesuai zonanya sendiri.",
    )


def _dates_only(label: str, count: int) -> Note:
    return (
        f"{label}: {_en(count)} rows have a date and no hour and count at midnight; "
        "when something broke cannot be told more finely than the day.",
        f"{label}: {_id(count)} baris hanya punya tanggal tanpa jam dan dihitung pada tengah malam; "
        "kapan gangguan mulai tidak bisa diketahui lebih teliti dari harinya.",
    )


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _en(count: int) -> str:
    return f"{count:,}"


def _id(count: int) -> str:
    return f"{count:,}".replace(",", ".")
