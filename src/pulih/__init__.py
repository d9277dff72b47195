"""Pulih, the open outage desk for telecoms: from complaints to a dated, placed outage."""

from pulih.detect.scanner import CountFinding, CountScanner, scan_counts

__all__ = ["CountFinding", "CountScanner", "scan_counts"]
