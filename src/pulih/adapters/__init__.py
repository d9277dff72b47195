"""The ports made real: files, sorting on disk, the report page."""
