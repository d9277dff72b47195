"""A single sign-on against a provider that speaks real OpenID Connect on this machine, honest at first and then not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from desk_world import NOW_US, SetClock, people_in, rooms
from joserfc import jwt
from joserfc.jwk import RSAKey
from litestar import Litestar, Request, get, post
from litestar.datastructures import State
from playwright.sync_api import Browser
from served import Server

from pulih.adapters.sign_on import OpenIdSignOn, SignOnSettings
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.people import SignOnBegun
from pulih.web.frame.rooms import WebSettings
from pulih.web.site import site

BACK = "http://127.0.0.1/sign-on/back"
Claims = dict[str, Any]


class Provider:
    """A provider with one user, who is let in without being asked."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.asked: dict[str, str] = {}
        self.forged: Callable[[Claims], Claims] = lambda claims: claims
        self.signing = self.key
        self.algorithm = "RS256"
        self.address = ""

    def token(self) -> str:
        now_s = NOW_US // MICROS
        claims = {
            "iss": self.address,
            "aud": "meja",
            "sub": "7",
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": self.asked.get("nonce", ""),
            "preferred_username": "Fajar@operator.example",
            "groups": ["noc"],
        }
        key: Any = b"meja-rahasia" * 4 if self.algorithm == "HS256" else self.signing
        if self.algorithm == "HS256":
            from joserfc.jwk import OctKey

            key = OctKey.import_key(key, {"kid": "k1"})
        return jwt.encode({"alg": self.algorithm, "kid": "k1"}, self.forged(claims), key)


@get("/.well-known/openid-configuration")
async def description(state: State) -> dict[str, str]:
    address = state.provider.address
    return {
        "issuer": address,
        "authorization_endpoint": f"{address}/authorize",
        "token_endpoint": f"{address}/token",
        "jwks_uri": f"{address}/keys",
    }


@get("/authorize", status_code=303)
async def authorize(request: Request[Any, Any, Any]) -> Any:
    from litestar.response import Redirect

    asked = dict(request.query_params)
    request.app.state.provider.asked = asked
    return Redirect(f"{asked['redirect_uri']}?code=c1&state={asked['state']}", status_code=303)


@post("/token", status_code=200)
async def token(request: Request[Any, Any, Any]) -> dict[str, str]:
    form = dict(await request.form())
    provider: Provider = request.app.state.provider
    assert form["code"] == "c1"
    assert request.headers["authorization"].startswith("Basic ")
    assert create_s256_code_challenge(form["code_verifier"]) == provider.asked["code_challenge"]
    return {"id_token": provider.token(), "access_token": "x", "token_type": "Bearer"}


@get("/keys")
async def keys(state: State) -> dict[str, Any]:
    return {"keys": [state.provider.key.as_dict(private=False)]}


@pytest.fixture
def provider(serving: Server) -> Provider:
    made = Provider()
    app = Litestar([description, authorize, token, keys], state=State({"provider": made}), openapi_config=None)
    made.address = serving(app)
    return made


def sign_on_of(provider: Provider) -> OpenIdSignOn:
    settings = SignOnSettings(issuer=provider.address, client_id="meja", client_secret="rahasia")
    return OpenIdSignOn(settings, SetClock())


def begun(provider: Provider, sign_on: OpenIdSignOn) -> SignOnBegun:
    """Begin, and let the provider be asked."""
    started = sign_on.begin(BACK)
    provider.asked = {name: values[0] for name, values in parse_qs(urlsplit(started.address).query).items()}
    return started


def test_whom_the_provider_proves_is_known_by_issuer_and_subject(provider: Provider) -> None:
    sign_on = sign_on_of(provider)
    identity = sign_on.finish(begun(provider, sign_on), back=BACK, code="c1")
    assert identity.subject == f"{provider.address}|7"
    assert (identity.name, identity.groups) == ("fajar", ("noc",))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another desk"},
        {"nonce": "of another sign-on"},
        {"exp": NOW_US // MICROS - 3_600},
        {"sub": None},
    ],
)
def test_a_token_for_somebody_else_or_of_another_time_proves_nothing(provider: Provider, claims: Claims) -> None:
    provider.forged = lambda honest: {name: value for name, value in {**honest, **claims}.items() if value is not None}
    sign_on = sign_on_of(provider)
    with pytest.raises(RefusedInput, match="proves nothing"):
        sign_on.finish(begun(provider, sign_on), back=BACK, code="c1")


def test_a_token_signed_by_another_key_or_with_a_shared_secret_proves_nothing(provider: Provider) -> None:
    sign_on = sign_on_of(provider)
    provider.signing = provider.other_key
    with pytest.raises(RefusedInput, match="proves nothing"):
        sign_on.finish(begun(provider, sign_on), back=BACK, code="c1")
    provider.algorithm = "HS256"
    with pytest.raises(RefusedInput, match="proves nothing"):
        sign_on.finish(begun(provider, sign_on), back=BACK, code="c1")


def test_a_provider_that_is_silent_or_another_one_is_told(provider: Provider) -> None:
    with pytest.raises(OutsideFailed, match="does not answer"):
        OpenIdSignOn(
            SignOnSettings(issuer="http://127.0.0.1:9", client_id="meja", client_secret="x"), SetClock()
        ).begin(BACK)
    named = provider.address
    provider.address = "http://127.0.0.1:1"
    with pytest.raises(OutsideFailed, match="calls itself"):
        OpenIdSignOn(SignOnSettings(issuer=named, client_id="meja", client_secret="x"), SetClock()).begin(BACK)


def test_a_provider_without_tls_on_another_machine_is_refused() -> None:
    with pytest.raises(RefusedInput, match="must begin with https"):
        OpenIdSignOn(SignOnSettings(issuer="http://sso.example", client_id="m", client_secret="x"), SetClock())


def test_a_person_signs_in_with_one_press_and_a_code_from_elsewhere_is_refused(
    provider: Provider, serving: Server, tmp_path: Path, browser: Browser
) -> None:
    clock = SetClock()
    people = people_in(tmp_path, clock, groups={"noc": "duty"})
    settings = WebSettings(sign_on="Akun Kantor", language="en")
    made = msgspec.structs.replace(rooms(people, clock), sign_on=sign_on_of(provider), settings=settings)
    address = serving(site(made), made.hub)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_role("link", name="Sign in with Akun Kantor").click()
    page.wait_for_url(f"{address}/console")
    page.goto(f"{address}/account")
    assert "You are signed in as fajar, duty." in page.inner_text("main")
    context.close()
    stranger = browser.new_context()
    page = stranger.new_page()
    page.goto(f"{address}/sign-on/back?code=c1&state=guessed")
    assert "This sign-on was not begun here" in page.inner_text("main")
    stranger.close()
