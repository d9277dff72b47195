"""Pages of people: signing in, one's own account, and what admins keep."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from pulih.web.people.accounts import add_user, change_role, make_link, open_account, shut_account, users
from pulih.web.people.audit import audit
from pulih.web.people.entering import accept_link, link_page, sign_in, sign_in_page, sign_out
from pulih.web.people.own import account_page, change_password
from pulih.web.people.sign_on import sign_on, signed_on
from pulih.web.people.tokens import make_token, renew_token, revoke_token, tokens


def routes() -> list[ControllerRouterHandler]:
    """Return the handlers of all pages of people."""
    return [
        *(sign_in_page, sign_in, sign_out, link_page, accept_link, sign_on, signed_on),
        *(account_page, change_password),
        *(users, add_user, change_role, make_link, shut_account, open_account),
        *(tokens, make_token, renew_token, revoke_token, audit),
    ]
