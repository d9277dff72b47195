"""Complaint files as sources of raw reports: CSV, JSON lines and Parquet, plain or packed, whatever their columns."""

from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources
from pulih.adapters.files.reasons import REASONS
from pulih.adapters.files.source import FileSource
from pulih.adapters.files.zones import zone_of

__all__ = ["REASONS", "ColumnWishes", "FileSource", "open_sources", "zone_of"]
