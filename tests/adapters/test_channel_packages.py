"""A channel whose package is not installed says what to install, and all others work without it (P3)."""

from __future__ import annotations

import subprocess
import sys

WITHOUT = """
import sys
for name in ("pywebpush", "py_vapid", "aiogram", "pywa_async", "smpp34", "apprise"):
    sys.modules[name] = None
import pulih.serve.channels as channels
from pulih.adapters.channels.posting import Poster, Reach
from pulih.model.errors import OutsideFailed
made = {
    "push": lambda: channels.WebPush(b"", "mailto:a@b.example", Poster(Reach())),
    "telegram": lambda: channels.Telegram("1:a"),
    "whatsapp": lambda: channels.WhatsApp(channels.Account(phone_id="1", token="t")),
    "sms": lambda: channels.Sms(channels.MessageCentre(host="h", port=1, system_id="s", password="p", sender="s")),
    "staff": lambda: channels.Staff({}),
    "webhook": lambda: channels.Webhook({}, Reach()),
}
for name, make in made.items():
    try:
        make()
        print(name, "works")
    except OutsideFailed as failed:
        print(name, str(failed).partition("run: ")[2])
"""


def test_a_channel_without_its_package_says_what_to_install() -> None:
    ran = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    said = dict(line.split(" ", 1) for line in ran.stdout.splitlines())
    extras = {name: f"pip install 'pulih[{name}]'" for name in ("push", "telegram", "whatsapp", "sms", "staff")}
    assert said == {**extras, "webhook": "works"}
