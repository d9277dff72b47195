"""WhatsApp: a message to a number that asked for it, through the WhatsApp Business Cloud API (requirement T4).

Not verified against the vendor: it is tested on a server of our own that speaks what Meta documents. A business may
begin with a template only, approved by Meta beforehand; plain text is taken within 24 hours of a customer's own
message. So a desk names a template whose body has one place, {{1}}, for the words. The message's id goes along as
`biz_opaque_callback_data`; it does not make Meta drop a second copy.

Source: Meta for developers, WhatsApp Business Platform: messages, templates, error codes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import httpx
import msgspec

from pulih.adapters.channels.missing import missing
from pulih.adapters.channels.text import with_link
from pulih.ports.channels import ChannelKind, Message, Outcome

if TYPE_CHECKING:
    from pywa_async.errors import WhatsAppError

TEXT_MAX: Final = 4096
# A template's body may have 1,024 characters with all its places filled.
TEMPLATE_TEXT_MAX: Final = 1024
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_TIMEOUT_S: Final = 15.0
_PUSHED_AWAY_S: Final = 60.0


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whose messages they are: the id of the number they come from, its token, the template ("" sends plain text).

    `api` is where the interface is reached, "" for Meta's own.
    """

    phone_id: str
    token: str
    template: str = ""
    api: str = ""


class WhatsApp:
    """Sends as one business number.

    Args:
        account: whose messages they are.

    Raises: OutsideFailed when the package is missing.
    """

    def __init__(self, account: Account) -> None:
        try:
            from pywa_async import errors  # noqa: PLC0415 -- optional
            from pywa_async.client import WhatsApp as Client  # noqa: PLC0415 -- optional
            from pywa_async.types.templates import TemplateLanguage  # noqa: PLC0415 -- optional
        except ImportError:
            raise missing("WhatsApp", "whatsapp") from None
        self._account, self._errors = account, errors
        self._languages = {"id": TemplateLanguage.INDONESIAN, "en": TemplateLanguage.ENGLISH}
        self._session = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)
        self._client = Client(phone_id=account.phone_id, token=account.token, session=self._session)
        if account.api:
            self._session.base_url = httpx.URL(account.api)

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "whatsapp"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        if _NUMBER.fullmatch(message.address) is None:
            return Outcome("refused", "its address is no number; right would be one as in E.164, such as +62 and more")
        text, most = with_link(message), TEMPLATE_TEXT_MAX if self._account.template else TEXT_MAX
        if len(text) > most:
            return Outcome("refused", f"it has {len(text):,} letters, and WhatsApp takes {most:,}")
        try:
            taken = await self._sent(message, text)
        except self._errors.WhatsAppError as error:
            return self._what_became(error)
        except httpx.HTTPError as error:
            return Outcome("later", f"WhatsApp did not answer ({type(error).__name__})")
        except (ValueError, LookupError, TypeError):
            return Outcome("later", "WhatsApp answered without saying which message it took")
        return Outcome("sent") if taken else Outcome("later", "WhatsApp did not say which message it took")

    async def close(self) -> None:
        """Give connections back."""
        await self._session.aclose()

    async def _sent(self, message: Message, text: str) -> str:
        """Return the id under which WhatsApp took a message."""
        to = message.address.removeprefix("+")
        if not self._account.template:
            plain = await self._client.send_message(to, text, tracker=message.id)
            return plain.id
        # A place of a template takes no line ends and no rows of spaces.
        place = {"type": "body", "parameters": [{"type": "text", "text": " ".join(text.split())}]}
        language = self._languages[message.language]
        shaped = await self._client.send_template(to, self._account.template, language, [place], tracker=message.id)
        return shaped.id

    def _what_became(self, error: WhatsAppError) -> Outcome:
        errors, why = self._errors, f"WhatsApp refuses it (code {error.code})"
        if isinstance(error, errors.ThrottlingError):
            return Outcome("later", why, _PUSHED_AWAY_S)
        # Our own token or right is at fault, or WhatsApp itself: the number is as good as before.
        ours = isinstance(error, errors.AuthorizationError) or error.is_transient
        return Outcome("later" if ours or (error.status_code or 500) >= 500 else "refused", why)
