"""What a source could not do as soon as the desk begins is told by its settings: addresses, files of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulih.adapters.config import check_config
from pulih.adapters.sources.kinds import kind_of

FEED = '[[source]]\nname = "feed"\nkind = "rss"\naddress = "{}"\n'
SNMP = """[[source]]
name = "traps"
kind = "snmp"
senders = ["10.0.0.0/8"]
community_file = "{}"
[[source.rule]]
name = "link down"
oid = "1.3.6.1.6.3.1.1.5.3"
[[source.user]]
name = "noc"
auth = "sha256"
auth_file = "{}"
"""
NATS = '[[source]]\nname = "bus"\nkind = "nats"\nhost = "{}"\nsubjects = ["noc"]\n'
KAFKA = '[[source]]\nname = "log"\nkind = "kafka"\nservers = ["kafka.example.id:9092", "{}"]\ntopics = ["noc"]\n'
CHAT = '[[source]]\nname = "bot"\nkind = "telegram"\ntoken_file = "env:BOT"\napi = "{}"\n'


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (SNMP.format("no-such-file", "env:NOC"), 5, "no-such-file cannot be read"),
        (SNMP.format("env:TRAPS", "no-such-one"), 12, "no-such-one cannot be read"),
        (NATS.format("nats.example.id") + 'credentials_file = "no-such-either"\n', 6, "no-such-either cannot be read"),
        (NATS.format("nats.example.id") + 'tls = true\nca_file = "no-ca"\n', 7, "no-ca cannot be read"),
        (FEED.format("http://10.0.0.5/feed"), 4, "10.0.0.5 is not public"),
        (FEED.format("https://[::1]/feed"), 4, "::1 is not public"),
        (NATS.format("192.168.1.4"), 4, "192.168.1.4 is not public"),
        (KAFKA.format("192.168.1.4:9092"), 4, "192.168.1.4 is not public"),
        (CHAT.format("http://9.9.9.9"), 5, "a token would go in clear to 9.9.9.9"),
        (NATS.format("9.9.9.9") + 'token_file = "env:BUS"\n', 4, "a token would go in clear to 9.9.9.9"),
    ],
)
def test_what_cannot_work_is_told_with_its_line(tmp_path: Path, content: str, line: int, what: str) -> None:
    path = tmp_path / "pulih.toml"
    path.write_text(content)
    faults = check_config(path, kind_of)
    assert [(one.line, what in one.what) for one in faults] == [(line, True)], faults


@pytest.mark.parametrize(
    "content",
    [
        FEED.format("http://9.9.9.9/feed"),
        FEED.format("http://10.0.0.5/feed") + 'allow_networks = ["10.0.0.0/8"]\n',
        CHAT.format("http://10.0.0.5") + 'allow_networks = ["10.0.0.0/8"]\n',
        CHAT.format("https://9.9.9.9"),
        NATS.format("9.9.9.9") + 'tls = true\ntoken_file = "env:BUS"\n',
        SNMP.format("env:TRAPS", "env:NOC"),
    ],
)
def test_what_can_work_is_no_fault(tmp_path: Path, content: str) -> None:
    path = tmp_path / "pulih.toml"
    path.write_text(content)
    assert check_config(path, kind_of) == []


def test_certificates_may_be_read_by_everybody_and_passwords_may_not(tmp_path: Path) -> None:
    for name in ("ca.pem", "bus.creds"):
        (tmp_path / name).write_text("a")
        (tmp_path / name).chmod(0o644)
    path = tmp_path / "pulih.toml"
    path.write_text(NATS.format("nats.example.id") + 'tls = true\nca_file = "ca.pem"\ncredentials_file = "bus.creds"\n')
    [fault] = check_config(path, kind_of)
    assert (fault.line, "everybody on this machine may read the secret" in fault.what) == (8, True)
