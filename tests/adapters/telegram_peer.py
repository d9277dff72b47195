"""A Bot API on this machine: keeps a message until it is asked for what comes after it, and notes what a bot says."""

from __future__ import annotations

import json
import time
from typing import Any

from platform_peer import Answered, Asked, PlatformPeer, said

TOKEN = "123456:AAbbccddeeffgghhiijjkkllmmnnooppqqr"


class TelegramPeer:
    """Answers getUpdates and sendMessage as Telegram's pages say.

    Attributes:
        kept: updates that nobody has asked beyond yet; one may be something else.
        sent: what the bot said, by chat.
        buttons: those below the last question, by chat, each with its text and its data.
        done: what else the bot did, by method.
        ahead: answers that are given before any other.
    """

    def __init__(self) -> None:
        self.token = TOKEN
        self.kept: list[Any] = []
        self.sent: list[tuple[str, str]] = []
        self.buttons: dict[str, list[tuple[str, str]]] = {}
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.ahead: list[Answered] = []
        self.web = PlatformPeer(self._answer)
        self._last = 1_000
        self._written: dict[str, dict[str, Any]] = {}

    def write(self, text: str, chat: int = 42, *, kind: str = "private", language: str = "id", **more: Any) -> None:
        """Have somebody write to the bot."""
        self._last += 1
        sender = {"id": chat + 7, "is_bot": False, "first_name": "Ayu", "language_code": language}
        message = {
            "message_id": self._last,
            "date": int(time.time()),
            "chat": {"id": chat, "type": kind},
            "from": sender,
        }
        self._written[text] = {**message, "text": text, **more}
        self.kept.append({"update_id": self._last, "message": self._written[text]})

    def edit(self, text: str, other: str) -> None:
        """Have somebody put other words in the place of what they wrote."""
        self._last += 1
        edited = {**self._written[text], "text": other, "edit_date": int(time.time())}
        self.kept.append({"update_id": self._last, "edited_message": edited})

    def press(self, data: str, chat: int = 42, *, kind: str = "private") -> None:
        """Have somebody press a button."""
        self._last += 1
        sender = {"id": chat + 7, "is_bot": False, "first_name": "Ayu", "language_code": "id"}
        below = {"message_id": 1, "date": int(time.time()), "chat": {"id": chat, "type": kind}, "text": "Sudah?"}
        told = {"id": f"call{self._last}", "from": sender, "message": below, "data": data}
        self.kept.append({"update_id": self._last, "callback_query": told})

    async def say(self, text: str) -> None:
        self.write(f"Biznet {text}")

    async def repeat(self, text: str) -> None:
        """Hand over the same message under a new number."""
        self._last += 1
        self.kept.append({"update_id": self._last, "message": self._written[f"Biznet {text}"]})

    async def say_late(self, text: str) -> None:
        """Hand over what was written before, as where a telephone was without signal."""
        self.write(f"Biznet {text}", date=int(time.time()) - 30)

    async def expire(self) -> None:
        self.token = "123456:revoked"

    async def renew(self) -> str:
        self.token = TOKEN
        return ""

    async def garble(self) -> None:
        self._last += 1
        self.kept.append({"update_id": self._last, "message": {"message_id": "x"}})

    async def delete(self, text: str) -> None:
        """Have somebody take words back in the only way of which a bot is told."""
        self.edit(f"Biznet {text}", "-")

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        await self.web.stop()

    async def heal(self) -> None:
        await self.web.start()

    async def _answer(self, asked: Asked) -> Answered:
        if not asked.path.startswith(f"/bot{self.token}/"):
            return said({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        if self.ahead:
            return self.ahead.pop(0)
        given = json.loads(asked.body)
        if asked.path.endswith(("/editMessageText", "/answerCallbackQuery")):
            self.done.append((asked.path.rpartition("/")[2], given))
            return said({"ok": True, "result": True})
        if asked.path.endswith("/sendMessage"):
            self.sent.append((str(given["chat_id"]), given["text"]))
            if "reply_markup" in given:
                [row] = given["reply_markup"]["inline_keyboard"]
                self.buttons[str(given["chat_id"])] = [(one["text"], one["callback_data"]) for one in row]
            return said({"ok": True, "result": {"message_id": 1}})
        onward = given.get("offset", 0)
        self.kept = [one for one in self.kept if not isinstance(one, dict) or one["update_id"] >= onward]
        return said({"ok": True, "result": self.kept[: given["limit"]]})
