"""A single sign-on by OpenID Connect: the provider says who somebody is, and proves it with a signed token.

Code flow with PKCE; the token's signature, issuer, audience, times and nonce are checked with Authlib's own parts.
Nothing is asked of any host but those that the issuer's own description names, and no redirect is followed.
Source: OpenID Connect Core 1.0, 3.1.3.7; OpenID Connect Discovery 1.0; RFC 7636; RFC 9700.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec

from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.person import Identity
from pulih.ports.clock import Clock
from pulih.ports.people import SignOnBegun

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 10.0
# Signatures with a key that only the provider has; never "none", never a secret that both sides share.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
# How far the clocks of provider and desk may differ.
LEEWAY_S = 60
NAME_MAX = 32


class SignOnSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the desk is known to a provider.

    Attributes:
        issuer: address of the provider, as its tokens name it.
        client_id, client_secret: given by the provider for this desk.
        scope: what is asked for.
        name_claim, groups_claim: where a token has the user name and the groups.
    """

    issuer: str
    client_id: str
    client_secret: str
    scope: str = "openid profile email"
    name_claim: str = "preferred_username"
    groups_claim: str = "groups"


class Provider(msgspec.Struct, frozen=True):
    """What a provider says of itself (Discovery 1.0, section 3), as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Answer(msgspec.Struct, frozen=True):
    id_token: str


class OpenIdSignOn:
    """Implements `ports.people.SignOn`."""

    def __init__(self, settings: SignOnSettings, clock: Clock) -> None:
        """Talk to the provider of `settings`.

        Raises: OutsideFailed when Authlib or httpx is not installed; RefusedInput when the issuer is not https.
        """
        missing = [name for name in ("authlib", "joserfc", "httpx") if importlib.util.find_spec(name) is None]
        if missing:
            raise OutsideFailed(
                f"A single sign-on needs {' and '.join(missing)}, not installed here; run: pip install 'pulih[oidc]'"
            )
        _checked(settings.issuer, "the issuer in pulih.toml")
        self._settings = settings
        self._clock = clock
        self._provider: Provider | None = None

    def begin(self, back: str) -> SignOnBegun:
        """Begin; the browser comes back to the address `back`.

        Raises: OutsideFailed when the provider does not answer as it should.
        """
        # Authlib carries no types.
        challenge = importlib.import_module("authlib.oauth2.rfc7636").create_s256_code_challenge
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": back,
            "scope": self._settings.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        way = self._described().authorization_endpoint
        return SignOnBegun(f"{way}{'&' if '?' in way else '?'}{urlencode(query)}", state, nonce, verifier)

    def finish(self, begun: SignOnBegun, *, back: str, code: str) -> Identity:
        """Return whom a code stands for.

        Raises: OutsideFailed when the provider does not answer as it should; RefusedInput when its token is no proof.
        """
        provider = self._described()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": begun.verifier}
        basic = "client_secret_basic" in provider.token_endpoint_auth_methods_supported
        own = {"client_id": self._settings.client_id, "client_secret": self._settings.client_secret}
        with _client() as client:
            answer = _asked(
                client,
                "POST",
                provider.token_endpoint,
                data=form if basic else form | own,
                auth=(own["client_id"], own["client_secret"]) if basic else None,
            )
            keys = _asked(client, "GET", provider.jwks_uri)
        claims = self._proven(_read(answer, _Answer).id_token, _read(keys, dict[str, Any]), begun.nonce)
        return self._identity(claims)

    def _described(self) -> Provider:
        """Return what the provider says of itself; asked once."""
        if self._provider is None:
            with _client() as client:
                way = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                provider = _read(_asked(client, "GET", way), Provider)
            if provider.issuer.rstrip("/") != self._settings.issuer.rstrip("/"):
                raise OutsideFailed(
                    f"The provider at {self._settings.issuer} calls itself {provider.issuer}; "
                    "the issuer in pulih.toml must be exactly what it calls itself."
                )
            for way in (provider.authorization_endpoint, provider.token_endpoint, provider.jwks_uri):
                _checked(way, "an address that the provider names")
            self._provider = provider
        return self._provider

    def _proven(self, token: str, keys: Any, nonce: str) -> Mapping[str, Any]:
        from joserfc import jwt  # noqa: PLC0415 - an extra
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        rules = jwt.JWTClaimsRegistry(
            now=self._clock.now_us() // MICROS,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._described().issuer},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))
            rules.validate(decoded.claims)
        except (JoseError, ValueError) as error:
            raise RefusedInput(
                f"The sign-on's token proves nothing ({error}); begin again.", key="sign_on.unproven"
            ) from error
        claims: Mapping[str, Any] = decoded.claims
        return claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        named = claims.get(self._settings.name_claim) or str(claims.get("email", "")).split("@")[0] or claims["sub"]
        groups = claims.get(self._settings.groups_claim, ())
        listed = (groups,) if isinstance(groups, str) else tuple(str(group) for group in groups)
        return Identity(subject=f"{claims['iss']}|{claims['sub']}", name=account_name(str(named)), groups=listed)


def account_name(name: str) -> str:
    """Return a name that an account may have, as near to what the provider says as can be.

    >>> account_name("Rina.Putri@operator.example"), account_name("7up")
    ('rina.putri', 'u7up')
    """
    short = re.sub(r"[^a-z0-9._-]+", "-", name.split("@", maxsplit=1)[0].lower()).strip("-._")
    return (short if short[:1].isalpha() else f"u{short}")[:NAME_MAX]


def _checked(address: str, what: str) -> None:
    parts = urlsplit(address)
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise RefusedInput(f"{what} is {address}; it must begin with https://")


def _client() -> httpx.Client:
    import httpx  # noqa: PLC0415 - an extra

    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)


def _asked(client: httpx.Client, method: str, address: str, **more: Any) -> bytes:
    import httpx  # noqa: PLC0415 - an extra

    try:
        answer = client.request(method, address, headers={"accept": "application/json"}, **more)
    except httpx.HTTPError as error:
        raise OutsideFailed(
            f"The sign-on at {address} does not answer ({type(error).__name__}); "
            "try again, or use an account of the desk.",
            key="sign_on.silent",
        ) from error
    if answer.status_code != httpx.codes.OK:
        raise OutsideFailed(
            f"The sign-on at {address} answered {answer.status_code}; begin again, or use an account of the desk.",
            key="sign_on.silent",
        )
    return answer.content


def _read(body: bytes, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as error:
        raise OutsideFailed(f"The sign-on's answer can not be read: {error}.", key="sign_on.silent") from error
