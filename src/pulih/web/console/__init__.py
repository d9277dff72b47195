"""The console: where the duty desk sees what is broken, why it is believed, and what to press (requirement C1)."""

from pulih.web.console.acting import ACTING
from pulih.web.console.announcing import announce
from pulih.web.console.care_page import CARE
from pulih.web.console.credit_papers import paper
from pulih.web.console.credits_acting import CREDITS
from pulih.web.console.estimates_page import estimates
from pulih.web.console.measures_page import MEASURING
from pulih.web.console.obligations_page import OBLIGATIONS
from pulih.web.console.on_call_page import ON_CALL
from pulih.web.console.pages import PAGES
from pulih.web.console.publishing_page import publishing
from pulih.web.console.review_page import REVIEWS
from pulih.web.console.segments_page import segments
from pulih.web.console.sending_page import sending
from pulih.web.console.source_page import source
from pulih.web.console.statement_page import STATEMENTS
from pulih.web.console.works_page import WORKING

_LEARNT = (*OBLIGATIONS, *REVIEWS, *MEASURING)
_CREDITS = (*CREDITS, paper)
_WATCHING = (estimates, publishing, segments, sending, source)
ROUTES = (*PAGES, *STATEMENTS, *ACTING, *WORKING, *CARE, *_CREDITS, *_LEARNT, *ON_CALL, *_WATCHING)

__all__ = ["ROUTES", "announce"]
