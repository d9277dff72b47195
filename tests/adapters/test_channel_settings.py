"""What the settings say of channels becomes channels, and every fault is told with its line (T4, P3)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pulih.adapters.config import DeskSettings, check_config, read_config
from pulih.model.errors import RefusedInput
from pulih.serve.channels import channels_of, push_key_of, standing_of

WHOLE = """
[push]
contact = "mailto:desk@example.id"
[telegram]
token_file = "telegram.secret"
[whatsapp]
phone_id = "1555"
token_file = "whatsapp.secret"
template = "gangguan"
[sms]
host = "smsc.example.id"
system_id = "pulih"
password_file = "sms.secret"
sender = "PULIH"
tls = true
[[webhook]]
name = "crm"
address = "https://crm.example.id/hook"
secret_file = "crm.secret"
[[staff]]
name = "noc"
address_file = "noc.secret"
language = "en"
[[recipient]]
name = "Komdigi"
rules = ["id.house.2026", "id.pdp.46"]
channel = "webhook"
address = "crm"
"""
SECRETS = {
    "telegram": "123456:AAbbccddeeffgghhiijjkkllmmnnooppqqr",
    "whatsapp": "EAAB",
    "sms": "secret",
    "crm": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "noc": "json://127.0.0.1:9/",
}


def _written(folder: Path, text: str, **secrets: str) -> Path:
    for name, secret in {**SECRETS, **secrets}.items():
        (folder / f"{name}.secret").write_text(secret + "\n")
        (folder / f"{name}.secret").chmod(0o600)
    (folder / "pulih.toml").write_text(text)
    return folder / "pulih.toml"


def test_a_desk_without_settings_has_no_channel_and_makes_no_key(tmp_path: Path) -> None:
    assert dict(channels_of(DeskSettings(), tmp_path / "push.key")) == {}
    assert (push_key_of(DeskSettings(), tmp_path / "push.key"), standing_of(DeskSettings())) == ("", ())
    assert list(tmp_path.iterdir()) == []


def test_each_table_becomes_its_channel_with_the_secret_of_its_file(tmp_path: Path) -> None:
    settings = read_config(_written(tmp_path, WHOLE))
    made = channels_of(settings, tmp_path / "push.key")
    assert {kind: channel.kind for kind, channel in made.items()} == {
        kind: kind for kind in ("webhook", "push", "telegram", "whatsapp", "sms", "staff")
    }
    assert stat.S_IMODE((tmp_path / "push.key").stat().st_mode) == 0o600
    assert len(push_key_of(settings, tmp_path / "push.key")) == 87
    assert [(one.kind, one.name, one.language) for one in standing_of(settings)] == [
        ("webhook", "crm", "id"),
        ("staff", "noc", "en"),
    ]
    assert not any(secret in repr(settings) for secret in SECRETS.values() if secret != "secret")


FAULTS = (
    ("mailto:desk@example.id", "desk@example.id", 3, "contact"),
    (
        'token_file = "telegram.secret"',
        'token_file = "telegram.secret"\napi = "http://t.example"',
        6,
        "unencrypted",
    ),
    ('template = "gangguan"', 'template = "Gangguan!"', 9, "template"),
    ('phone_id = "1555"', 'phone_id = "+62811"', 7, "phone_id"),
    ('sender = "PULIH"', 'sender = "PULIH DESK INDONESIA"', 14, "sender"),
    ("https://crm.example.id/hook", "http://crm.example.id/hook", 18, "unencrypted"),
    ("https://crm.example.id/hook", "crm.example.id", 18, "no web address"),
    ("https://crm.example.id/hook", "https://10.0.0.7/hook", 18, "10.0.0.7 is not public"),
    ("https://crm.example.id/hook", "http://[fd00::7]/hook", 18, "fd00::7 is not public"),
    ('name = "crm"', 'name = "crm"\nallow_networks = ["10.0.0.1/8"]', 18, "no network"),
    ('name = "noc"', 'name = "noc"\nrooms = 2', 22, "rooms"),
    ('"id.house.2026"', '"id.house.1999"', 26, "no rule 'id.house.1999'"),
    ('channel = "webhook"', 'channel = "email"', 27, "no table [mail]"),
    ('address = "crm"', 'address = "cmr"', 28, "no [[webhook]] table of the name 'cmr'"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[3])
def test_a_fault_is_told_with_its_line(tmp_path: Path, fault: tuple[str, str, int, str]) -> None:
    good, bad, line, what = fault
    [told] = check_config(_written(tmp_path, WHOLE.replace(good, bad)))
    assert (told.line, what in told.what) == (line, True), told


def test_a_name_twice_is_a_fault_and_so_is_a_secret_that_all_may_read_or_that_is_weak(tmp_path: Path) -> None:
    twice = WHOLE + '[[staff]]\nname = "noc"\naddress_file = "noc.secret"\n'
    path = _written(tmp_path, twice, sms="longer than eight", crm="short")
    (tmp_path / "noc.secret").chmod(0o644)
    told = sorted(fault.what for fault in check_config(path))
    assert [len(told), told[0]] == [5, "'noc' is named 2 times"]
    assert sum("everybody on this machine" in one for one in told) == 2
    assert any("longer than SMPP allows" in one for one in told)
    assert any("at least 24" in one for one in told)
    assert not any("longer than eight" in one for one in told)


def test_a_token_that_is_none_stops_the_desk_with_a_sentence(tmp_path: Path) -> None:
    settings = read_config(_written(tmp_path, WHOLE, telegram="nothing"))
    with pytest.raises(RefusedInput, match="BotFather"):
        channels_of(settings, tmp_path / "push.key")
