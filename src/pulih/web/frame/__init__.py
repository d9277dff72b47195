"""The frame that every page stands in: rooms behind it, words, times, headers, people, live events."""

from pulih.web.frame.app import build_app
from pulih.web.frame.guards import require
from pulih.web.frame.rendering import page
from pulih.web.frame.rooms import Names, Province, Rooms, WebSettings, rooms_of
from pulih.web.frame.threads import in_thread

__all__ = ["Names", "Province", "Rooms", "WebSettings", "build_app", "in_thread", "page", "require", "rooms_of"]
