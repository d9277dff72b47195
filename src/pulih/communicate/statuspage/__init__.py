"""The read interface of status pages in the Statuspage v2 wire format: documents made of one bulletin."""

from pulih.communicate.statuspage.documents import PATHS, documents

__all__ = ["PATHS", "documents"]
