"""Pages that anybody may see, without script."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from pulih.web.public.account import account
from pulih.web.public.home import home
from pulih.web.public.look import look
from pulih.web.public.normal import answer_normal, normal_page
from pulih.web.public.opinion import answer_opinion, opinion_page
from pulih.web.public.report import report_page, send_report, thanks
from pulih.web.public.subscribe import SUBSCRIBING
from pulih.web.public.subscribe_machine import MACHINES


def routes() -> list[ControllerRouterHandler]:
    """Return the handlers of the public pages."""
    asked = (normal_page, answer_normal, opinion_page, answer_opinion)
    return [home, account, look, report_page, send_report, thanks, *asked, *SUBSCRIBING, *MACHINES]
