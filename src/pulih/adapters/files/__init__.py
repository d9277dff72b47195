"""Complaint files as sources of raw reports: CSV, JSON lines and Parquet, plain or packed, whatever their columns."""
