"""Settings: what pulih.toml says comes out, and every fault of it is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulih.adapters.config import DeskSettings, Fault, check_config, read_config
from pulih.adapters.config.lines import lines_of_keys, nearest_line
from pulih.model.errors import RefusedInput

PAGE = Path(__file__).resolve().parents[2] / "docs" / "config.md"
# What is no key of a source: what its kind read, and the folder of the file.
READ = {("source", "own"), ("source", "folder")}
WHOLE = """
# A desk of one operator.
[desk]
operators = ["xl", "smartfren"]
zone = "WITA"

[server]
address = "https://desk.example.id"
port = 9000

[[probe]]
name = "dns-jakarta"
kind = "dns"
target = "www.example.com"
server = "9.9.9.9"
operator = "indihome"

[[probe]]
name = "web"
kind = "http"
target = "https://www.example.com/up"
operator = "indihome"
every_s = 30

[[hook]]
source = "tickets"
adapter = "zammad"
secret_file = "zammad.secret"
"""


def _file(folder: Path, content: str) -> Path:
    path = folder / "pulih.toml"
    path.write_text(content)
    return path


def _secret(folder: Path, name: str = "zammad.secret", mode: int = 0o600) -> None:
    (folder / name).write_text("not for everybody")
    (folder / name).chmod(mode)


def test_a_desk_starts_without_any_settings() -> None:
    assert read_config(None) == DeskSettings()


def test_what_the_file_says_comes_out_and_the_rest_is_as_usual(tmp_path: Path) -> None:
    _secret(tmp_path)
    settings = read_config(_file(tmp_path, WHOLE))
    assert settings.desk.operators == ("xl", "smartfren")
    assert (settings.server.port, settings.server.host) == (9000, "127.0.0.1")
    assert [(one.name, one.every_s) for one in settings.probe] == [("dns-jakarta", 60), ("web", 30)]
    assert settings.hook[0].secret_file == tmp_path / "zammad.secret"


def test_settings_in_memory_show_no_secret(tmp_path: Path) -> None:
    _secret(tmp_path)
    assert "not for everybody" not in repr(read_config(_file(tmp_path, WHOLE)))


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    faults = check_config(
        _file(
            tmp_path,
            '[server]\nport = "8000"\nprot = 1\n[desk]\nzone = "Mars"\n[[probe]]\nname = "a b"\n'
            '[[probe]]\nname = "x"\nkind = "tcp"\ntarget = "foo"\noperator = "indihome"\nevery_s = 5\n',
        )
    )
    assert [(fault.line, fault.what) for fault in faults] == [
        (2, "server port = '8000' does not do: expected int, got str"),
        (3, "[server] knows no 'prot'"),
        (5, "there is no time zone 'Mars'"),
        (6, "probe 1 kind: it is missing"),
        (6, "probe 1 target: it is missing"),
        (6, "probe 1 operator: it is missing"),
        (7, "probe 1 name = 'a b' does not do: it has other signs"),
        (11, "'foo' is no host with a port"),
        (13, "probe 2 every_s = 5 does not do: expected float >= 10.0"),
    ]
    assert faults[1].right == "port"
    assert all(fault.right for fault in faults)


PROBE = '[[probe]]\nname = "a"\noperator = "indihome"\nkind = "{}"\ntarget = "{}"\n'


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("[server]\nport = 70000\n", 2, "expected int <= 65535"),
        ("[server\nport = 1\n", 1, "no TOML"),
        ("port = 1\n", 1, "this file knows no 'port'"),
        ('server = "here"\n', 1, "server is a text"),
        ("[probe]\n", 1, "probe is a table"),
        ('[server]\naddress = "http://desk.example.id"\n', 2, "no address that people can reach safely"),
        ('[server]\nproxies = ["10.0.0.0/8"]\n', 2, "is no address"),
        ('[probes]\nallow_networks = ["10.0.0.5/8"]\n', 2, "is no network"),
        (
            '[desk]\nname = "x"\noperators = [\n  "indihome",\n  "atlantis telecom",\n]\n',
            3,
            "'atlantis telecom' is known",
        ),
        ('[desk]\ncatalogue = "no.toml"\n', 2, "no.toml"),
        ('[desk]\nholidays = "XX"\n', 2, "No public holidays are known of 'XX'"),
        ('[storage]\ndatabase = "mysql://db/pulih"\n', 2, "'mysql' is no database of the desk"),
        ('[storage]\ndatabase = "postgresql+pg8000://a:b@db/pulih"\n', 2, "a password in this address"),
        ('[storage]\ndatabase_password_file = "none"\n', 2, "cannot be read"),
        ("[storage]\ntext_days = 1\n", 2, "expected int >= 2"),
        (PROBE.format("http", "https://user:secret@example.com/"), 5, "a name or password"),
        (PROBE.format("http", "ftp://example.com/"), 5, "is no web address"),
        (PROBE.format("tcp", "example.com"), 5, "is no host with a port"),
        (PROBE.format("dns", "example.com"), 1, "'' is no host with a port"),
        (PROBE.format("tcp", "10.0.0.5:443"), 5, "10.0.0.5 is not public"),
        (PROBE.format("http", "http://[::1]:8080/up"), 5, "::1 is not public"),
        (PROBE.format("dns", "example.com") + 'server = "192.168.1.1"\n', 6, "192.168.1.1 is not public"),
        ('[probes]\nallow_networks = ["10.1.0.0/16"]\n' + PROBE.format("tcp", "10.0.0.5:443"), 7, "is not public"),
        (PROBE.format("ping", "example.com"), 4, "invalid enum value 'ping'"),
        (PROBE.format("tcp", "example.com:80") + "timeout_s = 20\nevery_s = 20\n", 6, "given 20 s to answer"),
        (PROBE.format("tcp", "example.com:80") * 2, 7, "'a' is named 2 times"),
        ('[[maintenance]]\nfile = "changes.ics"\n', 2, "cannot be read"),
        ('[[hook]]\nsource = "wa"\nadapter = "whatsapp"\nsecret_file = "good"\n', 3, "asks for a token"),
        ('[[hook]]\nsource = "wa"\nsecret_file = "open"\n', 3, "everybody on this machine may read"),
        ('[[hook]]\nsource = "wa"\nsecret_file = "empty"\n', 3, "is empty"),
        ('[[hook]]\nsource = "wa"\nsecret_file = "short"\n', 3, "has 5 bytes"),
        (
            '[oidc]\nissuer = "http://id.example"\nclient_id = "a"\nclient_secret_file = "good"\n',
            2,
            "it has other signs",
        ),
        ("[desk]\nzone = 2025-10-03\n", 2, "expected str"),
        ('[server]\nhost = "a b"\n', 2, "'a b' is no address or name"),
        (PROBE.format("tcp", "example.com:80") + 'place = "atlantis"\n', 6, "no region 'atlantis' is known"),
        ('[desk]\nplaces = "good"\n', 2, "good"),
        ('[[hook]]\nsource = "a"\nadapter = "standard"\nsecret_file = "good"\n', 4, "at least 24 would be right"),
        ('[[hook]]\nsource = "a"\nadapter = "zammad"\nsecret_file = "two"\n', 4, "holds several lines"),
        ('[[maintenance]]\nfile = "good"\n', 2, "is no iCalendar file"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_would_be_right(
    tmp_path: Path, content: str, line: int, what: str
) -> None:
    _secret(tmp_path, "good")
    _secret(tmp_path, "open", 0o644)
    (tmp_path / "short").write_text("12345\n")
    (tmp_path / "short").chmod(0o600)
    (tmp_path / "empty").write_text("")
    (tmp_path / "empty").chmod(0o600)
    (tmp_path / "two").write_text("not for everybody\nnor this one here\n")
    (tmp_path / "two").chmod(0o600)
    faults = check_config(_file(tmp_path, content))
    assert what in " | ".join(fault.what for fault in faults if fault.line == line), faults
    assert all(fault.right for fault in faults)


def test_a_target_that_is_not_public_is_no_fault_where_its_network_is_allowed(tmp_path: Path) -> None:
    allowed = '[probes]\nallow_networks = ["10.0.0.0/16", "::1/128"]\n'
    probes = PROBE.format("tcp", "10.0.0.5:443") + PROBE.format("http", "http://[::1]/").replace('"a"', '"b"')
    assert check_config(_file(tmp_path, allowed + probes)) == []
    assert len(check_config(_file(tmp_path, probes))) == 2


def test_a_mark_of_utf_8_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "pulih.toml"
    path.write_bytes(b'\xef\xbb\xbf[desk]\nzone = "Mars"\n')
    assert [(one.line, one.what) for one in check_config(path)] == [(2, "there is no time zone 'Mars'")]


def test_a_secret_that_is_there_and_closed_is_no_fault(tmp_path: Path) -> None:
    _secret(tmp_path)
    assert check_config(_file(tmp_path, WHOLE)) == []


def test_a_start_with_faults_is_refused_with_the_first_and_how_many_more(tmp_path: Path) -> None:
    path = _file(tmp_path, "[server]\nport = 0\nprot = 1\n")
    with pytest.raises(
        RefusedInput, match=r"pulih.toml, line 2: .*right would be a port number.*\(1 more: pulih check-"
    ):
        read_config(path)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    assert "cannot be read (No such file" in check_config(tmp_path / "pulih.toml")[0].what
    (tmp_path / "pulih.toml").write_bytes(b"[desk]\n\nzone = '\xff'\n")
    assert check_config(tmp_path / "pulih.toml") == [
        Fault(3, "there are bytes that are not UTF-8", "a file saved as UTF-8")
    ]


KEY = st.from_regex(r"[a-z]{1,5}", fullmatch=True)
VALUE = st.sampled_from(
    ['"a"', "1", '[\n  "x",\n  "[y]",\n]', '"""\n[no.table]\nk = 1\n"""', "{ a = 1, b = { c = 2 } }"]
)


@given(
    st.dictionaries(KEY, st.dictionaries(KEY, st.tuples(VALUE, st.sampled_from(["", "# [note]\n", "\n"]))), max_size=4)
)
def test_the_line_of_a_key_is_where_it_was_written(tables: dict[str, dict[str, tuple[str, str]]]) -> None:
    text, expected = "", {}
    for table, keys in tables.items():
        expected[(table,)] = text.count("\n") + 1
        text += f"[{table}]\n"
        for key, (value, before) in keys.items():
            text += before
            expected[(table, key)] = text.count("\n") + 1
            text += f"{key} = {value}\n"
    found = lines_of_keys(text)
    assert {spot: line for spot, line in found.items() if spot in expected} == expected
    assert all(nearest_line(found, (*spot, "more")) == line for spot, line in expected.items())


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    page = PAGE.read_text()
    sections = dict(re.findall(r"^## `\[+([a-z]+)\]+`.*?\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert sorted(sections) == sorted(DeskSettings.__struct_fields__)
    for table, kind in _tables().items():
        rows = dict(re.findall(r"^\| `([a-z_]+)` \|.*\| ([^|]*) \|$", sections[table], re.MULTILINE))
        assert rows == {
            field.name: _default(field) for field in msgspec.structs.fields(kind) if (table, field.name) not in READ
        }, table


def test_the_example_of_the_page_is_without_fault(tmp_path: Path) -> None:
    example = re.search(r"<!-- example -->\n\n((?: {4}.*\n|\n)+)", PAGE.read_text())
    assert example is not None
    for name in ("tickets.secret", "alerts.secret"):
        _secret(tmp_path, name)
    (tmp_path / "changes.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    assert check_config(_file(tmp_path, re.sub(r"^ {4}", "", example[1], flags=re.MULTILINE))) == []


def _tables() -> dict[str, type[msgspec.Struct]]:
    found = {}
    for field in msgspec.structs.fields(DeskSettings):
        kinds = [field.type, *getattr(field.type, "__args__", ())]
        found[field.name] = next(one for one in kinds if isinstance(one, type) and issubclass(one, msgspec.Struct))
    return found


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "must be given"
    if field.default_factory is not msgspec.NODEFAULT or field.default in ("", (), None):
        return "nothing"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f"`{field.default}`" if isinstance(field.default, str) else f"{field.default}"


def test_what_a_place_of_the_site_lacks_or_cannot_use_is_told_with_its_line(tmp_path: Path) -> None:
    _secret(tmp_path, "id_ed25519", 0o644)
    faults = check_config(
        _file(
            tmp_path,
            '[site]\naddress = "status.example.id"\nstale_minutes = 1\n'
            '[[publish]]\nname = "www"\nkind = "folder"\nbucket = "status"\n'
            '[[publish]]\nname = "www"\nkind = "rsync"\ntarget = "-oProxyCommand=x:/srv"\nkey_file = "id_ed25519"\n'
            '[[publish]]\nname = "cdn"\nkind = "s3"\nbucket = "status"\nsecret_file = "not-there"\n',
        )
    )
    told = [(one.line, one.what) for one in faults]
    assert (2, "'status.example.id' is no address of a site") in told
    assert (3, "site stale_minutes = 1 does not do: expected int >= 5") in told
    assert (6, "a place of kind folder needs folder") in told
    assert (7, "bucket says nothing of a place of kind folder") in told
    assert any(line == 11 and what.startswith("publish 2 target = '-oProxyCommand=x:/srv'") for line, what in told)
    assert any(line == 12 and "everybody on this machine may read the secret" in what for line, what in told)
    assert (15, "a place of kind s3 needs access_key") in told
    assert any(line == 17 and "cannot be read" in what for line, what in told)


MAIL = '[server]\naddress = "https://desk.example.id"\n[mail]\nhost = "smtp.example.id"\nsender = "kabar@example.id"\n'


def test_mail_needs_a_server_and_a_sender_and_nothing_else(tmp_path: Path) -> None:
    assert check_config(_file(tmp_path, MAIL)) == []
    mail = read_config(_file(tmp_path, MAIL)).mail
    assert mail is not None and (mail.port, mail.security, mail.at_once) == (587, "starttls", 20)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('security = "none"', "would travel open"),
        ('user = "desk"', "there is a name and no password"),
        ('answers = "nobody"', "is no e-mail address"),
        ('password_file = "gone"', "cannot be read"),
    ],
)
def test_what_mail_gets_wrong_is_told(tmp_path: Path, line: str, what: str) -> None:
    assert [what in one.what for one in check_config(_file(tmp_path, f"{MAIL}{line}\n"))] == [True]


def test_mail_without_an_address_of_the_desk_is_a_fault_since_its_links_would_lead_nowhere(tmp_path: Path) -> None:
    faults = check_config(_file(tmp_path, MAIL.partition("\n[mail]")[2].join(("[mail]", ""))))
    assert ["knows no address of its own" in one.what for one in faults] == [True]
