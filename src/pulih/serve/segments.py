"""`pulih segments`: joins what was published, the operator's list of subscribers, and the file for its own platform."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final, TextIO

import msgspec

from pulih.adapters.data_folder import known_layout
from pulih.adapters.disk_errors import disk_refused
from pulih.adapters.segment_file import write_segments
from pulih.adapters.subscriber_list import read_subscriber_list
from pulih.communicate.renderings import Surface
from pulih.model.bulletin import Bulletin
from pulih.model.clock import iso
from pulih.model.errors import RefusedInput
from pulih.ports.channels import Language
from pulih.ports.segments import Addressed
from pulih.serve.knowledge import known_to
from pulih.serve.storage import settings_of
from pulih.service.segment_sheet import SheetForm
from pulih.service.segments import Handover, Tally, published

# What a desk publishes for machines, of what is over the latest only.
_BULLETIN: Final = "bulletin.json"


class SegmentsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of `pulih segments`; see the command."""

    incident: str
    data: Path
    config: Path | None = None
    bulletin: Path | None = None
    word: str | None = None
    subscribers: str | None = None
    surface: Surface = "sms"
    language: Language = "id"
    form: SheetForm = "csv"
    out: Path | None = None


class Streams(msgspec.Struct, frozen=True):
    """Where a list may come from, where the file goes without a path, and where it is said what came of it."""

    stdin: BinaryIO
    out: TextIO
    said: TextIO


def hand_over(asked: SegmentsAsked, streams: Streams) -> int:
    """Write who is told which text; return the exit code.

    Raises: RefusedInput when something that was named cannot be used; OutsideFailed when the disk fails.
    """
    bulletin = _read(asked.bulletin or known_layout(asked.data).site / _BULLETIN)
    incident, speech = published(bulletin, asked.incident)
    handover = Handover(incident, speech, address=bulletin.address, word=asked.word, surface=asked.surface)
    tally = Tally()
    lines: Iterable[Addressed] = handover.lines()
    if asked.subscribers is not None:
        known = known_to(settings_of(asked.data, asked.config))
        subscribers = read_subscriber_list(
            asked.subscribers, gazetteer=known.gazetteer, catalogue=known.catalogue, stdin=streams.stdin
        )
        lines = handover.addressed(subscribers, tally, language=asked.language)
    write_segments(lines, asked.form, asked.out, streams.out)
    _say(handover, bulletin, tally if asked.subscribers is not None else None, streams.said)
    return 0


def _say(handover: Handover, bulletin: Bulletin, tally: Tally | None, said: TextIO) -> None:
    said.write(
        f"Word {handover.word.id} of {handover.incident.id}, as the public knew it at {iso(bulletin.made_us)}: "
        f"{len(handover.segments)} segments.\n"
    )
    if tally is None:
        return
    said.write(
        f"{tally.rows:,} rows: {tally.told:,} to be told, {tally.outside:,} outside, {tally.repeated:,} repeated, "
        f"{tally.unusable:,} unusable.\n"
    )
    said.writelines(f"row {one.row}: {one.why}\n" for one in tally.why)


def _read(file: Path) -> Bulletin:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Bulletin)
    except FileNotFoundError:
        raise RefusedInput(
            f"{file} is not there; run `pulih publish` first, or name a copy of bulletin.json with --bulletin"
        ) from None
    except OSError as error:
        raise disk_refused(error, file, doing="reading what was published") from None
    except msgspec.MsgspecError as error:
        raise RefusedInput(f"{file} is no bulletin of a desk ({error}); give a bulletin.json") from None
