"""Results: put findings.json, signals.parquet and report.html into a folder, all of them or none.

Everything is written into a hidden folder beside its goal and moved into place at the end, so that a full disk
or a broken run leaves nothing half-written.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.finding import Finding
from pulih.service.outcome import Outcome

FINDINGS, SIGNALS, REPORT = "findings.json", "signals.parquet", "report.html"


class ResultFolder:
    """A folder that receives its files at once when the `with` block ends well; None keeps nothing.

    Raises: RefusedInput when it cannot be a folder; OutsideFailed when it cannot be written.
    """

    def __init__(self, folder: Path | None) -> None:
        self._goal = folder
        self._made: list[Path] = []
        if folder is None:
            self.draft = Path(tempfile.mkdtemp(prefix="pulih-"))
            return
        if folder.exists() and not folder.is_dir():
            raise RefusedInput(f"--out {folder}: this is a file. Give a folder; it is made when missing.")
        # Folders that are made now, the deepest first; they go again when nothing comes of it.
        self._made = [one for one in (folder, *folder.parents) if not one.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.draft = Path(tempfile.mkdtemp(prefix=".pulih-", dir=folder))
        except OSError as error:
            self._unmake()
            raise OutsideFailed(
                f"--out {folder}: cannot be written ({error.strerror}). Give a folder you may write to."
            ) from None

    def __enter__(self) -> ResultFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._goal is not None:
                for path in sorted(self.draft.iterdir()):
                    path.replace(self._goal / path.name)
        finally:
            shutil.rmtree(self.draft, ignore_errors=True)
            if kind is not None:
                self._unmake()

    def _unmake(self) -> None:
        """Take away the folders that were made, as far as they are empty."""
        with contextlib.suppress(OSError):
            for made in self._made:
                made.rmdir()

    def write(self, name: str, content: str) -> None:
        """Write one text file.

        Raises: OutsideFailed when the disk is full or the folder not writable.
        """
        try:
            (self.draft / name).write_text(content, encoding="utf-8")
        except OSError as error:
            raise OutsideFailed(
                f"{self._goal}: {name} cannot be written ({error.strerror}). Nothing was left half-written; "
                "free some space or give another folder with --out."
            ) from None


def findings_json(outcome: Outcome) -> str:
    """Return findings.json: schema 1, times in ISO 8601 UTC, null where unknown, keys in a fixed order."""
    settings, counters = outcome.settings, outcome.counters
    document = {
        "schema": 1,
        "source": {
            "files": list(outcome.names),
            "digest": outcome.digest,
            "columns": [msgspec.to_builtins(one) for one in outcome.chosen],
            "first": None if outcome.first_us is None else iso(outcome.first_us),
            "last": None if outcome.last_us is None else iso(outcome.last_us),
            "simulated": outcome.simulated,
        },
        "settings": msgspec.to_builtins(settings),
        "counters": msgspec.to_builtins(counters),
        "findings": [finding_json(view.finding) for view in outcome.views],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return one finding as it stands in findings.json."""
    return {
        "id": finding.id,
        "incident": finding.incident,
        "operator": finding.operator or None,
        "service": finding.service,
        "region": finding.region,
        "region_name": finding.region_name,
        "symptom": finding.symptom,
        "onset": iso(finding.onset_us),
        "alarm": iso(finding.alarm_us),
        "peak": None if finding.peak_us is None else iso(finding.peak_us),
        "cleared": None if finding.cleared_us is None else iso(finding.cleared_us),
        "last_signal": None if finding.last_us is None else iso(finding.last_us),
        "signals": finding.signals,
        "expected": finding.expected,
        "evidence_nats": finding.evidence_nats,
        "false_alarms_per_week": finding.false_alarms_per_week,
        "phrases": [{"text": phrase.text, "signals": phrase.signals} for phrase in finding.phrases],
        "rules": list(finding.rules),
        "narrowed_to": finding.narrowed_to or None,
        "why": finding.why,
        "mengapa": finding.mengapa,
        "standing": finding.standing,
        "standing_why": finding.standing_why,
        "standing_mengapa": finding.standing_mengapa,
    }
