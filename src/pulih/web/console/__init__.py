"""The console: where the duty desk sees what is broken, why it is believed, and what to press (requirement C1)."""

from pulih.web.console.acting import ACTING
from pulih.web.console.announcing import announce
from pulih.web.console.pages import PAGES
from pulih.web.console.publishing_page import publishing
from pulih.web.console.works_page import WORKING

ROUTES = (*PAGES, *ACTING, *WORKING, publishing)

__all__ = ["ROUTES", "announce"]
