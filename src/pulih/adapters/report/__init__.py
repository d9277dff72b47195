"""The report page: one self-contained HTML file in two languages, with charts drawn as inline SVG."""

from pulih.adapters.report.page import render_report
from pulih.adapters.report.scan import ScanMark, ScanSeries, render_scan
from pulih.adapters.report.tiles import Tiles

__all__ = ["ScanMark", "ScanSeries", "Tiles", "render_report", "render_scan"]
