"""That machines of the network speak does not tell that people could complain (requirement L5)."""

from __future__ import annotations

from pathlib import Path

from pulih.adapters.config import DeskSettings, read_config
from pulih.adapters.sources.kinds import kind_of
from pulih.serve.publishing import machines_of


def test_alarms_logs_and_traps_are_machines_and_tickets_and_posts_are_not(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("0123456789abcdef0123456789abcdef")
    (tmp_path / "secret").chmod(0o600)
    path = tmp_path / "pulih.toml"
    path.write_text(
        '[[hook]]\nsource = "noc"\nadapter = "alertmanager"\nsecret_file = "secret"\n'
        '[[hook]]\nsource = "zammad"\nadapter = "zammad"\nsecret_file = "secret"\n'
        '[[source]]\nname = "routers"\nkind = "syslog"\nsenders = ["10.0.0.0/8"]\ntcp_port = 6514\n'
        '[[source.rule]]\nname = "link down"\n'
        '[[source]]\nname = "news"\nkind = "rss"\naddress = "https://example.id/feed"\n'
    )
    assert machines_of(read_config(path, kind_of)) == {"noc", "routers", "tmf642"}


def test_a_desk_without_sources_has_no_other_machines() -> None:
    assert machines_of(DeskSettings()) == {"tmf642"}
