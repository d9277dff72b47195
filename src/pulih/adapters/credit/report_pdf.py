"""Draws a report as PDF, for the file: one language after the other, pages numbered, table heads on each page.

ReportLab (BSD) draws it; it is an extra, since who never prints does not need it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from pulih.compensate.report_page import ReportPage, Table
from pulih.model.errors import OutsideFailed

_MARGIN: Final = 36
_LINE: Final = "#888888"


def report_pdf(pages: Sequence[ReportPage]) -> bytes:
    """A report as PDF; the same pages give the same bytes.

    Args:
        pages: of one report, in the languages wanted.

    Raises: OutsideFailed when ReportLab is not installed.
    """
    try:
        from reportlab.lib.pagesizes import A4 as PAPER  # noqa: PLC0415
        from reportlab.lib.pagesizes import landscape  # noqa: PLC0415
        from reportlab.platypus import PageBreak, SimpleDocTemplate  # noqa: PLC0415
    except ImportError:
        raise OutsideFailed(
            "A PDF needs ReportLab; add it with `pip install 'pulih[pdf]'`, or ask for the report --without-pdf."
        ) from None
    drawn = io.BytesIO()
    paper = landscape(PAPER)
    document = SimpleDocTemplate(
        drawn,
        pagesize=paper,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=pages[0].title,
        author="Pulih",
        lang=pages[0].language,
        invariant=1,
    )
    story: list[Any] = []
    for page in pages:
        story += [PageBreak()] if story else []
        story += _told(page, paper[0] - 2 * _MARGIN)
    document.build(story, onFirstPage=_number, onLaterPages=_number)
    return drawn.getvalue()


def _told(page: ReportPage, width: float) -> list[Any]:
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import KeepTogether, Paragraph, Spacer  # noqa: PLC0415

    styles = getSampleStyleSheet()
    story: list[Any] = [Paragraph(escape(page.title), styles["Title"])]
    story += [Paragraph(escape(line), styles["BodyText"]) for line in page.lines]
    for table in page.tables:
        caption = Paragraph(escape(table.caption), styles["Heading3"])
        story += [Spacer(1, 12), KeepTogether([caption, _grid(table, width)])]
        if table.below:
            story.append(Paragraph(escape(table.below), styles["BodyText"]))
    return story


def _grid(table: Table, width: float) -> Any:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415
    from reportlab.lib.enums import TA_RIGHT  # noqa: PLC0415
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.platypus import Paragraph  # noqa: PLC0415
    from reportlab.platypus import Table as Grid  # noqa: PLC0415

    plain = ParagraphStyle("cell", fontSize=8, leading=10)
    right = ParagraphStyle("number", parent=plain, alignment=TA_RIGHT)
    told = [
        [
            Paragraph(escape(cell), right if is_number else plain)
            for cell, is_number in zip(row, table.numbers, strict=True)
        ]
        for row in (table.heads, *table.rows)
    ]
    grid = Grid(told, colWidths=[width / len(table.heads)] * len(table.heads), repeatRows=1)
    grid.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(_LINE)), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return grid


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, _MARGIN / 2, str(document.page))
