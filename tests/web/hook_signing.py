"""Signs deliveries as each system does, worked out anew from its documentation."""

from __future__ import annotations

import base64
import hashlib
import hmac

from pulih.web.hooks.proofs import Headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW_S = 1_759_456_080.0
BODY = b'{"id": 7, "text": "mati"}'


def signed(kind: str, secret: str, body: bytes = BODY, at_s: float = NOW_S) -> Headers:
    """Return the headers with which a system proves `body`."""
    key, sent = secret.encode(), str(int(at_s))
    if kind == "standard":
        mac = hmac.new(base64.b64decode(secret[6:]), b"msg_1." + sent.encode() + b"." + body, hashlib.sha256)
        line = "v1," + base64.b64encode(mac.digest()).decode()
        return {"webhook-id": "msg_1", "webhook-timestamp": sent, "webhook-signature": line}
    if kind == "zendesk":
        mac = hmac.new(key, sent.encode() + body, hashlib.sha256)
        line = base64.b64encode(mac.digest()).decode()
        return {"x-zendesk-webhook-signature": line, "x-zendesk-webhook-signature-timestamp": sent}
    if kind == "chatwoot":
        mac = hmac.new(key, sent.encode() + b"." + body, hashlib.sha256)
        return {"x-chatwoot-signature": "sha256=" + mac.hexdigest(), "x-chatwoot-timestamp": sent}
    if kind == "whatsapp":
        return {"x-hub-signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()}
    if kind == "zammad":
        return {"x-hub-signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest()}
    return {"authorization": f"Bearer {secret}"}
