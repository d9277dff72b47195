"""The page of the reader's figures is whole: each label has its row, and its pictures need nothing else."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from typing import get_args

import numpy as np
from checkout import ROOT

from pulih.model.reading import Group, Symptom

FOLDER = ROOT / "docs" / "benchmarks"
sys.path.insert(0, str(ROOT / "tools"))

LABELS = {
    "is_report", "acute", "recovered", "service", "symptom", "operator", "place", "language",
    *(f"group {one}" for one in get_args(Group)), *(f"symptom {one}" for one in get_args(Symptom) if one != "none"),
}  # fmt: skip


def test_every_label_has_its_row() -> None:
    rows = set(re.findall(r"^\| ([\w ]+) \|", (FOLDER / "reading.md").read_text(), re.MULTILINE))
    assert LABELS - rows == set()


def test_every_picture_is_shown_stands_alone_and_can_be_read_in_the_dark() -> None:
    shown = set(re.findall(r"\]\((reading-[\w-]+\.svg)\)", (FOLDER / "reading.md").read_text()))
    drawn = {path.name for path in FOLDER.glob("reading-*.svg")}
    assert shown == drawn != set()
    for name in drawn:
        text = (FOLDER / name).read_text()
        assert ET.fromstring(text).get("aria-label")
        assert "prefers-color-scheme: dark" in text
        assert not re.search(r"href|url\(|@import|<script", text)


def test_a_confusion_matrix_has_a_row_for_the_truth_and_writes_every_count() -> None:
    from reading_page import confusion
    from reading_pictures import matrix

    counts = confusion(("yes", "no"), [("yes", "yes"), ("yes", "no"), ("yes", "no"), ("no", "no")])
    assert counts.tolist() == [[1, 2], [0, 1]]
    written = [one.text for one in ET.fromstring(matrix("<b>", ("yes", "no"), counts)).iter() if one.text]
    assert "<b>" in written
    assert [text for text in written if text.isdigit()] == ["1", "2", "1"]


def test_a_point_of_the_calibration_stands_where_its_share_says() -> None:
    from reading_pictures import calibration

    drawn = ET.fromstring(calibration("?", [0.0, 0.5, 1.0], [0.0, 1.0, 1.0], [3, 4, 5]))
    dots = [one.attrib for one in drawn.iter() if one.tag.endswith("circle")]
    at = np.array([[int(dot["cx"]), int(dot["cy"])] for dot in dots])
    assert at[1, 0] - at[0, 0] == at[2, 0] - at[1, 0] > 0
    assert at[1, 1] == at[2, 1] < at[0, 1]
